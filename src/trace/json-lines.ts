/**
 * The trace as JSON lines, for programs: one object a line, in the trace's order. Times are virtual
 * nanoseconds; parties are A, B and net; a page event has its page and, when it crossed, why.
 */
import { PAGE_EVENTS, pageIsZero, pageReason, pageRound } from './event.ts';
import type { TraceVisitor } from './merge.ts';
import type { TraceChunk } from './recorder.ts';
import { partyName } from './text.ts';

/** Lines are handed out in pieces of about this many, so that none is a huge string. */
const LINES_A_PIECE = 4096;

export class JsonLines implements TraceVisitor {
  private lines: string[] = [];
  private readonly pieces: string[] = [];

  /** `head`: what the run is, as its first line. */
  constructor(head: object) {
    this.push(head);
  }

  page({ party, pages }: TraceChunk, row: number): void {
    const kind = PAGE_EVENTS[pages.kind[row]];
    const detail = pages.detail[row];
    const crossed = kind !== 'dirtied' && kind !== 'missing';
    this.push({
      at: pages.at[row],
      party: partyName(party),
      kind: `page.${kind}`,
      gfn: pages.gfn[row],
      ...(crossed
        ? { round: pageRound(detail), reason: pageReason(detail), zero: pageIsZero(detail) }
        : {}),
    });
  }

  event({ at, party, sequence: _, ...rest }: Parameters<TraceVisitor['event']>[0]): void {
    this.push({ at, party: partyName(party), ...rest });
  }

  /** Pieces that make up the file. */
  finish(): readonly string[] {
    this.cut();
    return this.pieces;
  }

  private push(value: object): void {
    this.lines.push(JSON.stringify(value));
    if (this.lines.length >= LINES_A_PIECE) this.cut();
  }

  private cut(): void {
    if (this.lines.length > 0) this.pieces.push(`${this.lines.join('\n')}\n`);
    this.lines = [];
  }
}
