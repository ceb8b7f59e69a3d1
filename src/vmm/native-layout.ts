/**
 * Native state as named places: a layout lists the records of a VMM's state with the offset and
 * width of every field, as the VMM's headers define them. A state is the value of every place;
 * `record.field` names one. Everything is little-endian.
 */
import { assert } from '../base/assert.ts';
import { bigFromBytes, bigToBytes } from '../base/big-bytes.ts';

export interface NativeField {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

export interface NativeRecord {
  readonly name: string;
  readonly bytes: number;
  readonly fields: readonly NativeField[];
}

export type NativeLayout = readonly NativeRecord[];

/** A VMM's own form of a state. */
export interface NativeFormat {
  readonly name: string;
  readonly layout: NativeLayout;
}

/** Place → value. A field wider than 64 bits is one large number, its first byte lowest. */
export type NativeState = ReadonlyMap<string, bigint>;

export function placesOf(layout: NativeLayout): string[] {
  return layout.flatMap((record) => record.fields.map((field) => `${record.name}.${field.name}`));
}

/** Lays out fields one after another, given as [name, bytes] in order. */
export function packed(name: string, fields: readonly (readonly [string, number])[]): NativeRecord {
  let offset = 0;
  const placed = fields.map(([field, bytes]) => {
    const at = offset;
    offset += bytes;
    return { name: field, offset: at, bytes };
  });
  return { name, bytes: offset, fields: placed };
}

export function writeRecord(record: NativeRecord, state: NativeState): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(record.bytes);
  for (const field of record.fields) {
    const place = `${record.name}.${field.name}`;
    const value = state.get(place);
    assert(value !== undefined, `native state lacks ${place}`);
    assert(value >= 0n && value < 1n << BigInt(8 * field.bytes), `${place} has too large a value`);
    bytes.set(bigToBytes(value, field.bytes), field.offset);
  }
  return bytes;
}

/** Pre: `bytes` has the record's length. */
export function readRecord(
  record: NativeRecord,
  bytes: Uint8Array,
  into: Map<string, bigint>,
): void {
  for (const field of record.fields) {
    const value = bigFromBytes(bytes.subarray(field.offset, field.offset + field.bytes));
    into.set(`${record.name}.${field.name}`, value);
  }
}
