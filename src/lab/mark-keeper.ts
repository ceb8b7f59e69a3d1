/**
 * Which moments of a run are kept for going back: one every so often, within a budget of memory;
 * when that is spent, every other one is given up and the distance doubles. Keeping them costs no
 * virtual time and changes no trace.
 */
import { type Duration, type Instant, milliseconds } from '../base/units.ts';
import type { LabCoreState } from './lab-core.ts';

const BUDGET_BYTES = 256 * 1024 * 1024;
const FIRST_DISTANCE = milliseconds(20);
/** Marking may take this share of the wall clock. */
const WALL_SHARE = 0.1;

export interface Mark {
  readonly id: number;
  readonly at: Instant;
  readonly core: LabCoreState;
  readonly bytes: number;
}

export class MarkKeeper {
  private marks: Mark[] = [];
  private distance: Duration = FIRST_DISTANCE;
  private nextId = 0;
  private notBeforeMs = 0;

  isDue(now: Instant, wallMs: number): boolean {
    const last = this.marks.at(-1);
    if (last === undefined) return true;
    return now - last.at >= this.distance && wallMs >= this.notBeforeMs;
  }

  newId(): number {
    return this.nextId++;
  }

  /** Takes a mark that took from `startedMs` to `endedMs`. Gives the ids of marks to forget. */
  keep(mark: Mark, startedMs: number, endedMs: number): number[] {
    this.marks.push(mark);
    this.notBeforeMs = endedMs + (endedMs - startedMs) / WALL_SHARE;
    if (this.marks.reduce((sum, { bytes }) => sum + bytes, 0) <= BUDGET_BYTES) return [];
    this.distance = (this.distance * 2) as Duration;
    const dropped = this.marks.filter((_, i) => i % 2 === 1);
    this.marks = this.marks.filter((_, i) => i % 2 === 0);
    return dropped.map(({ id }) => id);
  }

  /** The latest mark at or before `at`; the ones after it are given up. */
  backTo(at: Instant): { readonly mark: Mark | undefined; readonly forget: number[] } {
    const later = this.marks.filter((mark) => mark.at > at);
    this.marks = this.marks.filter((mark) => mark.at <= at);
    return { mark: this.marks.at(-1), forget: later.map(({ id }) => id) };
  }

  clear(): void {
    this.marks = [];
    this.distance = FIRST_DISTANCE;
  }
}
