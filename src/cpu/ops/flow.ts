/** JMP, Jcc, CALL, RET near, LOOP, JCXZ, INT, INTO, BOUND, NOP. SDM vol. 2. */
import type { Cpu } from '../cpu.ts';
import { BR, DB, Fault } from '../faults.ts';
import { OF } from '../flags.ts';
import { DISP, FOLLOW, type Handler, IMM, JUMP, NEXT, REG, STRIDE_SHIFT } from '../micro-op.ts';
import { address, WIDE, type Width } from './width.ts';

const ECX = 1;
const CONDITIONS = [
  'o',
  'no',
  'b',
  'nb',
  'z',
  'nz',
  'be',
  'nbe',
  's',
  'ns',
  'p',
  'np',
  'l',
  'nl',
  'le',
  'nle',
];

/** To the target in the micro-op, which is linked once the target is found. */
function jump(cpu: Cpu, x: number): number {
  cpu.jumpNear(cpu.u[x + DISP]);
  cpu.code.linkNext(x);
  return JUMP;
}

const jumpIf =
  (taken: (cpu: Cpu, x: number) => boolean): Handler =>
  (cpu, x) =>
    taken(cpu, x) ? jump(cpu, x) : NEXT;

function indirect(cpu: Cpu, width: Width, target: number): number {
  cpu.jumpNear(width.bits === 16 ? target & 0xffff : target);
  return JUMP;
}

function call(cpu: Cpu, x: number, width: Width, target: number): number {
  const to = width.bits === 16 ? target & 0xffff : target;
  cpu.checkTarget(to);
  cpu.push(cpu.code.eipOf[(x >> STRIDE_SHIFT) + 1], width.bytes);
  cpu.eip = to;
  return JUMP;
}

function callForms(width: Width): Record<string, Handler> {
  const inRegister = (cpu: Cpu, x: number) => width.get(cpu, cpu.u[x + REG]);
  const inMemory = (cpu: Cpu, x: number) => width.read(cpu, address(cpu, x));
  const back = (cpu: Cpu, release: number): number => {
    const target = cpu.peek(0, width.bytes);
    const to = width.bits === 16 ? target & 0xffff : target;
    cpu.checkTarget(to);
    cpu.moveStack(width.bytes + release);
    cpu.eip = to;
    return JUMP;
  };
  return {
    [`call${width.bits}.j`]: (cpu, x) => {
      call(cpu, x, width, cpu.u[x + DISP]);
      cpu.code.linkNext(x);
      return JUMP;
    },
    [`call${width.bits}.r`]: (cpu, x) => call(cpu, x, width, inRegister(cpu, x)),
    [`call${width.bits}.m`]: (cpu, x) => call(cpu, x, width, inMemory(cpu, x)),
    [`jmp${width.bits}.r`]: (cpu, x) => indirect(cpu, width, inRegister(cpu, x)),
    [`jmp${width.bits}.m`]: (cpu, x) => indirect(cpu, width, inMemory(cpu, x)),
    [`ret${width.bits}`]: (cpu) => back(cpu, 0),
    [`ret${width.bits}.i`]: (cpu, x) => back(cpu, cpu.u[x + IMM] & 0xffff),
  };
}

function boundForms(width: Width): Record<string, Handler> {
  return {
    [`bound${width.bits}.rm`]: (cpu, x) => {
      const value = width.get(cpu, cpu.u[x + REG]);
      const lower = width.read(cpu, address(cpu, x));
      const upper = width.read(cpu, (address(cpu, x) + width.bytes) | 0);
      if (value < lower || value > upper) throw new Fault(BR);
      return NEXT;
    },
  };
}

/** Counts CX or ECX down, by address size, and tells whether it is not zero yet. */
function countDown(cpu: Cpu, x: number): boolean {
  cpu.advance(x, ECX, -1);
  return cpu.addressRegister(x, ECX) !== 0;
}

export const FLOW: Record<string, Handler> = {
  follow: (cpu, x) => {
    cpu.eip = cpu.u[x + DISP];
    cpu.code.linkNext(x);
    return FOLLOW;
  },
  nop: () => NEXT,
  'nopw16.r': () => NEXT,
  'nopw32.r': () => NEXT,
  'nopw16.m': () => NEXT,
  'nopw32.m': () => NEXT,
  'jmp.j': jump,
  'jcxz.j': jumpIf((cpu, x) => cpu.addressRegister(x, ECX) === 0),
  'loop.j': jumpIf(countDown),
  'loope.j': jumpIf((cpu, x) => countDown(cpu, x) && cpu.condition(4)),
  'loopne.j': jumpIf((cpu, x) => countDown(cpu, x) && !cpu.condition(4)),
  int1: (cpu, x) => cpu.trap(x, DB),
  int3: (cpu, x) => cpu.softwareInterrupt(x, 3),
  into: (cpu, x) => (cpu.arithmetic() & OF ? cpu.softwareInterrupt(x, 4) : NEXT),
  'int8.i': (cpu, x) => cpu.softwareInterrupt(x, cpu.u[x + IMM] & 0xff),
};
CONDITIONS.forEach((name, code) => {
  FLOW[`j${name}.j`] = jumpIf((cpu) => cpu.condition(code));
});
for (const width of WIDE) Object.assign(FLOW, callForms(width), boundForms(width));
