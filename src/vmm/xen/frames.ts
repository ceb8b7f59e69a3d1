/**
 * Machine frames as Xen keeps them: a P2M for each domain, and one M2P for the host that says what
 * each machine frame is to its owner. Frames are scattered, so PFN and MFN never agree by habit.
 */
import { assert, exists } from '../../base/assert.ts';
import { Prng } from '../../base/prng.ts';
import { PAGE_SHIFT } from '../../base/units.ts';
import { ScatteredFrames } from '../../memory/scattered-frames.ts';
import type { FrameOwner, OwnedFrames } from '../emulated-vmm.ts';

/** The M2P entry of a frame that belongs to no domain. */
const NO_PFN = -1;

/** PFN → MFN of one domain. */
export class P2M implements OwnedFrames {
  private readonly mfns: Uint32Array;

  constructor(mfns: Iterable<number>) {
    this.mfns = Uint32Array.from(mfns);
  }

  get pages(): number {
    return this.mfns.length;
  }

  mfnOf(pfn: number): number {
    return exists(this.mfns[pfn], `P2M entry of frame ${pfn}`);
  }

  offsetOf(gfn: number): number {
    return this.mfnOf(gfn) << PAGE_SHIFT;
  }

  frames(): Uint32Array {
    return this.mfns;
  }

  save(): readonly number[] {
    return [...this.mfns];
  }
}

export class XenFrames implements FrameOwner {
  private readonly free: ScatteredFrames;
  private readonly m2p: Int32Array;

  constructor(ownFrames: number, machineFrames: number, seed: number) {
    this.free = new ScatteredFrames(ownFrames, machineFrames, Prng.stream(seed, 'xen frames'));
    this.m2p = new Int32Array(machineFrames).fill(NO_PFN);
  }

  get freeFrames(): number {
    return this.free.free;
  }

  take(pages: number): P2M | undefined {
    const mfns = this.free.take(pages);
    return mfns === undefined ? undefined : this.enter(new P2M(mfns));
  }

  give(frames: OwnedFrames): void {
    assert(frames instanceof P2M, 'these frames are not from here');
    for (let pfn = 0; pfn < frames.pages; pfn++) {
      const mfn = frames.mfnOf(pfn);
      assert(this.m2p[mfn] === pfn, `M2P and P2M disagree on machine frame ${mfn}`);
      this.m2p[mfn] = NO_PFN;
    }
    this.free.give(frames.frames());
  }

  /** The PFN that machine frame `mfn` has in its domain. */
  pfnOf(mfn: number): number | undefined {
    const pfn = exists(this.m2p[mfn], `M2P entry of frame ${mfn}`);
    return pfn === NO_PFN ? undefined : pfn;
  }

  save(): { readonly free: readonly number[] } {
    return { free: this.free.save() };
  }

  restore(state: { readonly [key: string]: unknown }): void {
    this.free.restore(state.free as readonly number[]);
    this.m2p.fill(NO_PFN);
  }

  adopt(saved: unknown): P2M {
    return this.enter(new P2M(saved as readonly number[]));
  }

  private enter(p2m: P2M): P2M {
    for (let pfn = 0; pfn < p2m.pages; pfn++) {
      const mfn = p2m.mfnOf(pfn);
      assert(this.m2p[mfn] === NO_PFN, `machine frame ${mfn} has an owner already`);
      this.m2p[mfn] = pfn;
    }
    return p2m;
  }
}
