/** A test's outcome on silicon against the toy's, but for what is undefined. */
import { Decoder, type Instruction } from '../../src/cpu/decoder.ts';
import { disassembleBytes } from '../../src/cpu/disassemble.ts';
import { Fault } from '../../src/cpu/faults.ts';
import { ZF } from '../../src/cpu/flags.ts';
import { CODE, type Outcome, type SingleTest, USER_CODE, USER_DATA } from './layout.ts';
import { isUndefined, undefinedOf } from './undefined.ts';

const PAGE_FAULT = 14;
/** Instruction fetch: told apart only where pages can be marked not executable. */
const FAULT_FETCH = 0x10;
const EFLAGS = 0x0025_7fd5 | 0x1_0000;
const NAMES = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
const SELECTOR_NAMES = ['ds', 'es', 'fs', 'gs'];
const KERNEL_ENTRIES = 16;

export interface Comparison {
  readonly difference: string | undefined;
  /** Bits that were not compared. */
  readonly masked: number;
  readonly isLeftOut: boolean;
}

function decode(test: SingleTest): Instruction | undefined {
  let at = 0;
  try {
    return new Decoder(() => test.code[at++] ?? 0).decode(true);
  } catch (thrown) {
    if (thrown instanceof Fault) return undefined;
    throw thrown;
  }
}

/** A selector from memory may name a segment of the kernel's own, which differs from one to the next. */
const isKernels = (selector: number): boolean =>
  selector >>> 3 < KERNEL_ENTRIES &&
  (selector & 4) === 0 &&
  selector > 3 &&
  selector !== USER_CODE &&
  selector !== USER_DATA;

const LOADS = /^(?:movts|pops|l[defg]s|lar|lsl|ver[rw]|retf|iret|callf|jmpf)$/;

function errorsDiffer(silicon: Outcome, toy: Outcome): boolean {
  const mask = silicon.vector === PAGE_FAULT ? ~FAULT_FETCH : -1;
  return ((silicon.error ^ toy.error) & mask) !== 0;
}

export function compare(test: SingleTest, silicon: Outcome, toy: Outcome): Comparison {
  const instruction = decode(test);
  const mnemonic = instruction?.opcode?.mnemonic ?? '';
  const named = [silicon.error, toy.error, ...toy.selectors, ...silicon.selectors];
  if (LOADS.test(mnemonic) && named.some(isKernels))
    return { difference: undefined, masked: 0, isLeftOut: true };
  if (instruction && isUndefined(instruction, test, [silicon.vector, toy.vector]))
    return { difference: undefined, masked: 0, isLeftOut: true };
  const isZero = ((silicon.flags | toy.flags) & ZF) !== 0;
  const undefinedBits = instruction && undefinedOf(instruction, test, isZero);
  const found: string[] = [];
  const note = (name: string, a: number, b: number) => {
    if (a !== b) found.push(`${name} ${hex(a)} here ${hex(b)}`);
  };
  note('vector', silicon.vector, toy.vector);
  if (silicon.vector === toy.vector) {
    if (errorsDiffer(silicon, toy)) note('error', silicon.error, toy.error);
    if (silicon.vector === PAGE_FAULT) note('cr2', silicon.cr2, toy.cr2);
    note('eip', silicon.eip, toy.eip);
    const flags = EFLAGS & ~(undefinedBits?.flags ?? 0);
    note('flags', silicon.flags & flags, toy.flags & flags);
    NAMES.forEach((name, n) => {
      const mask = n === undefinedBits?.register ? ~undefinedBits.registerBits : -1;
      note(name, (silicon.general[n] ?? 0) & mask, (toy.general[n] ?? 0) & mask);
    });
    SELECTOR_NAMES.forEach((name, n) => {
      note(name, silicon.selectors[n] ?? 0, toy.selectors[n] ?? 0);
    });
    if (!undefinedBits?.memory && !isSameMemory(silicon, toy))
      found.push(`memory ${memoryText(silicon)} here ${memoryText(toy)}`);
  }
  const inRegister = undefinedBits?.register === undefined ? 0 : undefinedBits.registerBits;
  const masked = countBits(undefinedBits?.flags ?? 0) + countBits(inRegister);
  const difference =
    found.length === 0 ? undefined : `${describe(test)}\n    ${found.join('\n    ')}`;
  return { difference, masked, isLeftOut: false };
}

function isSameMemory(a: Outcome, b: Outcome): boolean {
  if (a.changed.length !== b.changed.length) return false;
  if (a.changed.length > 0 && a.first !== b.first) return false;
  return a.changed.every((byte, n) => byte === b.changed[n]);
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;
const bytesText = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
const memoryText = ({ first, changed }: Outcome): string =>
  changed.length === 0 ? 'unchanged' : `+${hex(first)}: ${bytesText(changed)}`;

function describe(test: SingleTest): string {
  const at = CODE + test.offset;
  const { text, length } = disassembleBytes(test.code, at);
  const registers = test.general.map((value, n) => `${NAMES[n]}=${hex(value)}`).join(' ');
  const poke = test.poke ? ` put +${hex(test.poke.at)}: ${test.poke.words.map(hex).join(' ')}` : '';
  return `${text}  [${bytesText(test.code.subarray(0, length))}] at ${hex(at)}\n    ${registers} flags=${hex(test.flags)}${poke}`;
}

function countBits(value: number): number {
  let count = 0;
  for (let rest = value >>> 0; rest !== 0; rest &= rest - 1) count++;
  return count;
}
