/**
 * The sections of a stream of qemu-system-i386 that a VM's state lives in, field by field, as QEMU's
 * own description at the end of its streams lists them (measured with 7.2 and 10.0).
 */
import type { NativeState } from '../../native-layout.ts';
import { PC_SECTIONS } from './pc-sections.ts';
import {
  buffer,
  i32,
  i64,
  named,
  struct,
  u8,
  u16,
  u32,
  u64,
  unused,
  type VmstateField,
  type VmstateSection,
  type VmstateStruct,
} from './vmstate.ts';

const SEGMENT: VmstateStruct = {
  name: 'segment',
  version: 1,
  fields: [u32('selector'), u32('base'), u32('limit'), u32('flags')],
};
const FPREG: VmstateStruct = {
  name: 'fpreg',
  version: 0,
  fields: [{ name: 'tmp', type: 'tmp', size: 10 }],
};
const MTRR: VmstateStruct = {
  name: 'mtrr_var',
  version: 1,
  fields: [u64('base'), u64('mask')],
};
/** Half of a 256-bit register: two of its four 64-bit words. */
const halfRegister = (name: string, first: number): VmstateStruct => ({
  name,
  version: 1,
  fields: [u64(`_q_ZMMReg[${first}]`), u64(`_q_ZMMReg[${first + 1}]`)],
});

/** The order of QEMU's registers and of its segments. */
export const QEMU_GENERAL = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const;
export const QEMU_SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'] as const;

/** What follows from other registers, and the interrupt shadow, which does not. */
const HFLAGS_PARTS = [
  { name: 'mode', mask: 0xffff_fff7n },
  { name: 'inhibit_irq', mask: 0x8n },
];

const CPU_FIELDS: readonly VmstateField[] = [
  named(u32('env.regs'), QEMU_GENERAL),
  u32('env.eip'),
  u32('env.eflags'),
  { ...u32('env.hflags'), parts: HFLAGS_PARTS },
  u16('env.fpuc'),
  u16('env.fpus_vmstate'),
  u16('env.fptag_vmstate'),
  u16('env.fpregs_format_vmstate'),
  struct('env.fpregs', FPREG, 8),
  named(struct('env.segs', SEGMENT), QEMU_SEGMENTS),
  struct('env.ldt', SEGMENT),
  struct('env.tr', SEGMENT),
  struct('env.gdt', SEGMENT),
  struct('env.idt', SEGMENT),
  ...['env.sysenter_cs', 'env.sysenter_esp', 'env.sysenter_eip'].map((name) => u32(name)),
  ...['env.cr[0]', 'env.cr[2]', 'env.cr[3]', 'env.cr[4]'].map((name) => u32(name)),
  named(u32('env.dr'), ['dr0', 'dr1', 'dr2', 'dr3', 'dr4', 'dr5', 'dr6', 'dr7']),
  i32('env.a20_mask'),
  u32('env.mxcsr'),
  struct('env.xmm_regs[0]', halfRegister('xmm_reg', 0), 8),
  u32('env.smbase'),
  u64('env.pat'),
  u32('env.hflags2'),
  ...['env.vm_hsave', 'env.vm_vmcb', 'env.tsc_offset', 'env.intercept'].map((name) => u64(name)),
  u16('env.intercept_cr_read'),
  u16('env.intercept_cr_write'),
  u16('env.intercept_dr_read'),
  u16('env.intercept_dr_write'),
  u32('env.intercept_exceptions'),
  u8('env.v_tpr'),
  u64('env.mtrr_fixed', 11),
  u64('env.mtrr_deftype'),
  struct('env.mtrr_var', MTRR, 8),
  i32('env.interrupt_injected'),
  u32('env.mp_state'),
  u64('env.tsc'),
  i32('env.exception_nr'),
  u8('env.soft_interrupt'),
  u8('env.nmi_injected'),
  u8('env.nmi_pending'),
  u8('env.has_error_code'),
  u32('env.sipi_vector'),
  ...['env.mcg_cap', 'env.mcg_status', 'env.mcg_ctl'].map((name) => u64(name)),
  u64('env.mce_banks', 40),
  ...['env.tsc_aux', 'env.system_time_msr', 'env.wall_clock_msr'].map((name) => u64(name)),
  { ...u64('env.xcr0'), since: 12 },
  { ...u64('env.xstate_bv'), since: 12 },
  { ...struct('env.xmm_regs[1]', halfRegister('ymmh_reg', 2), 8), since: 12 },
];

const section = (
  name: string,
  version: number,
  fields: readonly VmstateField[],
  { instance = 0, key = name, oldest = version } = {},
): VmstateSection => ({ key, name, instance, version, oldest, fields });

export const TIMER = section('timer', 2, [
  i64('cpu_ticks_offset'),
  unused(8),
  i64('cpu_clock_offset'),
]);
export const CPU_COMMON = section('cpu_common', 1, [u32('halted'), u32('interrupt_request')]);
export const CPU = section('cpu', 12, CPU_FIELDS, { oldest: 11 });
/** Since release 9.0 two flags stand in the 100 bytes of text, behind the first 32. */
export const GLOBAL_STATE: VmstateSection = {
  ...section('globalstate', 1, [u32('size'), buffer('runstate', 100)]),
  recut: [
    u32('size'),
    buffer('runstate', 32),
    u8('has_vm_was_suspended'),
    u8('vm_was_suspended'),
    buffer('unused', 66),
  ],
};

const FIFO: VmstateStruct = {
  name: 'Fifo8',
  version: 1,
  fields: [buffer('data', 16), u32('head'), u32('num')],
};

/** A 16550 of the ISA bus: its registers stand in a structure of their own. */
const SERIAL_STATE: VmstateStruct = {
  name: 'serial',
  version: 3,
  fields: [
    u16('divider'),
    ...['rbr', 'ier', 'iir', 'lcr', 'mcr', 'lsr', 'msr', 'scr', 'fcr_vmstate'].map((name) =>
      u8(name),
    ),
  ],
  subsections: [
    {
      name: 'serial/thr_ipending',
      version: 1,
      fields: [i32('thr_ipending')],
      needed: (state) => state.get('serial/thr_ipending.thr_ipending') !== impliedTransmit(state),
    },
    {
      name: 'serial/recv_fifo',
      version: 1,
      fields: [struct('recv_fifo', FIFO)],
      needed: (state) => state.get('serial/recv_fifo.recv_fifo.num') !== 0n,
    },
    {
      name: 'serial/timeout_ipending',
      version: 1,
      fields: [i32('timeout_ipending')],
      needed: (state) => state.get('serial/timeout_ipending.timeout_ipending') !== 0n,
    },
  ],
};
export const SERIAL = section('serial', 3, [struct('state', SERIAL_STATE)]);

/** Without its subsection the transmitter's interrupt is due if that is the cause in IIR. */
export const impliedTransmit = (state: NativeState): bigint =>
  ((state.get('serial.state.iir') ?? 0n) & 6n) === 2n ? 1n : 0n;

/** Every section that is read or written, in the order of a stream. */
export const CPU_SECTIONS: readonly VmstateSection[] = [TIMER, CPU_COMMON, CPU];
export const KNOWN_SECTIONS: readonly VmstateSection[] = [
  ...CPU_SECTIONS,
  ...PC_SECTIONS,
  SERIAL,
  GLOBAL_STATE,
];

/** `own`: sections of the machine that are read there as it has them. */
export function findSection(
  name: string,
  instance: number,
  own: readonly VmstateSection[],
): VmstateSection | undefined {
  return [...own, ...KNOWN_SECTIONS].find(
    (candidate) => candidate.name === name && candidate.instance === instance,
  );
}
