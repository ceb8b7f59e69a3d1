/** What the trace tells of one page, and what follows from it. */
import type { Instant } from '../base/units.ts';
import {
  PAGE_EVENTS,
  type PageEvent,
  type PageReason,
  type Party,
  pageIsZero,
  pageReason,
  pageRound,
} from './event.ts';
import type { TraceChunk } from './recorder.ts';

/** Every event of the page before `until`, in the trace's order. */
export function pageLife(chunks: readonly TraceChunk[], gfn: number, until: Instant): PageEvent[] {
  const found: PageEvent[] = [];
  for (const { party, pages } of chunks) {
    for (let row = 0; row < pages.count; row++) {
      if (pages.gfn[row] !== gfn || pages.at[row] >= until) continue;
      found.push({
        at: pages.at[row] as Instant,
        party,
        sequence: pages.sequence[row],
        kind: PAGE_EVENTS[pages.kind[row]],
        gfn,
        detail: pages.detail[row],
      });
    }
  }
  return found.sort((a, b) => a.at - b.at || a.party - b.party || a.sequence - b.sequence);
}

export interface Sending {
  readonly round: number;
  readonly reason: PageReason;
  readonly zero: boolean;
  readonly at: Instant;
}

export const sendings = (life: readonly PageEvent[]): Sending[] =>
  life
    .filter(({ kind }) => kind === 'sent')
    .map(({ at, detail }) => ({
      at,
      round: pageRound(detail),
      reason: pageReason(detail),
      zero: pageIsZero(detail),
    }));

/** The last event that changed the page's contents at a host: `from` is the one the VM moves away from. */
export function lastWrite(
  life: readonly PageEvent[],
  party: Party,
  from: Party,
): PageEvent | undefined {
  const kind = party === from ? 'dirtied' : 'installed';
  return life.findLast((event) => event.party === party && event.kind === kind);
}
