/** A VM's memory as its processor sees it: the VMM's frames, minus pages that have not arrived. */
import { assert } from '../base/assert.ts';
import { PAGE_SIZE } from '../base/units.ts';
import { FRAME_ABSENT, FRAME_MISSING, type GuestMemory } from '../memory/guest-memory.ts';
import type { MachineMemory } from '../memory/machine-memory.ts';
import { isZeroPage } from '../memory/page-content.ts';
import { PageSet } from '../memory/page-set.ts';

/** Where a VMM keeps a guest frame: through a P2M, or in a slot. */
export interface FrameMap {
  readonly pages: number;
  /** Byte offset in machine memory. Pre: the frame is RAM. */
  offsetOf(gfn: number): number;
}

export class GuestView implements GuestMemory {
  readonly machine: MachineMemory;
  readonly frames: number;
  readonly missing: PageSet;
  /** Frames that may be read and not written. */
  readonly held: PageSet;
  private readonly map: FrameMap;
  private readonly onWrite: (gfn: number) => boolean;

  /**
   * `onWrite` hears of the first write to a frame since its write mapping was taken away; it answers
   * false when that has to wait.
   */
  constructor(machine: MachineMemory, map: FrameMap, onWrite: (gfn: number) => boolean) {
    this.machine = machine;
    this.frames = map.pages;
    this.missing = new PageSet(map.pages);
    this.held = new PageSet(map.pages);
    this.map = map;
    this.onWrite = onWrite;
  }

  mapForRead(gfn: number): number {
    if (gfn < 0 || gfn >= this.frames) return FRAME_ABSENT;
    return this.missing.has(gfn) ? FRAME_MISSING : this.map.offsetOf(gfn);
  }

  mapForWrite(gfn: number): number {
    const offset = this.mapForRead(gfn);
    return offset >= 0 && !this.onWrite(gfn) ? FRAME_MISSING : offset;
  }

  offsetOf(gfn: number): number {
    assert(gfn >= 0 && gfn < this.frames, `frame ${gfn} is not RAM`);
    return this.map.offsetOf(gfn);
  }

  read(gfn: number, into: Uint8Array): void {
    assert(into.length === PAGE_SIZE, 'a page is read into 4096 bytes');
    const offset = this.offsetOf(gfn);
    into.set(this.machine.bytes.subarray(offset, offset + PAGE_SIZE));
  }

  isZero(gfn: number): boolean {
    return isZeroPage(this.machine, this.offsetOf(gfn));
  }

  write(gfn: number, bytes: Uint8Array): void {
    assert(bytes.length === PAGE_SIZE, 'a page has 4096 bytes');
    this.machine.bytes.set(bytes, this.offsetOf(gfn));
  }

  clear(gfn: number): void {
    const offset = this.offsetOf(gfn);
    this.machine.bytes.fill(0, offset, offset + PAGE_SIZE);
  }
}
