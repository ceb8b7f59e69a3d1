/**
 * Bytes → one decoded instruction, by the opcode table. Knows prefixes, ModRM, SIB and immediates
 * (SDM vol. 2 §2.1) and nothing of execution; the code cache and the disassembler build on it.
 */
import { Fault, GP } from './faults.ts';
import { ZERO_REGISTER } from './micro-op.ts';
import { isGroup, OPCODES, OPCODES_0F, type Opcode, type OpcodeEntry } from './opcodes.ts';

/** Longest legal instruction; a longer one is a general protection fault. */
export const MAX_LENGTH = 15;

export const SEGMENT_CS = 1;
export const SEGMENT_SS = 2;
export const SEGMENT_DS = 3;

export interface MemoryOperand {
  /** Register numbers; ZERO_REGISTER when there is none. */
  readonly base: number;
  readonly index: number;
  readonly scale: number;
  readonly displacement: number;
  readonly segment: number;
}

export interface Instruction {
  /** Undefined: the toy has no such opcode. */
  readonly opcode: Opcode | undefined;
  readonly operandSize: 2 | 4;
  readonly addressSize: 2 | 4;
  /** Override prefix. */
  readonly segment: number | undefined;
  /** 0, 0xF2 or 0xF3. */
  readonly repeat: number;
  readonly lock: boolean;
  /** reg field of ModRM, or the register in the opcode's low bits. */
  readonly reg: number;
  /** Register of the r/m operand; undefined when it is memory. */
  readonly rm: number | undefined;
  readonly memory: MemoryOperand | undefined;
  /** In the order of the bytes; a far pointer is offset, selector. */
  readonly immediates: readonly number[];
  readonly length: number;
}

const SEGMENT_PREFIXES: Readonly<Record<number, number>> = {
  38: 0,
  46: 1,
  54: 2,
  62: 3,
  100: 4,
  101: 5,
};

/** base and index registers of 16-bit addressing, by the rm field. */
const BASES_16 = [3, 3, 5, 5, 6, 7, 5, 3] as const;
const INDEXES_16 = [
  6,
  7,
  6,
  7,
  ZERO_REGISTER,
  ZERO_REGISTER,
  ZERO_REGISTER,
  ZERO_REGISTER,
] as const;

export class Decoder {
  private readonly fetch: () => number;
  private length = 0;
  private operandSize: 2 | 4 = 4;
  private addressSize: 2 | 4 = 4;
  private segment: number | undefined;

  /** `fetch` gives the next byte of the instruction stream, and may throw a fault. */
  constructor(fetch: () => number) {
    this.fetch = fetch;
  }

  decode(code32: boolean): Instruction {
    this.length = 0;
    this.operandSize = code32 ? 4 : 2;
    this.addressSize = code32 ? 4 : 2;
    this.segment = undefined;
    let repeat = 0;
    let lock = false;
    let byte = this.next();
    for (; ; byte = this.next()) {
      if (byte === 0xf0) lock = true;
      else if (byte === 0xf2 || byte === 0xf3) repeat = byte;
      else if (byte === 0x66) this.operandSize = code32 ? 2 : 4;
      else if (byte === 0x67) this.addressSize = code32 ? 2 : 4;
      else if (SEGMENT_PREFIXES[byte] !== undefined) this.segment = SEGMENT_PREFIXES[byte];
      else break;
    }
    const isTwoByte = byte === 0x0f;
    if (isTwoByte) byte = this.next();
    const entry = (isTwoByte ? OPCODES_0F : OPCODES)[byte];
    return this.decodeBody(entry, byte, repeat, lock);
  }

  private decodeBody(entry: OpcodeEntry, byte: number, repeat: number, lock: boolean): Instruction {
    let opcode = isGroup(entry) ? undefined : entry;
    let reg = byte & 7;
    let rm: number | undefined;
    let memory: MemoryOperand | undefined;
    if (isGroup(entry) || opcode?.hasModrm) {
      const modrm = this.next();
      reg = (modrm >> 3) & 7;
      if (isGroup(entry)) opcode = entry[reg];
      // Moves to and from control and debug registers ignore mod (SDM: "always register").
      const registerOnly = opcode?.registerOnly ?? false;
      if (modrm >= 0xc0 || registerOnly) rm = modrm & 7;
      else if (opcode !== undefined) memory = this.memoryOperand(modrm);
    }
    const immediates: number[] = [];
    for (const operand of opcode?.operands ?? []) {
      if (operand[0] === 'O') memory = this.absolute();
      else this.readImmediate(operand, immediates);
    }
    const { operandSize, addressSize, segment, length } = this;
    const prefixes = { operandSize, addressSize, segment, repeat, lock };
    return { opcode, reg, rm, memory, immediates, length, ...prefixes };
  }

  private readImmediate(operand: string, into: number[]): void {
    const wide = this.operandSize;
    switch (operand) {
      case 'Ib':
      case 'Jb':
      case 'sv':
        into.push((this.next() << 24) >> 24);
        return;
      case 'Iw':
        into.push(this.wide(2));
        return;
      case 'Iv':
      case 'Jv':
        into.push(this.wide(wide));
        return;
      case 'Ap':
        into.push(wide === 2 ? this.wide(2) & 0xffff : this.wide(4), this.wide(2) & 0xffff);
        return;
      default:
        return;
    }
  }

  private absolute(): MemoryOperand {
    const displacement = this.addressSize === 4 ? this.wide(4) : this.wide(2) & 0xffff;
    const segment = this.segment ?? SEGMENT_DS;
    return { base: ZERO_REGISTER, index: ZERO_REGISTER, scale: 0, displacement, segment };
  }

  private memoryOperand(modrm: number): MemoryOperand {
    return this.addressSize === 4 ? this.operand32(modrm) : this.operand16(modrm);
  }

  private operand32(modrm: number): MemoryOperand {
    const mod = modrm >> 6;
    let base: number = modrm & 7;
    let index = ZERO_REGISTER;
    let scale = 0;
    if (base === 4) {
      const sib = this.next();
      base = sib & 7;
      index = (sib >> 3) & 7;
      scale = sib >> 6;
      if (index === 4) {
        index = ZERO_REGISTER;
        scale = 0;
      }
    }
    const noBase = mod === 0 && base === 5;
    const displacement = noBase || mod === 2 ? this.wide(4) : mod === 1 ? this.byte() : 0;
    const onStack = !noBase && (base === 4 || base === 5);
    const segment = this.segment ?? (onStack ? SEGMENT_SS : SEGMENT_DS);
    return { base: noBase ? ZERO_REGISTER : base, index, scale, displacement, segment };
  }

  private operand16(modrm: number): MemoryOperand {
    const mod = modrm >> 6;
    const rm = modrm & 7;
    const noBase = mod === 0 && rm === 6;
    const displacement = noBase || mod === 2 ? this.wide(2) : mod === 1 ? this.byte() : 0;
    const base = noBase ? ZERO_REGISTER : BASES_16[rm];
    const segment = this.segment ?? (base === 5 ? SEGMENT_SS : SEGMENT_DS);
    return { base, index: INDEXES_16[rm], scale: 0, displacement, segment };
  }

  private byte(): number {
    return (this.next() << 24) >> 24;
  }

  /** A little-endian value, sign-extended. */
  private wide(size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.next() << (8 * i);
    return size === 2 ? (value << 16) >> 16 : value;
  }

  private next(): number {
    this.length++;
    if (this.length > MAX_LENGTH) throw new Fault(GP, 0);
    return this.fetch();
  }
}
