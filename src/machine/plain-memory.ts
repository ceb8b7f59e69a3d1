/** Guest memory without a VMM: frame n of the guest is frame n of the machine, nothing is logged. */
import { PAGE_SHIFT } from '../base/units.ts';
import { FRAME_ABSENT, type GuestMemory } from '../memory/guest-memory.ts';
import { MachineMemory } from '../memory/machine-memory.ts';

export class PlainMemory implements GuestMemory {
  readonly machine: MachineMemory;
  readonly frames: number;

  constructor(frames: number) {
    this.machine = new MachineMemory(frames);
    this.frames = frames;
  }

  mapForRead(gfn: number): number {
    return gfn < this.frames ? gfn << PAGE_SHIFT : FRAME_ABSENT;
  }

  mapForWrite(gfn: number): number {
    return this.mapForRead(gfn);
  }
}
