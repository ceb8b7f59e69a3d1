/** A lab run to its end with all its events kept, for tests that follow what happened to a client. */
import type { Lab } from '../../src/lab/lab.ts';
import type { EventKind, LabEvent } from '../../src/trace/event.ts';
import type { Picture } from '../../src/trace/picture.ts';
import { Replay } from '../../src/trace/replay.ts';

export type EventOf<Kind extends EventKind> = Extract<LabEvent, { kind: Kind }>;

export class LabStory {
  readonly lab: Lab;
  /** What the page would show. */
  private readonly replay = new Replay();
  private readonly events: LabEvent[] = [];

  constructor(lab: Lab) {
    this.lab = lab;
  }

  finish(): this {
    while (!this.lab.finished) {
      const until = Math.min(this.lab.now + 20e6, this.lab.core.closingTime);
      this.advance(until);
    }
    return this;
  }

  /** Runs until an event of this kind has happened, in steps of a tenth of a millisecond. */
  until(kind: EventKind): this {
    while (this.all(kind).length === 0 && !this.lab.finished) this.advance(this.lab.now + 1e5);
    return this;
  }

  advance(until: number): this {
    const { chunks } = this.lab.advance(until as never);
    for (const chunk of chunks) this.events.push(...chunk.events);
    this.replay.fold(chunks, this.lab.now);
    return this;
  }

  get picture(): Picture {
    return this.replay.picture;
  }

  all<Kind extends EventKind>(kind: Kind): EventOf<Kind>[] {
    return this.events.filter((event): event is EventOf<Kind> => event.kind === kind);
  }

  /** The moment of the first event of this kind. */
  at(kind: EventKind): number {
    const [first] = this.all(kind);
    if (first === undefined) throw new Error(`no ${kind} in this run`);
    return first.at;
  }

  get client() {
    return this.lab.network.checkpoint().client;
  }
}
