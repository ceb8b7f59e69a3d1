/** The records that a translated processor lies in, as bytes: what is beneath each field of the inspector. */
import { CPU_FIELDS } from '../image/fields.ts';
import { type NativeLayout, type NativeState, packed, writeRecord } from '../vmm/native-layout.ts';

/** Where a place lies: `record` names one of the records, `offset` counts from its first byte. */
export interface PlaceBytes {
  readonly record: string;
  readonly offset: number;
  readonly bytes: number;
}

export type RecordBytes = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

/** The CPU record of `.vmcf`: its fields one after another (image/FORMAT.md). */
export const COMMON_CPU: NativeLayout = [
  packed(
    'cpu',
    CPU_FIELDS.map(({ path, bits }) => [path, bits / 8] as const),
  ),
];

export function locate(layout: NativeLayout, place: string): PlaceBytes | undefined {
  for (const { name, fields } of layout) {
    if (!place.startsWith(`${name}.`)) continue;
    const field = fields.find((candidate) => `${name}.${candidate.name}` === place);
    if (field) return { record: name, offset: field.offset, bytes: field.bytes };
  }
  return undefined;
}

/** Of the records that hold one of these places. */
export function recordsOf(
  layout: NativeLayout,
  state: NativeState,
  places: readonly string[],
): RecordBytes {
  const wanted = new Set(places.map((place) => locate(layout, place)?.record));
  const records = layout.filter(({ name }) => wanted.has(name));
  return Object.fromEntries(records.map((record) => [record.name, writeRecord(record, state)]));
}
