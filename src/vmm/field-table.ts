/**
 * The translation between a VMM's native state and the common model, as a table that is data: the
 * code below is driven by it, and so are the inspector and the documentation. Each row says where
 * something is kept natively, where in the common model, and what is done on the way.
 */
import { assert, exists } from '../base/assert.ts';
import type { NativeState } from './native-layout.ts';

/** Values of the row's places, in the row's order. */
export type Values = readonly bigint[];

/**
 * - `copied`: the same name, the same value
 * - `renamed`: another name or width, the same value
 * - `recomputed`: another value, by the row's formula
 * - `dropped`: the common model has no such thing; it comes back as its default
 * - `absent`: the native format has no such thing; it comes back as its default
 * - `derived`: the native format keeps what follows from other fields; it is written from them and
 *   never read
 */
export type FieldRule = 'copied' | 'renamed' | 'recomputed' | 'dropped' | 'absent' | 'derived';

export interface FieldFormula {
  readonly text: string;
  toCommon(native: Values): Values;
  toNative(common: Values): Values;
}

interface RowBase {
  /** What it is, for people. */
  readonly name: string;
  readonly native: readonly string[];
  readonly common: readonly string[];
  readonly note: string;
}

export type FieldRow = RowBase &
  (
    | { readonly rule: 'copied' | 'renamed' }
    | { readonly rule: 'recomputed'; readonly formula: FieldFormula }
    | {
        readonly rule: 'dropped';
        readonly defaults: Values;
        /** Another value than the default is no reason to refuse: losing it changes nothing for the guest. */
        readonly ignorable?: boolean;
      }
    | { readonly rule: 'absent'; readonly defaults: Values }
    | { readonly rule: 'derived'; readonly formula: Pick<FieldFormula, 'text' | 'toNative'> }
  );

export type FieldTable = readonly FieldRow[];

/** Common path → value, as `image/fields.ts` flattens. */
export type CommonValues = ReadonlyMap<string, bigint>;

export interface ToCommon {
  readonly common: CommonValues;
  /** Names of dropped rows that held something else than their default and must not. */
  readonly lost: readonly string[];
  /** The same of rows where it does no harm. */
  readonly ignored: readonly string[];
}

/** A row that moves one value as it is: copied when both names agree, else renamed. */
export function same(native: string, common: string, note = ''): FieldRow {
  const rule = lastPart(native) === lastPart(common) ? 'copied' : 'renamed';
  const name = common.replace(/^cpu\./, '');
  return { name, native: [native], common: [common], rule, note };
}

export function dropped(native: string, defaultValue: bigint, note: string): FieldRow {
  const defaults = [defaultValue];
  return { name: native, native: [native], common: [], rule: 'dropped', defaults, note };
}

/** A dropped place whose value may be lost without harm to the guest; the note says why. */
export function ignorable(native: string, defaultValue: bigint, note: string): FieldRow {
  const defaults = [defaultValue];
  const base = { name: native, native: [native], common: [], note };
  return { ...base, rule: 'dropped', defaults, ignorable: true };
}

/** A common place that the native format lacks. */
export function absent(common: string, defaultValue: bigint, note: string): FieldRow {
  const name = common.replace(/^cpu\./, '');
  return { name, native: [], common: [common], rule: 'absent', defaults: [defaultValue], note };
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

export function toCommon(table: FieldTable, native: NativeState): ToCommon {
  const common = new Map<string, bigint>();
  const lost: string[] = [];
  const ignored: string[] = [];
  for (const row of table) {
    const values = row.native.map((place) => exists(native.get(place), place));
    if (row.rule === 'dropped') {
      const isOther = values.some((value, i) => value !== row.defaults[i]);
      if (isOther) (row.ignorable === true ? ignored : lost).push(row.name);
      continue;
    }
    if (row.rule !== 'derived') put(common, row.common, commonValues(row, values));
  }
  return { common, lost, ignored };
}

function commonValues(row: FieldRow, native: Values): Values {
  if (row.rule === 'absent') return row.defaults;
  return row.rule === 'recomputed' ? row.formula.toCommon(native) : native;
}

/** Names of the common places that the native format lacks and that hold something else than their default. */
export function lostInNative(table: FieldTable, common: CommonValues): readonly string[] {
  return table
    .filter((row) => row.rule === 'absent')
    .filter((row) => row.common.some((path, i) => common.get(path) !== row.defaults[i]))
    .map((row) => row.name);
}

export function toNative(table: FieldTable, common: CommonValues): NativeState {
  const native = new Map<string, bigint>();
  for (const row of table) {
    const values = row.common.map((path) => exists(common.get(path), path));
    put(native, row.native, nativeValues(row, values));
  }
  return native;
}

function nativeValues(row: FieldRow, common: Values): Values {
  switch (row.rule) {
    case 'absent':
      return [];
    case 'dropped':
      return row.defaults;
    case 'recomputed':
    case 'derived':
      return row.formula.toNative(common);
    default:
      return common;
  }
}

/**
 * The first row whose native places contradict each other or hold what cannot be expressed: its
 * value does not come back from the common one.
 */
export function contradiction(table: FieldTable, native: NativeState): FieldRow | undefined {
  return table.find((row) => {
    if (row.rule !== 'recomputed') return false;
    const values = row.native.map((place) => exists(native.get(place), place));
    const back = row.formula.toNative(row.formula.toCommon(values));
    return back.some((value, i) => value !== values[i]);
  });
}

function put(target: Map<string, bigint>, places: readonly string[], values: Values): void {
  assert(places.length === values.length, `a row gives ${values.length} values for ${places}`);
  places.forEach((place, i) => {
    assert(!target.has(place), `${place} is filled by two rows`);
    target.set(place, exists(values[i], place));
  });
}
