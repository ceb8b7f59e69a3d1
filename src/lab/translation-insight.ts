/**
 * The processor's way between two VMMs as the page's inspector sees it, field by field: the native
 * values of the VM here, their common ones, and what the other host's VMM would make of them. The
 * tables that translate in a migration say what happens to each.
 */
import { exists } from '../base/assert.ts';
import { type FieldRow, toCommon, toNative } from '../vmm/field-table.ts';
import type { NativeLayout, NativeState } from '../vmm/native-layout.ts';
import { fieldsOf, layoutOf } from '../vmm/registry.ts';
import type { Vm, VmmKind } from '../vmm/vmm.ts';
import type { Insight } from './party.ts';
import { COMMON_CPU, locate, type PlaceBytes, recordsOf } from './translation-bytes.ts';

export interface FieldStep {
  readonly rule: FieldRow['rule'];
  readonly places: readonly FieldValue[];
  /** In words, where the value is another one. */
  readonly formula: string;
  readonly note: string;
}

export interface FieldValue {
  readonly place: string;
  readonly value: bigint;
  /** Where it lies in its format; a few values of the toy lie in no record. */
  readonly at?: PlaceBytes | undefined;
}

/** What belongs together on the way: some places here, in the common format, and there. */
export interface FieldLine {
  readonly name: string;
  readonly from: readonly FieldStep[];
  readonly common: readonly FieldValue[];
  readonly to: readonly FieldStep[];
}

export function lookAtTranslation(vm: Vm, from: VmmKind, to: VmmKind): Insight {
  const native = vm.peekNative();
  const { common } = toCommon(fieldsOf(from), native);
  const there = toNative(fieldsOf(to), common);
  const value = (layout: NativeLayout, values: NativeState) => (place: string) => ({
    place,
    value: exists(values.get(place), place),
    at: locate(layout, place),
  });
  const step = (kind: VmmKind, values: NativeState) => (row: FieldRow) => ({
    rule: row.rule,
    places: row.native.map(value(layoutOf(kind), values)),
    formula: 'formula' in row ? row.formula.text : '',
    note: row.note,
  });
  const lines = together(fieldsOf(from), fieldsOf(to)).map(({ here, paths, other }) => ({
    name: (here[0] ?? exists(other[0], 'a row')).name,
    from: here.map(step(from, native)),
    common: paths.map(value(COMMON_CPU, common)),
    to: other.map(step(to, there)),
  }));
  const places = (steps: readonly FieldStep[]) => steps.flatMap((one) => one.places).map(nameOf);
  const records = {
    from: recordsOf(layoutOf(from), native, places(lines.flatMap((line) => line.from))),
    common: recordsOf(COMMON_CPU, common, lines.flatMap((line) => line.common).map(nameOf)),
    to: recordsOf(layoutOf(to), there, places(lines.flatMap((line) => line.to))),
  };
  return { kind: 'translation', from, to, lines, records };
}

const nameOf = ({ place }: FieldValue): string => place;

interface Group {
  readonly here: readonly FieldRow[];
  readonly paths: readonly string[];
  readonly other: readonly FieldRow[];
}

/** Of the processor alone: rows of both tables that share a common path, and those that have none. */
function together(source: readonly FieldRow[], destination: readonly FieldRow[]): Group[] {
  const groups: Group[] = [];
  const taken = new Set<FieldRow>();
  const ofCpu = ({ native, common }: FieldRow) =>
    common.length > 0 ? common.some(isCpu) : native.some(isCpu);
  for (const row of [...source, ...destination]) {
    if (taken.has(row) || !ofCpu(row)) continue;
    const paths = new Set(row.common);
    const rows = new Set([row]);
    for (let before = -1; before < paths.size; ) {
      before = paths.size;
      for (const other of [...source, ...destination]) {
        if (!other.common.some((path) => paths.has(path))) continue;
        rows.add(other);
        for (const path of other.common) paths.add(path);
      }
    }
    for (const found of rows) taken.add(found);
    const of = (table: readonly FieldRow[]) => table.filter((found) => rows.has(found));
    groups.push({ here: of(source), paths: [...paths], other: of(destination) });
  }
  return groups;
}

const isCpu = (place: string): boolean =>
  /^(cpu|regs|sregs|events|debugregs|msrs|env)\./.test(place);
