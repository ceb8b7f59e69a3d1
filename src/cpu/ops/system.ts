/** HLT, LGDT, LIDT, SGDT, SIDT, LMSW, SMSW, CLTS, INVLPG, moves to control and debug registers. SDM vol. 2. */
import type { Cpu } from '../cpu.ts';
import { Fault, GP, NM, UD } from '../faults.ts';
import { IF } from '../flags.ts';
import { type Handler, NEXT, REG, REG2 } from '../micro-op.ts';
import { address, W16, WIDE, type Width } from './width.ts';

const CR0_MP = 0x02;
const CR0_EM = 0x04;
const CR0_TS = 0x08;
/** PE can be set by LMSW but not cleared. */
const LMSW_BITS = 0x0f;
const CONTROL_REGISTERS = [0, 2, 3, 4];

function requireRing0(cpu: Cpu): void {
  if (cpu.cpl !== 0) throw new Fault(GP, 0);
}

/** A register that does not exist is an invalid opcode at any privilege. */
function requireControl(cpu: Cpu, number: number): void {
  if (!CONTROL_REGISTERS.includes(number)) throw new Fault(UD);
  requireRing0(cpu);
}

const privileged =
  (action: Handler): Handler =>
  (cpu, x) => {
    requireRing0(cpu);
    return action(cpu, x);
  };

const store = (cpu: Cpu, x: number, table: { base: number; limit: number }): number => {
  const at = address(cpu, x);
  cpu.mmu.prepare(at, 6);
  cpu.mmu.write16(at, table.limit);
  cpu.mmu.write32((at + 2) | 0, table.base);
  return NEXT;
};

/** With a 16-bit operand only 24 bits of the base are loaded. */
const load = (
  cpu: Cpu,
  x: number,
  table: { base: number; limit: number },
  width: Width,
): number => {
  const at = address(cpu, x);
  const limit = cpu.mmu.read16(at);
  const base = cpu.mmu.read32((at + 2) | 0);
  table.limit = limit;
  table.base = width.bits === 16 ? base & 0xff_ffff : base;
  return NEXT;
};

/** A floating-point instruction or WAIT without a floating-point unit. */
const coprocessor: Handler = (cpu) => {
  if (cpu.cr0 & (CR0_EM | CR0_TS)) throw new Fault(NM);
  throw new Fault(UD);
};

export const SYSTEM: Record<string, Handler> = {
  ud: () => {
    throw new Fault(UD);
  },
  hlt: privileged((cpu) => {
    if (cpu.eflags & IF) cpu.halt();
    else cpu.stop('HLT with interrupts off', 0);
    return NEXT;
  }),
  'sgdt.m': (cpu, x) => store(cpu, x, cpu.gdtr),
  'sidt.m': (cpu, x) => store(cpu, x, cpu.idtr),
  clts: privileged((cpu) => {
    cpu.setCr0(cpu.cr0 & ~CR0_TS);
    return NEXT;
  }),
  invd: privileged(() => NEXT),
  wbinvd: privileged(() => NEXT),
  'invlpg8.m': privileged((cpu, x) => {
    cpu.mmu.forgetPage(address(cpu, x));
    cpu.leaveBlock();
    return NEXT;
  }),
  'lmsw16.r': privileged((cpu, x) => loadStatusWord(cpu, cpu.r16[cpu.u[x + REG]])),
  'lmsw16.m': privileged((cpu, x) => loadStatusWord(cpu, cpu.mmu.read16(address(cpu, x)))),
  'movfc32.rk': (cpu, x) => {
    requireControl(cpu, cpu.u[x + REG2]);
    cpu.r[cpu.u[x + REG]] = cpu.readControl(cpu.u[x + REG2]);
    return NEXT;
  },
  'movtc32.kr': (cpu, x) => {
    requireControl(cpu, cpu.u[x + REG]);
    cpu.writeControl(cpu.u[x + REG], cpu.r[cpu.u[x + REG2]]);
    cpu.leaveBlock();
    return NEXT;
  },
  'movfd32.rd': privileged((cpu, x) => {
    cpu.r[cpu.u[x + REG]] = cpu.readDebug(cpu.u[x + REG2]);
    return NEXT;
  }),
  'movtd32.dr': privileged((cpu, x) => {
    cpu.writeDebug(cpu.u[x + REG], cpu.r[cpu.u[x + REG2]]);
    cpu.leaveBlock();
    return NEXT;
  }),
  wait: (cpu) => {
    if ((cpu.cr0 & (CR0_MP | CR0_TS)) === (CR0_MP | CR0_TS)) throw new Fault(NM);
    return NEXT;
  },
};

function loadStatusWord(cpu: Cpu, value: number): number {
  const kept = cpu.cr0 & 1;
  cpu.setCr0((cpu.cr0 & ~LMSW_BITS) | (value & LMSW_BITS) | kept);
  cpu.leaveBlock();
  return NEXT;
}

for (const width of WIDE) {
  SYSTEM[`lgdt${width.bits}.m`] = privileged((cpu, x) => load(cpu, x, cpu.gdtr, width));
  SYSTEM[`lidt${width.bits}.m`] = privileged((cpu, x) => load(cpu, x, cpu.idtr, width));
  SYSTEM[`fpu${width.bits}.r`] = coprocessor;
  SYSTEM[`fpu${width.bits}.m`] = coprocessor;
  SYSTEM[`smsw${width.bits}.r`] = (cpu, x) => {
    width.set(cpu, cpu.u[x + REG], cpu.cr0);
    return NEXT;
  };
  SYSTEM[`smsw${width.bits}.m`] = (cpu, x) => {
    W16.write(cpu, address(cpu, x), cpu.cr0);
    return NEXT;
  };
}
