/**
 * MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS and their REP forms. SDM vol. 2 ("REP"). Every step of a
 * repeated instruction takes the time of one instruction, and a slice may end between two steps: the
 * registers then stand for what is done, and the instruction starts again for the rest.
 */
import type { Cpu } from '../cpu.ts';
import { DF, K_SUB } from '../flags.ts';
import {
  AGAIN,
  type Handler,
  INFO_ADDRESS16,
  INFO_REPEAT,
  INFO_REPEAT_NOT,
  NEXT,
  STRIDE_SHIFT,
} from '../micro-op.ts';
import { W32, WIDTHS, type Width } from './width.ts';

const ECX = 1;
const EDX = 2;
const ESI = 6;
const EDI = 7;
const ES = 0;

/** One step; throws before it changed anything. */
type Step = (cpu: Cpu, x: number, width: Width) => void;
/** Does many steps at once where that cannot be told from one by one; gives how many, at most `most`. */
type Bulk = (cpu: Cpu, x: number, width: Width, most: number) => number;

const noBulk: Bulk = () => 0;
const delta = (cpu: Cpu, width: Width): number => (cpu.eflags & DF ? -width.bytes : width.bytes);

const source = (cpu: Cpu, x: number, size: number): number =>
  cpu.dataAddress(x, cpu.addressRegister(x, ESI), size);
const destination = (cpu: Cpu, x: number, size: number, write: boolean): number =>
  cpu.segmentAddress(ES, cpu.addressRegister(x, EDI), size, write);

const movs: Step = (cpu, x, width) => {
  const value = width.read(cpu, source(cpu, x, width.bytes));
  width.write(cpu, destination(cpu, x, width.bytes, true), value);
  cpu.advance(x, ESI, delta(cpu, width));
  cpu.advance(x, EDI, delta(cpu, width));
};

const stos: Step = (cpu, x, width) => {
  width.write(cpu, destination(cpu, x, width.bytes, true), width.get(cpu, 0));
  cpu.advance(x, EDI, delta(cpu, width));
};

const lods: Step = (cpu, x, width) => {
  width.set(cpu, 0, width.read(cpu, source(cpu, x, width.bytes)));
  cpu.advance(x, ESI, delta(cpu, width));
};

const cmps: Step = (cpu, x, width) => {
  const a = width.read(cpu, source(cpu, x, width.bytes));
  const b = width.read(cpu, destination(cpu, x, width.bytes, false));
  cpu.setFlags(K_SUB, width.extend(a - b), a, b);
  cpu.advance(x, ESI, delta(cpu, width));
  cpu.advance(x, EDI, delta(cpu, width));
};

const scas: Step = (cpu, x, width) => {
  const b = width.read(cpu, destination(cpu, x, width.bytes, false));
  const a = width.get(cpu, 0);
  cpu.setFlags(K_SUB, width.extend(a - b), a, b);
  cpu.advance(x, EDI, delta(cpu, width));
};

const ins: Step = (cpu, x, width) => {
  const port = cpu.r[EDX] & 0xffff;
  cpu.checkPort(port, width.bytes);
  const linear = destination(cpu, x, width.bytes, true);
  // The store is proved possible first: reading a port cannot be taken back.
  cpu.mmu.prepare(linear, width.bytes);
  cpu.mmu.commit(cpu.readPort(port, width.bytes), width.bytes);
  cpu.advance(x, EDI, delta(cpu, width));
};

const outs: Step = (cpu, x, width) => {
  const port = cpu.r[EDX] & 0xffff;
  cpu.checkPort(port, width.bytes);
  cpu.writePort(port, width.bytes, width.read(cpu, source(cpu, x, width.bytes)));
  cpu.advance(x, ESI, delta(cpu, width));
};

/** Steps upward from `offset` that stay in its page. */
const inPage = (linear: number, bytes: number): number =>
  Math.floor((0x1000 - (linear & 0xfff)) / bytes);

const movsBulk: Bulk = (cpu, x, width, most) => {
  const from = source(cpu, x, width.bytes);
  const to = destination(cpu, x, width.bytes, true);
  const read = cpu.mmu.read[from >>> 12];
  const write = cpu.mmu.write[to >>> 12];
  if (read < 0 || write < 0) return 0;
  const count = Math.min(most, inPage(from, width.bytes), inPage(to, width.bytes));
  const a = read + (from & 0xfff);
  const b = write + (to & 0xfff);
  const length = count * width.bytes;
  // Overlapping upward, the copy repeats a pattern; a block move would not.
  if (b > a && b < a + length) return 0;
  cpu.mmu.bytes.copyWithin(b, a, a + length);
  cpu.r[ESI] += length;
  cpu.r[EDI] += length;
  return count;
};

const stosBulk: Bulk = (cpu, x, width, most) => {
  const to = destination(cpu, x, width.bytes, true);
  const write = cpu.mmu.write[to >>> 12];
  if (write < 0) return 0;
  const count = Math.min(most, inPage(to, width.bytes));
  const at = write + (to & 0xfff);
  const { view } = cpu.mmu;
  const value = cpu.r[0];
  if (width.bytes === 1) cpu.mmu.bytes.fill(value, at, at + count);
  else if (width === W32) for (let i = 0; i < count; i++) view.setInt32(at + 4 * i, value, true);
  else for (let i = 0; i < count; i++) view.setInt16(at + 2 * i, value, true);
  cpu.r[EDI] += count * width.bytes;
  return count;
};

function repeated(step: Step, bulk: Bulk, compares: boolean, width: Width): Handler {
  return (cpu, x) => {
    const info = cpu.code.info[x >> STRIDE_SHIFT];
    if ((info & (INFO_REPEAT | INFO_REPEAT_NOT)) === 0) {
      step(cpu, x, width);
      return NEXT;
    }
    const simple = cpu.isFlat && !(info & INFO_ADDRESS16) && !(cpu.eflags & DF);
    for (;;) {
      const count = cpu.addressRegister(x, ECX) >>> 0;
      if (count === 0) return NEXT;
      const most = Math.min(count, cpu.left) - 1;
      const done = simple && most > 0 ? bulk(cpu, x, width, most) : 0;
      cpu.r[ECX] -= done;
      cpu.left -= done;
      step(cpu, x, width);
      cpu.advance(x, ECX, -1);
      const isLast = count - done === 1;
      if (isLast || (compares && cpu.condition(4) !== ((info & INFO_REPEAT) !== 0))) return NEXT;
      cpu.left--;
      if (cpu.left <= 0 || cpu.mustLeave) return AGAIN;
    }
  };
}

const STEPS: Readonly<Record<string, readonly [Step, Bulk, boolean]>> = {
  movs: [movs, movsBulk, false],
  stos: [stos, stosBulk, false],
  lods: [lods, noBulk, false],
  cmps: [cmps, noBulk, true],
  scas: [scas, noBulk, true],
  ins: [ins, noBulk, false],
  outs: [outs, noBulk, false],
};

export const STRING: Record<string, Handler> = {};
for (const width of WIDTHS)
  for (const name in STEPS) {
    const [step, bulk, compares] = STEPS[name];
    STRING[name + width.bits] = repeated(step, bulk, compares, width);
  }
