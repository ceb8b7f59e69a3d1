/** A party wherever it lives: in this thread, or behind a worker's endpoint. */
import type { Grant } from '../sim/lockstep.ts';
import type {
  GuestInput,
  LabParty,
  PartyCheckpoint,
  PartyReport,
  Payload,
  Testimony,
} from './party.ts';

export interface PartyPort {
  /** Rejects when the party's worker has died or hangs. */
  advance(grant: Grant<Payload>): Promise<PartyReport>;
  checkpoint(): Promise<PartyCheckpoint>;
  restore(checkpoint: PartyCheckpoint): Promise<void>;
  testimony(): Promise<Testimony | undefined>;
  guestInputs(): Promise<readonly GuestInput[]>;
  close(): void;
}

export function inThread(party: LabParty): PartyPort {
  return {
    advance: async (grant) => party.advance(grant),
    checkpoint: async () => party.checkpoint(),
    restore: async (checkpoint) => party.restore(checkpoint),
    testimony: async () => party.testimony(),
    guestInputs: async () => party.guestInputs(),
    close() {},
  };
}
