/** ADD, ADC, SUB, SBB, CMP, AND, OR, XOR, TEST, INC, DEC, NEG, NOT. SDM vol. 2, each under its name. */
import type { Cpu } from '../cpu.ts';
import { K_ADC, K_ADD, K_DEC, K_INC, K_RESULT, K_SBB, K_SUB } from '../flags.ts';
import { type Handler, IMM, NEXT, REG, REG2 } from '../micro-op.ts';
import { address, readToWrite, WIDTHS, type Width, writeBack } from './width.ts';

type Binary = (cpu: Cpu, width: Width, a: number, b: number) => number;
type Unary = (cpu: Cpu, width: Width, a: number) => number;

const add: Binary = (cpu, width, a, b) => cpu.setFlags(K_ADD, width.extend(a + b), a, b);
const sub: Binary = (cpu, width, a, b) => cpu.setFlags(K_SUB, width.extend(a - b), a, b);
const adc: Binary = (cpu, width, a, b) =>
  cpu.setFlags(K_ADC, width.extend(a + b + cpu.carry()), a, b);
const sbb: Binary = (cpu, width, a, b) =>
  cpu.setFlags(K_SBB, width.extend(a - b - cpu.carry()), a, b);
const and: Binary = (cpu, _width, a, b) => cpu.setFlags(K_RESULT, a & b, 0, 0);
const or: Binary = (cpu, _width, a, b) => cpu.setFlags(K_RESULT, a | b, 0, 0);
const xor: Binary = (cpu, _width, a, b) => cpu.setFlags(K_RESULT, a ^ b, 0, 0);

const BINARY: Readonly<Record<string, Binary>> = { add, or, adc, sbb, and, sub, xor };
/** Only the flags remain. */
const COMPARE: Readonly<Record<string, Binary>> = { cmp: sub, test: and };

const UNARY: Readonly<Record<string, Unary>> = {
  inc: (cpu, width, a) => cpu.setFlags(K_INC, width.extend(a + 1), cpu.carry(), a),
  dec: (cpu, width, a) => cpu.setFlags(K_DEC, width.extend(a - 1), cpu.carry(), a),
  neg: (cpu, width, a) => cpu.setFlags(K_SUB, width.extend(-a), 0, a),
  not: (_cpu, _width, a) => ~a,
};

function binaryForms(name: string, operation: Binary, width: Width): Record<string, Handler> {
  const inRegister = (cpu: Cpu, x: number, b: number): number => {
    const index = cpu.u[x + REG];
    width.set(cpu, index, operation(cpu, width, width.get(cpu, index), b));
    return NEXT;
  };
  const inMemory = (cpu: Cpu, x: number, b: number): number => {
    const a = readToWrite(cpu, x, width);
    writeBack(cpu, operation(cpu, width, a, b), width);
    return NEXT;
  };
  const stem = name + width.bits;
  return {
    [`${stem}.rr`]: (cpu, x) => inRegister(cpu, x, width.get(cpu, cpu.u[x + REG2])),
    [`${stem}.ri`]: (cpu, x) => inRegister(cpu, x, cpu.u[x + IMM]),
    [`${stem}.rm`]: (cpu, x) => inRegister(cpu, x, width.read(cpu, address(cpu, x))),
    [`${stem}.mr`]: (cpu, x) => inMemory(cpu, x, width.get(cpu, cpu.u[x + REG])),
    [`${stem}.mi`]: (cpu, x) => inMemory(cpu, x, cpu.u[x + IMM]),
  };
}

function compareForms(name: string, operation: Binary, width: Width): Record<string, Handler> {
  const compare = (cpu: Cpu, a: number, b: number): number => {
    operation(cpu, width, a, b);
    return NEXT;
  };
  const stem = name + width.bits;
  const reg = (cpu: Cpu, x: number) => width.get(cpu, cpu.u[x + REG]);
  const memory = (cpu: Cpu, x: number) => width.read(cpu, address(cpu, x));
  return {
    [`${stem}.rr`]: (cpu, x) => compare(cpu, reg(cpu, x), width.get(cpu, cpu.u[x + REG2])),
    [`${stem}.ri`]: (cpu, x) => compare(cpu, reg(cpu, x), cpu.u[x + IMM]),
    [`${stem}.rm`]: (cpu, x) => compare(cpu, reg(cpu, x), memory(cpu, x)),
    [`${stem}.mr`]: (cpu, x) => compare(cpu, memory(cpu, x), reg(cpu, x)),
    [`${stem}.mi`]: (cpu, x) => compare(cpu, memory(cpu, x), cpu.u[x + IMM]),
  };
}

function unaryForms(name: string, operation: Unary, width: Width): Record<string, Handler> {
  const stem = name + width.bits;
  return {
    [`${stem}.r`]: (cpu, x) => {
      const index = cpu.u[x + REG];
      width.set(cpu, index, operation(cpu, width, width.get(cpu, index)));
      return NEXT;
    },
    [`${stem}.m`]: (cpu, x) => {
      const a = readToWrite(cpu, x, width);
      writeBack(cpu, operation(cpu, width, a), width);
      return NEXT;
    },
  };
}

export const ARITHMETIC: Record<string, Handler> = {};
for (const width of WIDTHS) {
  for (const name in BINARY) Object.assign(ARITHMETIC, binaryForms(name, BINARY[name], width));
  for (const name in COMPARE) Object.assign(ARITHMETIC, compareForms(name, COMPARE[name], width));
  for (const name in UNARY) Object.assign(ARITHMETIC, unaryForms(name, UNARY[name], width));
}
