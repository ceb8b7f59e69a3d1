import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../../src/base/bytes.ts';
import {
  decodeImage,
  decodeImageFile,
  encodeImage,
  encodeImageFile,
} from '../../../src/image/codec.ts';
import { HEADER_BYTES, OPTIONAL, withHeader, writeRecord } from '../../../src/image/framing.ts';
import type { CommonState } from '../../../src/image/model.ts';
import { type PageRun, RECORD } from '../../../src/image/records.ts';
import { SAMPLE } from './sample-state.ts';

const GOLDEN = encodeImage(SAMPLE);

function codeOf(bytes: Uint8Array): string {
  const result = decodeImageFile(bytes);
  return result.ok ? 'accepted' : result.error.code;
}

/** The golden image with a record put before its END record. */
function withRecord(type: number, fill: (body: ByteWriter) => void): Uint8Array {
  const end = new ByteWriter();
  writeRecord(end, RECORD.end, () => {});
  const writer = new ByteWriter().bytes(GOLDEN.slice(HEADER_BYTES, GOLDEN.length - end.length));
  writeRecord(writer, type, fill);
  return withHeader(writer.bytes(end.finish()).finish());
}

const page = (fill: number, count = 1): Uint8Array<ArrayBuffer> =>
  new Uint8Array(4096 * count).fill(fill);

describe('the common format', () => {
  it('gives back the state that it was given', () => {
    const decoded = decodeImage(GOLDEN);
    expect(decoded).toEqual({ ok: true, value: SAMPLE });
  });

  it('writes the same bytes for what it read', () => {
    const decoded = decodeImage(GOLDEN);
    expect(decoded.ok && encodeImage(decoded.value)).toEqual(GOLDEN);
  });

  it('skips an unknown optional record', () => {
    const image = withRecord(0x77 + OPTIONAL, (body) => body.text('from the future'));
    expect(decodeImage(image)).toEqual({ ok: true, value: SAMPLE });
  });

  it('refuses an unknown mandatory record by name', () => {
    const result = decodeImage(withRecord(0x77, (body) => body.u32(1)));
    expect(result.ok ? '' : result.error.message).toContain('0x77');
    expect(result.ok ? '' : result.error.code).toBe('unknown-record');
  });

  it('refuses a record that comes twice, and one that is missing', () => {
    expect(codeOf(withRecord(RECORD.clock, (body) => body.u64(1n)))).toBe('twice');
    const empty = new ByteWriter();
    writeRecord(empty, RECORD.end, () => {});
    expect(codeOf(withHeader(empty.finish()))).toBe('missing');
  });

  it('refuses bytes after the end, and a body longer than its record type', () => {
    const longer = new ByteWriter().bytes(GOLDEN.slice(HEADER_BYTES)).u8(0).finish();
    expect(codeOf(withHeader(longer))).toBe('after-end');
    expect(codeOf(withRecord(RECORD.pages, (body) => body.u32(0).u16(1).u16(0).u8(0)))).toBe(
      'bad-length',
    );
  });

  it('refuses a length over its cap before it takes memory for it', () => {
    const writer = new ByteWriter().u32(RECORD.pages).u32(0xffff_fff0).u32(0);
    expect(codeOf(withHeader(writer.finish()))).toBe('too-long');
  });

  it('refuses another version and another file', () => {
    expect(codeOf(new Uint8Array(64))).toBe('bad-magic');
    expect(codeOf(new Uint8Array(0))).toBe('truncated');
  });

  it('refuses to write a state that breaks a rule', () => {
    const broken = { ...SAMPLE, cpu: { ...SAMPLE.cpu, eflags: 0 } };
    expect(() => encodeImage(broken)).toThrow('eflags');
  });
});

describe('the rules of a state', () => {
  const broken: readonly (readonly [string, CommonState])[] = [
    ['paging without protection', { ...SAMPLE, cpu: { ...SAMPLE.cpu, cr0: 0x8000_0000 } }],
    [
      'a selector of 17 bits',
      { ...SAMPLE, cpu: { ...SAMPLE.cpu, cs: { ...SAMPLE.cpu.cs, selector: 0x1_0000 } } },
    ],
    [
      'overlapping RAM',
      {
        ...SAMPLE,
        memory: [
          { firstGfn: 0, pages: 2 },
          { firstGfn: 1, pages: 2 },
        ],
      },
    ],
    ['a name of 256 bytes', { ...SAMPLE, identity: { id: 'vm', name: 'n'.repeat(256) } }],
    ['no RAM', { ...SAMPLE, memory: [] }],
    ['a feature used and not offered', { ...SAMPLE, policy: { offered: [], used: ['486'] } }],
  ];

  it.each(broken)('do not allow %s', (_what, state) => {
    expect(() => encodeImage(state)).toThrow('not a valid image');
  });
});

describe('pages in an image', () => {
  const runs: readonly PageRun[] = [
    { firstGfn: 0, count: 2, data: page(7, 2) },
    { firstGfn: 2, count: 200, data: undefined },
    { firstGfn: 1023, count: 1, data: page(9) },
  ];

  it('come back as they were', () => {
    const decoded = decodeImageFile(encodeImageFile({ state: SAMPLE, pages: runs }));
    expect(decoded).toEqual({ ok: true, value: { state: SAMPLE, pages: runs } });
  });

  it('are refused where a state alone is expected', () => {
    const result = decodeImage(encodeImageFile({ state: SAMPLE, pages: runs }));
    expect(result.ok ? '' : result.error.code).toBe('unexpected-pages');
  });

  it('must lie in RAM and come once, in order', () => {
    const outside = { firstGfn: 1023, count: 2, data: undefined };
    expect(() => encodeImageFile({ state: SAMPLE, pages: [outside] })).toThrow('outside of RAM');
    const again = { firstGfn: 1, count: 1, data: undefined };
    expect(() => encodeImageFile({ state: SAMPLE, pages: [again, again] })).toThrow('twice');
  });
});
