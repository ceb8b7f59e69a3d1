/** PUSH, POP, PUSHA, POPA, PUSHF, POPF, ENTER, LEAVE. SDM vol. 2. */
import type { Cpu } from '../cpu.ts';
import { Fault, GP } from '../faults.ts';
import { CF, DF, IF, IOPL, RF, VM } from '../flags.ts';
import { type Handler, IMM, NEXT, REG, REG2 } from '../micro-op.ts';
import { address, WIDE, type Width } from './width.ts';

const ESP = 4;
const EBP = 5;

function pushForms(width: Width): Record<string, Handler> {
  const stem = `push${width.bits}`;
  const push = (cpu: Cpu, value: number): number => {
    cpu.push(value, width.bytes);
    return NEXT;
  };
  return {
    [`${stem}.r`]: (cpu, x) => push(cpu, width.get(cpu, cpu.u[x + REG])),
    [`${stem}.i`]: (cpu, x) => push(cpu, cpu.u[x + IMM]),
    [`${stem}.m`]: (cpu, x) => push(cpu, width.read(cpu, address(cpu, x))),
  };
}

function popForms(width: Width): Record<string, Handler> {
  const stem = `pop${width.bits}`;
  return {
    [`${stem}.r`]: (cpu, x) => {
      const value = cpu.peek(0, width.bytes);
      cpu.moveStack(width.bytes);
      width.set(cpu, cpu.u[x + REG], value);
      return NEXT;
    },
    [`${stem}.m`]: (cpu, x) => {
      const value = cpu.peek(0, width.bytes);
      const before = cpu.r[ESP];
      cpu.moveStack(width.bytes);
      try {
        // The address counts from the stack pointer after the pop.
        width.write(cpu, cpu.checkedAddress(x, 0), value);
      } catch (thrown) {
        cpu.r[ESP] = before;
        throw thrown;
      }
      return NEXT;
    },
  };
}

function allForms(width: Width): Record<string, Handler> {
  return {
    [`pusha${width.bits}`]: (cpu) => {
      const size = width.bytes;
      cpu.prepareStack(8, size);
      const values = Array.from({ length: 8 }, (_, n) => cpu.r[n]);
      for (const value of values) cpu.push(value, size);
      return NEXT;
    },
    [`popa${width.bits}`]: (cpu) => {
      const size = width.bytes;
      const values = Array.from({ length: 8 }, (_, n) => cpu.peek(n * size, size));
      cpu.moveStack(8 * size);
      values.forEach((value, n) => {
        if (7 - n !== ESP) width.set(cpu, size === 2 ? 2 * (7 - n) : 7 - n, value);
      });
      return NEXT;
    },
  };
}

/** What POPF and IRET may change at the present privilege. */
export function writableFlags(cpu: Cpu): number {
  const privileged = cpu.cpl === 0;
  const interrupts = cpu.cpl <= (cpu.eflags & IOPL) >> 12;
  return cpu.settableFlags | (privileged ? IOPL : 0) | (interrupts ? IF : 0);
}

function flagForms(width: Width): Record<string, Handler> {
  return {
    [`pushf${width.bits}`]: (cpu) => {
      cpu.push(cpu.getEflags() & ~(VM | RF), width.bytes);
      return NEXT;
    },
    [`popf${width.bits}`]: (cpu) => {
      const value = cpu.peek(0, width.bytes);
      const mask = writableFlags(cpu) & (width.bits === 16 ? 0xffff : -1);
      cpu.moveStack(width.bytes);
      cpu.setEflags(value, mask | (width.bits === 32 ? RF : 0));
      if (width.bits === 32) cpu.eflags &= ~RF;
      cpu.leaveBlock();
      return NEXT;
    },
  };
}

function withoutFault(action: () => void): void {
  try {
    action();
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
  }
}

/**
 * The memory of ENTER, in the order of its pushes; gives the new frame pointer. A fault leaves what
 * was stored below the stack pointer, as on silicon; the end of the room must be writable.
 */
function buildFrame(cpu: Cpu, width: Width, level: number, room: number, store: boolean): number {
  const { bytes } = width;
  let depth = 0;
  const push = (value: number): void => {
    depth += bytes;
    const linear = cpu.stackAddress(cpu.r[ESP] - depth, bytes, true);
    if (store) width.write(cpu, linear, value);
    else cpu.mmu.prepare(linear, bytes);
  };
  push(cpu.r[EBP]);
  const frame = cpu.r[ESP] - bytes;
  for (let n = 1; n < level; n++)
    push(width.read(cpu, cpu.stackAddress(cpu.r[EBP] - bytes * n, bytes, false)));
  if (level > 0) push(frame);
  cpu.mmu.prepare(cpu.stackAddress(cpu.r[ESP] - room, bytes, true), bytes);
  return frame;
}

function frameForms(width: Width): Record<string, Handler> {
  const size = width.bytes;
  const frameRegister = size === 2 ? 2 * EBP : EBP;
  return {
    [`enter${width.bits}.ii`]: (cpu, x) => {
      const level = cpu.u[x + REG2] & 31;
      const room = size * (level + 1) + (cpu.u[x + IMM] & 0xffff);
      // First only asked for: a page that has not arrived stops the instruction before any store.
      withoutFault(() => buildFrame(cpu, width, level, room, false));
      const frame = buildFrame(cpu, width, level, room, true);
      cpu.moveStack(-room);
      width.set(cpu, frameRegister, frame);
      return NEXT;
    },
    [`leave${width.bits}`]: (cpu) => {
      const value = width.read(cpu, cpu.stackAddress(cpu.r[EBP], size, false));
      cpu.setStack(cpu.r[EBP] + size);
      width.set(cpu, frameRegister, value);
      return NEXT;
    },
  };
}

/** A flag that only programs at the I/O privilege level may touch. */
function checkInterruptPrivilege(cpu: Cpu): void {
  if (cpu.cpl > (cpu.eflags & IOPL) >> 12) throw new Fault(GP, 0);
}

const setRest =
  (change: (eflags: number) => number): Handler =>
  (cpu) => {
    cpu.eflags = change(cpu.eflags);
    return NEXT;
  };

const setCarry =
  (change: (flags: number) => number): Handler =>
  (cpu) => {
    cpu.setArithmetic(change(cpu.arithmetic()));
    return NEXT;
  };

/** SF, ZF, AF, PF, CF: what LAHF and SAHF move. */
const STATUS = 0xd5;
const AH = 1;

export const STACK: Record<string, Handler> = {
  cld: setRest((eflags) => eflags & ~DF),
  std: setRest((eflags) => eflags | DF),
  clc: setCarry((flags) => flags & ~CF),
  stc: setCarry((flags) => flags | CF),
  cmc: setCarry((flags) => flags ^ CF),
  cli: (cpu) => {
    checkInterruptPrivilege(cpu);
    cpu.eflags &= ~IF;
    return NEXT;
  },
  sti: (cpu) => {
    checkInterruptPrivilege(cpu);
    if (!(cpu.eflags & IF)) cpu.shadowNext(1);
    cpu.eflags |= IF;
    return NEXT;
  },
  lahf: (cpu) => {
    cpu.r8[AH] = (cpu.arithmetic() & STATUS) | 2;
    return NEXT;
  },
  sahf: (cpu) => {
    cpu.setArithmetic((cpu.arithmetic() & ~STATUS) | (cpu.r8[AH] & STATUS));
    return NEXT;
  },
};
for (const width of WIDE)
  Object.assign(
    STACK,
    pushForms(width),
    popForms(width),
    allForms(width),
    flagForms(width),
    frameForms(width),
  );
