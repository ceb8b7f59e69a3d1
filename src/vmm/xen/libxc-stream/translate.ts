/**
 * Between a common image and the places of a domain image, by field table: the raw stream's, or the
 * one of the `xl` wrapper, which has private places too.
 */
import { err, ok, type Result } from '../../../base/result.ts';
import type { ImageFile } from '../../../image/codec.ts';
import { commonToValues, valuesToCommon } from '../../common-values.ts';
import {
  type CommonValues,
  contradiction,
  type FieldTable,
  toCommon,
  toNative,
} from '../../field-table.ts';
import type { FormatError } from '../../format.ts';
import type { NativeState } from '../../native-layout.ts';
import type { VmIdentity } from '../../native-model.ts';
import { LIBXC_FIELDS } from '../field-table.ts';
import { SPECIAL_FIRST } from '../hvm-params.ts';
import { loaderProblem } from './loader-rules.ts';

export interface NativeImage {
  readonly state: NativeState;
  /** What the format has no place for, for people. */
  readonly notes: readonly string[];
}

export function imageToNative(
  table: FieldTable,
  { state: common }: ImageFile,
): Result<NativeImage, FormatError> {
  const values = commonToValues(common);
  if (!values.ok) return values;
  if (common.stopped !== undefined && table === LIBXC_FIELDS)
    return refuse(`the guest has ended (${common.stopped.cause}), which a raw stream cannot say`);
  const state = toNative(table, values.value);
  const problem = loaderProblem(state);
  if (problem !== undefined) return refuse(`a real Xen would refuse the guest: ${problem}`);
  const high = common.memory.find(({ firstGfn, pages }) => firstGfn + pages > SPECIAL_FIRST);
  if (high !== undefined) {
    return refuse(
      `RAM reaches frame 0x${SPECIAL_FIRST.toString(16)}, where Xen keeps its own pages`,
    );
  }
  return ok({ state, notes: lossNotes(table, values.value) });
}

/** One line for each reason: common values that a reader will not get back. */
function lossNotes(table: FieldTable, values: CommonValues): string[] {
  const { common: back } = toCommon(table, toNative(table, values));
  const byReason = new Map<string, string[]>();
  for (const row of table) {
    if (row.rule === 'derived') continue;
    for (const path of row.common) {
      const [value = 0n, next = 0n] = [values.get(path), back.get(path)];
      if (value === next) continue;
      const name = path.replace(/^cpu\./, '');
      const lost = byReason.get(row.note) ?? [];
      byReason.set(row.note, [...lost, `${name} (${show(value)}, comes back as ${show(next)})`]);
    }
  }
  return [...byReason].map(([note, lost]) => `no place for ${lost.join(', ')}: ${note}`);
}

/** A memory's content is of no use in a line. */
const show = (value: bigint): string => (value < 1n << 64n ? `${value}` : 'data');

export interface CommonImage {
  readonly state: ImageFile['state'];
  /** What came with the file and was let go. */
  readonly notes: readonly string[];
}

export function nativeToImage(
  table: FieldTable,
  native: NativeState,
  about: VmIdentity,
): Result<CommonImage, FormatError> {
  const wrong = contradiction(table, native);
  if (wrong !== undefined) return refuse(`${wrong.name} contradicts itself (${wrong.native})`);
  const { common, lost, ignored } = toCommon(table, native);
  if (lost.length > 0)
    return refuse(`the toy PC has no place for ${lost.map(reason(table)).join('; ')}`);
  const state = valuesToCommon(common, about);
  if (!state.ok) return state;
  return ok({
    state: state.value,
    notes: ignored.map((name) => `${reason(table)(name)}: ignored`),
  });
}

const reason =
  (table: FieldTable) =>
  (name: string): string =>
    `${name} (${table.find((row) => row.name === name)?.note ?? ''})`;

function refuse(message: string): Result<never, FormatError> {
  return err({ code: 'unsupported', message });
}
