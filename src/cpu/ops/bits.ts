/** BT, BTS, BTR, BTC, BSF, BSR. SDM vol. 2. A register offset reaches beyond a memory operand's own word. */
import type { Cpu } from '../cpu.ts';
import { CF, K_EAGER, K_RESULT } from '../flags.ts';
import { type Handler, IMM, NEXT, REG, REG2 } from '../micro-op.ts';
import { address, WIDE, type Width } from './width.ts';

type Change = (value: number, mask: number) => number;

const CHANGES: Readonly<Record<string, Change>> = {
  bts: (value, mask) => value | mask,
  btr: (value, mask) => value & ~mask,
  btc: (value, mask) => value ^ mask,
};

function setCarry(cpu: Cpu, value: number, offset: number): void {
  cpu.setFlags(K_EAGER, 0, (cpu.arithmetic() & ~CF) | ((value >>> offset) & 1), 0);
}

/** Linear address of the word that holds bit `offset` of the bit string in memory. */
const wordAddress = (cpu: Cpu, x: number, width: Width, offset: number): number =>
  (address(cpu, x) + (offset >> (width.bits === 32 ? 5 : 4)) * width.bytes) | 0;

function testForms(width: Width): Record<string, Handler> {
  const mask = width.bits - 1;
  const stem = `bt${width.bits}`;
  return {
    [`${stem}.rr`]: (cpu, x) => {
      const offset = width.get(cpu, cpu.u[x + REG2]) & mask;
      setCarry(cpu, width.get(cpu, cpu.u[x + REG]), offset);
      return NEXT;
    },
    [`${stem}.ri`]: (cpu, x) => {
      setCarry(cpu, width.get(cpu, cpu.u[x + REG]), cpu.u[x + IMM] & mask);
      return NEXT;
    },
    [`${stem}.mr`]: (cpu, x) => {
      const offset = width.get(cpu, cpu.u[x + REG]);
      setCarry(cpu, width.read(cpu, wordAddress(cpu, x, width, offset)), offset & mask);
      return NEXT;
    },
    [`${stem}.mi`]: (cpu, x) => {
      setCarry(cpu, width.read(cpu, address(cpu, x)), cpu.u[x + IMM] & mask);
      return NEXT;
    },
  };
}

function changeForms(name: string, change: Change, width: Width): Record<string, Handler> {
  const mask = width.bits - 1;
  const inRegister = (cpu: Cpu, x: number, offset: number): number => {
    const value = width.get(cpu, cpu.u[x + REG]);
    width.set(cpu, cpu.u[x + REG], change(value, 1 << offset));
    setCarry(cpu, value, offset);
    return NEXT;
  };
  const inMemory = (cpu: Cpu, linear: number, offset: number): number => {
    cpu.mmu.prepare(linear, width.bytes);
    const value = cpu.mmu.prepared(width.bytes);
    cpu.mmu.commit(change(value, 1 << offset), width.bytes);
    setCarry(cpu, value, offset);
    return NEXT;
  };
  const stem = name + width.bits;
  return {
    [`${stem}.rr`]: (cpu, x) => inRegister(cpu, x, width.get(cpu, cpu.u[x + REG2]) & mask),
    [`${stem}.ri`]: (cpu, x) => inRegister(cpu, x, cpu.u[x + IMM] & mask),
    [`${stem}.mr`]: (cpu, x) => {
      const offset = width.get(cpu, cpu.u[x + REG]);
      return inMemory(cpu, wordAddress(cpu, x, width, offset), offset & mask);
    },
    [`${stem}.mi`]: (cpu, x) => inMemory(cpu, address(cpu, x), cpu.u[x + IMM] & mask),
  };
}

/** A source of zero sets ZF and leaves the destination as it was. */
function scanForms(width: Width): Record<string, Handler> {
  const mask = width.bits === 32 ? -1 : 0xffff;
  const scan = (cpu: Cpu, x: number, source: number, find: (v: number) => number): number => {
    const value = source & mask;
    cpu.setFlags(K_RESULT, value, 0, 0);
    if (value !== 0) width.set(cpu, cpu.u[x + REG], find(value));
    return NEXT;
  };
  const lowest = (v: number) => 31 - Math.clz32(v & -v);
  const highest = (v: number) => 31 - Math.clz32(v);
  const register = (cpu: Cpu, x: number) => width.get(cpu, cpu.u[x + REG2]);
  const memory = (cpu: Cpu, x: number) => width.read(cpu, address(cpu, x));
  return {
    [`bsf${width.bits}.rr`]: (cpu, x) => scan(cpu, x, register(cpu, x), lowest),
    [`bsf${width.bits}.rm`]: (cpu, x) => scan(cpu, x, memory(cpu, x), lowest),
    [`bsr${width.bits}.rr`]: (cpu, x) => scan(cpu, x, register(cpu, x), highest),
    [`bsr${width.bits}.rm`]: (cpu, x) => scan(cpu, x, memory(cpu, x), highest),
  };
}

export const BITS: Record<string, Handler> = {};
for (const width of WIDE) {
  Object.assign(BITS, testForms(width), scanForms(width));
  for (const name in CHANGES) Object.assign(BITS, changeForms(name, CHANGES[name], width));
}
