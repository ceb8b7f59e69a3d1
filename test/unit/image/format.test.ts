import { readFileSync } from 'node:fs';
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
import { exampleBytes } from '../../support/golden-images.ts';
import { SAMPLE } from './sample-state.ts';

const TEXT = readFileSync(new URL('../../../src/image/FORMAT.md', import.meta.url), 'utf8');

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
});
