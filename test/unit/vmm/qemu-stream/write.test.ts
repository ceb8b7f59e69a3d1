import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../src/base/hex.ts';
import { USUAL_FEATURES } from '../../../../src/image/model.ts';
import { QEMU_FORMAT } from '../../../../src/vmm/kvm/qemu-stream/format.ts';
import { hflagsOf } from '../../../../src/vmm/kvm/qemu-stream/hflags.ts';
import { QEMU_LIVE } from '../../../../src/vmm/kvm/qemu-stream/live.ts';
import { CPU, TIMER } from '../../../../src/vmm/kvm/qemu-stream/sections.ts';
import { writeVmdesc } from '../../../../src/vmm/kvm/qemu-stream/vmdesc.ts';
import { sizeOf } from '../../../../src/vmm/kvm/qemu-stream/vmstate.ts';
import { uartOf } from '../../image/sample-state.ts';
import { countedByQemu, loaded, partAt, QUIET, SMALL, streamOf } from './small-stream.ts';

function written(state: Partial<typeof QUIET>, machine: 'none' | 'isapc' = 'none') {
  const result = QEMU_FORMAT.write({ state: { ...QUIET, ...state }, pages: [] }, { machine });
  return result.ok ? result.value.notes.join('\n') : result.error.message;
}

describe('a stream of QEMU', () => {
  it('starts byte by byte as one that QEMU 5.2, 7.2 and 10.0 load', () => {
    const memory = [{ firstGfn: 0, pages: 4096 }];
    const bytes = streamOf({ state: { ...QUIET, memory }, pages: [] });
    expect(toHex(bytes.subarray(0, 67))).toBe(
      '5145564d0000000307000000' +
        '046e6f6e65' +
        '01000000020372616d0000000000000004' +
        '00000000010000040372616d0000000001000000' +
        '00000000000000107e00000002',
    );
  });

  it('has a processor section of 1313 bytes', () => {
    expect(sizeOf(CPU.fields)).toBe(0x521);
  });

  it('holds every page, and those of zeros by their mark', () => {
    const bytes = streamOf();
    const { pages } = loaded(bytes).image;
    expect(pages.map(({ firstGfn, count }) => [firstGfn, count])).toEqual([
      [1, 1],
      [3, 1],
    ]);
    const records = partAt(bytes, 'ram end') - partAt(bytes, 'ram part');
    expect(records).toBe(5 + 2 * (8 + 4 + 4096) + 2 * (8 + 4 + 1) + 8 + 5);
  });

  it('comes back as the state that was written', () => {
    expect(loaded(streamOf(SMALL, 'isapc')).image).toEqual({
      ...SMALL,
      state: {
        ...QUIET,
        identity: { id: 'qemu', name: 'qemu' },
        policy: { offered: USUAL_FEATURES, used: USUAL_FEATURES },
        devices: QUIET.devices.map((device) =>
          device.kind === 'pit' ? countedByQemu(device) : device,
        ),
      },
    });
  });

  it('tells which options QEMU needs', () => {
    expect(written({})).toContain('-M none -m 16K');
    expect(written({})).toContain('-cpu 486,apic-id=0');
    expect(written({}, 'isapc')).toMatch(/-cpu 486$/m);
  });

  it('names what has no place in it', () => {
    expect(written({ cpu: { ...QUIET.cpu, retired: 5n } }, 'isapc')).toContain('retired');
  });

  it('is refused for a guest that the machine cannot serve', () => {
    const raising = [{ ...uartOf(QUIET), interruptEnable: 1, modemControl: 0x08 }];
    expect(written({ devices: raising })).toMatch(/uses its uart, which machine none lacks/);
    expect(written({ devices: raising }, 'isapc')).toContain('-M isapc');
    expect(written({ cpu: { ...QUIET.cpu, halted: true } })).toMatch(/has halted/);
    expect(written({ cpu: { ...QUIET.cpu, halted: true } }, 'isapc')).toContain('-M isapc');
    expect(written({ memory: [{ firstGfn: 0, pages: 3 }] })).toMatch(/steps of 8 KiB/);
    expect(written({ memory: [{ firstGfn: 1, pages: 4 }] })).toMatch(/one stretch from address 0/);
  });

  it('is refused for isapc when data lies where it has its screen', () => {
    const state = { ...QUIET, memory: [{ firstGfn: 0, pages: 512 }] };
    const said = (firstGfn: number, machine: 'none' | 'isapc' = 'none') => {
      const pages = [{ firstGfn, count: 1, data: new Uint8Array(4096).fill(1) }];
      const result = QEMU_FORMAT.write({ state, pages }, machine === undefined ? {} : { machine });
      return result.ok ? result.value.notes.join() : result.error.message;
    };
    expect(said(0xa0, 'isapc')).toMatch(/page 160 holds data, but/);
    expect(said(0xff, 'isapc')).toMatch(/page 255 holds data, but/);
    expect(said(0xef, 'isapc')).toMatch(/needs a BIOS of 64 KiB.*: page 239 holds data/);
    expect(said(0x100, 'isapc')).not.toContain('holds data');
    expect(said(0xa0)).not.toContain('holds data');
  });

  it('is refused live for isapc before anything is sent, or as soon as such a page is written', () => {
    const machine = 'isapc';
    const memory = (held?: number) => ({
      pages: 512,
      holdsData: (gfn: number) => gfn === held,
      state: QUIET,
    });
    for (const held of [0xa0, 0xdf, 0xf0, 0xff]) {
      const result = QEMU_LIVE.source(memory(held), { machine });
      expect(result.ok ? 'accepted' : result.error.message).toContain(
        `page ${held} holds data, but`,
      );
      expect(QEMU_LIVE.source(memory(held), {}).ok).toBe(true);
    }
    expect(QEMU_LIVE.source(memory(0xe5), { machine }).ok).toBe(true);
    expect(QEMU_LIVE.source({ ...memory(0xf0), pages: 0xf0 }, { machine }).ok).toBe(true);
    const source = QEMU_LIVE.source(memory(), { machine });
    const round = (frame: number, data?: Uint8Array) =>
      source.ok && source.value.round([{ frame, data }], false).ok;
    const page = new Uint8Array(4096).fill(1);
    expect([round(0xa5), round(0xa5, page), round(0x9f, page)]).toEqual([true, false, true]);
  });

  it('has no brace in the bytes that count its description', () => {
    // The checker takes the first brace behind the last zero byte for the start of the text.
    for (let extra = 0; extra < 300; extra++) {
      const name = 'x'.repeat(extra);
      const { length } = writeVmdesc([{ ...TIMER, name }], new Map());
      expect(
        [length >>> 24, length >>> 16, length >>> 8, length].map((n) => n & 0xff),
      ).not.toContain(0x7b);
    }
  });
});

describe('the flags of QEMU’s translator', () => {
  const mode = {
    cr0: 0x11n,
    cr4: 0n,
    eflags: 2n,
    csAccess: 0xc9bn,
    ssAccess: 0xc93n,
    dataBases: [0n, 0n, 0n],
  };

  it.each([
    ['flat ring 0', {}, 0xb0n],
    ['flat ring 3', { csAccess: 0xcfbn, ssAccess: 0xcf3n }, 0xb3n],
    ['a data segment off 0', { dataBases: [0n, 16n, 0n] }, 0xf0n],
    ['a 16-bit code segment', { csAccess: 0x89bn }, 0xe0n],
    ['task switched', { cr0: 0x19n }, 0x8b0n],
  ])('are those of %s', (_what, change, flags) => {
    expect(hflagsOf({ ...mode, ...change })).toBe(flags);
  });
});
