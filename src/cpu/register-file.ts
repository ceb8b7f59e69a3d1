/** General registers, lazy flags and segment registers: the part of the processor that instructions touch most. */

import {
  AC,
  ARITHMETIC,
  arithmeticFlags,
  carry,
  condition,
  DF,
  ID,
  K_EAGER,
  NT,
  TF,
} from './flags.ts';
import type { Mmu } from './mmu.ts';
import {
  MODE_CODE32,
  MODE_FLAT_CS,
  MODE_FLAT_DS,
  MODE_FLAT_ES,
  MODE_FLAT_SS,
  MODE_PAGING,
} from './mode.ts';
import {
  A_BIG,
  A_CODE,
  A_EXPAND_DOWN,
  A_PRESENT,
  A_SEGMENT,
  A_WRITABLE,
  CS,
  DS,
  ES,
  SS,
} from './segmentation.ts';

const SEGMENTS = 8;
const WHOLE = 0xffff_ffff;
const EFLAGS_FIXED = 2;

export class RegisterFile {
  readonly mmu: Mmu;
  /** eax ecx edx ebx esp ebp esi edi, then a zero for absent address parts. */
  readonly r = new Int32Array(12);
  readonly r16 = new Int16Array(this.r.buffer);
  readonly r8 = new Int8Array(this.r.buffer);
  /** Kind, result, operands: see `flags.ts`. */
  readonly lazy = new Int32Array(4);
  /** EFLAGS but for the six arithmetic flags. */
  eflags = EFLAGS_FIXED;
  /** What any program may set with POPF. */
  settableFlags: number = ARITHMETIC | DF | TF | NT | AC | ID;
  eip = 0;
  readonly segSelector = new Int32Array(SEGMENTS);
  readonly segBase = new Int32Array(SEGMENTS);
  readonly segLimit = new Uint32Array(SEGMENTS);
  readonly segAccess = new Int32Array(SEGMENTS);
  cpl = 0;
  /** What decoded blocks depend on: see `mode.ts`. */
  mode = 0;
  codeBase = 0;

  constructor(mmu: Mmu) {
    this.mmu = mmu;
  }

  /** Data and stack segments are all flat. */
  get isFlat(): boolean {
    const all = MODE_FLAT_DS | MODE_FLAT_ES | MODE_FLAT_SS;
    return (this.mode & all) === all;
  }

  /** Gives the result back, so that an operation is one expression. */
  setFlags(kind: number, result: number, a: number, b: number): number {
    this.lazy[0] = kind;
    this.lazy[1] = result;
    this.lazy[2] = a;
    this.lazy[3] = b;
    return result;
  }

  carry(): number {
    return carry(this.lazy[0], this.lazy[1], this.lazy[2], this.lazy[3]);
  }

  condition(code: number): boolean {
    return condition(code, this.lazy[0], this.lazy[1], this.lazy[2], this.lazy[3]);
  }

  arithmetic(): number {
    return arithmeticFlags(this.lazy[0], this.lazy[1], this.lazy[2], this.lazy[3]);
  }

  setArithmetic(flags: number): void {
    this.setFlags(K_EAGER, 0, flags & ARITHMETIC, 0);
  }

  getEflags(): number {
    return this.arithmetic() | this.eflags;
  }

  /** Changes the flags under `mask`. */
  setEflags(value: number, mask: number): void {
    const whole = (this.getEflags() & ~mask) | (value & mask);
    const changed = whole ^ this.eflags;
    this.setArithmetic(whole);
    this.eflags = (whole & ~ARITHMETIC) | EFLAGS_FIXED;
    if (changed & AC) this.updateAlignment();
  }

  updateAlignment(): void {
    // Without control registers there is nothing to check.
  }

  setSegment(segment: number, selector: number, base: number, limit: number, access: number): void {
    this.segSelector[segment] = selector;
    this.segBase[segment] = base;
    this.segLimit[segment] = limit;
    this.segAccess[segment] = access;
    if (segment === CS) this.cpl = selector & 3;
    if (segment <= SS || segment === DS) this.updateMode();
  }

  /** After any change of segments or of paging. */
  updateMode(): void {
    const { segAccess } = this;
    const flatCode =
      this.isWhole(CS) && (segAccess[CS] & (A_PRESENT | A_CODE)) === (A_PRESENT | A_CODE);
    let mode = segAccess[CS] & A_BIG ? MODE_CODE32 : 0;
    if (flatCode) mode |= MODE_FLAT_CS;
    if (this.isFlatData(DS)) mode |= MODE_FLAT_DS;
    if (this.isFlatData(ES)) mode |= MODE_FLAT_ES;
    if (this.isFlatData(SS) && segAccess[SS] & A_BIG) mode |= MODE_FLAT_SS;
    if (this.mmu.paging.enabled) mode |= MODE_PAGING;
    this.mode = mode;
    if (this.mmu.user !== (this.cpl === 3)) this.mmu.setUser(this.cpl === 3);
    // Blocks hold offsets: they mean something else under another base or limit.
    if (this.codeBase !== this.segBase[CS] || !flatCode) this.mmu.code?.dropAll();
    this.codeBase = this.segBase[CS];
  }

  private isWhole(segment: number): boolean {
    return this.segBase[segment] === 0 && this.segLimit[segment] === WHOLE;
  }

  private isFlatData(segment: number): boolean {
    const rights = A_PRESENT | A_SEGMENT | A_CODE | A_EXPAND_DOWN | A_WRITABLE;
    const wanted = A_PRESENT | A_SEGMENT | A_WRITABLE;
    return this.isWhole(segment) && (this.segAccess[segment] & rights) === wanted;
  }
}
