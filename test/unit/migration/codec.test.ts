import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../../src/base/bytes.ts';
import {
  assemble,
  decodeFrame,
  encodeFrame,
  FLAG_OPTIONAL,
  HEADER_BYTES,
} from '../../../src/migration/codec.ts';
import { MAX_DISCARD_RUNS, MAX_FULL_PAGES, MAX_PAGES } from '../../../src/migration/limits.ts';
import { FAILURE_CODES, MESSAGE_NAMES, MESSAGE_TYPES } from '../../../src/migration/messages.ts';
import { ALL_SAMPLES, SAMPLES } from '../../support/fake-messages.ts';

const HEADER = { session: 7, id: 42 };
const encode = (type: keyof typeof SAMPLES) => encodeFrame(HEADER, SAMPLES[type]);

function codeOf(bytes: Uint8Array): string {
  const frame = decodeFrame(bytes);
  return frame.ok ? 'accepted' : frame.error.code;
}

/** A frame with a body of the test's making. */
function withBody(type: keyof typeof MESSAGE_TYPES, fill: (w: ByteWriter) => void): Uint8Array {
  const w = new ByteWriter();
  fill(w);
  return assemble(HEADER, MESSAGE_TYPES[type], 0, [w.finish()]);
}

describe('the codec', () => {
  for (const message of ALL_SAMPLES) {
    it(`gives back a ${message.type.toUpperCase()} message and writes the same bytes again`, () => {
      const bytes = encodeFrame(HEADER, message);
      const frame = decodeFrame(bytes);
      expect(frame).toEqual({
        ok: true,
        value: { ...HEADER, typeNumber: MESSAGE_TYPES[message.type], message },
      });
      expect(frame.ok && frame.value.message && encodeFrame(HEADER, frame.value.message)).toEqual(
        bytes,
      );
    });
  }

  it('carries every failure code', () => {
    for (const code of FAILURE_CODES) {
      const frame = decodeFrame(encodeFrame(HEADER, { type: 'abort', code, message: 'why' }));
      expect(frame.ok && frame.value.message).toEqual({ type: 'abort', code, message: 'why' });
    }
  });

  it('gives no message the number 0, and none the same as another [PV-5]', () => {
    const numbers = Object.values(MESSAGE_TYPES);
    expect(numbers).not.toContain(0);
    expect(new Set(numbers).size).toBe(MESSAGE_NAMES.length);
    expect(codeOf(assemble(HEADER, 0, 0, []))).toBe('unknown-type');
  });

  it('refuses an unknown mandatory type and skips an unknown optional one [case 38] [PV-4]', () => {
    expect(codeOf(assemble(HEADER, 200, 0, []))).toBe('unknown-type');
    const skipped = decodeFrame(assemble(HEADER, 200, FLAG_OPTIONAL, [new Uint8Array(9)]));
    expect(skipped).toEqual({
      ok: true,
      value: { ...HEADER, typeNumber: 200, message: undefined },
    });
  });

  it('refuses flags that this version does not define [PV-3]', () => {
    expect(codeOf(assemble(HEADER, MESSAGE_TYPES.go, 2, []))).toBe('bad-flags');
  });

  it('refuses every truncation of every message', () => {
    for (const message of ALL_SAMPLES) {
      const bytes = encodeFrame(HEADER, message);
      const step = bytes.length > 200 ? 97 : 1;
      for (let length = 0; length < bytes.length; length += step) {
        expect(codeOf(bytes.subarray(0, length))).toBe('truncated');
      }
    }
  });

  it('refuses a message with any one bit flipped', () => {
    for (const type of ['go', 'hello', 'capabilities', 'discard', 'ready'] as const) {
      const bytes = encode(type);
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        bytes[bit >> 3] ^= 1 << (bit & 7);
        expect(codeOf(bytes)).not.toBe('accepted');
        bytes[bit >> 3] ^= 1 << (bit & 7);
      }
    }
  });

  it('refuses bytes after the body, inside the declared length or beyond it', () => {
    const beyond = new Uint8Array([...encode('go'), 0]);
    expect(codeOf(beyond)).toBe('bad-length');
    expect(codeOf(withBody('go', (w) => w.u8(0)))).toBe('bad-body');
  });

  it('refuses a declared length over the cap before it looks for the bytes', () => {
    const bytes = encode('go');
    new DataView(bytes.buffer).setUint32(16, 0xffff_ffff, true);
    expect(codeOf(bytes)).toBe('bad-length');
  });

  it('is total: any bytes are a frame or a typed error', () => {
    const check = (bytes: Uint8Array) => {
      const frame = decodeFrame(bytes);
      if (!frame.ok) expect(frame.error.message).not.toBe('');
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check), { numRuns: 500, seed: 1 });
    const body = fc.uint8Array({ maxLength: 300 });
    const typed = fc
      .tuple(fc.integer({ min: 0, max: 30 }), body)
      .map(([type, bytes]) => assemble(HEADER, type, 0, [bytes]));
    fc.assert(fc.property(typed, check), { numRuns: 3000, seed: 2 });
  });

  it('never returns a view of its input', () => {
    const bytes = encode('state');
    const frame = decodeFrame(bytes);
    bytes.fill(0);
    expect(frame.ok && frame.value.message).toEqual(SAMPLES.state);
  });

  it('checks what bodies say, whatever their checksum', () => {
    const run = (gfn: number, count: number, kind: number, reason: number) => (w: ByteWriter) =>
      w
        .u32(1)
        .u16(1)
        .u32(gfn)
        .u16(count)
        .u8(kind)
        .u8(reason)
        .zeros(kind === 1 ? count * 4096 : 0);
    const bad: [keyof typeof MESSAGE_TYPES, (w: ByteWriter) => void][] = [
      ['hello', (w) => w.u8(0).u8(1).u64(1n)],
      ['hello', (w) => w.u8(2).u8(1).u64(1n)],
      ['hello', (w) => w.u8(1).u8(1).u64(0n)],
      [
        'hello',
        (w) =>
          w
            .u8(1)
            .u8(1)
            .u64(1n << 60n),
      ],
      ['capabilities', (w) => w.text('x').text('y').u8(200)],
      ['capabilities', (w) => w.text('').text('y').u8(0)],
      ['choose', (w) => w.text('a'.repeat(65)).text('vmcf')],
      ['choose', (w) => w.u16(2).u8(0xff).u8(0xfe).text('vmcf')],
      ['reserve', (w) => w.text('vm1').u32(0).u32(50)],
      ['reserve', (w) => w.text('vm1').u32(0x4_0001).u32(50)],
      ['reserve', (w) => w.text('vm1').u32(1).u32(0)],
      ['pages', (w) => w.u32(1).u16(0)],
      ['pages', run(0, 0, 2, 0)],
      ['pages', run(0x4_0000, 1, 2, 0)],
      ['pages', run(0, 1, 3, 0)],
      ['pages', run(0, 1, 2, 9)],
      ['pages', run(0, MAX_FULL_PAGES + 1, 1, 0)],
      ['pages', run(0, MAX_PAGES + 1, 2, 0)],
      ['discard', (w) => w.u32(MAX_DISCARD_RUNS + 1)],
      ['discard', (w) => w.u32(1).u32(0).u32(0)],
      ['page-request', (w) => w.u32(0x4_0000)],
      ['page-response', (w) => w.u32(0).u16(0)],
      ['abort', (w) => w.u16(0).text('')],
      ['abort', (w) => w.u16(999).text('')],
      ['state', (w) => w.text('vmcf').u32(0xffff_ffff)],
    ];
    for (const [type, fill] of bad)
      expect([type, codeOf(withBody(type, fill))]).toEqual([type, 'bad-body']);
  });

  it('cuts a reason that is too long rather than have it refused', () => {
    const frame = decodeFrame(
      encodeFrame(HEADER, { type: 'abort', code: 'bad-state', message: '…'.repeat(5000) }),
    );
    expect(frame.ok && frame.value.message?.type).toBe('abort');
  });

  it('spends a header of 24 bytes', () => {
    expect(encode('go')).toHaveLength(HEADER_BYTES);
  });
});
