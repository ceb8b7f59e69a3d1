/**
 * Address translation and memory access. Software TLBs hold, per linear page, the byte offset of its
 * frame in machine memory: one table for reads and one for writes, for supervisor and for user. An
 * entry is missing when the page is not present, protected, not yet asked of the VMM, holds decoded
 * code (writes), or is not RAM: the slow path sorts that out. SDM vol. 3A §4 (paging).
 */
import { FRAME_ABSENT, FRAME_MISSING, type GuestMemory } from '../memory/guest-memory.ts';
import { AC_VECTOR, Fault, MissingFrame, PFV } from './faults.ts';
import { type PageWalk, walk } from './paging.ts';

const LINEAR_PAGES = 1 << 20;
const FILL_LOG = 1 << 16;
const NONE = -1;
const MANY = -2;

/** What watches the pages that hold decoded instructions. */
export interface CodeWatch {
  holdsCode(gfn: number): boolean;
  /** A store to a page that holds code. */
  written(gfn: number, offset: number, size: number): void;
  drop(gfn: number): void;
  dropAll(): void;
}

/** What wants to know of accesses to certain bytes: breakpoints on data. */
export interface DataWatch {
  coversPage(page: number): boolean;
  accessed(linear: number, size: number, write: boolean): void;
}

interface Tables {
  readonly read: Int32Array;
  readonly write: Int32Array;
}

function makeTables(): Tables {
  return {
    read: new Int32Array(LINEAR_PAGES).fill(NONE),
    write: new Int32Array(LINEAR_PAGES).fill(NONE),
  };
}

export class Mmu {
  readonly memory: GuestMemory;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The tables of the present privilege. */
  read: Int32Array;
  write: Int32Array;
  user = false;
  /** Linear address of the last page fault. */
  cr2 = 0;
  readonly paging: PageWalk = {
    enabled: false,
    directory: 0,
    cr4: 0,
    writeProtect: false,
    pointers: undefined,
  };
  code: CodeWatch | undefined;
  watch: DataWatch | undefined;
  /** CR0.AM and EFLAGS.AC: a user's accesses of two and four bytes must be aligned. */
  private aligned = false;
  /** The same, now: then no entry is ever made, so that every access comes to where it is checked. */
  private checksAlignment = false;

  private readonly supervisorTables = makeTables();
  private userTables: Tables | undefined;
  private alignedTables: Tables | undefined;
  /** The VMM's answers per guest frame. */
  private readonly frameRead: Int32Array;
  private readonly frameWrite: Int32Array;
  /** The one linear page that maps the frame in a TLB, NONE or MANY. */
  private readonly linearOf: Int32Array;
  private readonly filled = new Int32Array(FILL_LOG);
  private filledCount = 0;
  /** Where the last `modify` found its bytes: machine offsets, or NONE for bytes outside RAM. */
  private first = 0;
  private second = 0;
  private firstCount = 0;

  constructor(memory: GuestMemory) {
    this.memory = memory;
    this.bytes = memory.machine.bytes;
    this.view = new DataView(memory.machine.buffer);
    this.read = this.supervisorTables.read;
    this.write = this.supervisorTables.write;
    this.frameRead = new Int32Array(memory.frames).fill(NONE);
    this.frameWrite = new Int32Array(memory.frames).fill(NONE);
    this.linearOf = new Int32Array(memory.frames).fill(NONE);
  }

  /** What is remembered of a linear page's translation; for looking only. */
  peek(linear: number): { readonly read: boolean; readonly write: boolean } {
    const page = linear >>> 12;
    return { read: this.read[page] >= 0, write: this.write[page] >= 0 };
  }

  setUser(user: boolean): void {
    this.user = user;
    this.checksAlignment = user && this.aligned;
    const tables = this.presentTables();
    this.read = tables.read;
    this.write = tables.write;
  }

  setAligned(aligned: boolean): void {
    this.aligned = aligned;
    this.setUser(this.user);
  }

  private presentTables(): Tables {
    if (!this.user) return this.supervisorTables;
    if (this.checksAlignment) {
      this.alignedTables ??= makeTables();
      return this.alignedTables;
    }
    this.userTables ??= makeTables();
    return this.userTables;
  }

  read8(linear: number): number {
    const page = this.pageForRead(linear, 1);
    return page < 0 ? 0xff : this.bytes[page + (linear & 0xfff)];
  }

  read16(linear: number): number {
    this.checkAlignment(linear, 2);
    if ((linear & 0xfff) > 0xffe) {
      this.pageForRead(linear);
      this.pageForRead((linear + 1) | 0);
      return this.read8(linear) | (this.read8((linear + 1) | 0) << 8);
    }
    const page = this.pageForRead(linear, 2);
    return page < 0 ? 0xffff : this.view.getUint16(page + (linear & 0xfff), true);
  }

  read32(linear: number): number {
    this.checkAlignment(linear, 4);
    if ((linear & 0xfff) > 0xffc) {
      this.pageForRead(linear);
      // The fault's address is the first byte that lies in the other page.
      this.pageForRead((linear + 3) & ~0xfff);
      let value = 0;
      for (let i = 0; i < 4; i++) value |= this.read8((linear + i) | 0) << (8 * i);
      return value;
    }
    const page = this.pageForRead(linear, 4);
    return page < 0 ? -1 : this.view.getInt32(page + (linear & 0xfff), true);
  }

  write8(linear: number, value: number): void {
    const page = this.pageForWrite(linear, 1);
    if (page >= 0) this.bytes[page + (linear & 0xfff)] = value;
  }

  write16(linear: number, value: number): void {
    this.prepare(linear, 2);
    this.commit(value, 2);
  }

  write32(linear: number, value: number): void {
    this.prepare(linear, 4);
    this.commit(value, 4);
  }

  /** Proves that `size` bytes can be written, before anything of the instruction takes effect. */
  prepare(linear: number, size: number): void {
    if (size === 2 || size === 4 || size === 8) this.checkAlignment(linear, size);
    const offset = linear & 0xfff;
    const inFirst = Math.min(size, 0x1000 - offset);
    const first = this.pageForWrite(linear, inFirst);
    this.firstCount = inFirst;
    this.second = NONE;
    if (inFirst < size)
      this.second = this.pageForWrite((linear + inFirst) & ~0xfff, size - inFirst);
    this.first = first < 0 ? NONE : first + offset;
  }

  /** Stores to where the last `prepare` pointed. */
  commit(value: number, size: number): void {
    if (this.firstCount === size && this.first >= 0) {
      if (size === 4) this.view.setInt32(this.first, value, true);
      else if (size === 2) this.view.setInt16(this.first, value, true);
      else this.bytes[this.first] = value;
      return;
    }
    for (let i = 0; i < size; i++) {
      const at = this.preparedByte(i);
      if (at >= 0) this.bytes[at] = value >> (8 * i);
    }
  }

  /** What lies where the last `prepare` pointed, sign-extended. */
  prepared(size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) {
      const at = this.preparedByte(i);
      value |= (at >= 0 ? this.bytes[at] : 0xff) << (8 * i);
    }
    const unused = 32 - 8 * size;
    return (value << unused) >> unused;
  }

  private preparedByte(i: number): number {
    if (i < this.firstCount) return this.first < 0 ? NONE : this.first + i;
    return this.second < 0 ? NONE : this.second + i - this.firstCount;
  }

  /** Reads that the processor makes for itself (descriptors, task state): always as supervisor. */
  asSystem<T>(action: () => T): T {
    if (!this.user) return action();
    this.setUser(false);
    try {
      return action();
    } finally {
      this.setUser(true);
    }
  }

  /** Pre: `size` is 2, 4 or 8. SDM vol. 3A §6.15 ("Alignment Check Exception"). */
  private checkAlignment(linear: number, size: number): void {
    if (this.checksAlignment && linear & (size - 1)) throw new Fault(AC_VECTOR, 0);
  }

  /**
   * Machine offset of the page's frame, for reading `size` bytes in it, 0 when it is no access by the
   * program; NONE when it is not RAM.
   */
  pageForRead(linear: number, size = 0): number {
    const known = this.read[linear >>> 12];
    if (known >= 0) return known;
    const gfn = this.translate(linear, false);
    const frame = this.frameForRead(gfn);
    if (this.watch?.coversPage(linear >>> 12)) {
      if (size > 0) this.watch.accessed(linear, size, false);
    } else if (frame >= 0) this.enter(this.read, linear >>> 12, gfn, frame);
    return frame;
  }

  /** The same for writing `size` bytes, which lie in the page. */
  pageForWrite(linear: number, size: number): number {
    const known = this.write[linear >>> 12];
    if (known >= 0) return known;
    const gfn = this.translate(linear, true);
    const frame = this.frameForWrite(gfn);
    const isWatched = this.watch?.coversPage(linear >>> 12);
    if (isWatched) this.watch?.accessed(linear, size, true);
    if (frame < 0) return NONE;
    if (this.code?.holdsCode(gfn)) {
      this.code.written(gfn, linear & 0xfff, size);
      if (this.code.holdsCode(gfn)) return frame;
    }
    if (!isWatched) this.enter(this.write, linear >>> 12, gfn, frame);
    return frame;
  }

  /** Guest frame behind a linear address; throws #PF. */
  translate(linear: number, write: boolean): number {
    if (!this.paging.enabled) return linear >>> 12;
    const gfn = walk(this, this.paging, linear, write, this.user);
    if (gfn >= 0) return gfn;
    this.cr2 = linear;
    throw new Fault(PFV, -1 - gfn);
  }

  /** Machine offset of a guest frame; throws when its content has not arrived. */
  frameForRead(gfn: number): number {
    if (gfn >= this.memory.frames) return NONE;
    const known = this.frameRead[gfn];
    if (known >= 0) return known;
    const answer = this.memory.mapForRead(gfn);
    if (answer === FRAME_MISSING) throw new MissingFrame(gfn);
    if (answer === FRAME_ABSENT) return NONE;
    this.frameRead[gfn] = answer;
    return answer;
  }

  frameForWrite(gfn: number): number {
    if (gfn >= this.memory.frames) return NONE;
    const known = this.frameWrite[gfn];
    if (known >= 0) return known;
    if (this.frameForRead(gfn) < 0) return NONE;
    const answer = this.memory.mapForWrite(gfn);
    if (answer === FRAME_MISSING) throw new MissingFrame(gfn);
    if (answer === FRAME_ABSENT) return NONE;
    this.frameWrite[gfn] = answer;
    return answer;
  }

  /** A store that bypasses translation: the host's, or the page walker's. */
  writePhysical(address: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const at = address + done;
      const offset = at & 0xfff;
      const count = Math.min(0x1000 - offset, bytes.length - done);
      const gfn = Math.floor(at / 0x1000);
      const frame = this.frameForWrite(gfn);
      if (frame >= 0) {
        if (this.code?.holdsCode(gfn)) this.code.written(gfn, offset, count);
        this.bytes.set(bytes.subarray(done, done + count), frame + offset);
      }
      done += count;
    }
  }

  /** INVLPG. */
  forgetPage(linear: number): void {
    for (const tables of [this.supervisorTables, this.userTables]) {
      if (tables === undefined) continue;
      tables.read[linear >>> 12] = NONE;
      tables.write[linear >>> 12] = NONE;
    }
  }

  /** Every translation is asked for again; the VMM's answers stay. */
  forgetTranslations(): void {
    this.clear(true);
    this.linearOf.fill(NONE);
    this.filledCount = 0;
  }

  /** A page began to hold code: stores to it must be seen. */
  forgetWrites(gfn: number): void {
    const linear = this.linearOf[gfn];
    if (linear === MANY) this.clear(false);
    else if (linear !== NONE) this.clearWrite(linear);
  }

  revokeWrite(gfn: number): void {
    if (gfn >= this.memory.frames) return;
    this.frameWrite[gfn] = NONE;
    this.forgetWrites(gfn);
  }

  revokeAllWrites(): void {
    this.frameWrite.fill(NONE);
    this.clear(false);
  }

  revoke(gfn: number): void {
    if (gfn >= this.memory.frames) return;
    this.frameRead[gfn] = NONE;
    this.frameWrite[gfn] = NONE;
    const linear = this.linearOf[gfn];
    if (linear === MANY) this.forgetTranslations();
    else if (linear !== NONE) this.forgetPage(linear << 12);
    this.code?.drop(gfn);
  }

  revokeAll(): void {
    this.frameRead.fill(NONE);
    this.frameWrite.fill(NONE);
    this.forgetTranslations();
    this.code?.dropAll();
  }

  private enter(table: Int32Array, page: number, gfn: number, frame: number): void {
    if (this.checksAlignment) return;
    table[page] = frame;
    const linear = this.linearOf[gfn];
    if (linear === NONE) this.linearOf[gfn] = page;
    else if (linear !== page) this.linearOf[gfn] = MANY;
    if (this.filledCount < FILL_LOG) this.filled[this.filledCount] = page;
    this.filledCount++;
  }

  private clearWrite(page: number): void {
    this.supervisorTables.write[page] = NONE;
    if (this.userTables) this.userTables.write[page] = NONE;
  }

  /** Costs what was filled since the last time, unless the log ran over. */
  private clear(reads: boolean): void {
    if (this.filledCount > FILL_LOG) {
      for (const tables of [this.supervisorTables, this.userTables]) {
        tables?.write.fill(NONE);
        if (reads) tables?.read.fill(NONE);
      }
      return;
    }
    for (let i = 0; i < this.filledCount; i++) {
      if (reads) this.forgetPage(this.filled[i] << 12);
      else this.clearWrite(this.filled[i]);
    }
  }
}
