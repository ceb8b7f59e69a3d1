/**
 * The trace as text, one event a line in fixed columns, for goldens, diffs and people:
 *
 *     time (ns)      party  event              fields
 *          12000000  A      page.sent          gfn=17 round=1 reason=first zero=no
 */
import {
  type LabEvent,
  PAGE_EVENTS,
  type Party,
  pageIsZero,
  pageReason,
  pageRound,
} from './event.ts';
import { visitMerged } from './merge.ts';
import type { TraceChunk } from './recorder.ts';

const PARTY_NAMES = ['A', 'B', 'net'];

export const partyName = (party: Party): string => PARTY_NAMES[party] ?? String(party);

function line(at: number, party: Party, kind: string, fields: string): string {
  return `${String(at).padStart(15)}  ${partyName(party).padEnd(5)}  ${kind.padEnd(20)}  ${fields}`.trimEnd();
}

export function eventLine(event: LabEvent): string {
  const { at, party, sequence: _, kind, ...fields } = event;
  const text = Object.entries(fields).map(([name, value]) => `${name}=${quoted(value)}`);
  return line(at, party, kind, text.join(' '));
}

export function pageLine(chunk: TraceChunk, row: number): string {
  const { pages } = chunk;
  const kind = PAGE_EVENTS[pages.kind[row]];
  const detail = pages.detail[row];
  const how =
    kind === 'dirtied' || kind === 'missing'
      ? ''
      : ` round=${pageRound(detail)} reason=${pageReason(detail)} zero=${pageIsZero(detail) ? 'yes' : 'no'}`;
  return line(pages.at[row], chunk.party, `page.${kind}`, `gfn=${pages.gfn[row]}${how}`);
}

export function traceText(chunks: readonly TraceChunk[]): string {
  const lines: string[] = [];
  visitMerged(chunks, {
    page: (chunk, row) => lines.push(pageLine(chunk, row)),
    event: (event) => lines.push(eventLine(event)),
  });
  return `${lines.join('\n')}\n`;
}

function quoted(value: string | number | boolean): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
