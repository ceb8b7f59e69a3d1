/** A party wherever it lives: in this thread, or behind a worker's endpoint. */
import type {
  GuestInput,
  Insight,
  LabParty,
  PartyCheckpoint,
  PartyGrant,
  PartyReport,
  Question,
  Testimony,
} from './party.ts';
import { PartyHistory } from './party-history.ts';

export interface PartyPort {
  /** Rejects when the party's worker has died or hangs. */
  advance(grant: PartyGrant): Promise<PartyReport>;
  checkpoint(): Promise<PartyCheckpoint>;
  restore(checkpoint: PartyCheckpoint): Promise<void>;
  testimony(): Promise<Testimony | undefined>;
  guestInputs(): Promise<readonly GuestInput[]>;
  inspect(question: Question): Promise<Insight | undefined>;
  /** Keeps the party as it is now, under a number. Gives how many bytes that holds. */
  mark(id: number): Promise<number>;
  /** Puts the party back to a mark; the mark stays. */
  rewind(id: number): Promise<void>;
  forget(ids: readonly number[]): Promise<void>;
  /** Rejects when the party is not there any more; does nothing else. */
  pulse(): Promise<void>;
  close(): void;
}

export function inThread(party: LabParty): PartyPort {
  const history = new PartyHistory(party);
  return {
    advance: async (grant) => party.advance(grant),
    checkpoint: async () => party.checkpoint(),
    restore: async (checkpoint) => party.restore(checkpoint),
    testimony: async () => party.testimony(),
    guestInputs: async () => party.guestInputs(),
    inspect: async (question) => party.inspect(question),
    mark: async (id) => history.mark(id),
    rewind: async (id) => history.rewind(id),
    forget: async (ids) => history.forget(ids),
    async pulse() {},
    close() {},
  };
}
