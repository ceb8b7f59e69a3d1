/** The sections of a PC's own devices, as QEMU's description of its machine `isapc` lists them (7.2). */
import {
  buffer,
  i32,
  i64,
  named,
  struct,
  u8,
  u16,
  u32,
  unused,
  type VmstateField,
  type VmstateSection,
  type VmstateStruct,
} from './vmstate.ts';

const bytes = (...names: string[]): VmstateField[] => names.map((name) => u8(name));

/** By their names in QEMU, which are those of struct kvm_pic_state. */
export const I8259_FIELDS = [
  ...['last_irr', 'irr', 'imr', 'isr', 'priority_add', 'irq_base', 'read_reg_select', 'poll'],
  ...['special_mask', 'init_state', 'auto_eoi', 'rotate_on_auto_eoi'],
  ...['special_fully_nested_mode', 'init4', 'single_mode', 'elcr'],
];

/** Master and slave. */
const I8259: readonly VmstateSection[] = [0, 1].map((instance) => ({
  key: `i8259.${instance}`,
  name: 'i8259',
  instance,
  version: 1,
  oldest: 1,
  fields: bytes(...I8259_FIELDS),
}));

const CHANNEL: VmstateStruct = {
  name: 'pit channel',
  version: 2,
  fields: [
    i32('count'),
    u16('latched_count'),
    ...bytes('count_latched', 'status_latched', 'status', 'read_state', 'write_state'),
    ...bytes('write_latch', 'rw_mode', 'mode', 'bcd', 'gate'),
    i64('count_load_time'),
    i64('next_transition_time'),
  ],
};

const one = (name: string, version: number, fields: readonly VmstateField[]): VmstateSection => ({
  key: name,
  name,
  instance: 0,
  version,
  oldest: version,
  fields,
});

const I8254 = one('i8254', 3, [
  u32('channels[0].irq_disabled'),
  named(struct('channels', CHANNEL), ['0', '1', '2']),
  i64('channels[0].next_transition_time'),
]);

const PCSPK = one('pcspk', 1, bytes('data_on', 'dummy_refresh_clock'));

/** The board's address space: station address from 0, packet memory from 0x4000 on. */
export const NE2000_SPACE = 0xc000;

const NE2000_STATE: VmstateStruct = {
  name: 'ne2000',
  version: 2,
  fields: [
    ...bytes('rxcr', 'cmd'),
    u32('start'),
    u32('stop'),
    ...bytes('boundary', 'tsr', 'tpsr'),
    u16('tcnt'),
    u16('rcnt'),
    u32('rsar'),
    ...bytes('rsr', 'isr', 'dcfg', 'imr'),
    buffer('phys', 6),
    u8('curpag'),
    buffer('mult', 8),
    unused(4),
    buffer('mem', NE2000_SPACE),
  ],
};

/** A QEMU without the card refuses its section, so it is there only for a guest that set it up. */
export const NE2000: VmstateSection = {
  ...one('ne2000', 2, [struct('ne2000', NE2000_STATE)]),
  needed: (state) => state.get('ne2000.ne2000.stop') !== 0n,
};

export const PC_SECTIONS: readonly VmstateSection[] = [...I8259, I8254, PCSPK, NE2000];
