/** DAA, DAS, AAA, AAS. SDM vol. 2. */
import type { Cpu } from '../cpu.ts';
import { AF, CF, K_RESULT } from '../flags.ts';
import { type Handler, NEXT } from '../micro-op.ts';

const AL = 0;
const AX = 0;

function adjustPacked(cpu: Cpu, sign: 1 | -1): number {
  const flags = cpu.arithmetic();
  const old = cpu.r8[AL] & 0xff;
  let value = old;
  let carry = 0;
  let adjusted = 0;
  if ((old & 0x0f) > 9 || flags & AF) {
    value += 6 * sign;
    // DAS keeps the borrow out of the first step.
    carry = flags & CF || value < 0 || value > 0xff ? CF : 0;
    adjusted = AF;
  }
  if (old > 0x99 || flags & CF) {
    value += 0x60 * sign;
    carry = CF;
  }
  cpu.r8[AL] = value;
  cpu.setFlags(K_RESULT, cpu.r8[AL], carry | adjusted, 0);
  return NEXT;
}

function adjustUnpacked(cpu: Cpu, sign: 1 | -1): number {
  const isAdjusted = (cpu.r8[AL] & 0x0f) > 9 || (cpu.arithmetic() & AF) !== 0;
  if (isAdjusted) cpu.r16[AX] += 0x106 * sign;
  cpu.r8[AL] &= 0x0f;
  cpu.setFlags(K_RESULT, cpu.r8[AL], isAdjusted ? AF | CF : 0, 0);
  return NEXT;
}

export const DECIMAL: Record<string, Handler> = {
  daa: (cpu) => adjustPacked(cpu, 1),
  das: (cpu) => adjustPacked(cpu, -1),
  aaa: (cpu) => adjustUnpacked(cpu, 1),
  aas: (cpu) => adjustUnpacked(cpu, -1),
};
