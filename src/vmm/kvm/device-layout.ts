/**
 * The devices of a VM under KVM: interrupt controllers and timer as the kernel keeps them
 * (kvm_pic_state and kvm_pit_state2 of asm/kvm.h), the others as the process around it does, by the
 * names of QEMU's `serial`, `ne2000` and `mc146818rtc`.
 */
import { CMOS_BYTES, PACKET_MEMORY_BYTES } from '../../image/fields.ts';
import { MAX_CAUSE } from '../../image/validate.ts';
import { type NativeRecord, packed } from '../native-layout.ts';

/** struct kvm_pic_state, 16 bytes. */
const PIC_STATE = [
  ...['last_irr', 'irr', 'imr', 'isr', 'priority_add', 'irq_base', 'read_reg_select', 'poll'],
  ...['special_mask', 'init_state', 'auto_eoi', 'rotate_on_auto_eoi'],
  ...['special_fully_nested_mode', 'init4', 'elcr', 'elcr_mask'],
].map((name): [string, number] => [name, 1]);

/** struct kvm_pit_channel_state, 24 bytes. */
const channel = (name: string): [string, number][] => [
  [`${name}.count`, 4],
  [`${name}.latched_count`, 2],
  ...[
    ...['count_latched', 'status_latched', 'status', 'read_state', 'write_state', 'write_latch'],
    ...['rw_mode', 'mode', 'bcd', 'gate'],
  ].map((field): [string, number] => [`${name}.${field}`, 1]),
  [`${name}.count_load_time`, 8],
];

/** struct kvm_pit_state2, 112 bytes. */
const PIT = packed('pit', [
  ...channel('channels0'),
  ...channel('channels1'),
  ...channel('channels2'),
  ['flags', 4],
  ['reserved', 36],
]);

export const SERIAL_PRIVATE: readonly [string, number][] = [
  ['serial.iobase', 2],
  ['serial.divider', 2],
  ...['rbr', 'ier', 'lcr', 'mcr', 'lsr', 'msr', 'scr', 'fcr', 'thr_ipending'].map(
    (name): [string, number] => [`serial.${name}`, 1],
  ),
  ['serial.recv_fifo', 17],
  ['serial.timeout', 1],
  ['serial.timeout_at', 8],
];

/** What the kernel's own controllers do not have. */
const KERNEL_GAPS: readonly [string, number][] = [
  ...['pic0', 'pic1'].flatMap((pic): [string, number][] => [
    [`${pic}.single_mode`, 1],
    [`${pic}.ltim`, 1],
  ]),
  ...['pit0', 'pit1', 'pit2'].flatMap((counter): [string, number][] => [
    [`${counter}.next_count`, 4],
    [`${counter}.written`, 1],
    [`${counter}.phase`, 1],
    [`${counter}.held`, 8],
  ]),
];

const NE2000 = packed('ne2000', [
  ['iobase', 2],
  ['irq', 1],
  ...['rxcr', 'cmd', 'boundary', 'tsr', 'tpsr', 'rsr', 'isr', 'dcfg', 'imr', 'curpag'].map(
    (name): [string, number] => [name, 1],
  ),
  ['start', 4],
  ['stop', 4],
  ['tcnt', 2],
  ['rcnt', 2],
  ['rsar', 4],
  ['phys', 6],
  ['mult', 8],
  ['tcr', 1],
  ['missed', 1],
  ['mac', 6],
]);

const NE2000_MEMORY = packed('ne2000_mem', [['mem', PACKET_MEMORY_BYTES]]);

const RTC = packed('rtc', [
  ['cmos_index', 1],
  ['base_rtc', 8],
  ['cmos_data', CMOS_BYTES],
]);

export const STOP_PRIVATE: readonly [string, number][] = [
  ['stopped.cause', MAX_CAUSE],
  ['stopped.code', 4],
];

export const DEVICE_PRIVATE: readonly [string, number][] = [
  ...SERIAL_PRIVATE,
  ...KERNEL_GAPS,
  ...STOP_PRIVATE,
];

export const DEVICE_RECORDS: readonly NativeRecord[] = [
  packed('pic0', PIC_STATE),
  packed('pic1', PIC_STATE),
  PIT,
  NE2000,
  NE2000_MEMORY,
  RTC,
];
