/**
 * What two KVM-like hosts send each other beside QEMU's own sections: one section more, `vm_ferry`,
 * for what the toy must not lose and a stream for isapc has no place for. It says nothing that a
 * section of QEMU's says. A real QEMU refuses a section it does not know, so files for it are
 * without this one.
 */
import { assert, exists } from '../../../base/assert.ts';
import {
  byteWidth,
  CPU_FIELDS,
  PIC_CHIPS,
  PIT_COUNTERS,
  packQueue,
  QUEUE_CAPACITY,
  unpackQueue,
} from '../../../image/fields.ts';
import { type FieldRow, type FieldTable, same, type Values } from '../../field-table.ts';
import { MACHINE_FIELDS } from '../../machine-values.ts';
import { QEMU_ISAPC_FIELDS } from './field-table.ts';
import { bytesRow, reversed } from './pc-rows.ts';
import { buffer, u8, u16, u32, u64, type VmstateField, type VmstateSection } from './vmstate.ts';

const NAME = 'vm_ferry';
const at = (name: string): string => `${NAME}.${name}`;

interface OwnField {
  readonly name: string;
  readonly bytes: number;
}

const WIDTHS: ReadonlyMap<string, number> = new Map([
  ...CPU_FIELDS.map((field) => [`cpu.${field.path}`, byteWidth(field)] as const),
  ...MACHINE_FIELDS.map(
    ([prefix, field]) => [`${prefix}.${field.path}`, byteWidth(field)] as const,
  ),
  ['policy.offered', 8],
  ['policy.used', 8],
]);

/** Common fields that no section of QEMU's has, by their names here. */
const WHOLE: readonly (readonly [name: string, common: string])[] = [
  ['retired', 'cpu.retired'],
  ['features_offered', 'policy.offered'],
  ['features_used', 'policy.used'],
  ['uart_port', 'uart.port'],
  ['uart_timeout', 'uart.receiveTimeout.phase'],
  ['uart_timeout_at', 'uart.receiveTimeout.at'],
  ...PIC_CHIPS.map((chip, i) => [`pic${i}_ltim`, `pic.${chip}.levelMode`] as const),
  ['ne2000_port', 'ne2000.port'],
  ['ne2000_irq', 'ne2000.irq'],
  ['ne2000_tcr', 'ne2000.tcr'],
  ['ne2000_missed', 'ne2000.missed'],
  ['cmos_index', 'cmos.index'],
  ['cmos_epoch', 'cmos.epoch'],
  ['cmos_memory', 'cmos.memory'],
  ['stopped_cause', 'stopped.cause'],
  ['stopped_code', 'stopped.code'],
];

const widthOf = (common: string): number => exists(WIDTHS.get(common), common);

/** A row of QEMU's that gives only a part, and the places here that give the rest. */
interface Completed {
  readonly own: readonly OwnField[];
  readonly text: string;
  /** `part`: what QEMU's places say alone. */
  toCommon(part: Values, own: Values): Values;
  toOwn(common: Values): Values;
}

const FCR_ENABLE = 1n;

/** Without FIFOs QEMU has one register for the byte that waits and the byte read last. */
const RECEIVER: Completed = {
  own: [
    { name: 'uart_last_received', bytes: 1 },
    { name: 'uart_received_more', bytes: 1 + QUEUE_CAPACITY },
  ],
  text: 'without FIFO, and while a byte waits in rbr: the byte read last, and those behind the first',
  toCommon([last = 0n, errors = 0n, fcr = 0n, queue = 0n], [hidden = 0n, more = 0n]) {
    const [first] = unpackQueue(queue);
    if ((fcr & FCR_ENABLE) !== 0n || first === undefined) return [last, errors, fcr, queue];
    const behind = unpackQueue(reversed(more, 1 + QUEUE_CAPACITY));
    return [hidden, errors, fcr, packQueue([first, ...behind])];
  },
  toOwn([last = 0n, , fcr = 0n, queue = 0n]) {
    const received = unpackQueue(queue);
    if ((fcr & FCR_ENABLE) !== 0n || received.length === 0) return [0n, 0n];
    return [last, reversed(packQueue(received.slice(1)), 1 + QUEUE_CAPACITY)];
  },
};

const STI = 1n;
const MOV_SS = 2n;

const SHADOW: Completed = {
  own: [{ name: 'shadow_by_mov_ss', bytes: 1 }],
  text: '1: the shadow is that of MOV SS',
  toCommon: ([shadow = 0n], [byMovSs = 0n]) => [shadow === STI && byMovSs !== 0n ? MOV_SS : shadow],
  toOwn: ([shadow = 0n]) => [shadow === MOV_SS ? 1n : 0n],
};

/** Bit 1 of the type of a task segment: it is the running one. */
const BUSY = 2n;
/** System segments of 16 and 32 bits that are tasks, busy or not. */
const isFreeTask = (access: bigint): boolean => (access & 0x1fn & ~8n) === 1n;

const TASK: Completed = {
  own: [{ name: 'tr_available', bytes: 1 }],
  text: '1: the task segment is not busy',
  toCommon: ([access = 0n], [available = 0n]) => [available === 0n ? access : access & ~BUSY],
  toOwn: ([access = 0n]) => [isFreeTask(access) ? 1n : 0n],
};

const EVENT: Completed = {
  own: [{ name: 'error_code', bytes: 4 }],
  text: 'the error code',
  toCommon: ([kind = 0n, vector = 0n, hasError = 0n], [errorCode = 0n]) => [
    kind,
    vector,
    hasError,
    errorCode,
  ],
  toOwn: ([, , , errorCode = 0n]) => [errorCode],
};

const counting = (i: number): Completed => ({
  own: [
    { name: `pit${i}_count`, bytes: 4 },
    { name: `pit${i}_written`, bytes: 1 },
    { name: `pit${i}_phase`, bytes: 1 },
    { name: `pit${i}_held`, bytes: 8 },
  ],
  text: 'the count that is being counted, whether one was written, 0 idle, 1 counting, 2 held, and ticks before that',
  toCommon: (
    [, next = 0n, , , , mode = 0n, gate = 0n],
    [count = 0n, written = 0n, phase = 0n, held = 0n],
  ) => [count, next, written, phase, held, mode, gate],
  toOwn: ([count = 0n, , written = 0n, phase = 0n, held = 0n]) => [count, written, phase, held],
});

/** By the name of QEMU's row. */
const COMPLETED: ReadonlyMap<string, Completed> = new Map([
  ['receiver', RECEIVER],
  ['interruptShadow', SHADOW],
  ['tr.access', TASK],
  ['pending event', EVENT],
  ...PIT_COUNTERS.map((counter, i) => [`pit.${counter}.count`, counting(i)] as const),
]);

function completed(row: FieldRow, { own, text, toCommon, toOwn }: Completed): FieldRow {
  assert(row.rule === 'recomputed', `${row.name} gives a part of its fields`);
  const { formula, native } = row;
  return {
    ...row,
    native: [...native, ...own.map(({ name }) => at(name))],
    formula: {
      text: `${formula.text}; here: ${text}`,
      toCommon: (values) =>
        toCommon(formula.toCommon(values.slice(0, native.length)), values.slice(native.length)),
      toNative: (common) => [...formula.toNative(common), ...toOwn(common)],
    },
  };
}

/** QEMU's own subsection, which its translator sends only when the frequency was set by hand. */
export const TSC_KHZ = 'cpu/tsc_khz';

function ownRow(row: FieldRow): FieldRow {
  const more = COMPLETED.get(row.name);
  if (more !== undefined) return completed(row, more);
  const [common = ''] = row.common;
  if (row.rule !== 'absent') return row;
  if (common === 'cpu.tscKhz') return same(`${TSC_KHZ}.env.tsc_khz`, common);
  const [name] = exists(
    WHOLE.find(([, path]) => path === common),
    common,
  );
  const bytes = widthOf(common);
  return bytes > 8 ? bytesRow(at(name), common, bytes) : same(at(name), common);
}

/** QEMU's table for isapc, with a place for everything. */
export const OWN_FIELDS: FieldTable = QEMU_ISAPC_FIELDS.map(ownRow);

function fieldOf({ name, bytes }: OwnField): VmstateField {
  const form = new Map([
    [1, u8],
    [2, u16],
    [4, u32],
    [8, u64],
  ]).get(bytes);
  return form === undefined ? buffer(name, bytes) : form(name);
}

export const OWN_SECTION: VmstateSection = {
  key: NAME,
  name: NAME,
  instance: 0,
  version: 1,
  oldest: 1,
  fields: [
    ...WHOLE.map(([name, common]) => ({ name, bytes: widthOf(common) })),
    ...[...COMPLETED.values()].flatMap(({ own }) => own),
  ].map(fieldOf),
};
