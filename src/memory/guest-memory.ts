/**
 * What a processor sees as physical memory: guest frames that the VMM maps onto machine memory, one
 * at a time and revocably. The processor asks once per frame and keeps the answer in its software
 * TLB until the VMM revokes it; that one mechanism carries the dirty log of both VMMs, code pages,
 * and pages that have not arrived yet.
 */
import type { MachineMemory } from './machine-memory.ts';

/** No RAM at this frame: reads give all ones, writes are lost, as on a PC's bus. */
export const FRAME_ABSENT = -1;
/** RAM whose content is still at the source (pull phase): the instruction must not complete. */
export const FRAME_MISSING = -2;

export interface GuestMemory {
  readonly machine: MachineMemory;
  /** Guest frames of RAM, from 0. */
  readonly frames: number;
  /** Byte offset of the frame in machine memory, for reading; or FRAME_ABSENT, FRAME_MISSING. */
  mapForRead(gfn: number): number;
  /**
   * The same for writing. Called at the first write since the frame was last revoked: the VMM marks
   * the frame dirty and charges what that costs. Never answers for a FRAME_MISSING frame.
   */
  mapForWrite(gfn: number): number;
}

/** The processor's side: how the VMM takes mappings back. */
export interface MappingHolder {
  /** The next write to the frame asks again. */
  revokeWrite(gfn: number): void;
  revokeAllWrites(): void;
  /** The next access of any kind asks again. */
  revoke(gfn: number): void;
  revokeAll(): void;
}
