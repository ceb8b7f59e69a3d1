/** MOV, LEA, MOVZX, MOVSX, XCHG, BSWAP, CBW/CWDE, CWD/CDQ, SETcc, XLAT, XADD, CMPXCHG. SDM vol. 2. */
import type { Cpu } from '../cpu.ts';
import { K_ADD, K_SUB } from '../flags.ts';
import {
  BASE,
  DISP,
  type Handler,
  IMM,
  INDEX,
  INFO_ADDRESS16,
  NEXT,
  REG,
  REG2,
  SCALE,
  STRIDE_SHIFT,
} from '../micro-op.ts';
import { address, readToWrite, W8, W16, WIDE, WIDTHS, type Width, writeBack } from './width.ts';

const EAX = 0;
const EDX = 2;
const EBX = 3;
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

/** The accumulator has index 0 in every view. */
const accumulator = (cpu: Cpu, width: Width): number => width.get(cpu, 0);

function moveForms(width: Width): Record<string, Handler> {
  const stem = `mov${width.bits}`;
  return {
    [`${stem}.rr`]: (cpu, x) => {
      width.set(cpu, cpu.u[x + REG], width.get(cpu, cpu.u[x + REG2]));
      return NEXT;
    },
    [`${stem}.ri`]: (cpu, x) => {
      width.set(cpu, cpu.u[x + REG], cpu.u[x + IMM]);
      return NEXT;
    },
    [`${stem}.rm`]: (cpu, x) => {
      width.set(cpu, cpu.u[x + REG], width.read(cpu, address(cpu, x)));
      return NEXT;
    },
    [`${stem}.mr`]: (cpu, x) => {
      width.write(cpu, address(cpu, x), width.get(cpu, cpu.u[x + REG]));
      return NEXT;
    },
    [`${stem}.mi`]: (cpu, x) => {
      width.write(cpu, address(cpu, x), cpu.u[x + IMM]);
      return NEXT;
    },
  };
}

function exchangeForms(width: Width): Record<string, Handler> {
  return {
    [`xchg${width.bits}.rr`]: (cpu, x) => {
      const a = width.get(cpu, cpu.u[x + REG]);
      width.set(cpu, cpu.u[x + REG], width.get(cpu, cpu.u[x + REG2]));
      width.set(cpu, cpu.u[x + REG2], a);
      return NEXT;
    },
    [`xchg${width.bits}.mr`]: (cpu, x) => {
      const a = readToWrite(cpu, x, width);
      writeBack(cpu, width.get(cpu, cpu.u[x + REG]), width);
      width.set(cpu, cpu.u[x + REG], a);
      return NEXT;
    },
    [`xadd${width.bits}.rr`]: (cpu, x) => {
      const a = width.get(cpu, cpu.u[x + REG]);
      const b = width.get(cpu, cpu.u[x + REG2]);
      const sum = cpu.setFlags(K_ADD, width.extend(a + b), a, b);
      // The source first: with both operands the same register the sum stays.
      width.set(cpu, cpu.u[x + REG2], a);
      width.set(cpu, cpu.u[x + REG], sum);
      return NEXT;
    },
    [`xadd${width.bits}.mr`]: (cpu, x) => {
      const a = readToWrite(cpu, x, width);
      const b = width.get(cpu, cpu.u[x + REG]);
      writeBack(cpu, cpu.setFlags(K_ADD, width.extend(a + b), a, b), width);
      width.set(cpu, cpu.u[x + REG], a);
      return NEXT;
    },
  };
}

function compareExchangeForms(width: Width): Record<string, Handler> {
  return {
    [`cmpxchg${width.bits}.rr`]: (cpu, x) => {
      const a = accumulator(cpu, width);
      const b = width.get(cpu, cpu.u[x + REG]);
      const difference = cpu.setFlags(K_SUB, width.extend(a - b), a, b);
      if (difference === 0) width.set(cpu, cpu.u[x + REG], width.get(cpu, cpu.u[x + REG2]));
      else width.set(cpu, EAX, b);
      return NEXT;
    },
    [`cmpxchg${width.bits}.mr`]: (cpu, x) => {
      const a = accumulator(cpu, width);
      const b = readToWrite(cpu, x, width);
      const difference = cpu.setFlags(K_SUB, width.extend(a - b), a, b);
      // Memory is written in both cases (SDM: "always a write cycle").
      writeBack(cpu, difference === 0 ? width.get(cpu, cpu.u[x + REG]) : b, width);
      if (difference !== 0) width.set(cpu, EAX, b);
      return NEXT;
    },
  };
}

/** `extend` turns the sign-extended source into the result. */
function extensionForms(name: string, to: Width, from: Width, extend: (v: number) => number) {
  const stem = `${name}${to.bits}`;
  const forms: Record<string, Handler> = {
    [`${stem}.rr`]: (cpu, x) => {
      to.set(cpu, cpu.u[x + REG], extend(from.get(cpu, cpu.u[x + REG2])));
      return NEXT;
    },
    [`${stem}.rm`]: (cpu, x) => {
      to.set(cpu, cpu.u[x + REG], extend(from.read(cpu, address(cpu, x))));
      return NEXT;
    },
  };
  return forms;
}

function setForms(code: number): Record<string, Handler> {
  const stem = `set${CONDITIONS[code]}8`;
  return {
    [`${stem}.r`]: (cpu, x) => {
      cpu.r8[cpu.u[x + REG]] = cpu.condition(code) ? 1 : 0;
      return NEXT;
    },
    [`${stem}.m`]: (cpu, x) => {
      cpu.mmu.write8(address(cpu, x), cpu.condition(code) ? 1 : 0);
      return NEXT;
    },
  };
}

/** The offset alone: the segment has no part in it. */
const effective = (cpu: Cpu, x: number): number => {
  const { u, r } = cpu;
  return (r[u[x + BASE]] + (r[u[x + INDEX]] << u[x + SCALE]) + u[x + DISP]) | 0;
};

export const MOVE: Record<string, Handler> = {
  'lea32.rm': (cpu, x) => {
    cpu.r[cpu.u[x + REG]] = effective(cpu, x);
    return NEXT;
  },
  'lea16.rm': (cpu, x) => {
    cpu.r16[cpu.u[x + REG]] = effective(cpu, x);
    return NEXT;
  },
  'bswap32.r': (cpu, x) => {
    const v = cpu.r[cpu.u[x + REG]];
    const swapped = (v << 24) | ((v & 0xff00) << 8) | ((v >> 8) & 0xff00) | (v >>> 24);
    cpu.r[cpu.u[x + REG]] = swapped;
    return NEXT;
  },
  // Undefined by the manual; processors give zero.
  'bswap16.r': (cpu, x) => {
    cpu.r16[cpu.u[x + REG]] = 0;
    return NEXT;
  },
  cbw16: (cpu) => {
    cpu.r16[EAX] = cpu.r8[EAX];
    return NEXT;
  },
  cbw32: (cpu) => {
    cpu.r[EAX] = cpu.r16[EAX];
    return NEXT;
  },
  cwd16: (cpu) => {
    cpu.r16[2 * EDX] = cpu.r16[EAX] >> 15;
    return NEXT;
  },
  cwd32: (cpu) => {
    cpu.r[EDX] = cpu.r[EAX] >> 31;
    return NEXT;
  },
  xlat: (cpu, x) => {
    const sum = cpu.addressRegister(x, EBX) + (cpu.r8[EAX] & 0xff);
    const is16 = (cpu.code.info[x >> STRIDE_SHIFT] & INFO_ADDRESS16) !== 0;
    const offset = is16 ? sum & 0xffff : sum;
    cpu.r8[EAX] = cpu.mmu.read8(cpu.dataAddress(x, offset, 1));
    return NEXT;
  },
};
for (const width of WIDTHS)
  Object.assign(MOVE, moveForms(width), exchangeForms(width), compareExchangeForms(width));
for (const to of WIDE) {
  Object.assign(
    MOVE,
    extensionForms('movzxb', to, W8, (v) => v & 0xff),
  );
  Object.assign(
    MOVE,
    extensionForms('movzxw', to, W16, (v) => v & 0xffff),
  );
  Object.assign(
    MOVE,
    extensionForms('movsxb', to, W8, (v) => v),
  );
  Object.assign(
    MOVE,
    extensionForms('movsxw', to, W16, (v) => v),
  );
}
CONDITIONS.forEach((_, code) => {
  Object.assign(MOVE, setForms(code));
});
