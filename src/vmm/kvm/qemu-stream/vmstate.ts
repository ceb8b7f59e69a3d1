/**
 * QEMU's device state ("vmstate") as data: a section is a list of fields, each big-endian, one after
 * another without padding. From the same list come the bytes, the description that QEMU appends to a
 * stream, and the places that the field table names. Field names are QEMU's own.
 */
import { exists } from '../../../base/assert.ts';
import { bigFromBytes, bigToBytes } from '../../../base/big-bytes.ts';
import type { ByteReader, ByteWriter } from '../../../base/bytes.ts';
import type { NativeState } from '../../native-layout.ts';

export type VmstateType =
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'int32'
  | 'int64'
  | 'timer'
  | 'buffer'
  | 'unused_buffer'
  | 'struct'
  | 'tmp';

export interface VmstateField {
  readonly name: string;
  readonly type: VmstateType;
  /** Bytes of one element. */
  readonly size: number;
  /** Elements of an array; undefined: it is none. */
  readonly count?: number;
  readonly struct?: VmstateStruct;
  /** Names of an array's elements; without them the array is one place. */
  readonly elements?: readonly string[];
  /** A word of flags that is several places: each has the bits of its mask, unshifted. */
  readonly parts?: readonly { readonly name: string; readonly mask: bigint }[];
  /** First version of the section that has the field. */
  readonly since?: number;
}

export interface VmstateStruct {
  readonly name: string;
  readonly version: number;
  readonly fields: readonly VmstateField[];
  /** Pre: the structure is the last field of its section, so that they follow the section's fields. */
  readonly subsections?: readonly VmstateSubsection[];
}

/** State that is written only when it is not the usual. Its name is the first part of its places. */
export interface VmstateSubsection {
  readonly name: string;
  readonly version: number;
  readonly fields: readonly VmstateField[];
  needed(state: NativeState): boolean;
}

export interface VmstateSection {
  /** First part of every place: the name, and the instance where there are several. */
  readonly key: string;
  readonly name: string;
  readonly instance: number;
  readonly version: number;
  /** Oldest version that can be read. */
  readonly oldest: number;
  readonly fields: readonly VmstateField[];
  /** The same bytes cut in another way by another release of QEMU, as its description tells. */
  readonly recut?: readonly VmstateField[];
  readonly subsections?: readonly VmstateSubsection[];
  /** Not always written; without it, always. */
  needed?(state: NativeState): boolean;
}

/** A value in the stream: wider ones than 64 bits are one large number, first byte highest. */
export interface VmstatePlace {
  readonly place: string;
  readonly bytes: number;
  readonly mask?: bigint;
}

const integer =
  (type: VmstateType, size: number) =>
  (name: string, count?: number): VmstateField => ({
    name,
    type,
    size,
    ...(count === undefined ? {} : { count }),
  });
export const u8 = integer('uint8', 1);
export const u16 = integer('uint16', 2);
export const u32 = integer('uint32', 4);
export const u64 = integer('uint64', 8);
export const i32 = integer('int32', 4);
export const i64 = integer('int64', 8);

export const buffer = (name: string, size: number): VmstateField => ({
  name,
  type: 'buffer',
  size,
});
export const unused = (size: number): VmstateField => ({
  name: 'unused',
  type: 'unused_buffer',
  size,
});

/** An array whose elements are places of their own. */
export function named(field: VmstateField, elements: readonly string[]): VmstateField {
  return { ...field, count: elements.length, elements };
}

export function struct(name: string, layout: VmstateStruct, count?: number): VmstateField {
  const field: VmstateField = { name, type: 'struct', size: sizeOf(layout.fields), struct: layout };
  return count === undefined ? field : { ...field, count };
}

export function sizeOf(fields: readonly VmstateField[]): number {
  return fields.reduce((sum, field) => sum + field.size * (field.count ?? 1), 0);
}

/** The fields that a section of this version has. */
export function fieldsOf(section: VmstateSection, version: number): readonly VmstateField[] {
  return section.fields.filter((field) => (field.since ?? 0) <= version);
}

/** A field, and the places that its bytes are. */
interface Slot {
  readonly bytes: number;
  readonly places: readonly VmstatePlace[];
}

/** Every place of a section and of its subsections. */
export function placesOf(section: VmstateSection, version = section.version): VmstatePlace[] {
  const own = flatten(fieldsOf(section, version), section.key);
  const more = subsectionsOf(section).flatMap(({ name, fields }) => flatten(fields, name));
  return [...own, ...more].flatMap(({ places }) => places);
}

export const subsectionsOf = (section: VmstateSection): readonly VmstateSubsection[] => [
  ...section.fields.flatMap(({ struct: layout }) => layout?.subsections ?? []),
  ...(section.subsections ?? []),
];

function flatten(fields: readonly VmstateField[], prefix: string): Slot[] {
  return fields.flatMap((field) => {
    const at = `${prefix}.${field.name}`;
    if (field.elements !== undefined)
      return field.elements.flatMap((element) => elementSlots(field, `${at}.${element}`));
    if (field.count !== undefined) return [slot(at, field.size * field.count)];
    return elementSlots(field, at);
  });
}

const slot = (place: string, bytes: number): Slot => ({ bytes, places: [{ place, bytes }] });

function elementSlots(field: VmstateField, at: string): Slot[] {
  const bytes = field.size;
  if (field.struct !== undefined) return flatten(field.struct.fields, at);
  if (field.parts === undefined) return [slot(at, bytes)];
  const places = field.parts.map(({ name, mask }) => ({ place: `${at}.${name}`, bytes, mask }));
  return [{ bytes, places }];
}

/** Writes fields of which the places start with `key`. */
export function writeFields(
  writer: ByteWriter,
  fields: readonly VmstateField[],
  key: string,
  state: NativeState,
): void {
  for (const { bytes, places } of flatten(fields, key)) {
    const value = places.reduce((all, { place }) => all | exists(state.get(place), place), 0n);
    writer.bytes(toBytes(value, bytes));
  }
}

export function readFields(
  reader: ByteReader,
  fields: readonly VmstateField[],
  key: string,
  into: Map<string, bigint>,
): void {
  for (const { bytes, places } of flatten(fields, key)) {
    const value = fromBytes(reader.bytes(bytes, places[0]?.place ?? key));
    for (const { place, mask } of places)
      into.set(place, mask === undefined ? value : value & mask);
  }
}

function toBytes(value: bigint, count: number): Uint8Array<ArrayBuffer> {
  return bigToBytes(value, count).reverse();
}

function fromBytes(bytes: Uint8Array): bigint {
  return bigFromBytes(bytes.toReversed());
}
