/**
 * The interpreter's inner loop. A short path for the commonest operations, as long as nothing
 * unusual happens: flat operands, a page in the software TLB, a linked jump. Everything else falls out
 * of the switch to the operation's handler, which is the reference for what it means. `limit` is the
 * micro-op at which the slice would end if code ran straight on; jumps move it along, so that one
 * comparison per instruction counts time. Numbers: `hot.ts`.
 */
import type { Cpu } from './cpu.ts';
import { carry, condition } from './flags.ts';
import { HANDLERS } from './handlers.ts';
import { AGAIN, FOLLOW, NEXT, STRIDE, STRIDE_SHIFT } from './micro-op.ts';
import { MODE_FLAT_CS, MODE_FLAT_SS } from './mode.ts';

/** Runs from micro-op `start` until `cpu.left` is used up or a handler leaves; sets `cpu.eip`. */
export function execute(cpu: Cpu, start: number): void {
  const { code, u, r, r8, r16, lazy, mmu, mode } = cpu;
  const { eipOf } = code;
  const { read, write, view, bytes } = mmu;
  const flatStack = (mode & MODE_FLAT_SS) !== 0;
  const flatCode = (mode & MODE_FLAT_CS) !== 0;
  let pc = start;
  let limit = start + (cpu.left << STRIDE_SHIFT);
  let kind = lazy[0];
  let res = lazy[1];
  let a = lazy[2];
  let b = lazy[3];
  while (pc < limit) {
    const op = u[pc];
    switch (op) {
      case 0: {
        // follow
        const to = u[pc + 7];
        if (to === 0) break;
        limit += to - pc;
        pc = to;
        continue;
      }
      case 1: // jo.j
      case 2: // jno.j
      case 11: // jp.j
      case 12: // jnp.j
        if (condition(op - 1, kind, res, a, b)) {
          const to = u[pc + 7];
          if (to === 0) break;
          limit += to - pc - 8;
          pc = to;
        } else pc += 8;
        continue;
      case 3: // jb.j
        if (kind === 2 ? a >>> 0 < b >>> 0 : carry(kind, res, a, b) !== 0) {
          const to = u[pc + 7];
          if (to === 0) break;
          limit += to - pc - 8;
          pc = to;
        } else pc += 8;
        continue;
      case 4: // jnb.j
        if (kind === 2 ? a >>> 0 >= b >>> 0 : carry(kind, res, a, b) === 0) {
          const to = u[pc + 7];
          if (to === 0) break;
          limit += to - pc - 8;
          pc = to;
        } else pc += 8;
        continue;
      case 5: // jz.j
        if (kind !== 0 ? res === 0 : (a & 0x40) !== 0) {
          const to = u[pc + 7];
          if (to === 0) break;
          limit += to - pc - 8;
          pc = to;
        } else pc += 8;
        continue;
      case 6: // jnz.j
        if (kind !== 0 ? res !== 0 : (a & 0x40) === 0) {
          const to = u[pc + 7];
          if (to === 0) break;
          limit += to - pc - 8;
          pc = to;
        } else pc += 8;
        continue;
      case 7: // jbe.j
        if (kind === 2 ? a >>> 0 <= b >>> 0 : condition(6, kind, res, a, b)) {
          const to = u[pc + 7];
          if (to === 0) break;
          limit += to - pc - 8;
          pc = to;
        } else pc += 8;
        continue;
      case 8: // jnbe.j
        if (kind === 2 ? a >>> 0 > b >>> 0 : condition(7, kind, res, a, b)) {
          const to = u[pc + 7];
          if (to === 0) break;
          limit += to - pc - 8;
          pc = to;
        } else pc += 8;
        continue;
      case 9: // js.j
        if (kind !== 0 ? res < 0 : (a & 0x80) !== 0) {
          const to = u[pc + 7];
          if (to === 0) break;
          limit += to - pc - 8;
          pc = to;
        } else pc += 8;
        continue;
      case 10: // jns.j
        if (kind !== 0 ? res >= 0 : (a & 0x80) === 0) {
          const to = u[pc + 7];
          if (to === 0) break;
          limit += to - pc - 8;
          pc = to;
        } else pc += 8;
        continue;
      case 13: // jl.j
        if (kind === 2 ? a < b : condition(12, kind, res, a, b)) {
          const to = u[pc + 7];
          if (to === 0) break;
          limit += to - pc - 8;
          pc = to;
        } else pc += 8;
        continue;
      case 14: // jnl.j
        if (kind === 2 ? a >= b : condition(13, kind, res, a, b)) {
          const to = u[pc + 7];
          if (to === 0) break;
          limit += to - pc - 8;
          pc = to;
        } else pc += 8;
        continue;
      case 15: // jle.j
        if (kind === 2 ? a <= b : condition(14, kind, res, a, b)) {
          const to = u[pc + 7];
          if (to === 0) break;
          limit += to - pc - 8;
          pc = to;
        } else pc += 8;
        continue;
      case 16: // jnle.j
        if (kind === 2 ? a > b : condition(15, kind, res, a, b)) {
          const to = u[pc + 7];
          if (to === 0) break;
          limit += to - pc - 8;
          pc = to;
        } else pc += 8;
        continue;
      case 17: {
        // jmp.j
        const to = u[pc + 7];
        if (to === 0) break;
        limit += to - pc - 8;
        pc = to;
        continue;
      }
      case 18: {
        // call32.j
        const to = u[pc + 7];
        const at = (r[4] - 4) | 0;
        const page = write[at >>> 12];
        if (to === 0 || !flatStack || (page | (0xffc - (at & 0xfff))) < 0) break;
        view.setInt32(page + (at & 0xfff), eipOf[(pc >> 3) + 1], true);
        r[4] = at;
        limit += to - pc - 8;
        pc = to;
        continue;
      }
      case 19: {
        // ret32
        const at = r[4];
        const page = read[at >>> 12];
        if (!flatStack || !flatCode || (page | (0xffc - (at & 0xfff))) < 0) break;
        const to = code.probe(view.getInt32(page + (at & 0xfff), true), mode, read);
        if (to === 0) break;
        r[4] = at + 4;
        limit += to - pc - 8;
        pc = to;
        continue;
      }
      case 20: {
        // push32.r
        const at = (r[4] - 4) | 0;
        const page = write[at >>> 12];
        if (!flatStack || (page | (0xffc - (at & 0xfff))) < 0) break;
        view.setInt32(page + (at & 0xfff), r[u[pc + 1]], true);
        r[4] = at;
        pc += 8;
        continue;
      }
      case 21: {
        // push32.i
        const at = (r[4] - 4) | 0;
        const page = write[at >>> 12];
        if (!flatStack || (page | (0xffc - (at & 0xfff))) < 0) break;
        view.setInt32(page + (at & 0xfff), u[pc + 7], true);
        r[4] = at;
        pc += 8;
        continue;
      }
      case 22: {
        // push32.m
        const at = (r[4] - 4) | 0;
        const page = write[at >>> 12];
        if (!flatStack || (page | (0xffc - (at & 0xfff))) < 0) break;
        const from = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const source = read[from >>> 12];
        if ((source | (0xffc - (from & 0xfff))) < 0) break;
        view.setInt32(page + (at & 0xfff), view.getInt32(source + (from & 0xfff), true), true);
        r[4] = at;
        pc += 8;
        continue;
      }
      case 23: {
        // pop32.r
        const at = r[4];
        const page = read[at >>> 12];
        if (!flatStack || (page | (0xffc - (at & 0xfff))) < 0) break;
        r[4] = at + 4;
        r[u[pc + 1]] = view.getInt32(page + (at & 0xfff), true);
        pc += 8;
        continue;
      }
      case 24: {
        // leave32
        const at = r[5];
        const page = read[at >>> 12];
        if (!flatStack || (page | (0xffc - (at & 0xfff))) < 0) break;
        r[4] = at + 4;
        r[5] = view.getInt32(page + (at & 0xfff), true);
        pc += 8;
        continue;
      }
      case 25: // mov32.rr
        r[u[pc + 1]] = r[u[pc + 2]];
        pc += 8;
        continue;
      case 26: // mov32.ri
        r[u[pc + 1]] = u[pc + 7];
        pc += 8;
        continue;
      case 27: {
        // mov32.rm
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if ((page | (0xffc - (at & 0xfff))) < 0) break;
        r[u[pc + 1]] = view.getInt32(page + (at & 0xfff), true);
        pc += 8;
        continue;
      }
      case 28: {
        // mov32.mr
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = write[at >>> 12];
        if ((page | (0xffc - (at & 0xfff))) < 0) break;
        view.setInt32(page + (at & 0xfff), r[u[pc + 1]], true);
        pc += 8;
        continue;
      }
      case 29: {
        // mov32.mi
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = write[at >>> 12];
        if ((page | (0xffc - (at & 0xfff))) < 0) break;
        view.setInt32(page + (at & 0xfff), u[pc + 7], true);
        pc += 8;
        continue;
      }
      case 30: // lea32.rm
        r[u[pc + 1]] = r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6];
        pc += 8;
        continue;
      case 31: // movzxb32.rr
        r[u[pc + 1]] = r8[u[pc + 2]] & 0xff;
        pc += 8;
        continue;
      case 32: {
        // movzxb32.rm
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if (page < 0) break;
        r[u[pc + 1]] = bytes[page + (at & 0xfff)];
        pc += 8;
        continue;
      }
      case 33: {
        // movzxw32.rm
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if ((page | (0xffe - (at & 0xfff))) < 0) break;
        r[u[pc + 1]] = view.getUint16(page + (at & 0xfff), true);
        pc += 8;
        continue;
      }
      case 34: {
        // movsxb32.rm
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if (page < 0) break;
        r[u[pc + 1]] = (bytes[page + (at & 0xfff)] << 24) >> 24;
        pc += 8;
        continue;
      }
      case 35: {
        // mov8.rm
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if (page < 0) break;
        r8[u[pc + 1]] = bytes[page + (at & 0xfff)];
        pc += 8;
        continue;
      }
      case 36: {
        // mov8.mr
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = write[at >>> 12];
        if (page < 0) break;
        bytes[page + (at & 0xfff)] = r8[u[pc + 1]];
        pc += 8;
        continue;
      }
      case 37: {
        // mov8.mi
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = write[at >>> 12];
        if (page < 0) break;
        bytes[page + (at & 0xfff)] = u[pc + 7];
        pc += 8;
        continue;
      }
      case 38: // add32.rr
        kind = 1;
        a = r[u[pc + 1]];
        b = r[u[pc + 2]];
        r[u[pc + 1]] = res = (a + b) | 0;
        pc += 8;
        continue;
      case 39: // add32.ri
        kind = 1;
        a = r[u[pc + 1]];
        b = u[pc + 7];
        r[u[pc + 1]] = res = (a + b) | 0;
        pc += 8;
        continue;
      case 40: {
        // add32.rm
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if ((page | (0xffc - (at & 0xfff))) < 0) break;
        kind = 1;
        a = r[u[pc + 1]];
        b = view.getInt32(page + (at & 0xfff), true);
        r[u[pc + 1]] = res = (a + b) | 0;
        pc += 8;
        continue;
      }
      case 41: {
        // add32.mr
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = write[at >>> 12];
        if ((page | (0xffc - (at & 0xfff))) < 0) break;
        kind = 1;
        a = view.getInt32(page + (at & 0xfff), true);
        b = r[u[pc + 1]];
        res = (a + b) | 0;
        view.setInt32(page + (at & 0xfff), res, true);
        pc += 8;
        continue;
      }
      case 42: {
        // add32.mi
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = write[at >>> 12];
        if ((page | (0xffc - (at & 0xfff))) < 0) break;
        kind = 1;
        a = view.getInt32(page + (at & 0xfff), true);
        b = u[pc + 7];
        res = (a + b) | 0;
        view.setInt32(page + (at & 0xfff), res, true);
        pc += 8;
        continue;
      }
      case 43: // sub32.rr
        kind = 2;
        a = r[u[pc + 1]];
        b = r[u[pc + 2]];
        r[u[pc + 1]] = res = (a - b) | 0;
        pc += 8;
        continue;
      case 44: // sub32.ri
        kind = 2;
        a = r[u[pc + 1]];
        b = u[pc + 7];
        r[u[pc + 1]] = res = (a - b) | 0;
        pc += 8;
        continue;
      case 45: {
        // sub32.rm
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if ((page | (0xffc - (at & 0xfff))) < 0) break;
        kind = 2;
        a = r[u[pc + 1]];
        b = view.getInt32(page + (at & 0xfff), true);
        r[u[pc + 1]] = res = (a - b) | 0;
        pc += 8;
        continue;
      }
      case 46: // and32.rr
        kind = 3;
        a = 0;
        r[u[pc + 1]] = res = r[u[pc + 1]] & r[u[pc + 2]];
        pc += 8;
        continue;
      case 47: // and32.ri
        kind = 3;
        a = 0;
        r[u[pc + 1]] = res = r[u[pc + 1]] & u[pc + 7];
        pc += 8;
        continue;
      case 48: {
        // and32.rm
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if ((page | (0xffc - (at & 0xfff))) < 0) break;
        kind = 3;
        a = 0;
        r[u[pc + 1]] = res = r[u[pc + 1]] & view.getInt32(page + (at & 0xfff), true);
        pc += 8;
        continue;
      }
      case 49: // or32.rr
        kind = 3;
        a = 0;
        r[u[pc + 1]] = res = r[u[pc + 1]] | r[u[pc + 2]];
        pc += 8;
        continue;
      case 50: // or32.ri
        kind = 3;
        a = 0;
        r[u[pc + 1]] = res = r[u[pc + 1]] | u[pc + 7];
        pc += 8;
        continue;
      case 51: {
        // or32.rm
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if ((page | (0xffc - (at & 0xfff))) < 0) break;
        kind = 3;
        a = 0;
        r[u[pc + 1]] = res = r[u[pc + 1]] | view.getInt32(page + (at & 0xfff), true);
        pc += 8;
        continue;
      }
      case 52: // xor32.rr
        kind = 3;
        a = 0;
        r[u[pc + 1]] = res = r[u[pc + 1]] ^ r[u[pc + 2]];
        pc += 8;
        continue;
      case 53: // xor32.ri
        kind = 3;
        a = 0;
        r[u[pc + 1]] = res = r[u[pc + 1]] ^ u[pc + 7];
        pc += 8;
        continue;
      case 54: {
        // xor32.rm
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if ((page | (0xffc - (at & 0xfff))) < 0) break;
        kind = 3;
        a = 0;
        r[u[pc + 1]] = res = r[u[pc + 1]] ^ view.getInt32(page + (at & 0xfff), true);
        pc += 8;
        continue;
      }
      case 55: // cmp32.rr
        kind = 2;
        a = r[u[pc + 1]];
        b = r[u[pc + 2]];
        res = (a - b) | 0;
        pc += 8;
        continue;
      case 56: // cmp32.ri
        kind = 2;
        a = r[u[pc + 1]];
        b = u[pc + 7];
        res = (a - b) | 0;
        pc += 8;
        continue;
      case 57: {
        // cmp32.rm
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if ((page | (0xffc - (at & 0xfff))) < 0) break;
        kind = 2;
        a = r[u[pc + 1]];
        b = view.getInt32(page + (at & 0xfff), true);
        res = (a - b) | 0;
        pc += 8;
        continue;
      }
      case 58: {
        // cmp32.mr
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if ((page | (0xffc - (at & 0xfff))) < 0) break;
        kind = 2;
        a = view.getInt32(page + (at & 0xfff), true);
        b = r[u[pc + 1]];
        res = (a - b) | 0;
        pc += 8;
        continue;
      }
      case 59: {
        // cmp32.mi
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if ((page | (0xffc - (at & 0xfff))) < 0) break;
        kind = 2;
        a = view.getInt32(page + (at & 0xfff), true);
        b = u[pc + 7];
        res = (a - b) | 0;
        pc += 8;
        continue;
      }
      case 60: // test32.rr
        kind = 3;
        a = 0;
        res = r[u[pc + 1]] & r[u[pc + 2]];
        pc += 8;
        continue;
      case 61: // test32.ri
        kind = 3;
        a = 0;
        res = r[u[pc + 1]] & u[pc + 7];
        pc += 8;
        continue;
      case 62: // cmp8.ri
        kind = 2;
        a = r8[u[pc + 1]];
        b = u[pc + 7];
        res = ((a - b) << 24) >> 24;
        pc += 8;
        continue;
      case 63: {
        // cmp8.mi
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if (page < 0) break;
        kind = 2;
        a = (bytes[page + (at & 0xfff)] << 24) >> 24;
        b = u[pc + 7];
        res = ((a - b) << 24) >> 24;
        pc += 8;
        continue;
      }
      case 64: {
        // cmp8.rm
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if (page < 0) break;
        kind = 2;
        a = r8[u[pc + 1]];
        b = (bytes[page + (at & 0xfff)] << 24) >> 24;
        res = ((a - b) << 24) >> 24;
        pc += 8;
        continue;
      }
      case 65: // test8.rr
        kind = 3;
        a = 0;
        res = r8[u[pc + 1]] & r8[u[pc + 2]];
        pc += 8;
        continue;
      case 66: // test8.ri
        kind = 3;
        a = 0;
        res = r8[u[pc + 1]] & u[pc + 7];
        pc += 8;
        continue;
      case 67: // inc32.r
        a = carry(kind, res, a, b);
        kind = 4;
        b = r[u[pc + 1]];
        r[u[pc + 1]] = res = (b + 1) | 0;
        pc += 8;
        continue;
      case 68: // dec32.r
        a = carry(kind, res, a, b);
        kind = 5;
        b = r[u[pc + 1]];
        r[u[pc + 1]] = res = (b - 1) | 0;
        pc += 8;
        continue;
      case 69: // neg32.r
        kind = 2;
        a = 0;
        b = r[u[pc + 1]];
        r[u[pc + 1]] = res = -b | 0;
        pc += 8;
        continue;
      case 70: // not32.r
        r[u[pc + 1]] = ~r[u[pc + 1]];
        pc += 8;
        continue;
      case 71: {
        // shl32.ri
        const count = u[pc + 7] & 31;
        if (count === 0) break;
        const value = r[u[pc + 1]];
        kind = 3;
        r[u[pc + 1]] = res = value << count;
        a = (value >>> (32 - count)) & 1;
        if ((a ^ (res >>> 31)) !== 0) a |= 0x800;
        pc += 8;
        continue;
      }
      case 72: {
        // shr32.ri
        const count = u[pc + 7] & 31;
        if (count === 0) break;
        const value = r[u[pc + 1]];
        kind = 3;
        r[u[pc + 1]] = res = (value >>> count) | 0;
        a = (value >>> (count - 1)) & 1;
        if (count === 1 && value < 0) a |= 0x800;
        pc += 8;
        continue;
      }
      case 73: {
        // sar32.ri
        const count = u[pc + 7] & 31;
        if (count === 0) break;
        const value = r[u[pc + 1]];
        kind = 3;
        r[u[pc + 1]] = res = value >> count;
        a = (value >> (count - 1)) & 1;
        pc += 8;
        continue;
      }
      case 76: // cwd32
        r[2] = r[0] >> 31;
        pc += 8;
        continue;
      case 77: // nop
        pc += 8;
        continue;
      case 78: {
        // adc32.rr
        const more = carry(kind, res, a, b);
        kind = 6;
        a = r[u[pc + 1]];
        b = r[u[pc + 2]];
        r[u[pc + 1]] = res = (a + b + more) | 0;
        pc += 8;
        continue;
      }
      case 79: {
        // sbb32.rr
        const more = carry(kind, res, a, b);
        kind = 7;
        a = r[u[pc + 1]];
        b = r[u[pc + 2]];
        r[u[pc + 1]] = res = (a - b - more) | 0;
        pc += 8;
        continue;
      }
      case 80: // movzxw32.rr
        r[u[pc + 1]] = r16[u[pc + 2]] & 0xffff;
        pc += 8;
        continue;
      case 81: {
        // movsxw32.rm
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if ((page | (0xffe - (at & 0xfff))) < 0) break;
        r[u[pc + 1]] = view.getInt16(page + (at & 0xfff), true);
        pc += 8;
        continue;
      }
      case 82: {
        // mov16.mr
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = write[at >>> 12];
        if ((page | (0xffe - (at & 0xfff))) < 0) break;
        view.setInt16(page + (at & 0xfff), r16[u[pc + 1]], true);
        pc += 8;
        continue;
      }
      case 83: {
        // mov16.rm
        const at = (r[u[pc + 3]] + (r[u[pc + 4]] << u[pc + 5]) + u[pc + 6]) | 0;
        const page = read[at >>> 12];
        if ((page | (0xffe - (at & 0xfff))) < 0) break;
        r16[u[pc + 1]] = view.getInt16(page + (at & 0xfff), true);
        pc += 8;
        continue;
      }
      case 92: // mov8.rr
        r8[u[pc + 1]] = r8[u[pc + 2]];
        pc += 8;
        continue;
      case 93: // mov8.ri
        r8[u[pc + 1]] = u[pc + 7];
        pc += 8;
        continue;
      case 94: // cmp8.rr
        kind = 2;
        a = r8[u[pc + 1]];
        b = r8[u[pc + 2]];
        res = ((a - b) << 24) >> 24;
        pc += 8;
        continue;
      default:
        break;
    }
    lazy[0] = kind;
    lazy[1] = res;
    lazy[2] = a;
    lazy[3] = b;
    cpu.pc = pc;
    cpu.left = (limit - pc) >> STRIDE_SHIFT;
    const answer = HANDLERS[op](cpu, pc);
    if (answer !== NEXT || cpu.mustLeave) {
      leave(cpu, pc, answer);
      return;
    }
    limit = pc + (cpu.left << STRIDE_SHIFT);
    pc += STRIDE;
    kind = lazy[0];
    res = lazy[1];
    a = lazy[2];
    b = lazy[3];
  }
  lazy[0] = kind;
  lazy[1] = res;
  lazy[2] = a;
  lazy[3] = b;
  cpu.left = 0;
  cpu.eip = eipOf[pc >> STRIDE_SHIFT];
  code.resumePc = pc;
}

/** After a handler that does not go on to the next micro-op. */
function leave(cpu: Cpu, pc: number, answer: number): void {
  const slot = pc >> STRIDE_SHIFT;
  cpu.isRepeating = answer === AGAIN;
  if (answer === NEXT) cpu.eip = cpu.code.eipOf[slot + 1];
  else if (answer === AGAIN) cpu.eip = cpu.code.eipOf[slot];
  if (answer !== AGAIN && answer !== FOLLOW) cpu.left--;
}
