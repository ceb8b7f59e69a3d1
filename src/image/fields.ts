/**
 * Every scalar of the common model, as a list: path, width and form. The binary codec writes the
 * CPU and device records in this order, and the VMMs' field tables name common places by these
 * paths, so a field that is added here and nowhere else shows up as a failing test.
 *
 * In flat form every value is a bigint: flags are 0 or 1, choices their index, byte queues their
 * length in the lowest byte with the bytes above it, oldest lowest, byte strings one number with the
 * first byte lowest.
 */
import { assert } from '../base/assert.ts';
import { bigFromBytes, bigToBytes } from '../base/big-bytes.ts';
import type { CommonDevice, DeviceKind } from './device-model.ts';
import type { CommonCpu } from './model.ts';

/**
 * `signed`: two's complement. `bytes`: a string of so many. `memory`: the same, of which the binary
 * form leaves out the zero bytes at the end.
 */
export type FieldForm =
  | 'number'
  | 'signed'
  | 'bigint'
  | 'flag'
  | 'queue'
  | 'bytes'
  | 'memory'
  | readonly string[];

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

export const TIMEOUT_CHOICES = ['none', 'waiting', 'struck'] as const;
export const PHASE_CHOICES = ['idle', 'counting', 'held'] as const;
export const PIC_CHIPS = ['master', 'slave'] as const;
export const PIT_COUNTERS = ['counter0', 'counter1', 'counter2'] as const;
export const PACKET_MEMORY_BYTES = 0x4000;
export const CMOS_BYTES = 128;

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
  { path: 'receiveTimeout.phase', bits: 8, form: TIMEOUT_CHOICES },
  number('receiveTimeout.at', 64),
];

export const PIC_FIELDS: readonly CommonField[] = PIC_CHIPS.flatMap((chip) => [
  ...['lastIrr', 'irr', 'imr', 'isr', 'priorityAdd', 'irqBase'].map((name) =>
    number(`${chip}.${name}`, 8),
  ),
  ...['readIsr', 'poll', 'specialMask'].map((name) => flag(`${chip}.${name}`)),
  number(`${chip}.initState`, 8),
  ...['autoEoi', 'rotateOnAutoEoi', 'specialFullyNested'].map((name) => flag(`${chip}.${name}`)),
  ...['expectIcw4', 'single', 'levelMode'].map((name) => flag(`${chip}.${name}`)),
  number(`${chip}.elcr`, 8),
]);

export const PIT_FIELDS: readonly CommonField[] = [
  ...PIT_COUNTERS.flatMap((counter): CommonField[] => [
    number(`${counter}.count`, 32),
    number(`${counter}.nextCount`, 32),
    flag(`${counter}.written`),
    { path: `${counter}.phase`, bits: 8, form: PHASE_CHOICES },
    { path: `${counter}.countLoadTime`, bits: 64, form: 'signed' },
    number(`${counter}.held`, 64),
    number(`${counter}.latchedCount`, 16),
    number(`${counter}.countLatched`, 8),
    flag(`${counter}.statusLatched`),
    ...['status', 'readState', 'writeState', 'writeLatch', 'rwMode', 'mode'].map((name) =>
      number(`${counter}.${name}`, 8),
    ),
    flag(`${counter}.bcd`),
    flag(`${counter}.gate`),
  ]),
  flag('speaker'),
];

export const NE2000_FIELDS: readonly CommonField[] = [
  number('port', 16),
  number('irq', 8),
  ...['cr', 'isr', 'imr', 'dcr', 'tcr', 'tsr', 'rcr', 'rsr'].map((name) => number(name, 8)),
  ...['pstart', 'pstop', 'curr', 'bnry', 'tpsr'].map((name) => number(name, 8)),
  ...['tbcr', 'rsar', 'rbcr'].map((name) => number(name, 16)),
  number('missed', 8),
  { path: 'par', bits: 48, form: 'bytes' },
  { path: 'mar', bits: 64, form: 'bytes' },
  { path: 'mac', bits: 48, form: 'bytes' },
  { path: 'memory', bits: 8 * PACKET_MEMORY_BYTES, form: 'memory' },
];

export const CMOS_FIELDS: readonly CommonField[] = [
  number('index', 8),
  { path: 'epoch', bits: 64, form: 'signed' },
  { path: 'memory', bits: 8 * CMOS_BYTES, form: 'bytes' },
];

/** In the order in which a writer puts them. */
export const DEVICE_FIELDS: Readonly<Record<DeviceKind, readonly CommonField[]>> = {
  uart: UART_FIELDS,
  pic: PIC_FIELDS,
  pit: PIT_FIELDS,
  ne2000: NE2000_FIELDS,
  cmos: CMOS_FIELDS,
};
export const DEVICE_KINDS = ['uart', 'pic', 'pit', 'ne2000', 'cmos'] as const;

function number(path: string, bits: number): CommonField {
  return { path, bits, form: 'number' };
}

function flag(path: string): CommonField {
  return { path, bits: 8, form: 'flag' };
}

export const byteWidth = (field: CommonField): number => field.bits / 8;

export const flattenCpu = (cpu: CommonCpu): FlatFields => flatten(cpu, CPU_FIELDS);

export function unflattenCpu(flat: FlatFields): CommonCpu {
  return unflatten(flat, CPU_FIELDS) as unknown as CommonCpu;
}

export const flattenDevice = (device: CommonDevice): FlatFields =>
  flatten(device, DEVICE_FIELDS[device.kind]);

export function unflattenDevice(kind: DeviceKind, flat: FlatFields): CommonDevice {
  return { kind, ...unflatten(flat, DEVICE_FIELDS[kind]) } as unknown as CommonDevice;
}

/** What is wrong with a flat value, in words; undefined when nothing is. */
export function fieldProblem(field: CommonField, value: bigint): string | undefined {
  if (value < 0n || value >= 1n << BigInt(field.bits)) return `does not fit ${field.bits} bits`;
  if (field.form === 'flag') return value > 1n ? `${value} is neither 0 nor 1` : undefined;
  if (field.form === 'queue') return queueProblem(value);
  if (field.form === 'number' || field.form === 'signed') {
    const isSafe = Number.isSafeInteger(numberOf(field, value));
    return isSafe ? undefined : `${value} is over 2^53 - 1`;
  }
  if (Array.isArray(field.form) && value >= BigInt(field.form.length)) {
    return `${value} is none of ${field.form.join(', ')}`;
  }
  return undefined;
}

const numberOf = ({ bits, form }: CommonField, value: bigint): number =>
  Number(form === 'signed' ? BigInt.asIntN(bits, value) : value);

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
  if (field.form === 'bytes' || field.form === 'memory')
    return packBytes(field, value as Uint8Array);
  if (field.form === 'signed') return BigInt.asUintN(field.bits, BigInt(value as number));
  if (Array.isArray(field.form)) return BigInt(field.form.indexOf(value));
  return BigInt(value as number | bigint);
}

function fromFlat(field: CommonField, value: bigint): unknown {
  if (field.form === 'queue') return unpackQueue(value);
  if (field.form === 'flag') return value === 1n;
  if (field.form === 'bigint') return value;
  if (field.form === 'bytes' || field.form === 'memory') return bigToBytes(value, byteWidth(field));
  return Array.isArray(field.form) ? field.form[Number(value)] : numberOf(field, value);
}

/** A string of another length does not fit, and is refused as such. */
function packBytes(field: CommonField, bytes: Uint8Array): bigint {
  return bytes.length === byteWidth(field) ? bigFromBytes(bytes) : -1n;
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
