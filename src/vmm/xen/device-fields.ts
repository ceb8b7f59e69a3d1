/** The Xen-like VMM's rows for interrupt controllers and timer, which a domain image holds. */
import { PicChip } from '../../devices/pic-chip.ts';
import { PIC_CHIPS, PIT_COUNTERS } from '../../image/fields.ts';
import { dropped, type FieldRow, type FieldTable, same, type Values } from '../field-table.ts';
import { CHANNEL_BYTES } from './device-layout.ts';

const initRow = (chip: string, i: number): FieldRow => ({
  name: `pic.${chip} initialisation`,
  native: [`pic${i}.init`],
  common: ['initState', 'expectIcw4', 'single', 'priorityAdd'].map((name) => `pic.${chip}.${name}`),
  rule: 'recomputed',
  formula: {
    text: 'init = initState | expectIcw4 << 2 | single << 3 | priorityAdd << 4',
    toCommon: ([init = 0n]) => [init & 3n, (init >> 2n) & 1n, (init >> 3n) & 1n, init >> 4n],
    toNative: ([state = 0n, icw4 = 0n, single = 0n, priority = 0n]) => [
      state | (icw4 << 2n) | (single << 3n) | (priority << 4n),
    ],
  },
  note: 'Xen looks at bits 2 and 3 only while the controller is being initialised',
});

/** Bits 0 to 5. */
const FLAGS = [
  'readIsr',
  'poll',
  'autoEoi',
  'rotateOnAutoEoi',
  'specialFullyNested',
  'specialMask',
] as const;
const IS_MASTER = 0x40n;

const flagsRow = (chip: string, i: number): FieldRow => {
  const isMaster = i === 0 ? IS_MASTER : 0n;
  return {
    name: `pic.${chip} flags`,
    native: [`pic${i}.flags`],
    common: FLAGS.map((name) => `pic.${chip}.${name}`),
    rule: 'recomputed',
    formula: {
      text: `readIsr, poll, autoEoi, rotateOnAutoEoi, specialFullyNested, specialMask from bit 0 on; bit 6: is master (${isMaster >> 6n})`,
      toCommon: ([flags = 0n]) => FLAGS.map((_, bit) => (flags >> BigInt(bit)) & 1n),
      toNative: (bits) => [bits.reduce((all, bit, n) => all | (bit << BigInt(n)), isMaster)],
    },
    note: '',
  };
};

const OUTPUT_INPUTS = [
  ...['irr', 'imr', 'isr', 'priorityAdd', 'specialMask', 'specialFullyNested'],
] as const;

/** As the controller itself computes it. */
function outputOf(isMaster: boolean, [irr, imr, isr, priority, mask, nested]: Values): bigint {
  const chip = new PicChip(isMaster, 0);
  chip.restore({
    ...chip.save(),
    irr: Number(irr),
    imr: Number(imr),
    isr: Number(isr),
    priorityAdd: Number(priority) & 7,
    specialMask: mask === 1n,
    specialFullyNested: nested === 1n,
  });
  return chip.output ? 1n : 0n;
}

const outputRow = (chip: string, i: number): FieldRow => ({
  name: `pic.${chip} output`,
  native: [`pic${i}.int_output`],
  common: OUTPUT_INPUTS.map((name) => `pic.${chip}.${name}`),
  rule: 'derived',
  formula: {
    text: 'a request waits that is neither masked nor beneath one in service',
    toNative: (values) => [outputOf(i === 0, values)],
  },
  note: '',
});

const picRows = (chip: string, i: number): FieldRow[] => [
  same(`pic${i}.irr`, `pic.${chip}.irr`),
  same(`pic${i}.imr`, `pic.${chip}.imr`),
  same(`pic${i}.isr`, `pic.${chip}.isr`),
  same(`pic${i}.irq_base`, `pic.${chip}.irqBase`),
  initRow(chip, i),
  flagsRow(chip, i),
  same(`pic${i}.elcr`, `pic.${chip}.elcr`),
  outputRow(chip, i),
];

const camel = (name: string): string =>
  name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** What a channel has beside its period and its gate. */
const channelRows = (counter: string, i: number): FieldRow[] =>
  ['latched_count', ...CHANNEL_BYTES.filter((name) => name !== 'gate')].map((name) =>
    same(`pit.channels${i}.${name}`, `pit.${counter}.${camel(name)}`),
  );

/** The rows that every form of the state shares. */
export const STREAM_DEVICE_FIELDS: FieldTable = [
  ...PIC_CHIPS.flatMap(picRows),
  ...PIT_COUNTERS.flatMap(channelRows),
  same('pit.speaker_data_on', 'pit.speaker', '0 or 1'),
  dropped('pit.pad0', 0n, 'must be 0'),
];

/** With private places beside it, a stream's own places are what they are. */
export const WHOLE_TIMER_FIELDS: FieldTable = [
  same('tsc_info.nsec', 'clock.guestNs'),
  ...PIT_COUNTERS.flatMap((counter, i) => [
    same(`pit.channels${i}.count`, `pit.${counter}.count`),
    same(`pit.channels${i}.gate`, `pit.${counter}.gate`),
  ]),
];

const COUNTING = 1n;

/** Alone, they must do for what a stream lacks: every counter starts its period when it is loaded. */
export const RAW_TIMER_FIELDS: FieldTable = [
  {
    name: 'clock.guestNs',
    native: ['tsc_info.nsec'],
    common: ['clock.guestNs', ...PIT_COUNTERS.map((counter) => `pit.${counter}.countLoadTime`)],
    rule: 'recomputed',
    formula: {
      text: 'guest time; every period of the PIT begins there',
      toCommon: ([now = 0n]) => [now, now, now, now],
      toNative: ([now = 0n]) => [now],
    },
    note: 'a raw stream has no load time of the PIT: the tick shifts by a part of its period',
  },
  ...PIT_COUNTERS.flatMap((counter, i): FieldRow[] => [
    {
      name: `pit.${counter}.count`,
      native: [`pit.channels${i}.count`],
      common: [`pit.${counter}.count`, `pit.${counter}.nextCount`],
      rule: 'recomputed',
      formula: {
        text: 'the count register; the period under way is taken to be the same',
        toCommon: ([count = 0n]) => [count, count],
        toNative: ([, next = 0n]) => [next],
      },
      note: 'a raw stream has one place for both: a period under way ends early or late, once',
    },
    {
      name: `pit.${counter}.gate`,
      native: [`pit.channels${i}.gate`],
      common: [`pit.${counter}.gate`, `pit.${counter}.phase`],
      rule: 'recomputed',
      formula: {
        text: 'a counter with an open gate counts, another is idle',
        toCommon: ([gate = 0n]) => [gate, gate === 0n ? 0n : COUNTING],
        toNative: ([gate = 0n]) => [gate],
      },
      note: 'a raw stream does not say if a counter counts',
    },
  ]),
];
