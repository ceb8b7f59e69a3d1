/**
 * What the Xen-like VMM keeps of a VM beside its memory, in the shape of Xen's public headers:
 * hvm_save_header and hvm_hw_cpu (arch-x86/hvm/save.h), the TSC record of the domain image
 * (X86_TSC_INFO), and the HVM parameters. Offsets are those of the C structures.
 */
import { type NativeRecord, packed } from '../native-layout.ts';
import { DEVICE_LAYOUT } from './device-layout.ts';
import { HVM_PARAMS } from './hvm-params.ts';
import { PRIVATE_FIELDS } from './private-fields.ts';

/** The order in which hvm_hw_cpu lists selectors, limits, bases and access rights. */
export const XEN_SEGMENTS = ['cs', 'ds', 'es', 'fs', 'gs', 'ss', 'tr', 'ldtr'] as const;
/** rax … rdi as hvm_hw_cpu orders them. */
export const XEN_GENERAL = ['ax', 'bx', 'cx', 'dx', 'bp', 'si', 'di', 'sp'] as const;
export const XEN_HIGH = ['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'] as const;

export const HVM_MAGIC = 0x5438_1286n;

const HEADER = packed('header', [
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
const CPU = packed('cpu', [
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

const TSC_INFO = packed('tsc_info', [
  ['mode', 4],
  ['khz', 4],
  ['nsec', 8],
  ['incarnation', 4],
  ['reserved', 4],
]);

/** The parameters by name; the record itself lists only those that are not 0. */
const PARAMS = packed('hvm_params', wide(HVM_PARAMS.map(({ name }) => name)));

/** What a domain image has no place for. */
const PRIVATE = packed(
  'vmm_private',
  PRIVATE_FIELDS.map(({ name, bytes }) => [name, bytes] as const),
);

/** What a domain image holds beside pages. */
export const STREAM_LAYOUT = {
  header: HEADER,
  cpu: CPU,
  tscInfo: TSC_INFO,
  params: PARAMS,
  ...DEVICE_LAYOUT,
} as const satisfies Readonly<Record<string, NativeRecord>>;

export const XEN_FORMAT = {
  name: 'xen',
  layout: [...Object.values(STREAM_LAYOUT), PRIVATE] as readonly NativeRecord[],
} as const;
