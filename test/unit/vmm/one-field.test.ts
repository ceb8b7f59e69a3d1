/**
 * No record may carry native bytes: one common field changes, and in the image its record alone does,
 * in the files written from that image the field's targets alone.
 */
import { describe, expect, it } from 'vitest';
import { imageParts } from '../../../src/image/codec.ts';
import type { CommonPendingEvent, CommonState } from '../../../src/image/model.ts';
import { COMMON_FORMAT } from '../../../src/vmm/common-format.ts';
import { COMMON_PATHS, commonToValues, valuesToCommon } from '../../../src/vmm/common-values.ts';
import type { FieldRow, FieldTable } from '../../../src/vmm/field-table.ts';
import { QEMU_FORMAT } from '../../../src/vmm/kvm/qemu-stream/format.ts';
import { WRITABLE_MACHINES } from '../../../src/vmm/kvm/qemu-stream/machines.ts';
import { readStream } from '../../../src/vmm/kvm/qemu-stream/reader.ts';
import { readWhole } from '../../../src/vmm/kvm/qemu-stream/stream-cursor.ts';
import type { NativeState } from '../../../src/vmm/native-layout.ts';
import { XEN_FIELDS } from '../../../src/vmm/xen/field-table.ts';
import { XL_FORMAT } from '../../../src/vmm/xen/formats.ts';
import { readXl } from '../../../src/vmm/xen/libxc-stream/xl-file.ts';
import { SMALL_STATE } from '../../support/xen-images.ts';

function must<T>(result: { ok: true; value: T } | { ok: false; error: { message: string } }): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const ABOUT = { identity: SMALL_STATE.identity, memory: SMALL_STATE.memory };

function withEvent(pendingEvent: CommonPendingEvent): CommonState {
  return { ...SMALL_STATE, cpu: { ...SMALL_STATE.cpu, pendingEvent } };
}

/** A card that the guest does not use has no section in QEMU’s stream, which is the shorter for it. */
const WITHOUT_CARD = SMALL_STATE.devices.map((device) =>
  device.kind === 'ne2000' ? { ...device, pstop: 0, memory: new Uint8Array(0x4000) } : device,
);
const STRUCK = WITHOUT_CARD.map((device) =>
  device.kind === 'uart'
    ? { ...device, receiveTimeout: { phase: 'struck', at: 0 } as const }
    : device,
);
const EXCEPTION = { kind: 'exception', vector: 14, hasErrorCode: true, errorCode: 0 } as const;
const INTERRUPT = { kind: 'interrupt', vector: 14, hasErrorCode: false, errorCode: 0 } as const;

/** Not every field can change alone in one and the same state; each can in one of these. */
const BASES = [
  { ...withEvent(EXCEPTION), devices: WITHOUT_CARD },
  { ...withEvent(INTERRUPT), devices: STRUCK },
  { ...withEvent(EXCEPTION), devices: WITHOUT_CARD, stopped: { cause: 'exit port', code: 1 } },
].map(baseOf);
const CARD_BASES = [SMALL_STATE].map(baseOf);

function baseOf(state: CommonState) {
  return { values: must(commonToValues(state)), image: imageOf(state) };
}

interface Output {
  readonly name: string;
  readonly fields: FieldTable;
  /** What the file of an image holds, by native place, and what its writer says; undefined: refused. */
  write(image: Uint8Array): { readonly places: NativeState; readonly notes: string } | undefined;
  /** Fields that no file of this format can differ in. */
  readonly never: readonly string[];
}

const OUTPUTS: readonly Output[] = [
  {
    name: 'the xl file',
    fields: XEN_FIELDS,
    write(image) {
      const file = XL_FORMAT.write(must(COMMON_FORMAT.read(image)).image);
      if (!file.ok) return undefined;
      const { domain, config } = readXl(file.value.bytes);
      const places = new Map([...domain.state, ...config.state]);
      return { places, notes: file.value.notes.join() };
    },
    never: [],
  },
  {
    name: 'QEMU’s stream',
    fields: WRITABLE_MACHINES.isapc.fields,
    write(image) {
      const machine = 'isapc';
      const file = QEMU_FORMAT.write(must(COMMON_FORMAT.read(image)).image, { machine });
      if (!file.ok) return undefined;
      const { places } = readWhole(file.value.bytes, readStream()).devices;
      return { places, notes: file.value.notes.join() };
    },
    // A guest that has ended is refused.
    never: ['stopped.cause', 'stopped.code'],
  },
];

function imageOf(state: CommonState): Uint8Array {
  return must(COMMON_FORMAT.write({ state, pages: [] })).bytes;
}

interface Change {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** All changes of a few bits that keep every rule of a state. */
function* changesOf(path: string): Generator<Change> {
  for (const { values, image } of path.startsWith('ne2000.') ? CARD_BASES : BASES) {
    for (let bits = 1n; bits < 16n; bits++) {
      const value = (values.get(path) ?? 0n) ^ bits;
      const state = valuesToCommon(new Map(values).set(path, value), ABOUT);
      if (!state.ok || must(commonToValues(state.value)).get(path) !== value) continue;
      yield { before: image, after: imageOf(state.value) };
    }
  }
}

/** Of a list of things by name, the names of those that are not the same in both. */
function differing(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
}

const recordsOf = (image: Uint8Array): ReadonlyMap<string, string> =>
  new Map(
    imageParts(image)
      .filter(({ name }) => name !== 'header')
      .map(({ name, offset, bytes }) => [
        name,
        Buffer.from(image.subarray(offset, offset + bytes)).toString('hex'),
      ]),
  );

const isCopy = ({ rule }: FieldRow): boolean => rule === 'copied' || rule === 'renamed';

interface Written {
  readonly before: NonNullable<ReturnType<Output['write']>>;
  readonly after: NonNullable<ReturnType<Output['write']>>;
}

/** The first change that the format takes on both sides; undefined when there is none. */
function written(
  { write }: Output,
  path: string,
  known: Map<Uint8Array, Written['before'] | undefined>,
): Written | undefined {
  for (const { before: base, after: image } of changesOf(path)) {
    if (!known.has(base)) known.set(base, write(base));
    const before = known.get(base);
    const after = before && write(image);
    if (before !== undefined && after !== undefined) return { before, after };
  }
  return undefined;
}

/** What is wrong with how the output follows the change; empty when nothing is. */
function wrongIn(fields: FieldTable, path: string, { before, after }: Written): string[] {
  const moved = differing(before.places, after.places);
  const rows = fields.filter((row) => row.common.includes(path));
  const targets = rows.flatMap((row) => row.native);
  const stray = moved.filter((place) => !targets.includes(place));
  if (stray.length > 0) return [`${path} also changes ${stray.join(', ')}`];
  const still = rows.filter(isCopy).flatMap((row) => row.native.filter((p) => !moved.includes(p)));
  if (still.length > 0) return [`${path} does not change ${still.join(', ')}`];
  // What no place holds is named by the writer.
  const name = rows.find(({ rule }) => rule === 'absent')?.name ?? path;
  const isSaid = after.notes.includes(name) || before.notes.includes(name);
  return moved.length > 0 || isSaid ? [] : [`${path} changes nothing, and nothing says so`];
}

describe('one changed common field', () => {
  it('changes its own record in the common image and no other', () => {
    const wrong = COMMON_PATHS.flatMap((path) => {
      const [change] = changesOf(path);
      if (change === undefined) return [`${path} never changes alone`];
      const moved = differing(recordsOf(change.before), recordsOf(change.after));
      return moved.join() === path.split('.')[0] ? [] : [`${path}: ${moved.join()}`];
    });
    expect(wrong).toEqual([]);
    expect(COMMON_PATHS.length).toBeGreaterThan(150);
  });

  it.each(OUTPUTS)('changes exactly its targets in $name', (output) => {
    const wrong: string[] = [];
    const never: string[] = [];
    const known = new Map<Uint8Array, Written['before'] | undefined>();
    for (const path of COMMON_PATHS) {
      const change = written(output, path, known);
      if (change === undefined) never.push(path);
      else wrong.push(...wrongIn(output.fields, path, change));
    }
    expect(wrong).toEqual([]);
    expect(never).toEqual(output.never);
  });
});
