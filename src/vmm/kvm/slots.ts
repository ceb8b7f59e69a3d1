/**
 * Memory as KVM's user sees it: one slot for each VM, a stretch of guest-physical addresses backed
 * by a contiguous stretch of the process's memory (KVM_SET_USER_MEMORY_REGION).
 */
import { assert } from '../../base/assert.ts';
import { PAGE_SHIFT } from '../../base/units.ts';
import { ContiguousFrames, type FrameStretch } from '../../memory/contiguous-frames.ts';
import type { FrameOwner, OwnedFrames } from '../emulated-vmm.ts';

export class MemorySlot implements OwnedFrames {
  readonly pages: number;
  private readonly firstFrame: number;

  constructor({ first, count }: FrameStretch) {
    this.firstFrame = first;
    this.pages = count;
  }

  offsetOf(gfn: number): number {
    return (this.firstFrame + gfn) << PAGE_SHIFT;
  }

  save(): FrameStretch {
    return { first: this.firstFrame, count: this.pages };
  }
}

export class KvmSlots implements FrameOwner {
  private readonly free: ContiguousFrames;

  constructor(ownFrames: number, machineFrames: number) {
    this.free = new ContiguousFrames(ownFrames, machineFrames);
  }

  get freeFrames(): number {
    return this.free.free;
  }

  take(pages: number): MemorySlot | undefined {
    const first = this.free.take(pages);
    return first === undefined ? undefined : new MemorySlot({ first, count: pages });
  }

  give(frames: OwnedFrames): void {
    assert(frames instanceof MemorySlot, 'these frames are not from here');
    const { first, count } = frames.save();
    this.free.give(first, count);
  }

  save(): { readonly free: readonly FrameStretch[] } {
    return { free: this.free.save() };
  }

  restore(state: { readonly [key: string]: unknown }): void {
    this.free.restore(state.free as readonly FrameStretch[]);
  }

  adopt(saved: unknown): MemorySlot {
    return new MemorySlot(saved as FrameStretch);
  }
}
