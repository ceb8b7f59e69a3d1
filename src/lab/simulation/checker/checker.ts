/**
 * Holds a run to its invariants. It shares no code with the engine, the VMMs or the lab: it reads the
 * trace and looks at what it is shown, and stops at the first thing that is wrong.
 */
import type { LabEvent, PageEvent } from '../../../trace/event.ts';
import { EVENT_RULES } from './event-rules.ts';
import type { Evidence } from './evidence.ts';
import { FINAL_RULES } from './final-rules.ts';
import { PAGE_RULES } from './page-rules.ts';
import { Story } from './story.ts';

/** Safety invariants that are not judged yet, and why. */
export const NOT_JUDGED: Readonly<Record<string, string>> = {
  S11: 'no guest of the simulation speaks TCP',
  S13: 'there is no disk',
  S23: 'judged by running a seed twice',
};

/** All that is judged somewhere. */
export const JUDGED: readonly string[] = [
  ...new Set([...EVENT_RULES, ...PAGE_RULES, ...FINAL_RULES].map(({ id }) => id)),
];

export interface Breach {
  /** Of the invariant, S1 to S24. */
  readonly id: string;
  readonly what: string;
  /** Nanoseconds of virtual time. */
  readonly at: number;
}

export class Checker {
  readonly story = new Story();
  breach: Breach | undefined;

  event(event: LabEvent): void {
    for (const { id, judge } of EVENT_RULES) this.note(id, event.at, judge(this.story, event));
    this.story.event(event);
  }

  page(row: PageEvent): void {
    for (const { id, judge } of PAGE_RULES) this.note(id, row.at, judge(this.story, row));
    this.story.page(row);
  }

  conclude(evidence: Evidence): void {
    for (const { id, judge } of FINAL_RULES)
      this.note(id, this.story.now, judge(this.story, evidence));
  }

  /** Only the first breach counts: what follows from it is noise. */
  private note(id: string, at: number, what: string | undefined): void {
    if (what !== undefined && this.breach === undefined) this.breach = { id, what, at };
  }
}
