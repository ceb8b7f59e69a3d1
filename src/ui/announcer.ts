/**
 * Decides what is said aloud, and when: the run's news in its order, at most every two seconds while
 * time passes and once for each step; nothing while a run is being set up, and then that it is.
 */
import type { AppState } from '../store/app-state.ts';
import type { LabEvent } from '../trace/event.ts';
import type { Picture } from '../trace/picture.ts';
import { announcement, firstWait, resetDone, verdictOf, waitsInAll } from './strings/sentences.ts';

const APART_MS = 2000;
/** What came meanwhile is told together, the newest sentences only. */
const SENTENCES = 6;

export interface Mouth {
  /** Wall clock in milliseconds. */
  now(): number;
  /** Returns how to stop it. */
  after(milliseconds: number, action: () => void): () => void;
  say(text: string): void;
}

export type Told = Pick<AppState, 'phase' | 'playing' | 'report'>;

export class Announcer {
  private readonly mouth: Mouth;
  private picture: Picture | undefined;
  private last: LabEvent | undefined;
  private waiting: string[] = [];
  private spokeAt = Number.NEGATIVE_INFINITY;
  private cancel: (() => void) | undefined;
  private phase: Told['phase'] = 'opening';
  private opened = false;
  private faults = 0;
  private reported = false;

  constructor(mouth: Mouth) {
    this.mouth = mouth;
  }

  /** The picture may have changed. */
  listen(picture: Picture, told: Told): void {
    const fresh = this.freshOf(picture);
    const before = this.phase;
    this.phase = told.phase;
    if (told.phase === 'opening') return;
    if (before === 'opening') this.standReady(told);
    else for (const event of fresh) this.tell(announcement(event));
    this.tellFaults(picture);
    this.tellReport(picture, told);
    if (this.waiting.length === 0 || this.cancel !== undefined) return;
    const due = told.playing ? this.spokeAt + APART_MS - this.mouth.now() : 0;
    this.cancel = this.mouth.after(Math.max(0, due), () => this.speak());
  }

  end(): void {
    this.cancel?.();
  }

  private tell(sentence: string | undefined): void {
    if (sentence !== undefined) this.waiting.push(sentence);
  }

  private freshOf(picture: Picture): LabEvent[] {
    // Another picture: another run, or an earlier moment of this one, whose news are old.
    if (picture !== this.picture) {
      this.waiting = [];
      this.last = picture.notes.at(-1);
      this.faults = picture.pages.faults;
    }
    this.picture = picture;
    const from = this.last ? picture.notes.lastIndexOf(this.last) + 1 : 0;
    this.last = picture.notes.at(-1);
    return picture.notes.slice(from);
  }

  /** What happened until a run stood was no news; a page just loaded says what it is by itself. */
  private standReady({ phase }: Told): void {
    if (phase === 'ready' && this.opened) this.tell(resetDone);
    this.opened = true;
  }

  /** The first wait is said; what follows is summed up at the end. */
  private tellFaults({ pages }: Picture): void {
    if (this.faults === 0 && pages.faults > 0) this.tell(firstWait);
    this.faults = pages.faults;
  }

  /** After the events it sums up. */
  private tellReport({ pages }: Picture, { report }: Told): void {
    if (report !== undefined && !this.reported && report.status === 'completed') {
      if (pages.faults > 1) this.tell(waitsInAll(pages.faults));
      this.tell(verdictOf(report.verification));
    }
    this.reported = report !== undefined;
  }

  private speak(): void {
    this.cancel = undefined;
    if (this.waiting.length === 0) return;
    this.spokeAt = this.mouth.now();
    this.mouth.say(this.waiting.slice(-SENTENCES).join(' '));
    this.waiting = [];
  }
}
