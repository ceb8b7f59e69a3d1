/** Segmented addresses and the stack. SDM vol. 3A §5.3 (limits), §5.5 (types), vol. 1 §6.2 (stack). */
import { Fault, GP, SS as SS_VECTOR } from './faults.ts';
import {
  BASE,
  DISP,
  INDEX,
  INFO_ADDRESS16,
  INFO_BITS,
  INFO_SEGMENT,
  INFO_SIZE_SHIFT,
  INFO_WRITES,
  REG,
  SCALE,
  STRIDE_SHIFT,
} from './micro-op.ts';
import { FLAT_BITS, MODE_FLAT_CS, MODE_FLAT_SS } from './mode.ts';
import { RegisterFile } from './register-file.ts';
import {
  A_BIG,
  A_CODE,
  A_EXPAND_DOWN,
  A_PRESENT,
  A_READABLE,
  A_WRITABLE,
  CS,
  type Descriptor,
  SS,
} from './segmentation.ts';

const ESP = 4;

export abstract class Addressing extends RegisterFile {
  /** Side words of the decoded code. */
  abstract readonly code: { readonly u: Int32Array; readonly info: Int32Array };

  /** Linear address of `size` bytes at an offset in a segment, all checks made. */
  segmentAddress(segment: number, offset: number, size: number, write: boolean): number {
    if (FLAT_BITS[segment] & this.mode) return offset | 0;
    const access = this.segAccess[segment];
    const isCode = (access & A_CODE) !== 0;
    const granted = write
      ? !isCode && (access & A_WRITABLE) !== 0
      : !isCode || (access & A_READABLE) !== 0;
    if (!(access & A_PRESENT) || !granted) throw new Fault(segment === SS ? SS_VECTOR : GP, 0);
    this.checkLimit(segment, access, this.segLimit[segment], offset >>> 0, size);
    return (this.segBase[segment] + offset) | 0;
  }

  /** The same for a stack segment that is not loaded yet. */
  checkRange(segment: number, descriptor: Descriptor, offset: number, size: number): void {
    this.checkLimit(segment, descriptor.access, descriptor.limit, offset >>> 0, size);
  }

  private checkLimit(
    segment: number,
    access: number,
    limit: number,
    offset: number,
    size: number,
  ): void {
    const last = offset + size - 1;
    const isDown = (access & (A_CODE | A_EXPAND_DOWN)) === A_EXPAND_DOWN;
    const top = access & A_BIG ? 0xffff_ffff : 0xffff;
    const fits = isDown ? offset > limit && last <= top : last <= limit;
    if (!fits) throw new Fault(segment === SS ? SS_VECTOR : GP, 0);
  }

  /** Linear address of a string instruction's source: the segment of its prefix, else DS. */
  dataAddress(x: number, offset: number, size: number): number {
    const segment = this.code.info[x >> STRIDE_SHIFT] & INFO_SEGMENT;
    return this.segmentAddress(segment, offset, size, false);
  }

  /**
   * Linear address of a micro-op's memory operand; the bare offset when it makes no access (LEA).
   * `beyond`: bytes from there to the access.
   */
  checkedAddress(x: number, beyond: number): number {
    const { u } = this.code;
    const { r } = this;
    const info = this.code.info[x >> STRIDE_SHIFT];
    const whole = r[u[x + BASE]] + (r[u[x + INDEX]] << u[x + SCALE]) + u[x + DISP] + beyond;
    const offset = info & INFO_ADDRESS16 ? whole & 0xffff : whole | 0;
    const size = info >> INFO_SIZE_SHIFT;
    if (size === 0) return offset;
    return this.segmentAddress(info & INFO_SEGMENT, offset, size, (info & INFO_WRITES) !== 0);
  }

  /** For the few that write their memory operand or do not. */
  requireWritable(x: number): void {
    const segment = this.code.info[x >> STRIDE_SHIFT] & INFO_SEGMENT;
    const wanted = A_PRESENT | A_WRITABLE;
    if ((this.segAccess[segment] & (wanted | A_CODE)) !== wanted)
      throw new Fault(segment === SS ? SS_VECTOR : GP, 0);
  }

  /** How far a bit string's register reaches from its operand, in bytes. */
  bitDisplacement(x: number): number {
    const { u, info } = this.code;
    const slot = x >> STRIDE_SHIFT;
    if (!(info[slot] & INFO_BITS)) return 0;
    const isWide = info[slot] >> INFO_SIZE_SHIFT === 4;
    return isWide ? (this.r[u[x + REG]] >> 5) * 4 : (this.r16[u[x + REG]] >> 4) * 2;
  }

  /** A register that an instruction uses as address or counter: by its address size. */
  addressRegister(x: number, register: number): number {
    const is16 = (this.code.info[x >> STRIDE_SHIFT] & INFO_ADDRESS16) !== 0;
    return is16 ? this.r16[2 * register] & 0xffff : this.r[register];
  }

  advance(x: number, register: number, delta: number): void {
    const is16 = (this.code.info[x >> STRIDE_SHIFT] & INFO_ADDRESS16) !== 0;
    if (is16) this.r16[2 * register] += delta;
    else this.r[register] += delta;
  }

  /** A near jump's target lies in the code segment. */
  checkTarget(eip: number): void {
    if (this.mode & MODE_FLAT_CS) return;
    if (eip >>> 0 > this.segLimit[CS]) throw new Fault(GP, 0);
  }

  checkFetch(eip: number, length: number): void {
    if (this.mode & MODE_FLAT_CS) return;
    if ((eip >>> 0) + length - 1 > this.segLimit[CS]) throw new Fault(GP, 0);
  }

  jumpNear(eip: number): void {
    this.checkTarget(eip);
    this.eip = eip;
  }

  stackAddress(offset: number, size: number, write: boolean): number {
    if (this.mode & MODE_FLAT_SS) return offset | 0;
    const wide = this.segAccess[SS] & A_BIG ? offset : offset & 0xffff;
    return this.segmentAddress(SS, wide, size, write);
  }

  push(value: number, size: number): void {
    const pointer = this.r[ESP] - size;
    const linear = this.stackAddress(pointer, size, true);
    if (size === 4) this.mmu.write32(linear, value);
    else this.mmu.write16(linear, value);
    this.setStack(pointer);
  }

  /** The value `depth` bytes below the top, sign-extended. */
  peek(depth: number, size: number): number {
    const linear = this.stackAddress(this.r[ESP] + depth, size, false);
    return size === 4 ? this.mmu.read32(linear) : (this.mmu.read16(linear) << 16) >> 16;
  }

  moveStack(delta: number): void {
    this.setStack(this.r[ESP] + delta);
  }

  setStack(pointer: number): void {
    if (this.segAccess[SS] & A_BIG) this.r[ESP] = pointer;
    else this.r16[2 * ESP] = pointer;
  }

  /** Proves that `count` values can be pushed, the first one first, before anything takes effect. */
  prepareStack(count: number, size: number): void {
    for (let depth = size; depth <= count * size; depth += size)
      this.mmu.prepare(this.stackAddress(this.r[ESP] - depth, size, true), size);
  }
}
