import { describe, expect, it } from 'vitest';
import { LIBXC_FORMAT, writeRaw, XL_FORMAT } from '../../../../src/vmm/xen/formats.ts';
import { assemble, changed, END, piecesOf, SMALL_IMAGE } from '../../../support/xen-images.ts';
import { framingMutants, ruleBreakers } from '../../../support/xen-mutants.ts';

function written(options?: Parameters<typeof writeRaw>[1]): Uint8Array<ArrayBuffer> {
  const result = writeRaw(SMALL_IMAGE, options);
  if (!result.ok) throw new Error(result.error.message);
  return result.value.bytes;
}

const GOOD = written();
const OPTIONAL = 0x8000_0013;
const PAGE_DATA = 1;
const HVM_CONTEXT = 9;

const read = (bytes: Uint8Array) => LIBXC_FORMAT.read(bytes);
const pagesOf = (bytes: Uint8Array) => {
  const result = read(bytes);
  return result.ok
    ? result.value.image.pages.map(({ firstGfn, count }) => [firstGfn, count])
    : result.error;
};

describe('the reader of libxc streams', () => {
  it.each(framingMutants(GOOD).map(({ name, bytes }) => [name, bytes] as const))(
    'refuses %s',
    (_name, bytes) => {
      const result = read(bytes);
      expect(result.ok).toBe(false);
    },
  );

  it.each(ruleBreakers(GOOD).map(({ name, bytes, says }) => [name, bytes, says] as const))(
    'refuses %s and says so',
    (_name, bytes, says) => {
      const result = read(bytes);
      expect(result.ok ? 'accepted' : result.error.message).toMatch(says);
    },
  );

  it('skips an optional record that it does not know, and says so', () => {
    const pieces = [
      ...piecesOf(GOOD).slice(0, -1),
      { type: OPTIONAL, body: new Uint8Array(5) },
      END,
    ];
    const result = read(assemble(GOOD, pieces));
    expect(result.ok && result.value.notes[0]).toContain('0x80000013');
  });

  it('takes the last of a page’s copies', () => {
    const [first, pages, ...rest] = piecesOf(GOOD);
    const zeroed = changed([pages ?? END], PAGE_DATA, (body) => {
      new Uint8Array(body.buffer, 8 + 8 * body.getUint32(0, true)).fill(0);
    });
    expect(pagesOf(assemble(GOOD, [first ?? END, pages ?? END, ...zeroed, ...rest]))).toEqual([]);
    expect(pagesOf(assemble(GOOD, [first ?? END, ...zeroed, pages ?? END, ...rest]))).toEqual([
      [0, 1],
      [3, 2],
    ]);
  });

  it('takes pages without data as zero, and pages that are none as holes', () => {
    const [first, , ...rest] = piecesOf(GOOD);
    const body = new Uint8Array(8 + 8 * 3);
    const view = new DataView(body.buffer);
    view.setUint32(0, 3, true);
    [0xe000_0000_0000_0000n, 0xe000_0000_0000_0001n, 0xf000_0000_0000_0001n].forEach((word, i) => {
      view.setBigUint64(8 + 8 * i, word, true);
    });
    const result = read(
      assemble(GOOD, [first ?? END, { type: PAGE_DATA, body }, ...rest.slice(1)]),
    );
    expect(result.ok && result.value.image.state.memory).toEqual([{ firstGfn: 0, pages: 1 }]);
  });

  it('takes the parameters before and after the context', () => {
    const pieces = piecesOf(GOOD);
    const context = pieces.filter(({ type }) => type === HVM_CONTEXT);
    const others = pieces.filter(({ type }) => type !== HVM_CONTEXT);
    const early = [...others.slice(0, 1), ...context, ...others.slice(1)];
    expect(pagesOf(assemble(GOOD, early))).toEqual(pagesOf(GOOD));
  });

  it('says what it ignored, and why that does no harm', () => {
    const r8 = changed(piecesOf(GOOD), HVM_CONTEXT, (body) => body.setUint8(40 + 576, 1));
    const result = read(assemble(GOOD, r8));
    expect(result.ok && result.value.notes.join()).toContain('cpu.r8 (out of reach');
  });

  it('returns pages that do not change with its input', () => {
    const bytes = GOOD.slice();
    const result = read(bytes);
    const before = result.ok ? result.value.image.pages[0]?.data?.[0] : undefined;
    bytes.fill(0);
    expect(result.ok ? result.value.image.pages[0]?.data?.[0] : 'refused').toBe(before);
  });
});

describe('the reader of xl files', () => {
  const good = (() => {
    const result = XL_FORMAT.write(SMALL_IMAGE);
    if (!result.ok) throw new Error(result.error.message);
    return result.value.bytes;
  })();
  const text = new TextDecoder('latin1').decode(good);

  /** Of the same length, so that nothing else moves. */
  function replaced(from: string, to: string): Uint8Array {
    const at = text.indexOf(from);
    if (at < 0 || from.length !== to.length) throw new Error(`${from} cannot be replaced`);
    const bytes = good.slice();
    for (let i = 0; i < to.length; i++) bytes[at + i] = to.charCodeAt(i);
    return bytes;
  }

  function patched(at: number, value: number): Uint8Array {
    const bytes = good.slice();
    bytes[at] = value;
    return bytes;
  }

  const libxl = text.indexOf('LibxlFmt');
  it.each([
    ['magic', patched(31, 0x0a), 'no save file'],
    ['byte order', patched(32, 1), 'byte order'],
    ['unknown mandatory flag', patched(36, 7), 'flags 0x4'],
    ['legacy stream', patched(36, 1), 'legacy'],
    ['no JSON', patched(36, 2), 'JSON'],
    ['optional data over the cap', patched(47, 0xff), 'allowed'],
    ['libxl magic', patched(libxl, 0x6c), 'LibxlFmt'],
    ['libxl version', patched(libxl + 11, 3), 'version 3'],
    ['libxl options', patched(libxl + 15, 2), '0x2'],
    ['emulator context', patched(libxl + 16, 3), 'QEMU'],
    ['checkpoint', patched(libxl + 16, 4), 'Remus'],
    ['unknown libxl record', patched(libxl + 16, 9), 'mandatory and unknown'],
    ['bytes after the end', Uint8Array.of(...good, 0), 'follow the end'],
    ['cut off', good.slice(0, -1), 'are left'],
    ['a PV guest', replaced('"hvm"', '"pvh"'), '"hvm"'],
    ['JSON that is none', replaced('"c_info":', '"c_info"!'), 'no JSON'],
    ['JSON without the toy’s part', replaced('vm_ferry', 'vm_other'), 'vm_ferry'],
    ['another version of it', replaced('"version": 1', '"version": 2'), 'version is 2'],
    ['other RAM', replaced('"pages": 6', '"pages": 5'), 'other pages'],
    ['an unknown place', replaced('"retired"', '"retirex"'), 'retirex'],
    ['a value too wide', replaced('"halted": 0', '"halted": 2'), 'halted'],
    ['a value that is no number', replaced('"halted": 0', '"halted":[]'), 'whole number'],
    ['text that is not UTF-8', patched(text.indexOf('muncher'), 0xff), 'UTF-8'],
  ] as const)('refuses %s and says so', (_name, bytes, says) => {
    const result = XL_FORMAT.read(bytes);
    expect(result.ok ? 'accepted' : result.error.message).toContain(says);
  });

  it('passes over the emulator’s xenstore data and says so', () => {
    const record = new Uint8Array(16);
    record[0] = 2;
    record[4] = 8;
    const at = libxl + 16;
    const bytes = Uint8Array.of(...good.subarray(0, at), ...record, ...good.subarray(at));
    const result = XL_FORMAT.read(bytes);
    expect(result.ok && result.value.notes.join()).toContain('emulatorXenstore');
  });
});
