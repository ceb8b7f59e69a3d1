import { describe, expect, it } from 'vitest';
import { crc32 } from '../../../../src/base/crc32.ts';
import { QEMU_FORMAT } from '../../../../src/vmm/kvm/qemu-stream/format.ts';
import { ascii, loaded, partAt, QUIET, refusal, spliced, streamOf } from './small-stream.ts';

const STREAM = streamOf();
const at = (name: string) => partAt(STREAM, name);
/** Start of a FULL section's body: mark, id, name, instance, version. */
const bodyOf = (name: string) => at(name) + 1 + 4 + 1 + name.length + 4 + 4;
const patched = (offset: number, bytes: readonly number[]) =>
  spliced(STREAM, offset, bytes.length, bytes);
/** A section of device state before the processor's. */
const withSection = (bytes: readonly number[]) => spliced(STREAM, at('timer'), 0, bytes);
const full = (name: string, body: readonly number[]) => [
  ...[4, 0, 0, 0, 99, name.length],
  ...ascii(name),
  ...[0, 0, 0, 0, 0, 0, 0, 1],
  ...body,
  ...[0x7e, 0, 0, 0, 99],
];
/** The processor's section with something between its body and its end. */
const withSubsection = (name: string, body: readonly number[]) =>
  spliced(STREAM, bodyOf('cpu') + 1313, 0, [5, name.length, ...ascii(name), 0, 0, 0, 1, ...body]);

describe('the reader of QEMU’s stream', () => {
  it('does without the description, the clock and the run state', () => {
    const end = at('description');
    const bare = STREAM.subarray(0, end);
    expect(loaded(bare).image.state.cpu.tsc).toBe(QUIET.cpu.tsc);
    const timerless = spliced(bare, at('timer'), at('cpu_common') - at('timer'), []);
    expect(loaded(timerless).image.state.cpu.tsc).toBe(QUIET.cpu.tsc);
    expect(loaded(timerless).image.state.clock.guestNs).toBe(0n);
  });

  it('takes the last copy of a page, also one of zeros', () => {
    const again = [0, 0, 0, 0, 0, 0, 0x10, 0x02, 3, ...ascii('ram'), 0];
    const bytes = spliced(STREAM, at('ram end') + 5, 0, again);
    expect(loaded(bytes).image.pages.map(({ firstGfn }) => firstGfn)).toEqual([3]);
  });

  it('remembers the block from one section to the next', () => {
    const again = [0, 0, 0, 0, 0, 0, 0x10, 0x22, 0];
    const bytes = spliced(STREAM, at('ram end') + 5, 0, again);
    expect(loaded(bytes).image.pages.map(({ firstGfn }) => firstGfn)).toEqual([3]);
  });

  it('passes over the commands of newer sources', () => {
    const bytes = spliced(STREAM, at('ram end'), 0, [8, 0, 11, 0, 0]);
    expect(loaded(bytes).image.pages).toHaveLength(2);
    expect(refusal(spliced(STREAM, at('ram end'), 0, [8, 0, 3, 0, 0]))).toMatch(/command 3/);
  });

  it('skips a subsection without meaning, and refuses one that matters by its name', () => {
    const zeros = (count: number) => new Array<number>(count).fill(0);
    expect(loaded(withSubsection('cpu/poll_control_msr', zeros(8))).image.state).toBeDefined();
    expect(refusal(withSubsection('cpu/fpop_ip_dp', [1, ...zeros(17)]))).toMatch(/FPU/);
    expect(refusal(withSubsection('cpu/other', zeros(8)))).toMatch(
      /cpu\/other version 1 is unknown/,
    );
  });

  it.each([
    ['another magic', patched(0, [0]), /bad-magic/],
    ['another version', patched(7, [2]), /stream version 2/],
    [
      'another machine',
      patched(13, ascii('nonx')),
      /machine "nonx"; none, isapc, microvm are read/,
    ],
    ['pages that were squeezed', patched(at('ram part') + 12, [0x48]), /xbzrle/],
    ['unknown flags', patched(at('ram part') + 12, [0x0a]), /unknown flags/],
    [
      'a page outside of its block',
      patched(at('ram part') + 10, [1]),
      /block ram, which has 16384/,
    ],
    [
      'a page of another block',
      patched(at('ram part') + 14, ascii('rom')),
      /block rom, which is not/,
    ],
    ['too much memory', patched(at('ram setup') + 17, [1]), /over the limit/],
    ['two sizes', patched(at('ram setup') + 35, [0x50]), /20480 bytes together, not 16384/],
    ['an unknown section', withSection(full('e1000', [])), /no device e1000/],
    ['one of unknown length', withSection(full('vga', [])), /vga cannot be skipped/],
    ['a section twice', withSection([...STREAM.subarray(at('timer'), at('cpu_common'))]), /twice/],
    [
      'another version of a section',
      patched(bodyOf('cpu') - 1, [13]),
      /cpu has version 13; 11 to 12/,
    ],
    ['a body that is too long', spliced(STREAM, bodyOf('timer'), 0, [0]), /no-footer/],
    ['a crash', patched(bodyOf('globalstate') + 4, ascii('guest-panicked')), /"guest-panicked"/],
    ['an FPU in use', patched(bodyOf('cpu') + 0x30, [0, 1]), /fptag_vmstate: the toy has no FPU/],
    ['long mode', patched(bodyOf('cpu') + 0x28, [0, 0, 0x40, 0]), /mode that the toy PC lacks/],
    ['a gate A20 that is off', patched(bodyOf('cpu') + 0x160, [0xff, 0xef]), /a20_mask/],
    ['bytes behind its end', Uint8Array.from([...STREAM, 1]), /after-end|truncated|follow/],
  ] as const)('refuses %s by name', (_what, bytes, message) => {
    expect(refusal(bytes)).toMatch(message);
  });

  it('refuses the state of the 64-bit program by its name', () => {
    const text = new TextDecoder().decode(STREAM.subarray(at('description') + 5));
    const wide = text.replace(
      '"name":"env.regs","array_len":8',
      '"name":"env.regs","array_len":16',
    );
    const length = [0, 0, wide.length >> 8, wide.length & 0xff];
    const bytes = spliced(STREAM, at('description') + 1, text.length + 4, [
      ...length,
      ...ascii(wide),
    ]);
    expect(refusal(bytes)).toMatch(/qemu-system-x86_64/);
  });

  it('refuses every proper prefix, telling a place inside it', () => {
    for (let length = 0; length < STREAM.length; length += length < 100 ? 1 : 97) {
      if (length > at('description') - 1) break;
      const read = QEMU_FORMAT.read(STREAM.subarray(0, length));
      if (read.ok) throw new Error(`taken at ${length}`);
      expect(read.error.offset ?? 0).toBeLessThanOrEqual(length);
    }
  });

  it('keeps nothing of the bytes it was given', () => {
    const bytes = STREAM.slice();
    const { image } = loaded(bytes);
    const before = image.pages.map(({ data }) => crc32(data ?? new Uint8Array(0)));
    bytes.fill(0xff);
    expect(image.pages.map(({ data }) => crc32(data ?? new Uint8Array(0)))).toEqual(before);
  });
});
