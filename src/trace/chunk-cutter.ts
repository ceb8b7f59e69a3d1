/** Collects rows that a merge visits into one chunk a party: how a stretch of the trace is given out. */
import type { LabEvent } from './event.ts';
import type { TraceVisitor } from './merge.ts';
import { PageBuffer, type TraceChunk } from './recorder.ts';

export class ChunkCutter implements TraceVisitor {
  private readonly parties: { readonly pages: PageBuffer; readonly events: LabEvent[] }[] = [];

  page(chunk: TraceChunk, row: number): void {
    const { at, sequence, kind, gfn, detail } = chunk.pages;
    this.of(chunk.party).pages.push(at[row], sequence[row], kind[row], gfn[row], detail[row]);
  }

  event(event: LabEvent): void {
    this.of(event.party).events.push(event);
  }

  chunks(): TraceChunk[] {
    return this.parties
      .map(({ pages, events }, party) => ({ party, pages: pages.columns(), events }))
      .filter(({ pages, events }) => pages.count > 0 || events.length > 0);
  }

  private of(party: number): { readonly pages: PageBuffer; readonly events: LabEvent[] } {
    while (this.parties.length <= party) this.parties.push({ pages: new PageBuffer(), events: [] });
    return this.parties[party];
  }
}
