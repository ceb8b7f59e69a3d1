/**
 * Decoded code: straight-line blocks of micro-ops in one arena, found by linear address and machine
 * frame, bounded by pages. A block lives until its page is written or revoked; the arena is emptied
 * as a whole when full. A dead block's first micro-op leads back to the finder, so that links into it
 * stay harmless.
 */
import { assemble } from './assemble.ts';
import type { Cpu } from './cpu.ts';
import { Decoder, type Instruction, MAX_LENGTH } from './decoder.ts';
import { handlerNumber } from './handlers.ts';
import { DISP, LINK, OP, STRIDE, STRIDE_SHIFT } from './micro-op.ts';
import type { CodeWatch } from './mmu.ts';
import { MODE_CODE32, MODE_FLAT_CS, MODE_PAGING } from './mode.ts';

const ARENA_OPS = 1 << 16;
const MAX_BLOCK = 64;
const TAGS = 1 << 14;
/** The scratch micro-op of checked addresses is at 0, and the one after it has its successor's EIP. */
const FIRST = 2 * STRIDE;
/** Bytes of a page that one bit of its code mask stands for. */
const GRANULE_SHIFT = 6;

const FOLLOW = handlerNumber('follow');

const hash = (eip: number): number => (eip ^ (eip >>> 14)) & (TAGS - 1);

export class CodeCache implements CodeWatch {
  readonly u = new Int32Array(ARENA_OPS * STRIDE);
  /** EIP of each micro-op. */
  readonly eipOf = new Int32Array(ARENA_OPS + 1);
  readonly info = new Int32Array(ARENA_OPS);
  readonly checked = new Int32Array(ARENA_OPS);
  readonly tagEip = new Int32Array(TAGS);
  readonly tagMode = new Int32Array(TAGS);
  /** Machine offset of the page the block was decoded from. */
  readonly tagFrame = new Int32Array(TAGS);
  /** First micro-op, or 0 for an empty entry. */
  readonly tagPc = new Int32Array(TAGS);
  /** Micro-op in the middle of a block where the last slice ended, and its EIP. */
  resumePc = 0;

  /** Jump whose target's micro-op is written into it once found; 0: none. */
  private linkFrom = 0;
  private linkMode = 0;
  private readonly cpu: Cpu;
  private readonly decoder: Decoder;
  private top = FIRST;
  private readonly blocks = new Map<number, number[]>();
  /** 64 bits per guest frame: which 64-byte pieces hold decoded bytes. */
  private readonly masks: Int32Array;
  private fetchAt = 0;
  private fetchPage = -1;
  private fetchFrame = 0;
  private fetchGfn = 0;

  constructor(cpu: Cpu, frames: number) {
    this.cpu = cpu;
    this.masks = new Int32Array(frames * 2);
    this.decoder = new Decoder(() => this.fetch());
  }

  /** The micro-op to go on with at `eip`, or 0 when it is not known without decoding. */
  probe(eip: number, mode: number, read: Int32Array): number {
    const h = hash(eip);
    if (this.tagEip[h] !== eip || this.tagMode[h] !== mode) return 0;
    return this.tagFrame[h] === read[eip >>> 12] ? this.tagPc[h] : 0;
  }

  /** The micro-op at `cpu.eip`, decoded if need be. Throws when it cannot be fetched. */
  find(): number {
    const { eip, mode, codeBase } = this.cpu;
    if (this.resumePc !== 0 && this.eipOf[this.resumePc >> STRIDE_SHIFT] === eip) {
      const pc = this.resumePc;
      this.resumePc = 0;
      return pc;
    }
    this.resumePc = 0;
    const linear = (eip + codeBase) | 0;
    const frame = this.cpu.mmu.pageForRead(linear);
    const h = hash(eip);
    let pc = 0;
    if (this.tagEip[h] === eip && this.tagMode[h] === mode && this.tagFrame[h] === frame)
      pc = this.tagPc[h];
    if (pc === 0) pc = this.decodeBlock(eip, linear, frame, mode);
    const link = this.linkFrom;
    this.linkFrom = 0;
    if (link !== 0 && this.tagPc[h] === pc && this.mayLink(link, eip, mode))
      this.u[link + LINK] = pc;
    return pc;
  }

  /** The same EIP may mean another place now. */
  forgetPlace(): void {
    this.linkFrom = 0;
    this.resumePc = 0;
  }

  /** The instruction at an EIP, for a message. Throws when it cannot be fetched. */
  peekInstruction(eip: number): Instruction {
    this.fetchPage = -1;
    return this.decodeAt((eip + this.cpu.codeBase) | 0, this.cpu.mode);
  }

  holdsCode(gfn: number): boolean {
    return (this.masks[2 * gfn] | this.masks[2 * gfn + 1]) !== 0;
  }

  written(gfn: number, offset: number, size: number): void {
    for (let g = offset >> GRANULE_SHIFT; g <= (offset + size - 1) >> GRANULE_SHIFT; g++)
      if (this.masks[2 * gfn + (g >> 5)] & (1 << (g & 31))) {
        this.drop(gfn);
        return;
      }
  }

  drop(gfn: number): void {
    const starts = this.blocks.get(gfn);
    this.resumePc = 0;
    if (starts === undefined) return;
    this.blocks.delete(gfn);
    this.masks[2 * gfn] = 0;
    this.masks[2 * gfn + 1] = 0;
    for (const pc of starts) this.kill(pc);
    this.cpu.leaveBlock();
  }

  dropAll(): void {
    this.tagPc.fill(0);
    this.masks.fill(0);
    this.blocks.clear();
    this.top = FIRST;
    this.linkFrom = 0;
    this.resumePc = 0;
    this.cpu.leaveBlock();
  }

  private kill(pc: number): void {
    const eip = this.eipOf[pc >> STRIDE_SHIFT];
    const h = hash(eip);
    if (this.tagPc[h] === pc) this.tagPc[h] = 0;
    this.u[pc + OP] = FOLLOW;
    this.u[pc + DISP] = eip;
    this.u[pc + LINK] = 0;
  }

  /** A link holds while both ends share their page's mapping; without paging there is only one mapping. */
  private mayLink(from: number, eip: number, mode: number): boolean {
    // An interrupt may have come between the jump and its target.
    if (this.u[from + DISP] !== eip || this.linkMode !== mode) return false;
    return !(mode & MODE_PAGING) || (this.eipOf[from >> STRIDE_SHIFT] ^ eip) >>> 12 === 0;
  }

  /** The jump at micro-op `x` goes to its target for the first time. */
  linkNext(x: number): void {
    this.linkFrom = x;
    this.linkMode = this.cpu.mode;
  }

  private decodeBlock(eip: number, linear: number, frame: number, mode: number): number {
    if (this.top + (MAX_BLOCK + 2) * STRIDE > this.u.length) this.dropAll();
    const start = this.top;
    // Outside a flat code segment every instruction is checked against the limit on its own.
    const most = mode & MODE_FLAT_CS ? MAX_BLOCK : 1;
    let at = eip;
    let crossed = false;
    this.fetchPage = -1;
    for (let n = 0; n < most; n++) {
      const begin = linear + (at - eip);
      // Only a block of its own may cross a page, or fault while it is fetched.
      if (n > 0 && (begin & 0xfff) > 0x1000 - MAX_LENGTH) break;
      const instruction = this.decodeAt(begin, mode);
      const next = (at + instruction.length) | 0;
      this.cpu.checkFetch(at, instruction.length);
      this.append(instruction, at, next, mode);
      at = next;
      const last = begin + instruction.length - 1;
      crossed = (begin ^ last) >>> 12 !== 0;
      if (instruction.opcode?.endsBlock !== false || crossed || (last & 0xfff) === 0xfff) break;
    }
    this.close(at);
    if (frame < 0 || (crossed && mode & MODE_PAGING)) {
      // Good for once: the second page may be mapped elsewhere the next time.
      this.top = start;
      return start;
    }
    this.enter(eip, mode, frame, start);
    this.watch(linear, at - eip, start);
    return start;
  }

  private decodeAt(linear: number, mode: number): Instruction {
    this.fetchAt = linear;
    return this.decoder.decode((mode & MODE_CODE32) !== 0);
  }

  private append(instruction: Instruction, eip: number, next: number, mode: number): void {
    const slot = this.top >> STRIDE_SHIFT;
    const made = assemble(this.u, this.top, instruction, mode, next);
    this.eipOf[slot] = eip;
    this.info[slot] = made.info;
    this.checked[slot] = made.checked;
    this.top += STRIDE;
  }

  /** The step to the next block: no instruction, but a place to end a slice. */
  private close(eip: number): void {
    const x = this.top;
    this.u.fill(0, x, x + STRIDE);
    this.u[x + OP] = FOLLOW;
    this.u[x + DISP] = eip;
    this.eipOf[x >> STRIDE_SHIFT] = eip;
    this.top += STRIDE;
  }

  private enter(eip: number, mode: number, frame: number, pc: number): void {
    const h = hash(eip);
    this.tagEip[h] = eip;
    this.tagMode[h] = mode;
    this.tagFrame[h] = frame;
    this.tagPc[h] = pc;
  }

  /** Stores to these bytes must be seen from now on. */
  private watch(linear: number, length: number, start: number): void {
    let known = -1;
    for (let at = linear; at < linear + length; at++) {
      this.enterFetchPage(at);
      const gfn = this.fetchGfn;
      if (gfn >= this.masks.length >> 1) continue;
      if (!this.holdsCode(gfn)) this.cpu.mmu.forgetWrites(gfn);
      const granule = (at & 0xfff) >> GRANULE_SHIFT;
      this.masks[2 * gfn + (granule >> 5)] |= 1 << (granule & 31);
      if (gfn !== known) this.register(gfn, start);
      known = gfn;
    }
  }

  private register(gfn: number, start: number): void {
    const starts = this.blocks.get(gfn);
    if (starts === undefined) this.blocks.set(gfn, [start]);
    else starts.push(start);
  }

  private fetch(): number {
    const at = this.fetchAt++;
    this.enterFetchPage(at);
    return this.fetchFrame < 0 ? 0xff : this.cpu.mmu.bytes[this.fetchFrame + (at & 0xfff)];
  }

  private enterFetchPage(linear: number): void {
    const page = linear >>> 12;
    if (page === this.fetchPage) return;
    const { mmu } = this.cpu;
    this.fetchFrame = mmu.pageForRead(linear | 0);
    this.fetchGfn = mmu.translate(linear | 0, false);
    this.fetchPage = page;
  }
}
