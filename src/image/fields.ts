/**
 * Every scalar of the common model, as a list: path, width and form. The binary codec writes the
 * CPU and device records in this order, and the VMMs' field tables name common places by these
 * paths, so a field that is added here and nowhere else shows up as a failing test.
 *
 * In flat form every value is a bigint: flags are 0 or 1, choices their index, byte queues their
 * length in the lowest byte with the bytes above it, oldest lowest.
 */
import { assert } from '../base/assert.ts';
import type { CommonCpu, CommonUart } from './model.ts';

export type FieldForm = 'number' | 'bigint' | 'flag' | 'queue' | readonly string[];

export interface CommonField {
  readonly path: string;
  readonly bits: number;
  readonly form: FieldForm;
}

/** Path → value. */
export type FlatFields = ReadonlyMap<string, bigint>;

export const QUEUE_CAPACITY = 16;
export const SHADOW_CHOICES = ['none', 'sti', 'mov-ss'] as const;
export const EVENT_CHOICES = ['none', 'interrupt', 'nmi', 'exception'] as const;
export const GENERAL = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const;
export const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'] as const;
export const TABLES = ['gdtr', 'idtr'] as const;
export const CONTROL = ['cr0', 'cr2', 'cr3', 'cr4'] as const;
export const DEBUG = ['dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7'] as const;

export const CPU_FIELDS: readonly CommonField[] = [
  ...GENERAL.map((name) => number(name, 32)),
  number('eip', 32),
  number('eflags', 32),
  ...SEGMENTS.flatMap((name) => [
    number(`${name}.selector`, 16),
    number(`${name}.access`, 16),
    number(`${name}.base`, 32),
    number(`${name}.limit`, 32),
  ]),
  ...TABLES.flatMap((name) => [number(`${name}.base`, 32), number(`${name}.limit`, 16)]),
  ...CONTROL.map((name) => number(name, 32)),
  ...DEBUG.map((name) => number(name, 32)),
  { path: 'tsc', bits: 64, form: 'bigint' },
  number('tscKhz', 32),
  flag('halted'),
  { path: 'interruptShadow', bits: 8, form: SHADOW_CHOICES },
  { path: 'pendingEvent.kind', bits: 8, form: EVENT_CHOICES },
  number('pendingEvent.vector', 8),
  flag('pendingEvent.hasErrorCode'),
  number('pendingEvent.errorCode', 32),
  { path: 'retired', bits: 64, form: 'bigint' },
];

export const UART_FIELDS: readonly CommonField[] = [
  number('port', 16),
  number('divisor', 16),
  number('interruptEnable', 8),
  number('fifoControl', 8),
  number('lineControl', 8),
  number('modemControl', 8),
  number('lineErrors', 8),
  number('modemStatus', 8),
  number('scratch', 8),
  number('lastReceived', 8),
  flag('transmitInterrupt'),
  { path: 'received', bits: 8 + 8 * QUEUE_CAPACITY, form: 'queue' },
];

function number(path: string, bits: number): CommonField {
  return { path, bits, form: 'number' };
}

function flag(path: string): CommonField {
  return { path, bits: 8, form: 'flag' };
}

export const byteWidth = (field: CommonField): number => field.bits / 8;

export const flattenCpu = (cpu: CommonCpu): FlatFields => flatten(cpu, CPU_FIELDS);
export const flattenUart = (uart: CommonUart): FlatFields => flatten(uart, UART_FIELDS);

export function unflattenCpu(flat: FlatFields): CommonCpu {
  return unflatten(flat, CPU_FIELDS) as unknown as CommonCpu;
}

export function unflattenUart(flat: FlatFields): CommonUart {
  return { kind: 'uart', ...unflatten(flat, UART_FIELDS) } as unknown as CommonUart;
}

/** What is wrong with a flat value, in words; undefined when nothing is. */
export function fieldProblem(field: CommonField, value: bigint): string | undefined {
  if (value < 0n || value >= 1n << BigInt(field.bits)) return `does not fit ${field.bits} bits`;
  if (field.form === 'flag') return value > 1n ? `${value} is neither 0 nor 1` : undefined;
  if (field.form === 'queue') return queueProblem(value);
  if (Array.isArray(field.form) && value >= BigInt(field.form.length)) {
    return `${value} is none of ${field.form.join(', ')}`;
  }
  return undefined;
}

function queueProblem(value: bigint): string | undefined {
  const length = Number(value & 0xffn);
  if (length > QUEUE_CAPACITY) return `${length} bytes are more than ${QUEUE_CAPACITY}`;
  return value >> BigInt(8 + 8 * length) !== 0n ? 'has bytes beyond its length' : undefined;
}

type Nested = { [key: string]: unknown };

function flatten(source: object, fields: readonly CommonField[]): FlatFields {
  return new Map(fields.map((field) => [field.path, toFlat(field, read(source, field.path))]));
}

function unflatten(flat: FlatFields, fields: readonly CommonField[]): Nested {
  const target: Nested = {};
  for (const field of fields) {
    const value = flat.get(field.path);
    assert(value !== undefined, `flat state lacks ${field.path}`);
    const problem = fieldProblem(field, value);
    assert(problem === undefined, `${field.path} ${problem}`);
    write(target, field.path, fromFlat(field, value));
  }
  return target;
}

function toFlat(field: CommonField, value: unknown): bigint {
  if (field.form === 'queue') return packQueue(value as readonly number[]);
  if (field.form === 'flag') return value === true ? 1n : 0n;
  if (Array.isArray(field.form)) return BigInt(field.form.indexOf(value));
  return BigInt(value as number | bigint);
}

function fromFlat(field: CommonField, value: bigint): unknown {
  if (field.form === 'queue') return unpackQueue(value);
  if (field.form === 'flag') return value === 1n;
  if (field.form === 'bigint') return value;
  return Array.isArray(field.form) ? field.form[Number(value)] : Number(value);
}

export function packQueue(bytes: readonly number[]): bigint {
  let packed = 0n;
  for (const byte of bytes.toReversed()) packed = (packed << 8n) | BigInt(byte);
  return (packed << 8n) | BigInt(bytes.length);
}

export function unpackQueue(packed: bigint): number[] {
  const bytes: number[] = [];
  for (let i = 1n; i <= (packed & 0xffn); i++) bytes.push(Number((packed >> (8n * i)) & 0xffn));
  return bytes;
}

function read(source: object, path: string): unknown {
  let value: unknown = source;
  for (const key of path.split('.')) value = (value as Nested)[key];
  return value;
}

function write(target: Nested, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() as string;
  let node = target;
  for (const key of keys) {
    node[key] ??= {};
    node = node[key] as Nested;
  }
  node[last] = value;
}
