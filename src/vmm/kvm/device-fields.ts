/** The KVM-like VMM's rows for the devices. */
import { PIC_CHIPS, PIT_COUNTERS } from '../../image/fields.ts';
import { dropped, type FieldRow, type FieldTable, same } from '../field-table.ts';

/** THRE and TEMT: the toy's transmitter is always empty. */
const LSR_IDLE = 0x60n;
const SPEAKER_DATA_ON = 2n;

const RECEIVER: FieldRow = {
  name: 'receiver',
  native: ['vmm_private.serial.lsr', 'vmm_private.serial.recv_fifo'],
  common: ['uart.lineErrors', 'uart.received'],
  rule: 'recomputed',
  formula: {
    text: 'lsr = 0x60 | lineErrors | (received is not empty)',
    toCommon: ([lsr = 0n, fifo = 0n]) => [lsr & 0x1en, fifo],
    toNative: ([errors = 0n, fifo = 0n]) => [
      LSR_IDLE | errors | ((fifo & 0xffn) === 0n ? 0n : 1n),
      fifo,
    ],
  },
  note: 'the register as the guest would read it, not only its error bits',
};

const SERIAL_ROWS: FieldTable = [
  same('vmm_private.serial.iobase', 'uart.port'),
  same('vmm_private.serial.divider', 'uart.divisor'),
  same('vmm_private.serial.rbr', 'uart.lastReceived'),
  same('vmm_private.serial.ier', 'uart.interruptEnable'),
  same('vmm_private.serial.lcr', 'uart.lineControl'),
  same('vmm_private.serial.mcr', 'uart.modemControl'),
  RECEIVER,
  same('vmm_private.serial.msr', 'uart.modemStatus'),
  same('vmm_private.serial.scr', 'uart.scratch'),
  same('vmm_private.serial.fcr', 'uart.fifoControl'),
  same('vmm_private.serial.thr_ipending', 'uart.transmitInterrupt'),
  same('vmm_private.serial.timeout', 'uart.receiveTimeout.phase', '0 none, 1 waiting, 2 struck'),
  same('vmm_private.serial.timeout_at', 'uart.receiveTimeout.at', 'guest time'),
];

/** Lines that an AT's controllers let be level-triggered. */
const ELCR_MASKS = [0xf8n, 0xden] as const;
/** Name in kvm_pic_state, name in the common model. */
export const PIC_NAMES = [
  ['last_irr', 'lastIrr'],
  ['irr', 'irr'],
  ['imr', 'imr'],
  ['isr', 'isr'],
  ['priority_add', 'priorityAdd'],
  ['irq_base', 'irqBase'],
  ['read_reg_select', 'readIsr'],
  ['poll', 'poll'],
  ['special_mask', 'specialMask'],
  ['init_state', 'initState'],
  ['auto_eoi', 'autoEoi'],
  ['rotate_on_auto_eoi', 'rotateOnAutoEoi'],
  ['special_fully_nested_mode', 'specialFullyNested'],
  ['init4', 'expectIcw4'],
  ['elcr', 'elcr'],
] as const;
const NOT_IN_KVM = 'KVM’s own controller has no such state';

const picRows = (chip: string, i: number): FieldRow[] => [
  ...PIC_NAMES.map(([native, common]) => same(`pic${i}.${native}`, `pic.${chip}.${common}`)),
  dropped(`pic${i}.elcr_mask`, ELCR_MASKS[i] ?? 0n, 'fixed by how a PC is wired'),
  same(`vmm_private.pic${i}.single_mode`, `pic.${chip}.single`, NOT_IN_KVM),
  same(`vmm_private.pic${i}.ltim`, `pic.${chip}.levelMode`, NOT_IN_KVM),
];

const CHANNEL_NAMES = [
  ['count', 'count'],
  ['latched_count', 'latchedCount'],
  ['count_latched', 'countLatched'],
  ['status_latched', 'statusLatched'],
  ['status', 'status'],
  ['read_state', 'readState'],
  ['write_state', 'writeState'],
  ['write_latch', 'writeLatch'],
  ['rw_mode', 'rwMode'],
  ['mode', 'mode'],
  ['bcd', 'bcd'],
  ['gate', 'gate'],
] as const;

const channelRows = (counter: string, i: number): FieldRow[] => [
  ...CHANNEL_NAMES.map(([native, common]) =>
    same(`pit.channels${i}.${native}`, `pit.${counter}.${common}`),
  ),
  same(
    `pit.channels${i}.count_load_time`,
    `pit.${counter}.countLoadTime`,
    'on the guest’s clock; a real KVM keeps it on the host’s, and the process around it converts',
  ),
  same(`vmm_private.pit${i}.next_count`, `pit.${counter}.nextCount`, NOT_IN_KVM),
  same(`vmm_private.pit${i}.written`, `pit.${counter}.written`, NOT_IN_KVM),
  same(`vmm_private.pit${i}.phase`, `pit.${counter}.phase`, '0 idle, 1 counting, 2 held'),
  same(`vmm_private.pit${i}.held`, `pit.${counter}.held`, NOT_IN_KVM),
];

const SPEAKER: FieldRow = {
  name: 'pit.speaker',
  native: ['pit.flags'],
  common: ['pit.speaker'],
  rule: 'recomputed',
  formula: {
    text: 'flags = KVM_PIT_FLAGS_SPEAKER_DATA_ON (2) if the speaker is on',
    toCommon: ([flags = 0n]) => [(flags & SPEAKER_DATA_ON) === 0n ? 0n : 1n],
    toNative: ([speaker = 0n]) => [speaker === 0n ? 0n : SPEAKER_DATA_ON],
  },
  note: 'bit 0 belongs to a HPET, which the toy lacks',
};

/** QEMU keeps the ring's ends as addresses. */
export const pageRow = (native: string, common: string): FieldRow => ({
  name: common,
  native: [native],
  common: [common],
  rule: 'recomputed',
  formula: {
    text: 'address of the page: page << 8',
    toCommon: ([address = 0n]) => [address >> 8n],
    toNative: ([page = 0n]) => [page << 8n],
  },
  note: '',
});

const NE2000_ROWS: FieldTable = [
  same('ne2000.iobase', 'ne2000.port'),
  same('ne2000.irq', 'ne2000.irq'),
  same('ne2000.rxcr', 'ne2000.rcr'),
  same('ne2000.cmd', 'ne2000.cr'),
  pageRow('ne2000.start', 'ne2000.pstart'),
  pageRow('ne2000.stop', 'ne2000.pstop'),
  same('ne2000.boundary', 'ne2000.bnry'),
  same('ne2000.tsr', 'ne2000.tsr'),
  same('ne2000.tpsr', 'ne2000.tpsr'),
  same('ne2000.tcnt', 'ne2000.tbcr'),
  same('ne2000.rcnt', 'ne2000.rbcr'),
  same('ne2000.rsar', 'ne2000.rsar'),
  same('ne2000.rsr', 'ne2000.rsr'),
  same('ne2000.isr', 'ne2000.isr'),
  same('ne2000.dcfg', 'ne2000.dcr'),
  same('ne2000.imr', 'ne2000.imr'),
  same('ne2000.phys', 'ne2000.par', 'first byte lowest'),
  same('ne2000.curpag', 'ne2000.curr'),
  same('ne2000.mult', 'ne2000.mar', 'first byte lowest'),
  same('ne2000.tcr', 'ne2000.tcr', 'QEMU’s card has no loopback'),
  same('ne2000.missed', 'ne2000.missed', 'QEMU’s card does not count'),
  same('ne2000.mac', 'ne2000.mac', 'as the PROM gives it'),
  same('ne2000_mem.mem', 'ne2000.memory', 'from 0x4000 on'),
];

export const KVM_DEVICE_FIELDS: FieldTable = [
  ...SERIAL_ROWS,
  ...PIC_CHIPS.flatMap(picRows),
  ...PIT_COUNTERS.flatMap(channelRows),
  SPEAKER,
  dropped('pit.reserved', 0n, 'must be 0'),
  ...NE2000_ROWS,
  same('rtc.cmos_index', 'cmos.index'),
  same('rtc.base_rtc', 'cmos.epoch', 'the clock’s date at guest time 0'),
  same('rtc.cmos_data', 'cmos.memory'),
  same('clock.clock', 'clock.guestNs'),
  same('vmm_private.stopped.cause', 'stopped.cause', '0: the guest lives'),
  same('vmm_private.stopped.code', 'stopped.code'),
];
