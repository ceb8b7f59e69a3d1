/**
 * Stands where a host's worker died: the host is off from the moment of its last report. What it says
 * is what a host says that a `crash` input at that moment puts out, so a replay of the input gives
 * the same trace.
 */
import { type Instant, latest, NEVER } from '../base/units.ts';
import type { Grant } from '../sim/lockstep.ts';
import type { Party } from '../trace/event.ts';
import { Recorder } from '../trace/recorder.ts';
import type { GuestInput, PartyCheckpoint, PartyReport, Payload, Testimony } from './party.ts';
import type { PartyPort } from './party-port.ts';
import type { LabInput } from './scenario.ts';
import { isNotedBy } from './wiring.ts';

export class DeadParty implements PartyPort {
  private readonly recorder: Recorder;
  private readonly party: Party;
  private readonly now: Instant;

  /** `now` is where the party's guest stood, `sequence` the number of its next trace event. */
  constructor(party: Party, now: Instant, sequence: number) {
    this.recorder = new Recorder(party, sequence);
    this.party = party;
    this.now = now;
  }

  async advance(grant: Grant<Payload>): Promise<PartyReport> {
    for (const { payload, at } of grant.deliveries) {
      if (payload.kind !== 'input') continue;
      const input = JSON.parse(payload.input) as LabInput;
      const moment = latest(at, this.now);
      if (input.kind === 'crash' || isNotedBy(input, this.party, true))
        this.recorder.event(moment, 'lab.input', { input: payload.input });
      if (input.kind === 'crash')
        this.recorder.event(moment, 'party.failed', { cause: input.cause });
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
