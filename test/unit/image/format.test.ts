import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeImageFile, encodeImageFile, type ImageFile } from '../../../src/image/codec.ts';
import {
  byteWidth,
  CMOS_FIELDS,
  CPU_FIELDS,
  NE2000_FIELDS,
  PACKET_MEMORY_BYTES,
  PIC_FIELDS,
  PIT_FIELDS,
  UART_FIELDS,
} from '../../../src/image/fields.ts';
import { MAX_BODY_BYTES, MAX_RECORDS, MAX_RUN_PAGES } from '../../../src/image/framing.ts';
import {
  MAX_CAUSE,
  MAX_DEVICES,
  MAX_FEATURES,
  MAX_PAGES,
  MAX_REGIONS,
  MAX_TEXT,
} from '../../../src/image/validate.ts';
import { exampleBytes } from '../../support/golden-images.ts';
import { SAMPLE } from './sample-state.ts';

const SOURCES = new URL('../../../src/image/', import.meta.url);
const TEXT = readFileSync(new URL('FORMAT.md', SOURCES), 'utf8');

const EXAMPLE: ImageFile = {
  state: {
    ...SAMPLE,
    identity: { id: 'a', name: 'toy' },
    memory: [{ firstGfn: 0, pages: 256 }],
    devices: SAMPLE.devices.map((device) => {
      if (device.kind === 'uart')
        return { ...device, receiveTimeout: { phase: 'struck', at: 0 } as const };
      if (device.kind !== 'cmos') return device;
      return { ...device, memory: device.memory.map((byte, i) => (i < 16 ? byte : 0)) };
    }),
    clock: { guestNs: 1_000_000n },
  },
  pages: [{ firstGfn: 16, count: 2, data: undefined }],
};

const sum = (fields: typeof CPU_FIELDS): number =>
  fields.reduce((bytes, field) => bytes + byteWidth(field), 0);

describe('FORMAT.md', () => {
  it('shows an image that decodes to the state it speaks of, and is what a writer writes', () => {
    expect(exampleBytes().length).toBeGreaterThan(300);
    expect(decodeImageFile(exampleBytes())).toEqual({ ok: true, value: EXAMPLE });
    expect(encodeImageFile(EXAMPLE)).toEqual(exampleBytes());
  });

  it('gives the right sizes of the bodies', () => {
    expect(TEXT).toContain(`§4, ${sum(CPU_FIELDS)} bytes`);
    expect(TEXT).toContain(`${sum(UART_FIELDS)} bytes, below`);
    expect(TEXT).toContain(`the 8259A pair, ${sum(PIC_FIELDS)} bytes`);
    expect(TEXT).toContain(`an 8254, ${sum(PIT_FIELDS)} bytes`);
    expect(TEXT).toContain(`an MC146818, ${sum(CMOS_FIELDS)} bytes`);
    const board = sum(NE2000_FIELDS) - PACKET_MEMORY_BYTES + 2;
    expect(TEXT).toContain(`${board} bytes and the packet memory`);
  });

  it('lists every code of a refusal, and no other', () => {
    const sources = readdirSync(SOURCES).filter((name) => name.endsWith('.ts'));
    const texts = [...sources, '../base/bytes.ts'].map((name) =>
      readFileSync(new URL(name, SOURCES), 'utf8'),
    );
    const given = texts.flatMap((text) =>
      [...text.matchAll(/(?:fail|DecodeError)\(\s*'([a-z-]+)'|code: '([a-z-]+)'/g)].map(
        ([, thrown, returned]) => thrown ?? returned,
      ),
    );
    const table = /## 5\.([\s\S]*?)## 6\./.exec(TEXT)?.[1] ?? '';
    const rows = table.split('\n').filter((line) => line.startsWith('| `'));
    const listed = rows.flatMap((line) => line.split('|')[1].match(/[a-z-]+/g) ?? []);
    expect(listed.toSorted()).toEqual([...new Set(given)].toSorted());
  });

  it.each([
    ['6', MAX_BODY_BYTES.toLocaleString('en-US')],
    ['6', MAX_RECORDS.toLocaleString('en-US')],
    ['3', `u32 count (1 to ${MAX_REGIONS})`],
    ['3', `at most 0x${MAX_PAGES.toString(16)} pages`],
    ['3', `devices are at most ${MAX_DEVICES} together`],
    ['3', `u16 count (0 to ${MAX_FEATURES})`],
    ['3', `UTF-8, at most ${MAX_TEXT}`],
    ['3', `text cause (1 to ${MAX_CAUSE} bytes`],
    ['3', `u16 count (1 to ${MAX_RUN_PAGES})`],
  ])('gives in §%s the limit that the reader has: %s', (section, limit) => {
    const text = new RegExp(`## ${section}\\.([\\s\\S]*?)\n## `).exec(TEXT)?.[1] ?? '';
    expect(text).toContain(limit);
  });
});
