/**
 * What a VMM says about its native state, and what follows from it for every VMM alike: checking a
 * state that came from outside, and the way to the common model and back through the field table.
 */
import { err, ok, type Result } from '../base/result.ts';
import type { CommonState } from '../image/model.ts';
import { commonToValues, valuesToCommon } from './common-values.ts';
import { contradiction, type FieldTable, toCommon, toNative } from './field-table.ts';
import type { NativeFormat, NativeState } from './native-layout.ts';
import type { VmState } from './vm-state.ts';
import type { VmmError } from './vmm.ts';

/** A state as bytes, in the VMM's own real format. */
export interface NativeBytes {
  encode(state: NativeState, about: VmIdentity): Uint8Array<ArrayBuffer>;
  /** Any bytes give every place of the layout, or an error. */
  decode(bytes: Uint8Array, about: VmIdentity): Result<NativeState, VmmError>;
}

export interface NativeModel {
  readonly format: NativeFormat;
  readonly bytes: NativeBytes;
  readonly fields: FieldTable;
  /** Out of the hardware. */
  save(vm: VmState): NativeState;
  /** Can this host go on from a valid state? */
  accepts(state: NativeState): Result<void, VmmError>;
  /** Into the hardware. Pre: valid and accepted. */
  load(state: NativeState): VmState;
}

/** What the native state of a VM does not hold. */
export type VmIdentity = Pick<CommonState, 'identity' | 'memory'>;

const bad = (message: string) => err<VmmError>({ code: 'bad-state', message });

export function nativeToCommon(
  model: NativeModel,
  state: NativeState,
  about: VmIdentity,
): Result<CommonState, VmmError> {
  const wrong = contradiction(model.fields, state);
  if (wrong !== undefined) {
    return bad(`${model.format.name} state: ${wrong.name} contradicts itself (${wrong.native})`);
  }
  const { common, lost } = toCommon(model.fields, state);
  if (lost.length > 0) {
    const message = `${model.format.name} state: the toy PC has no place for ${lost.join(', ')}`;
    return err({ code: 'unsupported', message });
  }
  return valuesToCommon(common, about);
}

/** The whole way from the common model into the hardware; nothing is applied on the way. */
export function prepareCommon(model: NativeModel, state: CommonState): Result<VmState, VmmError> {
  const values = commonToValues(state);
  if (!values.ok) return values;
  return prepareState(model, toNative(model.fields, values.value));
}

/** The same from native bytes. A state is checked by what the common model says is valid. */
export function prepareNative(
  model: NativeModel,
  bytes: Uint8Array,
  about: VmIdentity,
): Result<VmState, VmmError> {
  const state = model.bytes.decode(bytes, about);
  if (!state.ok) return state;
  const common = nativeToCommon(model, state.value, about);
  return common.ok ? prepareState(model, state.value) : common;
}

function prepareState(model: NativeModel, state: NativeState): Result<VmState, VmmError> {
  const accepted = model.accepts(state);
  return accepted.ok ? ok(model.load(state)) : accepted;
}
