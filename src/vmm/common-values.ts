/**
 * The common state as flat values, the form that the field tables work on, and back. This is where
 * a host says what it cannot take: another set of devices, or a CPU feature it does not know.
 */
import { exists } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import {
  type CommonField,
  CPU_FIELDS,
  fieldProblem,
  flattenCpu,
  flattenUart,
  UART_FIELDS,
  unflattenCpu,
  unflattenUart,
} from '../image/fields.ts';
import type { CommonState } from '../image/model.ts';
import { stateProblem } from '../image/validate.ts';
import type { CommonValues } from './field-table.ts';
import type { VmmError } from './vmm.ts';

/** CPU features by bit; a new one is added at the end. */
export const FEATURES = ['486'] as const;

export const COMMON_PATHS: readonly string[] = [
  ...CPU_FIELDS.map((field) => `cpu.${field.path}`),
  ...UART_FIELDS.map((field) => `uart.${field.path}`),
  'clock.guestNs',
  'policy.offered',
  'policy.used',
];

const unsupported = (message: string) => err<VmmError>({ code: 'unsupported', message });
const bad = (message: string) => err<VmmError>({ code: 'bad-state', message });

export function commonToValues(state: CommonState): Result<CommonValues, VmmError> {
  const problem = stateProblem(state);
  if (problem !== undefined) return bad(`the common state is not valid: ${problem}`);
  const [uart, ...more] = state.devices;
  if (uart === undefined || more.length > 0) {
    return unsupported(`this host has one UART, the VM has ${state.devices.length} devices`);
  }
  const unknown = state.policy.offered.find((name) => !FEATURES.some((known) => known === name));
  if (unknown !== undefined) {
    return unsupported(`the VM was offered CPU feature ${unknown}, which this host lacks`);
  }
  const values = new Map<string, bigint>();
  for (const [path, value] of flattenCpu(state.cpu)) values.set(`cpu.${path}`, value);
  for (const [path, value] of flattenUart(uart)) values.set(`uart.${path}`, value);
  values.set('clock.guestNs', state.clock.guestNs);
  values.set('policy.offered', featureBits(state.policy.offered));
  values.set('policy.used', featureBits(state.policy.used));
  return ok(values);
}

/** Pre: nothing is known of the values; they may come from outside. */
export function valuesToCommon(
  values: CommonValues,
  about: Pick<CommonState, 'identity' | 'memory'>,
): Result<CommonState, VmmError> {
  const problem = widthProblem(values);
  if (problem !== undefined) return bad(problem);
  const state: CommonState = {
    ...about,
    cpu: unflattenCpu(section(values, 'cpu')),
    devices: [unflattenUart(section(values, 'uart'))],
    clock: { guestNs: exists(values.get('clock.guestNs'), 'clock.guestNs') },
    policy: {
      offered: featureNames(exists(values.get('policy.offered'), 'policy.offered')),
      used: featureNames(exists(values.get('policy.used'), 'policy.used')),
    },
  };
  const broken = stateProblem(state);
  return broken === undefined ? ok(state) : bad(broken);
}

function widthProblem(values: CommonValues): string | undefined {
  const check = (prefix: string, fields: readonly CommonField[]): string | undefined => {
    for (const field of fields) {
      const path = `${prefix}.${field.path}`;
      const problem = fieldProblem(field, exists(values.get(path), path));
      if (problem !== undefined) return `${path} ${problem}`;
    }
    return undefined;
  };
  const strange = ['policy.offered', 'policy.used'].find(
    (path) => exists(values.get(path), path) >= 1n << BigInt(FEATURES.length),
  );
  if (strange !== undefined) return `${strange} names a CPU feature that does not exist`;
  return check('cpu', CPU_FIELDS) ?? check('uart', UART_FIELDS);
}

function section(values: CommonValues, prefix: string): CommonValues {
  const found = new Map<string, bigint>();
  for (const [path, value] of values) {
    if (path.startsWith(`${prefix}.`)) found.set(path.slice(prefix.length + 1), value);
  }
  return found;
}

export function featureBits(names: readonly string[]): bigint {
  return FEATURES.reduce(
    (bits, name, i) => bits | (names.includes(name) ? 1n << BigInt(i) : 0n),
    0n,
  );
}

function featureNames(bits: bigint): string[] {
  return FEATURES.filter((_, i) => (bits >> BigInt(i)) & 1n);
}
