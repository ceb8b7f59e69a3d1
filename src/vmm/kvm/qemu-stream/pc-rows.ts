/** Between QEMU's sections of a PC's devices and the common model. */
import { exists } from '../../../base/assert.ts';
import { bigFromBytes, bigToBytes } from '../../../base/big-bytes.ts';
import { instant, NEVER } from '../../../base/units.ts';
import { PitCounter } from '../../../devices/pit-counter.ts';
import type { CommonPit } from '../../../image/device-model.ts';
import {
  PACKET_MEMORY_BYTES,
  PIC_CHIPS,
  PIT_COUNTERS,
  PIT_FIELDS,
  unflattenDevice,
} from '../../../image/fields.ts';
import {
  absent,
  dropped,
  type FieldRow,
  type FieldTable,
  ignorable,
  same,
  type Values,
} from '../../field-table.ts';
import { PIC_NAMES, pageRow } from '../device-fields.ts';
import { NE2000_SPACE } from './pc-sections.ts';

const picRows = (chip: string, i: number): FieldRow[] => [
  ...PIC_NAMES.map(([native, common]) => same(`i8259.${i}.${native}`, `pic.${chip}.${common}`)),
  same(`i8259.${i}.single_mode`, `pic.${chip}.single`),
  absent(`pic.${chip}.levelMode`, 0n, 'QEMU 7.2 has ELCR only'),
];

/** CPU_INTERRUPT_HARD: the controller's output is up. */
const INTERRUPT_HARD = 2n;
const CASCADE_LINE = 4n;

const raised = ([irr = 0n, imr = 0n, isr = 0n]: Values): bigint => irr & ~imr & ~isr & 0xffn;

const INTERRUPT_REQUEST: FieldRow = {
  name: 'interrupt_request',
  native: ['cpu_common.interrupt_request'],
  common: PIC_CHIPS.flatMap((chip) => ['irr', 'imr', 'isr'].map((name) => `pic.${chip}.${name}`)),
  rule: 'derived',
  formula: {
    text: '2 (CPU_INTERRUPT_HARD) if a line that is not masked waits at a controller',
    toNative: (values) => {
      const slave = raised(values.slice(3)) === 0n ? 0n : CASCADE_LINE;
      const [irr = 0n, imr = 0n, isr = 0n] = values;
      return [raised([irr | slave, imr, isr]) === 0n ? 0n : INTERRUPT_HARD];
    },
  },
  note: 'the controller is asked again before a vector is taken; read back, its lines say it',
};

const CHANNEL_NAMES = [
  ['latched_count', 'latchedCount'],
  ['count_latched', 'countLatched'],
  ['status_latched', 'statusLatched'],
  ['status', 'status'],
  ['read_state', 'readState'],
  ['write_state', 'writeState'],
  ['write_latch', 'writeLatch'],
  ['rw_mode', 'rwMode'],
  ['bcd', 'bcd'],
  ['count_load_time', 'countLoadTime'],
] as const;

/** By PHASE_CHOICES. */
const IDLE = 0n;
const COUNTING = 1n;
const HELD = 2n;

/** QEMU's counters count always; what the gate stops by the data sheet follows from gate and mode. */
function countingToCommon([count = 0n, mode = 0n, gate = 0n]: Values): Values {
  const phase = gate !== 0n ? COUNTING : mode === 0n || mode === 4n ? HELD : IDLE;
  return [count, count, phase === IDLE ? 0n : 1n, phase, 0n, mode, gate];
}

const countingRow = (counter: string, i: number): FieldRow => ({
  name: `pit.${counter}.count`,
  native: ['count', 'mode', 'gate'].map((name) => `i8254.channels.${i}.${name}`),
  common: ['count', 'nextCount', 'written', 'phase', 'held', 'mode', 'gate'].map(
    (name) => `pit.${counter}.${name}`,
  ),
  rule: 'recomputed',
  formula: {
    text: 'count = nextCount; read back, a counter counts if its gate is high',
    toCommon: countingToCommon,
    toNative: ([, next = 0n, , , , mode = 0n, gate = 0n]) => [next, mode, gate],
  },
  note: 'QEMU lets a new count take over at once and knows no counter that waits',
});

/** The counter that raises interrupts. */
export function timerOf({ counter0 }: CommonPit): PitCounter {
  const timer = new PitCounter(counter0.gate);
  timer.restore({ ...counter0, countLoadTime: instant(counter0.countLoadTime) });
  return timer;
}

/** No transition comes. */
const NEVER_COMES = 0xffff_ffff_ffff_ffffn;

const FIRST_TRANSITION: FieldRow = {
  name: 'pit.counter0.next_transition_time',
  native: ['i8254.channels.0.next_transition_time', 'i8254.channels[0].next_transition_time'],
  common: [...PIT_FIELDS.map(({ path }) => `pit.${path}`), 'clock.guestNs'],
  rule: 'derived',
  formula: {
    text: 'when counter 0’s output changes next, after clock.guestNs; -1: never',
    toNative: (values) => {
      const flat = new Map(PIT_FIELDS.map(({ path }, i) => [path, exists(values[i], path)]));
      const timer = timerOf(unflattenDevice('pit', flat) as CommonPit);
      const next = timer.nextChange(instant(Number(values.at(-1))));
      const time = next === NEVER ? NEVER_COMES : BigInt(next);
      return [time, time];
    },
  },
  note: 'QEMU sets its timer to it and computes the later ones itself',
};

const channelRows = (counter: string, i: number): FieldRow[] => [
  ...CHANNEL_NAMES.map(([native, common]) =>
    same(`i8254.channels.${i}.${native}`, `pit.${counter}.${common}`),
  ),
  countingRow(counter, i),
];

const PIT_ROWS: FieldTable = [
  ...PIT_COUNTERS.flatMap(channelRows),
  FIRST_TRANSITION,
  ...[1, 2].map((i) =>
    ignorable(`i8254.channels.${i}.next_transition_time`, 0n, 'only counter 0 raises interrupts'),
  ),
  dropped('i8254.channels[0].irq_disabled', 0n, 'a HPET has taken the line; the toy has none'),
  same('pcspk.data_on', 'pit.speaker'),
  ignorable('pcspk.dummy_refresh_clock', 0n, 'the toy’s refresh toggle follows from the clock'),
];

const card = (name: string): string => `ne2000.ne2000.${name}`;

export const reversed = (value: bigint, count: number): bigint =>
  bigFromBytes(bigToBytes(value, count).reverse());

export const bytesRow = (native: string, common: string, count: number): FieldRow => ({
  name: common,
  native: [native],
  common: [common],
  rule: 'recomputed',
  formula: {
    text: 'the same bytes',
    toCommon: ([value = 0n]) => [reversed(value, count)],
    toNative: ([value = 0n]) => [reversed(value, count)],
  },
  note: 'here a buffer’s first byte is the highest, there the lowest',
});

const PACKETS = 0x4000;
const PROM_BYTES = 32;
const MAC_BYTES = 6;
/** "W" four times: a card for the 16-bit bus. */
const SIGNATURE = 0x57;

function spaceOf([memory = 0n, mac = 0n]: Values): Values {
  const space = new Uint8Array(NE2000_SPACE);
  bigToBytes(mac, MAC_BYTES).forEach((byte, i) => {
    space.fill(byte, 2 * i, 2 * i + 2);
  });
  space.fill(SIGNATURE, PROM_BYTES - 4, PROM_BYTES);
  space.set(bigToBytes(memory, PACKET_MEMORY_BYTES), PACKETS);
  return [bigFromBytes(space.reverse())];
}

function spaceToCommon([value = 0n]: Values): Values {
  const space = bigToBytes(value, NE2000_SPACE).reverse();
  const mac = Uint8Array.from({ length: MAC_BYTES }, (_, i) => space[2 * i] ?? 0);
  return [bigFromBytes(space.subarray(PACKETS, PACKETS + PACKET_MEMORY_BYTES)), bigFromBytes(mac)];
}

const SPACE: FieldRow = {
  name: 'ne2000.memory',
  native: [card('mem')],
  common: ['ne2000.memory', 'ne2000.mac'],
  rule: 'recomputed',
  formula: {
    text: 'from 0 each byte of the PROM twice, with "WW" at its end; from 0x4000 the packet memory',
    toCommon: spaceToCommon,
    toNative: spaceOf,
  },
  note: 'QEMU’s card has 16 KiB more, which the toy’s ring cannot reach',
};

const NE2000_ROWS: FieldTable = [
  absent('ne2000.port', 0x300n, 'by the machine’s options'),
  absent('ne2000.irq', 9n, 'by the machine’s options'),
  ...(
    [
      ['rxcr', 'rcr'],
      ['cmd', 'cr'],
      ['boundary', 'bnry'],
      ['tsr', 'tsr'],
      ['tpsr', 'tpsr'],
      ['tcnt', 'tbcr'],
      ['rcnt', 'rbcr'],
      ['rsar', 'rsar'],
      ['rsr', 'rsr'],
      ['isr', 'isr'],
      ['dcfg', 'dcr'],
      ['imr', 'imr'],
      ['curpag', 'curr'],
    ] as const
  ).map(([native, common]) => same(card(native), `ne2000.${common}`)),
  pageRow(card('start'), 'ne2000.pstart'),
  pageRow(card('stop'), 'ne2000.pstop'),
  bytesRow(card('phys'), 'ne2000.par', 6),
  bytesRow(card('mult'), 'ne2000.mar', 8),
  absent('ne2000.tcr', 0n, 'QEMU’s card has no loopback'),
  absent('ne2000.missed', 0n, 'QEMU’s card does not count'),
  ignorable(card('unused'), 0n, 'the line of an old version'),
  SPACE,
];

/** Rows of the devices of a PC, the serial port left out. */
export const PC_ROWS: FieldTable = [
  ...PIC_CHIPS.flatMap(picRows),
  INTERRUPT_REQUEST,
  ...PIT_ROWS,
  ...NE2000_ROWS,
];
