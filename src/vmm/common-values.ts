/**
 * The common state as flat values, the form that the field tables work on, and back. This is where
 * a host says what it cannot take: another set of devices, or a CPU feature it does not know.
 */
import { exists } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { CPU_FEATURES } from '../cpu/features.ts';
import {
  type CommonField,
  CPU_FIELDS,
  DEVICE_KINDS,
  fieldProblem,
  flattenCpu,
  unflattenCpu,
} from '../image/fields.ts';
import type { CommonState } from '../image/model.ts';
import { stateProblem } from '../image/validate.ts';
import type { CommonValues } from './field-table.ts';
import { devicesOf } from './machine-devices.ts';
import {
  completeDevices,
  deviceValues,
  MACHINE_FIELDS,
  pcFrom,
  section,
  stopFrom,
  stopValues,
} from './machine-values.ts';
import type { VmmError } from './vmm.ts';

/** CPU features by bit. */
export const FEATURES = CPU_FEATURES;

export const COMMON_PATHS: readonly string[] = [
  ...CPU_FIELDS.map((field) => `cpu.${field.path}`),
  ...MACHINE_FIELDS.map(([prefix, field]) => `${prefix}.${field.path}`),
  'clock.guestNs',
  'policy.offered',
  'policy.used',
];

const unsupported = (message: string) => err<VmmError>({ code: 'unsupported', message });
const bad = (message: string) => err<VmmError>({ code: 'bad-state', message });

export function commonToValues(state: CommonState): Result<CommonValues, VmmError> {
  const problem = stateProblem(state);
  if (problem !== undefined) return bad(`the common state is not valid: ${problem}`);
  const strange = deviceProblem(state);
  if (strange !== undefined) return unsupported(strange);
  const unknown = state.policy.offered.find((name) => !FEATURES.some((known) => known === name));
  if (unknown !== undefined) {
    return unsupported(`the VM was offered CPU feature ${unknown}, which this host lacks`);
  }
  const values = new Map<string, bigint>();
  for (const [path, value] of flattenCpu(state.cpu)) values.set(`cpu.${path}`, value);
  for (const [path, value] of deviceValues(completeDevices(state))) values.set(path, value);
  for (const [path, value] of stopValues(state.stopped)) values.set(path, value);
  values.set('clock.guestNs', state.clock.guestNs);
  values.set('policy.offered', featureBits(state.policy.offered));
  values.set('policy.used', featureBits(state.policy.used));
  return ok(values);
}

/** One of each kind; a UART was always there, the others may be missing in an older image. */
function deviceProblem({ devices }: CommonState): string | undefined {
  for (const kind of DEVICE_KINDS) {
    const count = devices.filter((device) => device.kind === kind).length;
    if (count > 1 || (kind === 'uart' && count === 0))
      return `this host has one device of kind ${kind}, the VM has ${count}`;
  }
  return undefined;
}

/** Pre: nothing is known of the values; they may come from outside. */
export function valuesToCommon(
  values: CommonValues,
  about: Pick<CommonState, 'identity' | 'memory'>,
): Result<CommonState, VmmError> {
  const problem = widthProblem(values);
  if (problem !== undefined) return bad(problem);
  const stopped = stopFrom(values);
  const state: CommonState = {
    ...about,
    cpu: unflattenCpu(section(values, 'cpu')),
    devices: devicesOf(pcFrom(values)),
    clock: { guestNs: exists(values.get('clock.guestNs'), 'clock.guestNs') },
    policy: {
      offered: featureNames(exists(values.get('policy.offered'), 'policy.offered')),
      used: featureNames(exists(values.get('policy.used'), 'policy.used')),
    },
    ...(stopped === undefined ? {} : { stopped }),
  };
  const broken = stateProblem(state);
  return broken === undefined ? ok(state) : bad(broken);
}

function widthProblem(values: CommonValues): string | undefined {
  for (const [prefix, field] of ALL_FIELDS) {
    const path = `${prefix}.${field.path}`;
    const problem = fieldProblem(field, exists(values.get(path), path));
    if (problem !== undefined) return `${path} ${problem}`;
  }
  const strange = ['policy.offered', 'policy.used'].find(
    (path) => exists(values.get(path), path) >= 1n << BigInt(FEATURES.length),
  );
  return strange && `${strange} names a CPU feature that does not exist`;
}

const ALL_FIELDS: readonly (readonly [string, CommonField])[] = [
  ...CPU_FIELDS.map((field) => ['cpu', field] as const),
  ...MACHINE_FIELDS,
];

export function featureBits(names: readonly string[]): bigint {
  return FEATURES.reduce(
    (bits, name, i) => bits | (names.includes(name) ? 1n << BigInt(i) : 0n),
    0n,
  );
}

export function featureNames(bits: bigint): string[] {
  return FEATURES.filter((_, i) => (bits >> BigInt(i)) & 1n);
}
