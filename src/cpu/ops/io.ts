/** IN, OUT. SDM vol. 2; privilege by IOPL, vol. 1 §19.5. */
import type { Cpu } from '../cpu.ts';
import { type Handler, IMM, NEXT } from '../micro-op.ts';
import { WIDTHS, type Width } from './width.ts';

const EDX = 2;

function portForms(width: Width): Record<string, Handler> {
  const input = (cpu: Cpu, port: number): number => {
    cpu.checkPort(port, width.bytes);
    width.set(cpu, 0, cpu.readPort(port, width.bytes));
    return NEXT;
  };
  const output = (cpu: Cpu, port: number): number => {
    cpu.checkPort(port, width.bytes);
    cpu.writePort(port, width.bytes, width.get(cpu, 0));
    return NEXT;
  };
  return {
    [`in${width.bits}.ri`]: (cpu, x) => input(cpu, cpu.u[x + IMM] & 0xff),
    [`in${width.bits}.rx`]: (cpu) => input(cpu, cpu.r[EDX] & 0xffff),
    [`out${width.bits}.ri`]: (cpu, x) => output(cpu, cpu.u[x + IMM] & 0xff),
    [`out${width.bits}.rx`]: (cpu) => output(cpu, cpu.r[EDX] & 0xffff),
  };
}

export const IO: Record<string, Handler> = {};
for (const width of WIDTHS) Object.assign(IO, portForms(width));
