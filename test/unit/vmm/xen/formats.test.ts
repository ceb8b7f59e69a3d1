import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageFile } from '../../../../src/image/codec.ts';
import type { CommonDevice, CommonUart } from '../../../../src/image/device-model.ts';
import { COMMON_PATHS, commonToValues } from '../../../../src/vmm/common-values.ts';
import { LIBXC_FIELDS, XEN_FIELDS } from '../../../../src/vmm/xen/field-table.ts';
import {
  LIBXC_FORMAT,
  writeRaw,
  writeWrapped,
  XL_FORMAT,
} from '../../../../src/vmm/xen/formats.ts';
import { readStream } from '../../../../src/vmm/xen/libxc-stream/read-stream.ts';
import { readXl } from '../../../../src/vmm/xen/libxc-stream/xl-file.ts';
import {
  BARE_STATE,
  filledRun,
  images,
  SMALL_IMAGE,
  SMALL_STATE,
} from '../../../support/xen-images.ts';
import { uartOf } from '../../image/sample-state.ts';

function must<T>(result: { ok: true; value: T } | { ok: false; error: { message: string } }): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** Bytes are compared as a whole: comparing them one by one takes longer than all the rest. */
const plain = ({ state, pages }: ImageFile) => ({
  state,
  pages: pages.map(({ data, ...run }) => ({
    ...run,
    data: Buffer.from(data ?? []).toString('hex'),
  })),
});

const reread = (format: typeof XL_FORMAT, image: ImageFile): ImageFile =>
  must(format.read(must(format.write(image)).bytes)).image;

describe('an xl save file', () => {
  it('gives back every field and page', () => {
    expect(reread(XL_FORMAT, SMALL_IMAGE)).toEqual(SMALL_IMAGE);
    fc.assert(
      fc.property(images, (image) => {
        expect(plain(reread(XL_FORMAT, image))).toEqual(plain(image));
      }),
    );
  });

  it('is the same file, byte for byte, after a trip through the common model', () => {
    fc.assert(
      fc.property(images, (image) => {
        const { bytes } = must(XL_FORMAT.write(image));
        const again = must(XL_FORMAT.write(must(XL_FORMAT.read(bytes)).image));
        expect(Buffer.compare(again.bytes, bytes)).toBe(0);
      }),
    );
  });

  it('loses nothing and says so', () => {
    expect(must(XL_FORMAT.write(SMALL_IMAGE)).notes).toEqual([]);
    expect(must(XL_FORMAT.read(must(XL_FORMAT.write(SMALL_IMAGE)).bytes)).notes).toEqual([]);
  });

  it('shows its parts to people', () => {
    const { parts } = must(XL_FORMAT.read(must(XL_FORMAT.write(SMALL_IMAGE)).bytes));
    expect(parts.map(({ name }) => name)).toEqual([
      'xl header',
      'libxl header',
      'libxl libxcContext',
      'headers',
      'STATIC_DATA_END',
      'PAGE_DATA',
      'PAGE_DATA',
      'X86_TSC_INFO',
      'HVM_PARAMS',
      'HVM_CONTEXT',
      'END',
      'libxl end',
    ]);
  });
});

describe('a raw libxc stream', () => {
  it('gives back what it has a place for, and the rest as its defaults', () => {
    const read = reread(LIBXC_FORMAT, SMALL_IMAGE);
    expect(read).toEqual({ state: BARE_STATE, pages: SMALL_IMAGE.pages });
  });

  it('gives back its own bytes', () => {
    fc.assert(
      fc.property(images, (image) => {
        const { bytes } = must(LIBXC_FORMAT.write(image));
        const again = must(LIBXC_FORMAT.write(must(LIBXC_FORMAT.read(bytes)).image));
        expect(Buffer.compare(again.bytes, bytes)).toBe(0);
      }),
    );
  });

  it.each([
    ['halted', { ...SMALL_STATE, cpu: { ...SMALL_STATE.cpu, halted: true } }],
    ['interruptShadow', { ...SMALL_STATE, cpu: { ...SMALL_STATE.cpu, interruptShadow: 'sti' } }],
    ['uart.divisor', { ...SMALL_STATE, devices: withUart({ divisor: 3 }) }],
    ['uart.received', { ...SMALL_STATE, devices: withUart({ received: [1] }) }],
  ] as const)('lists %s among what it drops', (name, state) => {
    const { notes } = must(LIBXC_FORMAT.write({ state, pages: [] }));
    expect(notes.some((note) => note.includes(`${name} (`))).toBe(true);
  });

  it('lists nothing when all that it lacks is as after a reset', () => {
    expect(must(LIBXC_FORMAT.write({ state: BARE_STATE, pages: [] })).notes).toEqual([]);
  });

  it('is written and read in version 2 and with all pages verified', () => {
    const options = [{ version: 2 }, { verify: true }, { version: 2, verify: true }] as const;
    for (const option of options) {
      const { bytes } = must(writeRaw(SMALL_IMAGE, option));
      expect(must(LIBXC_FORMAT.read(bytes)).image.pages).toEqual(SMALL_IMAGE.pages);
      const wrapped = must(writeWrapped(SMALL_IMAGE, option)).bytes;
      expect(must(XL_FORMAT.read(wrapped)).image).toEqual(SMALL_IMAGE);
    }
  });

  it('holds RAM in several stretches, and more pages than one record', () => {
    const memory = [
      { firstGfn: 0, pages: 0xa0 },
      { firstGfn: 0x100, pages: 1500 },
    ];
    const pages = [filledRun(0x9f, 1), filledRun(0x100, 256), filledRun(0x200, 3)];
    const image = { state: { ...SMALL_STATE, memory }, pages };
    expect(plain(reread(XL_FORMAT, image))).toEqual(plain(image));
  });

  it('is refused to a guest that a real Xen would refuse', () => {
    const cr0 = { ...SMALL_STATE, cpu: { ...SMALL_STATE.cpu, cr0: 1 } };
    const high = { ...SMALL_STATE, memory: [{ firstGfn: 0xfeff0, pages: 16 }] };
    for (const [state, named] of [
      [cr0, 'ET'],
      [high, '0xfeff8'],
    ] as const) {
      const result = LIBXC_FORMAT.write({ state, pages: [] });
      expect(result.ok ? 'written' : result.error.message).toContain(named);
    }
  });
});

describe('one changed common field', () => {
  const places = (image: ImageFile): Map<string, bigint> => {
    const { state } = readStream(must(LIBXC_FORMAT.write(image)).bytes);
    const { domain, config } = readXl(must(XL_FORMAT.write(image)).bytes);
    const found = new Map<string, bigint>();
    for (const [place, value] of state) found.set(`raw ${place}`, value);
    for (const [place, value] of [...domain.state, ...config.state]) {
      found.set(`xl ${place}`, value);
    }
    return found;
  };
  const before = places({ state: SMALL_STATE, pages: [] });

  it.each(changes())('%s changes exactly its targets in both files', (path, state) => {
    const values = must(commonToValues(SMALL_STATE));
    const other = must(commonToValues(state));
    expect(COMMON_PATHS.filter((name) => values.get(name) !== other.get(name))).toEqual([path]);
    const after = places({ state, pages: [] });
    const moved = [...after.keys()].filter((place) => after.get(place) !== before.get(place));
    const targets = [
      ...(LIBXC_FIELDS.find(({ common }) => common.includes(path))?.native ?? []).map(raw),
      ...(XEN_FIELDS.find(({ common }) => common.includes(path))?.native ?? []).map(xl),
    ];
    expect(moved.length).toBeGreaterThan(0);
    const isEvent = path.startsWith('cpu.pendingEvent');
    if (isEvent) expect(targets).toEqual(expect.arrayContaining(moved));
    else expect(moved.toSorted()).toEqual(targets.toSorted());
  });

  function raw(place: string): string {
    return `raw ${place}`;
  }

  function xl(place: string): string {
    return `xl ${place}`;
  }

  /** One change for each number, flag, choice and list of the state. */
  function changes(): [string, ImageFile['state']][] {
    const { cpu, clock } = SMALL_STATE;
    const found: [string, ImageFile['state']][] = [];
    for (const [key, value] of Object.entries(cpu)) {
      if (key === 'pendingEvent') {
        const pendingEvent = { ...cpu.pendingEvent, errorCode: 7 };
        found.push([
          'cpu.pendingEvent.errorCode',
          { ...SMALL_STATE, cpu: { ...cpu, pendingEvent } },
        ]);
        const vector = { ...cpu.pendingEvent, vector: 13 };
        const state = { ...SMALL_STATE, cpu: { ...cpu, pendingEvent: vector } };
        found.push(['cpu.pendingEvent.vector', state]);
      } else if (typeof value === 'object') {
        for (const [part, number] of Object.entries(value as { [name: string]: number })) {
          const changed = { ...cpu, [key]: { ...value, [part]: (number ^ 2) >>> 0 } };
          found.push([`cpu.${key}.${part}`, { ...SMALL_STATE, cpu: changed as typeof cpu }]);
        }
      } else {
        const changed = { ...cpu, [key]: other(key, value) } as typeof cpu;
        found.push([`cpu.${key}`, { ...SMALL_STATE, cpu: changed }]);
      }
    }
    for (const [key, value] of Object.entries(uartOf(SMALL_STATE))) {
      if (key === 'kind' || key === 'receiveTimeout') continue;
      const devices = withUart({ [key]: Array.isArray(value) ? [9] : other(key, value) });
      found.push([`uart.${key}`, { ...SMALL_STATE, devices }]);
    }
    found.push(['clock.guestNs', { ...SMALL_STATE, clock: { guestNs: clock.guestNs + 1n } }]);
    return found;
  }

  function other(key: string, value: unknown): unknown {
    if (typeof value === 'bigint') return value ^ 2n;
    if (typeof value === 'boolean') return !value;
    if (key === 'interruptShadow') return 'mov-ss';
    // A bit that the register lets change.
    return ((value as number) ^ (key === 'eflags' ? 4 : 8)) >>> 0;
  }
});

function withUart(change: Partial<CommonUart>): CommonDevice[] {
  const [, ...devices] = SMALL_STATE.devices;
  return [{ ...uartOf(SMALL_STATE), ...change }, ...devices];
}
