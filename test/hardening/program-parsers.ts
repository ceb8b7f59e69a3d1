/** What else comes from outside: guests as ELF files, programs as text, and messages of the other host. */
import { readFileSync } from 'node:fs';
import { assemble } from '../../src/asm/assemble.ts';
import { EXAMPLES } from '../../src/asm/examples.ts';
import { assembleGuest } from '../../src/asm/guest.ts';
import { MAX_IMAGE } from '../../src/asm/limits.ts';
import { crc32 } from '../../src/base/crc32.ts';
import { decodeKernel } from '../../src/machine/multiboot.ts';
import { decodeFrame, encodeFrame, HEADER_BYTES } from '../../src/migration/codec.ts';
import { tickerKernel } from '../contract/guest-code.ts';
import { ALL_SAMPLES } from '../support/fake-messages.ts';
import { type Golden, type NumberAt, textGolden } from '../support/mutator.ts';
import type { Parser, Verdict } from './parsers.ts';

const RAM_BYTES = 4 << 20;
const KIB = 1024;
const decode = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);
const words = (first: number, end: number): NumberAt[] =>
  Array.from({ length: (end - first) / 4 }, (_, i) => ({ at: first + 4 * i, bytes: 4 }));

const ELF_HEADER = 52;
const PROGRAM_HEADER = 32;

/** Its header, the table of its segments, and what follows. */
function elfGolden(bytes: Uint8Array): Golden {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tableEnd = ELF_HEADER + PROGRAM_HEADER * view.getUint16(44, true);
  const counts: NumberAt[] = [16, 18, 40, 42, 44].map((at) => ({ at, bytes: 2 }));
  const numbers = [...counts, ...words(24, 36), ...words(ELF_HEADER, tableEnd + 12)];
  return { bytes, numbers, parts: [0, ELF_HEADER, tableEnd, tableEnd + 12] };
}

function elfGoldens(): Golden[] {
  const assembled = EXAMPLES.map(({ name, text }) => {
    const guest = assembleGuest(name, text);
    if (!guest.ok) throw new Error(guest.error);
    return guest.value;
  });
  const built = new Uint8Array(readFileSync('public/guests/idle.elf'));
  return [tickerKernel(300, 319), built, ...assembled].map(elfGolden);
}

function judgeElf(bytes: Uint8Array): Verdict {
  const kernel = decodeKernel(bytes, RAM_BYTES);
  if (!kernel.ok && (kernel.error.code === '' || kernel.error.message === ''))
    throw new Error('refused without a code or reason');
  if (!kernel.ok) return 'refused';
  const { segments } = kernel.value.image;
  for (const { address, content, memorySize } of segments)
    if (address + Math.max(content.length, memorySize) > RAM_BYTES)
      throw new Error(`a segment at ${address} lies outside of RAM`);
  return 'accepted';
}

/** Every problem has a place in the text, a reason and a remedy. */
function judgeProgram(bytes: Uint8Array): Verdict {
  const program = assemble(decode(bytes), 0x10_2000);
  if (program.ok) return 'accepted';
  if (program.error.length === 0) throw new Error('refused without a problem');
  for (const { line, column } of program.error)
    if (!(line >= 1 && column >= 1)) throw new Error(`a problem at ${line}:${column}`);
  return 'refused';
}

const HEADER = { session: 7, id: 9 };
/** Where a frame's length and its checksum over everything else stand. */
const LENGTH_AT = 16;
const CRC_AT = 20;

const messageGoldens = (): Golden[] =>
  ALL_SAMPLES.map((message) => {
    const bytes = encodeFrame(HEADER, message);
    const body = Array.from({ length: Math.min(64, bytes.length - HEADER_BYTES) }, (_, i) => i);
    const numbers = body.map((i): NumberAt => ({ at: HEADER_BYTES + i, bytes: 1 }));
    const wide = words(HEADER_BYTES, HEADER_BYTES + (body.length & ~3));
    return { bytes, numbers: [...words(0, HEADER_BYTES), ...numbers, ...wide], parts: [0, 24] };
  });

/** With the length and the checksum that fit, so that the body is read. */
function resealed(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.length < HEADER_BYTES) return bytes;
  const frame = bytes.slice();
  const view = new DataView(frame.buffer);
  view.setUint32(LENGTH_AT, frame.length - HEADER_BYTES, true);
  view.setUint32(
    CRC_AT,
    crc32(frame.subarray(HEADER_BYTES), crc32(frame.subarray(0, CRC_AT))),
    true,
  );
  return frame;
}

function judgeMessage(bytes: Uint8Array): Verdict {
  const frame = decodeFrame(bytes);
  if (!frame.ok && frame.error.message === '') throw new Error('refused without a reason');
  return frame.ok ? 'accepted' : 'refused';
}

export const programParsers = (): readonly Parser[] => [
  { name: 'ELF guest', goldens: elfGoldens(), capBytes: RAM_BYTES, parse: judgeElf },
  {
    name: 'asm source',
    goldens: EXAMPLES.map(({ text }) => textGolden(text, /\n/g)),
    capBytes: MAX_IMAGE,
    parse: judgeProgram,
  },
  {
    name: 'message',
    goldens: messageGoldens(),
    capBytes: 256 * KIB,
    repair: resealed,
    parse: judgeMessage,
  },
];
