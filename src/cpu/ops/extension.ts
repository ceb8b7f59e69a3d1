/** What the toy has beyond the 486: CPUID, RDTSC, CMPXCHG8B, CMOVcc. SDM vol. 2, each under its name. */
import type { Cpu } from '../cpu.ts';
import { Fault, GP } from '../faults.ts';
import { CMOV, CPUID, CX8, cpuidWord, TSC } from '../features.ts';
import { K_EAGER, ZF } from '../flags.ts';
import { type Handler, NEXT, REG, REG2 } from '../micro-op.ts';
import { address, WIDE, type Width } from './width.ts';

const EAX = 0;
const ECX = 1;
const EDX = 2;
const EBX = 3;
const CR4_TSD = 4;
const CONDITIONS = 'o no b nb z nz be nbe s ns p np l nl le nle'.split(' ');

/** "VMFerryToyPC" in EBX, EDX, ECX. */
const VENDOR = [0x6546_4d56, 0x5479_7272, 0x4350_796f];
/** Family 6, model 1, stepping 1. */
const SIGNATURE = 0x611;
const LAST_LEAF = 1;

/** A leaf past the last gives the last one's values, as Intel's processors do. */
function identify(cpu: Cpu): number {
  cpu.uses(CPUID);
  const features = cpuidWord(cpu.offered);
  const answer = cpu.r[EAX] === 0 ? [LAST_LEAF, ...VENDOR] : [SIGNATURE, 0, features, 0];
  [cpu.r[EAX], cpu.r[EBX], cpu.r[EDX], cpu.r[ECX]] = answer;
  return NEXT;
}

function readTimeStamp(cpu: Cpu): number {
  cpu.uses(TSC);
  if (cpu.cr4 & CR4_TSD && cpu.cpl !== 0) throw new Fault(GP, 0);
  const tsc = cpu.timeStamp();
  cpu.r[EAX] = Number(BigInt.asIntN(32, tsc));
  cpu.r[EDX] = Number(BigInt.asIntN(32, tsc >> 32n));
  return NEXT;
}

function compareExchange8(cpu: Cpu, x: number): number {
  cpu.uses(CX8);
  const at = address(cpu, x);
  const { mmu, r } = cpu;
  mmu.prepare(at, 8);
  const low = mmu.read32(at);
  const high = mmu.read32((at + 4) | 0);
  const isEqual = low === r[EAX] && high === r[EDX];
  // Memory is written in both cases.
  mmu.write32(at, isEqual ? r[EBX] : low);
  mmu.write32((at + 4) | 0, isEqual ? r[ECX] : high);
  if (!isEqual) {
    r[EAX] = low;
    r[EDX] = high;
  }
  const others = cpu.arithmetic() & ~ZF;
  cpu.setFlags(K_EAGER, 0, isEqual ? others | ZF : others, 0);
  return NEXT;
}

/** The source is read whether the condition holds or not. */
function moveForms(code: number, width: Width): Record<string, Handler> {
  const stem = `cmov${CONDITIONS[code]}${width.bits}`;
  const move = (cpu: Cpu, x: number, value: number): number => {
    cpu.uses(CMOV);
    if (cpu.condition(code)) width.set(cpu, cpu.u[x + REG], value);
    return NEXT;
  };
  return {
    [`${stem}.rr`]: (cpu, x) => move(cpu, x, width.get(cpu, cpu.u[x + REG2])),
    [`${stem}.rm`]: (cpu, x) => {
      // #UD comes before any fault of the operand.
      cpu.uses(CMOV);
      return move(cpu, x, width.read(cpu, address(cpu, x)));
    },
  };
}

export const EXTENSION: Record<string, Handler> = {
  cpuid: identify,
  rdtsc: readTimeStamp,
  'cmpxchg8b.m': compareExchange8,
};
for (const width of WIDE)
  CONDITIONS.forEach((_, code) => {
    Object.assign(EXTENSION, moveForms(code, width));
  });
