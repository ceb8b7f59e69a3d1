/** The marks of one party, kept where the party lives, so that rewinding moves no memory between threads. */
import { exists } from '../base/assert.ts';
import { bytesHeld, type MemoryImage } from '../memory/memory-image.ts';
import type { LabParty, PartyCheckpoint } from './party.ts';

export class PartyHistory {
  private readonly party: LabParty;
  private readonly marks = new Map<number, PartyCheckpoint>();
  private latest: PartyCheckpoint | undefined;

  constructor(party: LabParty) {
    this.party = party;
  }

  /** Gives the bytes of memory that this mark holds and the one before it does not. */
  mark(id: number): number {
    const checkpoint = this.party.checkpoint(this.latest);
    const held = bytesHeld(memoryOf(checkpoint) ?? [], memoryOf(this.latest));
    this.marks.set(id, checkpoint);
    this.latest = checkpoint;
    return held;
  }

  rewind(id: number): void {
    const checkpoint = exists(this.marks.get(id), `mark ${id}`);
    this.party.restore(checkpoint);
    this.latest = checkpoint;
  }

  forget(ids: readonly number[]): void {
    for (const id of ids) this.marks.delete(id);
  }
}

function memoryOf(checkpoint: PartyCheckpoint | undefined): MemoryImage | undefined {
  return (checkpoint?.vmm as { readonly memory: MemoryImage } | undefined)?.memory;
}
