/**
 * The bytes of each message's body, little-endian, writer beside reader. Readers check every count
 * against its cap before anything is allocated and throw `DecodeError`, which `codec.ts` turns into
 * a typed refusal. The tables of PROTOCOL.md show the same layouts.
 */
import { type ByteReader, ByteWriter } from '../base/bytes.ts';
import { PAGE_SIZE } from '../base/units.ts';
import { USUAL_FEATURES } from '../image/model.ts';
import { PAGE_REASONS, type PageReason } from '../trace/event.ts';
import { type ChannelPlan, MAX_COUNT, MAX_PAGE_CHANNELS, ONE_CHANNEL } from './channels.ts';
import {
  MAX_BODY_BYTES,
  MAX_DISCARD_RUNS,
  MAX_FULL_PAGES,
  MAX_LIST_ITEMS,
  MAX_NAME_BYTES,
  MAX_PAGES,
  MAX_REASON_BYTES,
  MAX_VM_PAGES,
} from './limits.ts';
import {
  FAILURE_CODES,
  type FailureCode,
  type FrameRun,
  type Message,
  type MessageOf,
  type MessageType,
  type PageRun,
} from './messages.ts';

type Body = ByteWriter | readonly Uint8Array[];

interface BodyCodec<M extends Message> {
  write(message: M): Body;
  read(reader: ByteReader): Omit<M, 'type'>;
}

export const BODIES: { readonly [Type in MessageType]: BodyCodec<MessageOf<Type>> } = {
  hello: {
    write: (m) =>
      new ByteWriter().u8(m.oldestVersion).u8(m.newestVersion).u64(BigInt(m.bitsPerSecond)),
    read: (r) => {
      const oldestVersion = r.u8('oldest version');
      const newestVersion = r.u8('newest version');
      if (oldestVersion === 0 || oldestVersion > newestVersion)
        r.fail('bad-version-range', `versions ${oldestVersion} to ${newestVersion} are no range`);
      const bitsPerSecond = readSafe(r, 'bits per second');
      if (bitsPerSecond === 0) r.fail('bad-rate', 'a port of 0 bit/s cannot send');
      return { oldestVersion, newestVersion, bitsPerSecond };
    },
  },
  capabilities: {
    write: (m) => {
      const w = new ByteWriter().text(m.vmm).text(m.nativeFormat).u8(m.algorithms.length);
      for (const algorithm of m.algorithms) w.text(algorithm);
      // An end of version 1 reads no further.
      if (m.encodings.length === 0 && m.channels === 0) return w;
      w.u8(m.encodings.length);
      for (const encoding of m.encodings) w.text(encoding);
      // Nor one of version 2.
      return m.channels === 0 ? w : w.u8(m.channels);
    },
    read: (r) => ({
      vmm: readName(r, 'VMM'),
      nativeFormat: readName(r, 'native format'),
      algorithms: readNames(r, 'algorithm'),
      encodings: r.remaining === 0 ? [] : readNames(r, 'encoding'),
      channels: r.remaining === 0 ? 0 : readChannels(r),
    }),
  },
  choose: {
    write: (m) => {
      const w = new ByteWriter().text(m.algorithm).text(m.format);
      const { pages, urgent } = m.plan;
      return pages === 1 && !urgent ? w : w.u8(pages).u8(urgent ? 1 : 0);
    },
    read: (r) => ({
      algorithm: readName(r, 'algorithm'),
      format: readName(r, 'format'),
      plan: r.remaining === 0 ? ONE_CHANNEL : readPlan(r),
    }),
  },
  reserve: {
    write: (m) => {
      const w = new ByteWriter().text(m.vm).u32(m.pages).u32(m.instructionNs);
      // Nothing is said of a VM that was offered what is usual.
      if (m.features.join() === USUAL_FEATURES.join()) return w;
      w.u8(m.features.length);
      for (const feature of m.features) w.text(feature);
      return w;
    },
    read: (r) => {
      const vm = readName(r, 'VM');
      const pages = readPageCount(r);
      const instructionNs = r.u32('instruction time');
      if (instructionNs === 0)
        r.fail('bad-value', 'an instruction that takes no time would never end a slice');
      const features = r.remaining === 0 ? USUAL_FEATURES : readNames(r, 'CPU feature');
      return { vm, pages, instructionNs, features };
    },
  },
  reserved: {
    write: (m) => new ByteWriter().u32(m.freeFrames),
    read: (r) => ({ freeFrames: r.u32('free frames') }),
  },
  refused: { write: writeFailure, read: readFailure },
  start: {
    write: (m) => new ByteWriter().u32(m.pages),
    read: (r) => ({ pages: readPageCount(r) }),
  },
  pages: {
    write: writePages,
    read: (r) => ({ round: r.u32('round'), runs: readPageRuns(r) }),
  },
  'round-end': {
    write: (m) => new ByteWriter().u32(m.round).u32(m.sent).u32(m.zero),
    read: (r) => ({ round: r.u32('round'), sent: r.u32('pages sent'), zero: r.u32('zero pages') }),
  },
  'dirty-summary': {
    write: (m) => new ByteWriter().u32(m.round).u32(m.dirtied),
    read: (r) => ({ round: r.u32('round'), dirtied: r.u32('pages dirtied') }),
  },
  paused: {
    write: (m) => {
      const w = new ByteWriter().u64(m.retired).u32(m.remaining);
      // Nothing is said of what is as usual.
      return m.byHand ? w.u8(1) : w;
    },
    read: (r) => ({
      retired: r.u64('retired'),
      remaining: r.u32('remaining'),
      byHand: r.remaining > 0 && readByHand(r),
    }),
  },
  state: {
    write: (m) => [new ByteWriter().text(m.format).u32(m.bytes.length).finish(), m.bytes],
    read: (r) => {
      const format = readName(r, 'format');
      const length = r.u32('state length');
      if (length > MAX_BODY_BYTES)
        r.fail('too-long', `a state of ${length} bytes is over the cap of ${MAX_BODY_BYTES}`);
      return { format, bytes: r.bytes(length, 'state') };
    },
  },
  ready: {
    write: (m) => new ByteWriter().u32(m.present).u32(m.missing),
    read: (r) => ({ present: r.u32('pages present'), missing: r.u32('pages missing') }),
  },
  go: { write: () => new ByteWriter(), read: () => ({}) },
  started: {
    write: (m) => new ByteWriter().u64(m.retired),
    read: (r) => ({ retired: r.u64('retired') }),
  },
  'page-request': {
    write: (m) => new ByteWriter().u32(m.gfn),
    read: (r) => ({ gfn: readFrame(r) }),
  },
  'page-response': {
    write: writePages,
    read: (r) => ({ round: r.u32('round'), runs: readPageRuns(r) }),
  },
  discard: {
    write: (m) => {
      const w = new ByteWriter().u32(m.runs.length);
      for (const run of m.runs) w.u32(run.gfn).u32(run.count);
      return w;
    },
    read: (r) => ({ runs: readFrameRuns(r) }),
  },
  complete: {
    write: (m) => new ByteWriter().u32(m.requests).u64(BigInt(m.blockedNs)),
    read: (r) => ({ requests: r.u32('requests'), blockedNs: readSafe(r, 'blocked time') }),
  },
  abort: { write: writeFailure, read: readFailure },
  ping: {
    write: (m) => {
      const w = new ByteWriter().u64(BigInt(m.sentAt));
      return m.last === undefined ? w : w.u32(m.last);
    },
    read: (r) => ({
      sentAt: readSafe(r, 'time sent'),
      last: r.remaining === 0 ? undefined : readCount(r),
    }),
  },
  pong: {
    write: (m) => new ByteWriter().u64(BigInt(m.sentAt)),
    read: (r) => ({ sentAt: readSafe(r, 'time sent') }),
  },
  ack: { write: (m) => new ByteWriter().u32(m.of), read: (r) => ({ of: r.u32('id') }) },
  resume: {
    write: (m) => new ByteWriter().u32(m.first).text(m.vm),
    read: (r) => ({ first: r.u32('first session'), vm: readName(r, 'VM') }),
  },
  received: {
    write: (m) => {
      const w = new ByteWriter().u32(m.pages);
      for (const word of m.words) w.u32(word);
      return w;
    },
    read: (r) => {
      const pages = readPageCount(r);
      if (r.remaining !== 4 * Math.ceil(pages / 32))
        r.fail('bad-length', `${pages} pages do not take ${r.remaining} bytes of bits`);
      const words = Uint32Array.from({ length: Math.ceil(pages / 32) }, () => r.u32('bits'));
      return { pages, words };
    },
  },
  verify: {
    write: (m) => new ByteWriter().u32(m.pages),
    read: (r) => ({ pages: readPageCount(r) }),
  },
};

/** Numbers on the wire count from 1. */
const KINDS = ['full', 'zero', 'delta', 'deflate'] as const;

/** Page contents are not copied twice: they stay parts of their own until the frame is put together. */
function writePages(m: MessageOf<'pages' | 'page-response'>): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let head = new ByteWriter().u32(m.round).u16(m.runs.length);
  for (const run of m.runs) {
    head
      .u32(run.gfn)
      .u16(run.count)
      .u8(KINDS.indexOf(run.kind) + 1)
      .u8(PAGE_REASONS.indexOf(run.reason));
    if (run.kind === 'zero') continue;
    if (run.kind !== 'full') head.u16(run.bytes.length);
    parts.push(head.finish(), run.bytes);
    head = new ByteWriter();
  }
  parts.push(head.finish());
  return parts;
}

function readPageRuns(r: ByteReader): readonly PageRun[] {
  const count = r.u16('number of runs');
  if (count === 0 || count > MAX_PAGES)
    r.fail('bad-count', `${count} runs are outside 1 to ${MAX_PAGES}`);
  const runs: PageRun[] = [];
  let full = 0;
  let all = 0;
  for (let i = 0; i < count; i++) {
    const run = readPageRun(r);
    all += run.count;
    if (run.kind !== 'zero') full += run.count;
    if (full > MAX_FULL_PAGES || all > MAX_PAGES)
      r.fail('too-many-pages', `over ${MAX_FULL_PAGES} full or ${MAX_PAGES} pages in one message`);
    runs.push(run);
  }
  return runs;
}

function readPageRun(r: ByteReader): PageRun {
  const gfn = r.u32('first frame');
  const count = r.u16('frames in run');
  checkRun(r, gfn, count);
  const kind = readKind(r);
  const reason = readReason(r);
  if (kind === 'zero') return { kind, gfn, count, reason };
  if (kind !== 'full') return { kind, gfn, count: readOne(r, count), reason, bytes: readCoded(r) };
  if (count > MAX_FULL_PAGES)
    r.fail('too-many-pages', `a run of ${count} full pages is over the cap of ${MAX_FULL_PAGES}`);
  return { kind: 'full', gfn, count, reason, bytes: r.bytes(count * PAGE_SIZE, 'pages') };
}

function readFrameRuns(r: ByteReader): readonly FrameRun[] {
  const count = r.u32('number of runs');
  if (count > MAX_DISCARD_RUNS)
    r.fail('bad-count', `${count} runs are over the cap of ${MAX_DISCARD_RUNS}`);
  const runs: FrameRun[] = [];
  for (let i = 0; i < count; i++) {
    const run = { gfn: r.u32('first frame'), count: r.u32('frames in run') };
    checkRun(r, run.gfn, run.count);
    runs.push(run);
  }
  return runs;
}

function checkRun(r: ByteReader, gfn: number, count: number): void {
  if (count === 0 || gfn + count > MAX_VM_PAGES)
    r.fail('bad-run', `frames ${gfn} + ${count} are empty or beyond ${MAX_VM_PAGES}`);
}

function readFrame(r: ByteReader): number {
  const gfn = r.u32('frame');
  checkRun(r, gfn, 1);
  return gfn;
}

function readChannels(r: ByteReader): number {
  const channels = r.u8('page channels');
  if (channels === 0 || channels > MAX_PAGE_CHANNELS)
    r.fail('bad-count', `${channels} page channels are outside 1 to ${MAX_PAGE_CHANNELS}`);
  return channels;
}

function readPlan(r: ByteReader): ChannelPlan {
  const pages = readChannels(r);
  const urgent = r.u8('urgent channel');
  if (urgent > 1) r.fail('bad-value', `${urgent} urgent channels, there can be 0 or 1`);
  return { pages, urgent: urgent === 1 };
}

function readCount(r: ByteReader): number {
  const last = r.u32('last id');
  if (last > MAX_COUNT) r.fail('bad-count', `${last} is past the last id, ${MAX_COUNT}`);
  return last;
}

function readByHand(r: ByteReader): true {
  const byHand = r.u8('paused by hand');
  return byHand === 1 || r.fail('bad-value', `paused by hand is 1 or left out, not ${byHand}`);
}

function readPageCount(r: ByteReader): number {
  const pages = r.u32('pages');
  if (pages === 0 || pages > MAX_VM_PAGES)
    r.fail('bad-size', `a VM of ${pages} pages is outside 1 to ${MAX_VM_PAGES}`);
  return pages;
}

function readKind(r: ByteReader): (typeof KINDS)[number] {
  const kind = r.u8('kind');
  return KINDS[kind - 1] ?? r.fail('bad-kind', `page kind ${kind} is unknown`);
}

function readOne(r: ByteReader, count: number): 1 {
  return count === 1 ? 1 : r.fail('bad-count', `a coded run has one page, not ${count}`);
}

/** What is not shorter than a page would have been sent whole. */
function readCoded(r: ByteReader): Uint8Array<ArrayBuffer> {
  const length = r.u16('coded length');
  if (length === 0 || length >= PAGE_SIZE)
    r.fail('bad-length', `a coded page of ${length} bytes is outside 1 to ${PAGE_SIZE - 1}`);
  return r.bytes(length, 'coded page');
}

function readReason(r: ByteReader): PageReason {
  const code = r.u8('reason');
  return PAGE_REASONS[code] ?? r.fail('bad-reason', `page reason ${code} is unknown`);
}

function writeFailure(m: { readonly code: FailureCode; readonly message: string }): ByteWriter {
  return new ByteWriter().u16(FAILURE_CODES.indexOf(m.code) + 1).text(clip(m.message));
}

function readFailure(r: ByteReader): { code: FailureCode; message: string } {
  const number = r.u16('code');
  const code = FAILURE_CODES[number - 1] ?? r.fail('bad-code', `failure code ${number} is unknown`);
  return { code, message: readText(r, MAX_REASON_BYTES, 'reason') };
}

/** A reason is for people: a long one is cut, not refused by the peer. */
function clip(text: string): string {
  const longest = MAX_REASON_BYTES / 4;
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

function readNames(r: ByteReader, what: string): readonly string[] {
  const count = r.u8(`number of ${what}s`);
  if (count > MAX_LIST_ITEMS)
    r.fail('bad-count', `${count} ${what}s are over the cap of ${MAX_LIST_ITEMS}`);
  return Array.from({ length: count }, () => readName(r, what));
}

function readName(r: ByteReader, what: string): string {
  const name = readText(r, MAX_NAME_BYTES, what);
  if (name === '') r.fail('empty', `${what} has no name`);
  return name;
}

function readText(r: ByteReader, cap: number, what: string): string {
  const before = r.offset;
  const text = r.text(what);
  const length = r.offset - before - 2;
  if (length > cap) r.fail('too-long', `${what} of ${length} bytes is over the cap of ${cap}`);
  return text;
}

function readSafe(r: ByteReader, what: string): number {
  const value = r.u64(what);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) r.fail('too-large', `${what} is over 2^53 - 1`);
  return Number(value);
}
