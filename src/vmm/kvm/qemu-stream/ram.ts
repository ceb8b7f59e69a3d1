/**
 * The section `ram` of a stream: the list of memory blocks, then page records. A record starts with
 * 64 bits whose low 12 are flags and the rest the page's offset in its block.
 */
import { assert } from '../../../base/assert.ts';
import { type ByteWriter, DecodeError } from '../../../base/bytes.ts';
import { PAGE_SIZE } from '../../../base/units.ts';
import { MAX_RUN_PAGES } from '../../../image/framing.ts';
import type { PageRun } from '../../../image/records.ts';
import type { Reading } from '../../live-format.ts';
import type { StreamMachine } from './machines.ts';
import type { StreamCursor } from './stream-cursor.ts';

export const RAM_SECTION = 'ram';
export const RAM_VERSION = 4;

const FLAG_ZERO = 0x02;
const FLAG_SIZES = 0x04;
const FLAG_PAGE = 0x08;
const FLAG_END = 0x10;
const FLAG_SAME_BLOCK = 0x20;
const FLAG_BITS = 0xfff;
const CAPABILITIES: readonly (readonly [number, string])[] = [
  [0x40, 'xbzrle'],
  [0x80, 'rdma'],
  [0x100, 'compress'],
  [0x200, 'multifd'],
];

/** 1 GiB. */
export const MAX_RAM_BYTES = 1 << 30;
/** Firmware and screen together. */
const MAX_OTHER_BYTES = 1 << 28;
const MAX_BLOCKS = 64;

// ---- writing ----

export function writeRamSizes(writer: ByteWriter, block: string, bytes: number): void {
  writer.u64(BigInt(bytes + FLAG_SIZES));
  writeName(writer, block);
  writer.u64(BigInt(bytes));
  writeRamEnd(writer);
}

export function writeRamEnd(writer: ByteWriter): void {
  writer.u64(BigInt(FLAG_END));
}

/** `data`: the page's bytes, or undefined for a page of zeros. */
export function writePage(
  writer: ByteWriter,
  block: string,
  frame: number,
  data: Uint8Array | undefined,
): void {
  assert(data === undefined || data.length === PAGE_SIZE, 'a page has 4096 bytes');
  writer.u64(BigInt(frame * PAGE_SIZE + (data === undefined ? FLAG_ZERO : FLAG_PAGE)));
  writeName(writer, block);
  if (data === undefined) writer.u8(0);
  else writer.bytes(data);
}

/** A byte count, then the bytes; without an end mark. */
export function writeName(writer: ByteWriter, name: string): void {
  const bytes = new TextEncoder().encode(name);
  writer.u8(bytes.length).bytes(bytes);
}

// ---- reading ----

export interface RamCounts {
  /** Page records of the guest's RAM. */
  readonly received: number;
  /** Those of them for a page that had come before. */
  readonly resent: number;
  /** Page records of other blocks. */
  readonly elsewhere: number;
}

/**
 * The guest's memory as it arrives, apart from any VM. Memory is taken page by page, so that a
 * stream that promises much and sends little costs little.
 */
export class RamStage {
  readonly machine: StreamMachine;
  private readonly blocks = new Map<string, number>();
  private readonly pages = new Map<number, Uint8Array<ArrayBuffer>>();
  private readonly seen = new Set<number>();
  /** The block of the record before, also of the section before. */
  private current: string | undefined;
  private received = 0;
  private elsewhere = 0;

  constructor(machine: StreamMachine) {
    this.machine = machine;
  }

  get counts(): RamCounts {
    const { received, elsewhere } = this;
    return { received, resent: received - this.seen.size, elsewhere };
  }

  /** Pages of RAM; 0 before the blocks are known. */
  get frames(): number {
    return (this.blocks.get(this.machine.ramBlock) ?? 0) / PAGE_SIZE;
  }

  /** Blocks other than RAM that the stream has. */
  get otherBlocks(): readonly string[] {
    return [...this.blocks.keys()].filter((name) => name !== this.machine.ramBlock);
  }

  *readSetup(cursor: StreamCursor): Reading<void> {
    const word = yield* cursor.u64('the list of memory blocks');
    if ((word & BigInt(FLAG_BITS)) !== BigInt(FLAG_SIZES))
      cursor.fail('bad-ram', 'the ram section does not start with the list of memory blocks');
    const total = word - BigInt(FLAG_SIZES);
    if (total > BigInt(MAX_RAM_BYTES + MAX_OTHER_BYTES))
      cursor.fail('too-large', `${total} bytes of memory are over the limit`);
    let listed = 0;
    while (listed < Number(total)) listed += yield* this.readBlock(cursor);
    if (listed !== Number(total))
      cursor.fail('bad-ram', `the memory blocks are ${listed} bytes together, not ${total}`);
    if (this.frames === 0)
      cursor.fail('bad-ram', `the stream has no memory block ${this.machine.ramBlock}`);
    yield* this.readRecords(cursor);
  }

  /** Records up to and including the end mark. */
  *readRecords(cursor: StreamCursor): Reading<void> {
    for (;;) {
      const word = yield* cursor.u64('page record');
      const flags = Number(word & BigInt(FLAG_BITS));
      if (flags === FLAG_END) {
        if (word !== BigInt(FLAG_END)) cursor.fail('bad-ram', 'the end mark has an offset');
        return;
      }
      this.checkFlags(cursor, flags);
      yield* this.readPage(cursor, Number((word - BigInt(flags)) & 0x1f_ffff_ffff_ffffn), flags);
    }
  }

  /** All pages that are not zero, in runs of consecutive ones. */
  runs(): PageRun[] {
    const frames = [...this.pages.keys()].sort((a, b) => a - b);
    const runs: PageRun[] = [];
    for (let i = 0; i < frames.length; ) {
      let end = i + 1;
      while (end < frames.length && end - i < MAX_RUN_PAGES && frames[end] === frames[i] + end - i)
        end += 1;
      const data = new Uint8Array((end - i) * PAGE_SIZE);
      frames.slice(i, end).forEach((frame, n) => {
        const page = this.pages.get(frame);
        if (page !== undefined) data.set(page, n * PAGE_SIZE);
      });
      runs.push({ firstGfn: frames[i], count: end - i, data });
      i = end;
    }
    return runs;
  }

  private *readBlock(cursor: StreamCursor): Reading<number> {
    const name = yield* cursor.name('memory block');
    const size = yield* cursor.u64(`size of memory block ${name}`);
    const isRam = name === this.machine.ramBlock;
    if (!isRam && !this.machine.otherBlocks.some((known) => known.test(name)))
      cursor.fail('unknown-block', `memory block ${name} is unknown here`);
    if (this.blocks.has(name)) cursor.fail('bad-ram', `memory block ${name} is there twice`);
    if (this.blocks.size >= MAX_BLOCKS) cursor.fail('too-many', `over ${MAX_BLOCKS} memory blocks`);
    const limit = isRam ? MAX_RAM_BYTES : MAX_OTHER_BYTES;
    if (size === 0n || size > BigInt(limit) || size % BigInt(PAGE_SIZE) !== 0n) {
      const wanted = `whole pages up to ${limit}`;
      cursor.fail('bad-ram', `memory block ${name} has ${size} bytes; ${wanted} are read`);
    }
    this.blocks.set(name, Number(size));
    return Number(size);
  }

  private checkFlags(cursor: StreamCursor, flags: number): void {
    const capability = CAPABILITIES.find(([bit]) => (flags & bit) !== 0);
    if (capability !== undefined)
      cursor.fail('capability', `a page was sent with QEMU’s ${capability[1]}; save without it`);
    const kind = flags & ~FLAG_SAME_BLOCK;
    if (kind !== FLAG_ZERO && kind !== FLAG_PAGE)
      cursor.fail('bad-ram', `a page record has unknown flags 0x${flags.toString(16)}`);
  }

  private *readPage(cursor: StreamCursor, offset: number, flags: number): Reading<void> {
    const at = cursor.offset - 8;
    const same = (flags & FLAG_SAME_BLOCK) !== 0;
    const block = same ? this.current : yield* cursor.name('memory block');
    const size = block === undefined ? undefined : this.blocks.get(block);
    if (block === undefined || size === undefined)
      throw new DecodeError(
        'bad-ram',
        at,
        `a page of memory block ${block ?? '(none yet)'}, which is not listed`,
      );
    if (offset >= size)
      throw new DecodeError(
        'bad-ram',
        at,
        `a page at ${offset} of block ${block}, which has ${size} bytes`,
      );
    this.current = block;
    const data = yield* this.readContent(cursor, (flags & FLAG_PAGE) !== 0);
    if (block === this.machine.ramBlock) this.store(offset / PAGE_SIZE, data);
    else this.elsewhere += 1;
  }

  private *readContent(
    cursor: StreamCursor,
    whole: boolean,
  ): Reading<Uint8Array<ArrayBuffer> | undefined> {
    if (whole) return yield* cursor.bytes(PAGE_SIZE, 'page');
    const value = yield* cursor.u8('value of a page');
    // QEMU sends only zeros so; others would make much memory out of few bytes.
    if (value !== 0) cursor.fail('bad-ram', `a page of bytes 0x${value.toString(16)}; 0 is read`);
    return undefined;
  }

  private store(frame: number, data: Uint8Array<ArrayBuffer> | undefined): void {
    this.received += 1;
    this.seen.add(frame);
    if (data === undefined) this.pages.delete(frame);
    else this.pages.set(frame, data);
  }
}
