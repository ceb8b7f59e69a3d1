/**
 * Streams that are wrong in one thing each: in framing, which Xen's own checker sees too, and in
 * rules that only a real Xen, or a reader as strict as one, holds a stream to.
 */
import { ByteWriter } from '../../src/base/bytes.ts';
import { RECORD, RECORD_KINDS } from '../../src/vmm/xen/libxc-stream/record-kinds.ts';
import { assemble, changed, END, HEADERS, type Piece, piecesOf } from './xen-images.ts';

export interface Mutant {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const NONE = new Uint8Array(0);
const TOOLSTACK = 0x0b;
const DIRTY_PFN_LIST = 0x0f;

/** Pre: `good` is a stream of version 3. */
export function framingMutants(good: Uint8Array): Mutant[] {
  return [
    ...headerMutants(good),
    ...truncations(good),
    ...recordMutants(good),
    ...bodyMutants(good),
  ];
}

function patched(good: Uint8Array, at: number, ...bytes: readonly number[]): Uint8Array {
  const copy = good.slice();
  copy.set(bytes, at);
  return copy;
}

function headerMutants(good: Uint8Array): Mutant[] {
  const list: [string, Uint8Array][] = [
    ['marker', patched(good, 3, 0xfe)],
    ['id', patched(good, 8, 0x59)],
    ['version 1', patched(good, 15, 1)],
    ['version 4', patched(good, 15, 4)],
    ['undefined option', patched(good, 17, 2)],
    ['reserved half-word', patched(good, 18, 1)],
    ['reserved word', patched(good, 23, 1)],
    ['guest type 0', patched(good, 24, 0)],
    ['guest type 3', patched(good, 24, 3)],
    ['page shift 13', patched(good, 28, 13)],
    ['reserved in the domain header', patched(good, 30, 1)],
  ];
  return list.map(([name, bytes]) => ({ name: `header: ${name}`, bytes }));
}

/** In the headers, at the end of every record, and inside of each. */
function truncations(good: Uint8Array): Mutant[] {
  const cuts = new Set([0, 1, 24, HEADERS - 1, HEADERS]);
  let at = HEADERS;
  for (const { body } of piecesOf(good)) {
    for (const inside of [1, 4, 7, 8, 9, 12, 16]) cuts.add(Math.min(at + inside, good.length - 1));
    at += 8 + Math.ceil(body.length / 8) * 8;
    cuts.add(Math.min(at, good.length - 1));
  }
  return [...cuts].map((length) => ({
    name: `cut off after ${length} bytes`,
    bytes: good.slice(0, length),
  }));
}

function recordMutants(good: Uint8Array): Mutant[] {
  const pieces = piecesOf(good);
  const mutants: Mutant[] = [];
  const add = (name: string, list: readonly Piece[]) => {
    mutants.push({ name, bytes: assemble(good, list) });
  };
  const beforeEnd = (piece: Piece) => [...pieces.slice(0, -1), piece, END];
  for (const type of [0x13, 0x7fff_ffff]) {
    add(`unknown mandatory record ${type}`, beforeEnd({ type, body: NONE }));
  }
  add('TOOLSTACK', beforeEnd({ type: TOOLSTACK, body: new Uint8Array(8) }));
  add('CHECKPOINT_DIRTY_PFN_LIST', beforeEnd({ type: DIRTY_PFN_LIST, body: new Uint8Array(8) }));
  add('CHECKPOINT with a body', beforeEnd({ type: 0x0e, body: new Uint8Array(8) }));
  add('VERIFY with a body', beforeEnd({ type: RECORD.verify, body: new Uint8Array(8) }));
  add('STATIC_DATA_END with a body', [
    { type: RECORD.staticDataEnd, body: new Uint8Array(8) },
    ...pieces.slice(1),
  ]);
  add('END with a body', [...pieces.slice(0, -1), { type: 0, body: new Uint8Array(8) }]);
  add('no END', pieces.slice(0, -1));
  const second = good.slice();
  second[15] = 2;
  mutants.push({ name: 'STATIC_DATA_END in version 2', bytes: second });
  pieces.forEach(({ type, body }, i) => {
    // A shorter HVM_CONTEXT is whole to a checker that does not look into it.
    const steps = type === RECORD.hvmContext ? [-body.length] : [-body.length, -8, -1, 1, 8];
    for (const step of steps.filter((by) => body.length > 0 && body.length + by >= 0)) {
      const resized = new Uint8Array(body.length + step);
      resized.set(body.subarray(0, resized.length));
      const list = pieces.map((piece, at) => (at === i ? { type, body: resized } : piece));
      add(`record ${i} of type ${type} with ${step} bytes more`, list);
    }
  });
  return mutants;
}

function bodyMutants(good: Uint8Array): Mutant[] {
  const pieces = piecesOf(good);
  const page = (change: (body: DataView) => void) =>
    assemble(good, changed(pieces, RECORD.pageData, change));
  const pages: [string, Uint8Array][] = [
    ['count of 0', page((body) => body.setUint32(0, 0, true))],
    ['count of one more', page((body) => body.setUint32(0, body.getUint32(0, true) + 1, true))],
    ['count of one less', page((body) => body.setUint32(0, body.getUint32(0, true) - 1, true))],
    ['largest count', page((body) => body.setUint32(0, 0xffff_ffff, true))],
    ['reserved word', page((body) => body.setUint32(4, 1, true))],
    ['reserved bits of a page word', page((body) => body.setUint8(8 + 6, 0x10))],
    ['a page said to have no data', page((body) => body.setUint8(8 + 7, 0xf0))],
    ...[5, 6, 7, 8].map((type): [string, Uint8Array] => [
      `page type ${type}`,
      page((body) => body.setUint8(8 + 7, type << 4)),
    ]),
  ];
  const others: [string, number, (body: DataView) => void][] = [
    ['X86_TSC_INFO: reserved word', RECORD.tscInfo, (body) => body.setUint32(20, 1, true)],
    ['HVM_PARAMS: reserved word', RECORD.hvmParams, (body) => body.setUint32(4, 1, true)],
    ['HVM_PARAMS: one more', RECORD.hvmParams, (body) => body.setUint32(0, 3, true)],
    ['HVM_PARAMS: largest count', RECORD.hvmParams, (body) => body.setUint32(0, 0xffff_ffff, true)],
  ];
  return [
    ...pages.map(([name, bytes]) => ({ name: `PAGE_DATA: ${name}`, bytes })),
    ...others.map(([name, type, change]) => ({
      name,
      bytes: assemble(good, changed(pieces, type, change)),
    })),
    { name: 'padding that is not 0', bytes: unalignedEnd(good) },
  ];
}

/** An HVM_CONTEXT that ends 3 bytes early, with its padding not zero. */
function unalignedEnd(good: Uint8Array): Uint8Array {
  const writer = new ByteWriter().bytes(good.subarray(0, HEADERS));
  for (const { type, body } of piecesOf(good)) {
    const isContext = type === RECORD.hvmContext;
    const shown = isContext ? body.length - 3 : body.length;
    writer.u32(type).u32(shown).bytes(body.subarray(0, shown));
    if (isContext) writer.u8(0).u8(0).u8(1);
  }
  return writer.finish();
}

export interface Breaker extends Mutant {
  /** What the reader's error says. */
  readonly says: RegExp;
}

const HVM_HEADER = 8 + 24;
/** Offsets in hvm_hw_cpu. */
const CPU = {
  rflags: 648,
  cr0: 656,
  cr4: 680,
  dr6: 720,
  dr7: 728,
  sysenter: 920,
  efer: 992,
} as const;
const EVENT = { pending: 1016, flags: 1024, pad0: 1028 } as const;

/** Rules beyond framing. Pre: `good` is a stream of version 3 whose CPU has an event pending. */
export function ruleBreakers(good: Uint8Array): Breaker[] {
  return [...orderBreakers(good), ...contextBreakers(good), ...otherBreakers(good)];
}

function orderBreakers(good: Uint8Array): Breaker[] {
  const pieces = piecesOf(good);
  const isStatic = ({ type }: Piece) => type === RECORD.staticDataEnd;
  const without = (type: number) => pieces.filter((piece) => piece.type !== type);
  const twice = (type: number) =>
    pieces.flatMap((piece) => (piece.type === type ? [piece, piece] : [piece]));
  const late = [
    ...pieces.filter((piece) => !isStatic(piece)).slice(0, -1),
    ...pieces.filter(isStatic),
    END,
  ];
  const list: [string, readonly Piece[], RegExp][] = [
    ['no STATIC_DATA_END', without(RECORD.staticDataEnd), /before STATIC_DATA_END/],
    ['STATIC_DATA_END after pages', late, /before STATIC_DATA_END/],
    [
      'no STATIC_DATA_END and no pages',
      pieces.filter((p) => p.type !== 1 && !isStatic(p)),
      /STATIC_DATA_END is missing/,
    ],
    ['STATIC_DATA_END twice', twice(RECORD.staticDataEnd), /twice/],
    ['no HVM_CONTEXT', without(RECORD.hvmContext), /HVM_CONTEXT is missing/],
    ['HVM_CONTEXT twice', twice(RECORD.hvmContext), /twice/],
    ['no X86_TSC_INFO', without(RECORD.tscInfo), /X86_TSC_INFO is missing/],
    ['VERIFY twice', [...pieces.slice(0, -1), v(), v(), END], /twice/],
    [
      'CHECKPOINT',
      [...pieces.slice(0, -1), { type: 0x0e, body: NONE }, END],
      /CHECKPOINT is refused.*Remus/,
    ],
    ['something after END', [...pieces, END], /follow the END/],
    ['END in the middle', [...pieces.slice(0, 2), END, ...pieces.slice(2)], /is missing/],
  ];
  return list.map(([name, changedPieces, says]) => ({
    name,
    bytes: assemble(good, changedPieces),
    says,
  }));
}

const v = (): Piece => ({ type: RECORD.verify, body: NONE });

function contextBreakers(good: Uint8Array): Breaker[] {
  const pieces = piecesOf(good);
  const context = (change: (body: DataView) => void) =>
    assemble(good, changed(pieces, RECORD.hvmContext, change));
  const cpu = (at: number, value: bigint) =>
    context((body) => body.setBigUint64(HVM_HEADER + 8 + at, value, true));
  const word = (at: number, value: number) =>
    context((body) => body.setUint32(HVM_HEADER + 8 + at, value, true));
  const entry = (at: number, value: number) => context((body) => body.setUint16(at, value, true));
  const list: [string, Uint8Array, RegExp][] = [
    ['HEADER is not first', entry(0, 2), /has 24 bytes|starts with HEADER/],
    ['HEADER magic', context((body) => body.setUint32(8, 1, true)), /header\.magic/],
    ['HEADER version', context((body) => body.setUint32(12, 2, true)), /header\.version/],
    ['HEADER length', context((body) => body.setUint32(4, 16, true)), /HEADER has 16/],
    ['unknown entry', entry(HVM_HEADER, 99), /type 99 is not known/],
    ['entry of another kind', entry(HVM_HEADER, 3), /PIC has 1032/],
    ['CPU length', context((body) => body.setUint32(HVM_HEADER + 4, 1024, true)), /CPU has 1024/],
    ['processor 1 alone', entry(HVM_HEADER + 2, 1), /number 0 alone: 1/],
    ['no END', context((body) => body.setUint16(body.byteLength - 8, 1, true)), /HEADER has 0/],
    [
      'END with an instance',
      context((body) => body.setUint16(body.byteLength - 6, 1, true)),
      /END/,
    ],
    ['CR0 with a reserved bit', cpu(CPU.cr0, 0x51n), /cr0 has reserved/],
    ['CR0 without ET', cpu(CPU.cr0, 0x1n), /ET/],
    ['CR0 with PG and without PE', cpu(CPU.cr0, 0x8000_0010n), /without protection/],
    ['CR0 above 32 bits', cpu(CPU.cr0, 0x1_0000_0011n), /cr0 has reserved/],
    ['CR4 beyond the processor', cpu(CPU.cr4, 0x40_0000n), /cr4/],
    ['EFER with long mode', cpu(CPU.efer, 0x500n), /efer/],
    ['DR6 above 32 bits', cpu(CPU.dr6, 1n << 32n), /dr6/],
    ['DR7 above 32 bits', cpu(CPU.dr7, 1n << 32n), /dr7/],
    ['pad0', word(EVENT.pad0, 1), /pad0/],
    ['undefined flags', word(EVENT.flags, 2), /flags/],
    ['a valid FPU', word(EVENT.flags, 1), /flags/],
    ['event of type 1', word(EVENT.pending, 0x8000_0120), /pending_event/],
    ['event of type 7', word(EVENT.pending, 0x8000_0720), /pending_event/],
    ['event with reserved bits', word(EVENT.pending, 0x8000_1020), /pending_event/],
    ['SYSENTER set up', cpu(CPU.sysenter, 8n), /sysenter_cs/],
    ['RFLAGS without bit 1', cpu(CPU.rflags, 0n), /eflags/],
    ['two TSC rates', context((body) => body.setUint32(28, 5, true)), /tscKhz/],
  ];
  return list.map(([name, bytes, says]) => ({ name: `HVM context: ${name}`, bytes, says }));
}

function otherBreakers(good: Uint8Array): Breaker[] {
  const pieces = piecesOf(good);
  const pv = RECORD_KINDS.filter(({ refused }) => refused?.includes('paravirtual'));
  const param = (index: number) =>
    assemble(
      good,
      changed(pieces, RECORD.hvmParams, (body) => body.setUint32(8, index, true)),
    );
  const pageType = (type: number) =>
    assemble(
      good,
      changed(pieces, RECORD.pageData, (body) => body.setUint8(8 + 7, type << 4)),
    );
  const high = changed(pieces, RECORD.pageData, (body) => body.setUint8(8 + 4, 1));
  return [
    { name: 'a big-endian body', bytes: patched(good, 17, 1), says: /big-endian/ },
    { name: 'a paravirtual guest', bytes: patched(good, 24, 1), says: /paravirtual/ },
    ...pv.map(({ name, type }) => ({
      name: `${name} in a stream of an HVM guest`,
      bytes: assemble(good, [
        ...pieces.slice(0, 1),
        { type, body: new Uint8Array(16) },
        ...pieces.slice(1),
      ]),
      says: new RegExp(`${name} is refused`),
    })),
    ...[1, 2, 3, 4, 9, 10, 11, 12].map((type) => ({
      name: `page of type ${type} in an HVM guest`,
      bytes: pageType(type),
      says: /pages of an HVM guest/,
    })),
    { name: 'page above 4 GiB', bytes: assemble(good, high), says: /above 4 GiB/ },
    { name: 'unknown HVM parameter', bytes: param(3), says: /parameter 3 is not known/ },
    { name: 'HVM parameter twice', bytes: param(17), says: /console_pfn is there twice/ },
    { name: 'Hyper-V interface', bytes: param(9), says: /viridian/ },
    {
      name: 'other content after VERIFY',
      bytes: assemble(good, [
        ...pieces.slice(0, -1),
        v(),
        ...changed(pieces.slice(1, 2), RECORD.pageData, (body) => body.setUint8(8 * 20, 99)),
        END,
      ]),
      says: /other content before VERIFY/,
    },
  ];
}
