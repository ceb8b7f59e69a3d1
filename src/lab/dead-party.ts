/**
 * Stands where a host's worker died: the host is off from the moment of its last report. Its two
 * events are the same that a `crash` input at that moment makes, so a replay of the input gives the
 * same trace.
 */
import { type Instant, NEVER } from '../base/units.ts';
import type { Grant } from '../sim/lockstep.ts';
import type { Party } from '../trace/event.ts';
import { Recorder } from '../trace/recorder.ts';
import type { GuestInput, PartyCheckpoint, PartyReport, Payload, Testimony } from './party.ts';
import type { PartyPort } from './party-port.ts';

export class DeadParty implements PartyPort {
  private readonly recorder: Recorder;
  private readonly now: Instant;

  /** `now` is where the party's guest stood, `sequence` the number of its next trace event. */
  constructor(party: Party, now: Instant, sequence: number) {
    this.recorder = new Recorder(party, sequence);
    this.now = now;
  }

  async advance(grant: Grant<Payload>): Promise<PartyReport> {
    for (const { payload, at } of grant.deliveries) {
      if (payload.kind !== 'input') continue;
      const input = JSON.parse(payload.input) as { kind: string; cause?: string };
      if (input.kind !== 'crash') continue;
      const moment = (at > this.now ? at : this.now) as Instant;
      this.recorder.event(moment, 'lab.input', { input: payload.input });
      this.recorder.event(moment, 'party.failed', { cause: input.cause ?? '' });
    }
    return {
      done: grant.until,
      now: grant.until,
      nextEvent: NEVER,
      couldSend: NEVER,
      outgoing: [],
      trace: this.recorder.take(),
    };
  }

  async checkpoint(): Promise<PartyCheckpoint> {
    return {};
  }

  async restore(): Promise<void> {}

  async testimony(): Promise<Testimony | undefined> {
    return undefined;
  }

  async guestInputs(): Promise<readonly GuestInput[]> {
    return [];
  }

  async inspect(): Promise<undefined> {
    return undefined;
  }

  /** What the worker kept died with it: the runner starts afresh rather than rewind. */
  async mark(): Promise<number> {
    return 0;
  }

  async rewind(): Promise<void> {}

  async forget(): Promise<void> {}

  async pulse(): Promise<void> {}

  close(): void {}
}
