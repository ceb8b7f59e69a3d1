/**
 * Interrupt controllers and timer of an HVM guest in the shape of Xen's public headers:
 * hvm_hw_vpic and hvm_hw_pit (arch-x86/hvm/save.h).
 */
import { packed } from '../native-layout.ts';

/** struct hvm_hw_vpic, 8 bytes. Two bytes hold several fields each. */
const VPIC = ['irr', 'imr', 'isr', 'irq_base', 'init', 'flags', 'elcr', 'int_output'].map(
  (name): [string, number] => [name, 1],
);

/** struct hvm_hw_pit's channel, 16 bytes. */
export const CHANNEL_BYTES = [
  ...['count_latched', 'status_latched', 'status', 'read_state', 'write_state', 'write_latch'],
  ...['rw_mode', 'mode', 'bcd', 'gate'],
] as const;

const channel = (i: number): [string, number][] => [
  [`channels${i}.count`, 4],
  [`channels${i}.latched_count`, 2],
  ...CHANNEL_BYTES.map((name): [string, number] => [`channels${i}.${name}`, 1]),
];

/** struct hvm_hw_pit, 56 bytes. */
const PIT = [...[0, 1, 2].flatMap(channel), ['speaker_data_on', 4], ['pad0', 4]] as [
  string,
  number,
][];

export const DEVICE_LAYOUT = {
  pic0: packed('pic0', VPIC),
  pic1: packed('pic1', VPIC),
  pit: packed('pit', PIT),
} as const;
