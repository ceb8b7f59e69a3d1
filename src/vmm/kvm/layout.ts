/**
 * What the KVM-like VMM keeps of a VM beside its memory, in the shape of Linux's uapi headers
 * (linux/kvm.h, asm/kvm.h): kvm_regs, kvm_sregs, kvm_debugregs, kvm_vcpu_events, kvm_mp_state,
 * kvm_msrs and kvm_clock_data. Offsets are those of the C structures on x86.
 */
import { type NativeRecord, packed } from '../native-layout.ts';
import { DEVICE_PRIVATE, DEVICE_RECORDS } from './device-layout.ts';

/** The order of kvm_sregs. */
export const KVM_SEGMENTS = ['cs', 'ds', 'es', 'fs', 'gs', 'ss', 'tr', 'ldt'] as const;
/** The order of kvm_regs. */
export const KVM_GENERAL = ['ax', 'bx', 'cx', 'dx', 'si', 'di', 'sp', 'bp'] as const;
export const KVM_HIGH = ['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'] as const;
export const MSR_IA32_TSC = 0x10n;
export const MP_STATE_RUNNABLE = 0n;
export const MP_STATE_HALTED = 3n;

const wide = (names: readonly string[]): [string, number][] => names.map((name) => [name, 8]);

const REGS = packed('regs', [
  ...wide(KVM_GENERAL.map((name) => `r${name}`)),
  ...wide(KVM_HIGH),
  ...wide(['rip', 'rflags']),
]);

/** struct kvm_segment, 24 bytes. */
const segment = (name: string): [string, number][] => [
  [`${name}.base`, 8],
  [`${name}.limit`, 4],
  [`${name}.selector`, 2],
  ...['type', 'present', 'dpl', 'db', 's', 'l', 'g', 'avl', 'unusable', 'padding'].map(
    (field): [string, number] => [`${name}.${field}`, 1],
  ),
];

/** struct kvm_dtable, 16 bytes. */
const table = (name: string): [string, number][] => [
  [`${name}.base`, 8],
  [`${name}.limit`, 2],
  [`${name}.padding`, 6],
];

/** struct kvm_sregs, 312 bytes. */
const SREGS = packed('sregs', [
  ...KVM_SEGMENTS.flatMap(segment),
  ...table('gdt'),
  ...table('idt'),
  ...wide(['cr0', 'cr2', 'cr3', 'cr4', 'cr8', 'efer', 'apic_base']),
  ['interrupt_bitmap', 32],
]);

const DEBUGREGS = packed('debugregs', [
  ...wide(['db0', 'db1', 'db2', 'db3', 'dr6', 'dr7', 'flags']),
  ['reserved', 72],
]);

/** struct kvm_vcpu_events, 64 bytes. */
const EVENTS = packed('events', [
  ['exception.injected', 1],
  ['exception.nr', 1],
  ['exception.has_error_code', 1],
  ['exception.pending', 1],
  ['exception.error_code', 4],
  ['interrupt.injected', 1],
  ['interrupt.nr', 1],
  ['interrupt.soft', 1],
  ['interrupt.shadow', 1],
  ['nmi.injected', 1],
  ['nmi.pending', 1],
  ['nmi.masked', 1],
  ['nmi.pad', 1],
  ['sipi_vector', 4],
  ['flags', 4],
  ['smi', 4],
  ['triple_fault', 1],
  ['reserved', 26],
  ['exception_has_payload', 1],
  ['exception_payload', 8],
]);

const MP_STATE = packed('mp_state', [['mp_state', 4]]);

/** struct kvm_msrs with one entry. */
const MSRS = packed('msrs', [
  ['nmsrs', 4],
  ['pad', 4],
  ['tsc.index', 4],
  ['tsc.reserved', 4],
  ['tsc.data', 8],
]);

/** The answer of KVM_GET_TSC_KHZ. */
const TSC_KHZ = packed('tsc_khz', [['khz', 4]]);

/** struct kvm_clock_data, 48 bytes. */
const CLOCK = packed('clock', [
  ['clock', 8],
  ['flags', 4],
  ['pad0', 4],
  ['realtime', 8],
  ['host_tsc', 8],
  ['pad', 16],
]);

/**
 * What lives in the process around KVM: its devices, and what the toy must not lose and KVM has no
 * place for.
 */
const PRIVATE = packed('vmm_private', [
  ['retired', 8],
  ['features_offered', 8],
  ['features_used', 8],
  ...DEVICE_PRIVATE,
]);

export const KVM_FORMAT = {
  name: 'kvm',
  layout: [
    REGS,
    SREGS,
    DEBUGREGS,
    EVENTS,
    MP_STATE,
    MSRS,
    TSC_KHZ,
    CLOCK,
    PRIVATE,
    ...DEVICE_RECORDS,
  ] as readonly NativeRecord[],
} as const;
