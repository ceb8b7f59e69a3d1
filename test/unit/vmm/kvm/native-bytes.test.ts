import { describe, expect, it } from 'vitest';
import { COMMON_PATHS, commonToValues } from '../../../../src/vmm/common-values.ts';
import { toNative } from '../../../../src/vmm/field-table.ts';
import { KVM_FIELDS } from '../../../../src/vmm/kvm/field-table.ts';
import { decode, encode } from '../../../../src/vmm/kvm/native-bytes.ts';
import { QEMU_FORMAT } from '../../../../src/vmm/kvm/qemu-stream/format.ts';
import { NATIVE_MACHINE } from '../../../../src/vmm/kvm/qemu-stream/native-machine.ts';
import { OWN_SECTION } from '../../../../src/vmm/kvm/qemu-stream/own-section.ts';
import { placesOf } from '../../../../src/vmm/kvm/qemu-stream/vmstate.ts';
import type { NativeState } from '../../../../src/vmm/native-layout.ts';
import type { VmIdentity } from '../../../../src/vmm/native-model.ts';
import { SAMPLE } from '../../image/sample-state.ts';
import { SMALL, streamOf } from '../qemu-stream/small-stream.ts';

/** With an event that waits, a stopped guest's reason, and whatever else QEMU has no place for. */
const STATE = {
  ...SAMPLE,
  memory: [{ firstGfn: 0, pages: 3 }],
  stopped: { cause: 'the end', code: 7 },
};
const ABOUT: VmIdentity = { identity: STATE.identity, memory: STATE.memory };
const VALUES = valuesOf(STATE);
const NATIVE = toNative(KVM_FIELDS, VALUES);
const BYTES = encode(NATIVE, ABOUT);
const text = new TextDecoder('latin1');

function valuesOf(state: typeof SAMPLE): ReadonlyMap<string, bigint> {
  const values = commonToValues(state);
  if (!values.ok) throw new Error(values.error.message);
  return values.value;
}

function refusal(bytes: Uint8Array, about = ABOUT): string {
  const result = decode(bytes, about);
  return result.ok ? 'accepted' : result.error.message;
}

const sorted = (state: NativeState) => new Map([...state].toSorted());

/** Where a text begins in the stream. */
const indexOf = (what: string): number => text.decode(BYTES).indexOf(what);

function patched(at: number, ...bytes: number[]): Uint8Array {
  const copy = BYTES.slice();
  copy.set(bytes, at);
  return copy;
}

describe('the table of what two KVM-like hosts send', () => {
  const { fields, sections } = NATIVE_MACHINE;

  it('has exactly one row for every place of its sections, and for every common field', () => {
    const places = sections.flatMap((section) => placesOf(section)).map(({ place }) => place);
    expect(fields.flatMap((row) => row.native).toSorted()).toEqual(places.toSorted());
    const giving = fields.filter((row) => row.rule !== 'derived');
    expect(giving.flatMap((row) => row.common).toSorted()).toEqual(COMMON_PATHS.toSorted());
  });

  it('leaves nothing out', () => {
    expect(fields.filter(({ rule }) => rule === 'absent')).toEqual([]);
  });

  it('says in the section of our own nothing that follows from QEMU’s', () => {
    const own = (state: NativeState) =>
      [...state].filter(([place]) => place.startsWith('vm_ferry.')).map(([, value]) => value);
    const before = toNative(fields, VALUES);
    // One row each has a place here and in QEMU's sections, and the parts do not overlap.
    const carried = fields.filter((row) =>
      row.native.every((place) => !place.startsWith('vm_ferry.')),
    );
    const paths = carried.filter(({ rule }) => rule !== 'derived').flatMap((row) => row.common);
    expect(paths.length).toBeGreaterThan(100);
    for (const path of paths) {
      const bit = path === 'uart.lineErrors' ? 2n : 1n;
      const changed = new Map(VALUES).set(path, (VALUES.get(path) ?? 0n) ^ bit);
      expect(own(toNative(fields, changed)), path).toEqual(own(before));
    }
  });
});

describe('the state that one KVM-like host sends another', () => {
  it('comes back place by place', () => {
    const result = decode(BYTES, ABOUT);
    expect(result.ok && sorted(result.value)).toEqual(sorted(NATIVE));
  });

  it('is a QEMU stream without pages, of which a QEMU lacks one section only', () => {
    expect(QEMU_FORMAT.detect(BYTES)).toBe(true);
    const file = QEMU_FORMAT.read(BYTES);
    expect(file.ok ? 'accepted' : file.error.message).toContain('no device vm_ferry');
    const names = text.decode(BYTES).match(/"name":"[a-z_0-9]+","instance_id"/g);
    expect(names?.map((name) => name.split('"')[3])).toEqual([
      ...['timer', 'cpu_common', 'cpu', 'i8259', 'i8259', 'i8254', 'pcspk', 'ne2000', 'serial'],
      ...['vm_ferry', 'globalstate'],
    ]);
  });

  it('has the card’s whole memory and little else', () => {
    expect(BYTES.length).toBeLessThan(65_536);
  });

  it('keeps what QEMU’s UART has one register for', () => {
    for (const [fcr, queue] of [
      [0n, 0x0908_0703n],
      [0n, 0x0701n],
      [0n, 0n],
      [1n, 0x0908_0703n],
    ] as const) {
      const values = new Map([...VALUES, ['uart.fifoControl', fcr], ['uart.received', queue]]);
      const native = toNative(KVM_FIELDS, values);
      const result = decode(encode(native, ABOUT), ABOUT);
      expect(result.ok && sorted(result.value), `${fcr} ${queue}`).toEqual(sorted(native));
    }
  });

  it('is refused by a VM with other RAM', () => {
    const other = { ...ABOUT, memory: [{ firstGfn: 0, pages: 7 }] };
    expect(refusal(BYTES, other)).toContain('3 pages, reserved are 7');
  });

  it('is refused when pages are in it', () => {
    const about = { ...ABOUT, memory: SMALL.state.memory };
    expect(refusal(streamOf(SMALL, 'isapc'), about)).toContain('pages come before');
  });

  it('is refused without a section of its own, and of another machine', () => {
    const about = { ...ABOUT, memory: SMALL.state.memory };
    const file = streamOf({ ...SMALL, pages: [] }, 'isapc');
    expect(refusal(file, about)).not.toBe('accepted');
    expect(refusal(streamOf(SMALL, 'none'), about)).toContain('machine "none"');
  });

  it('is refused when a value contradicts the rest or cannot be here', () => {
    const cpu = indexOf('\x03cpu\0\0\0\0\0\0\0\x0c') + 12;
    // hflags: CPL 3 in ring 0; a coprocessor's control word.
    expect(refusal(patched(cpu + 0x2b, 0xb3))).toContain('hflags');
    expect(refusal(patched(cpu + 0x2c, 0))).toContain('fpuc');
    const own = indexOf('\x08vm_ferry') + 17;
    expect(OWN_SECTION.fields[0]?.name).toBe('retired');
    expect(refusal(patched(own, 0xff))).toContain('retired');
  });

  it('is refused with a version of that section that is unknown', () => {
    expect(refusal(patched(indexOf('\x08vm_ferry') + 16, 2))).toContain('version 2; 1 is read');
  });

  it('is refused cut off anywhere', () => {
    const cuts = Array.from({ length: 97 }, (_, i) => Math.floor((i * BYTES.length) / 97));
    for (const length of cuts) expect(decode(BYTES.slice(0, length), ABOUT).ok).toBe(false);
  });
});
