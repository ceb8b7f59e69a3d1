/**
 * What the Xen-like VMM keeps of a VM beside its memory, in the shape of Xen's public headers:
 * hvm_save_header and hvm_hw_cpu (arch-x86/hvm/save.h), and the TSC record of the domain image
 * (X86_TSC_INFO). Offsets are those of the C structures.
 */
import { type NativeRecord, packed } from '../native-layout.ts';

/** The order in which hvm_hw_cpu lists selectors, limits, bases and access rights. */
export const XEN_SEGMENTS = ['cs', 'ds', 'es', 'fs', 'gs', 'ss', 'tr', 'ldtr'] as const;
/** rax … rdi as hvm_hw_cpu orders them. */
export const XEN_GENERAL = ['ax', 'bx', 'cx', 'dx', 'bp', 'si', 'di', 'sp'] as const;
export const XEN_HIGH = ['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'] as const;

export const HVM_MAGIC = 0x5438_1286n;

const HEADER = packed('header', 1, [
  ['magic', 4],
  ['version', 4],
  ['changeset', 8],
  ['cpuid', 4],
  ['gtsc_khz', 4],
]);

const wide = (names: readonly string[]): [string, number][] => names.map((name) => [name, 8]);
const perSegment = (what: string, bytes: number): [string, number][] =>
  XEN_SEGMENTS.map((name) => [`${name}_${what}`, bytes]);

/** struct hvm_hw_cpu, 1032 bytes. */
const CPU = packed('cpu', 2, [
  ['fpu_regs', 512],
  ...wide(XEN_GENERAL.map((name) => `r${name}`)),
  ...wide(XEN_HIGH),
  ...wide(['rip', 'rflags', 'cr0', 'cr2', 'cr3', 'cr4']),
  ...wide(['dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7']),
  ...perSegment('sel', 4),
  ...perSegment('limit', 4),
  ['idtr_limit', 4],
  ['gdtr_limit', 4],
  ...perSegment('base', 8),
  ['idtr_base', 8],
  ['gdtr_base', 8],
  ...perSegment('arbytes', 4),
  ...wide(['sysenter_cs', 'sysenter_esp', 'sysenter_eip', 'shadow_gs']),
  ...wide(['msr_flags', 'msr_lstar', 'msr_star', 'msr_cstar', 'msr_syscall_mask']),
  ...wide(['msr_efer', 'msr_tsc_aux', 'tsc']),
  ['pending_event', 4],
  ['error_code', 4],
  ['flags', 4],
  ['pad0', 4],
]);

const TSC_INFO = packed('tsc_info', 8, [
  ['mode', 4],
  ['khz', 4],
  ['nsec', 8],
  ['incarnation', 4],
  ['reserved', 4],
]);

/**
 * What the toy must not lose and hvm_hw_cpu has no place for. A real Xen keeps interrupt shadow and
 * halt in the hardware's control block only, and leaves the UART to its device model.
 */
const PRIVATE = packed('vmm_private', 0x100, [
  ['retired', 8],
  ['interrupt_shadow', 1],
  ['halted', 1],
  ['features_offered', 8],
  ['features_used', 8],
  ['uart_port', 2],
  ['uart_dl', 2],
  ['uart_ier', 1],
  ['uart_fcr', 1],
  ['uart_lcr', 1],
  ['uart_mcr', 1],
  ['uart_lsr_errors', 1],
  ['uart_msr', 1],
  ['uart_scr', 1],
  ['uart_rbr', 1],
  ['uart_thr_ipending', 1],
  ['uart_recv_fifo', 17],
]);

export const XEN_FORMAT = {
  name: 'xen',
  /** "XNLK" */
  magic: 0x4b4c_4e58,
  version: 1,
  layout: [HEADER, CPU, TSC_INFO, PRIVATE] as readonly NativeRecord[],
} as const;
