/** The Xen-like VMM's translation to and from the common model: one row for every native place. */
import { EVENT_CHOICES, GENERAL, SEGMENTS } from '../../image/fields.ts';
import {
  absent,
  dropped,
  type FieldRow,
  type FieldTable,
  ignorable,
  same,
  type Values,
} from '../field-table.ts';
import { RAW_TIMER_FIELDS, STREAM_DEVICE_FIELDS, WHOLE_TIMER_FIELDS } from './device-fields.ts';
import { HVM_PARAMS } from './hvm-params.ts';
import { HVM_MAGIC, XEN_HIGH } from './layout.ts';
import { IN_RAW_STREAM, PRIVATE_FIELDS } from './private-fields.ts';

const UNREACHABLE = 'out of reach without 64-bit mode, which efer rules out';
const NO_SYSCALL = 'the 486 has no fast system calls';

/** Types of an event as VMX and Xen number them. */
const EVENT_TYPES = { interrupt: 0n, nmi: 2n, exception: 3n } as const;
const VALID = 1n << 31n;
const ERROR_VALID = 1n << 11n;

function eventToCommon([pending = 0n, errorCode = 0n]: Values): Values {
  if ((pending & VALID) === 0n) return [0n, 0n, 0n, 0n];
  const type = (pending >> 8n) & 7n;
  const names = Object.entries(EVENT_TYPES).find(([, number]) => number === type);
  const kind = EVENT_CHOICES.indexOf((names?.[0] ?? 'none') as (typeof EVENT_CHOICES)[number]);
  return [BigInt(kind), pending & 0xffn, (pending >> 11n) & 1n, errorCode];
}

function eventToNative([kind = 0n, vector = 0n, hasError = 0n, errorCode = 0n]: Values): Values {
  const name = EVENT_CHOICES[Number(kind)] ?? 'none';
  if (name === 'none') return [0n, 0n];
  const error = hasError === 1n ? ERROR_VALID : 0n;
  return [VALID | error | (EVENT_TYPES[name] << 8n) | vector, errorCode];
}

export const PENDING_EVENT: FieldRow = {
  name: 'pending event',
  native: ['cpu.pending_event', 'cpu.error_code'],
  common: [
    'cpu.pendingEvent.kind',
    'cpu.pendingEvent.vector',
    'cpu.pendingEvent.hasErrorCode',
    'cpu.pendingEvent.errorCode',
  ],
  rule: 'recomputed',
  formula: {
    text: 'vector = bits 0–7; kind = bits 8–10 (0 interrupt, 2 NMI, 3 exception); hasErrorCode = bit 11; bit 31 = there is one',
    toCommon: eventToCommon,
    toNative: eventToNative,
  },
  note: 'software interrupts and exceptions (types 4 to 6) are never left pending: the instruction starts again',
};

const TSC_FREQUENCY: FieldRow = {
  name: 'tscKhz',
  native: ['header.gtsc_khz', 'tsc_info.khz'],
  common: ['cpu.tscKhz'],
  rule: 'recomputed',
  formula: {
    text: 'both places hold the frequency and must agree',
    toCommon: ([header = 0n]) => [header],
    toNative: ([khz = 0n]) => [khz, khz],
  },
  note: 'a host of another frequency has to scale',
};

/** Rows for all that a domain image holds; the running host, the raw stream and `xl` share them. */
const STREAM_FIELDS: FieldTable = [
  dropped('header.magic', HVM_MAGIC, 'marks the record'),
  dropped('header.version', 1n, 'of the record, not of the VM'),
  ignorable('header.changeset', 0xffff_ffff_ffff_ffffn, 'which Xen wrote it; no loader looks'),
  ignorable('header.cpuid', 0n, 'signature of the host’s processor; a loader at most warns'),
  ignorable('cpu.fpu_regs', 0n, 'the toy has no FPU; bit 0 of flags says if the area counts'),
  ...GENERAL.map((name) => same(`cpu.r${name.slice(1)}`, `cpu.${name}`, 'low half')),
  ...XEN_HIGH.map((name) => ignorable(`cpu.${name}`, 0n, UNREACHABLE)),
  same('cpu.rip', 'cpu.eip', 'low half'),
  same('cpu.rflags', 'cpu.eflags', 'low half; bit 1 is always set'),
  ...['cr0', 'cr2', 'cr3', 'cr4', 'dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7'].map((name) =>
    same(`cpu.${name}`, `cpu.${name}`),
  ),
  ...SEGMENTS.flatMap((name) => [
    same(`cpu.${name}_sel`, `cpu.${name}.selector`),
    same(`cpu.${name}_limit`, `cpu.${name}.limit`, 'in bytes on both sides'),
    same(`cpu.${name}_base`, `cpu.${name}.base`),
    same(`cpu.${name}_arbytes`, `cpu.${name}.access`, 'the same bits on both sides'),
  ]),
  ...(['gdtr', 'idtr'] as const).flatMap((name) => [
    same(`cpu.${name}_limit`, `cpu.${name}.limit`, '32 bits wide here, 16 are used'),
    same(`cpu.${name}_base`, `cpu.${name}.base`),
  ]),
  ...['sysenter_cs', 'sysenter_esp', 'sysenter_eip'].map((name) =>
    dropped(`cpu.${name}`, 0n, NO_SYSCALL),
  ),
  ignorable('cpu.shadow_gs', 0n, UNREACHABLE),
  ignorable('cpu.msr_flags', 0n, 'no loader looks'),
  ...['msr_lstar', 'msr_star', 'msr_cstar', 'msr_syscall_mask'].map((name) =>
    dropped(`cpu.${name}`, 0n, NO_SYSCALL),
  ),
  dropped('cpu.msr_efer', 0n, 'the toy has no 64-bit mode, no SYSCALL and no NX'),
  ignorable('cpu.msr_tsc_aux', 0n, 'only RDTSCP reads it, which the toy lacks'),
  same('cpu.tsc', 'cpu.tsc', 'the value the guest reads, host offset included'),
  PENDING_EVENT,
  dropped('cpu.flags', 0n, 'bit 0 clear: the FPU area is not valid'),
  dropped('cpu.pad0', 0n, 'must be 0'),
  ignorable('tsc_info.mode', 0n, 'how Xen provides the counter; its value and rate are carried'),
  TSC_FREQUENCY,
  ignorable('tsc_info.incarnation', 0n, 'counts restores; only guests with PV clocks read it'),
  dropped('tsc_info.reserved', 0n, 'must be 0'),
  ...HVM_PARAMS.map(({ name, value, note, ...param }) =>
    (param.ignorable ? ignorable : dropped)(`hvm_params.${name}`, value, note),
  ),
  ...STREAM_DEVICE_FIELDS,
];

const PRIVATE_ROWS: FieldTable = PRIVATE_FIELDS.map(({ name, common, note }) =>
  same(`vmm_private.${name}`, common, note),
);

/** Rows for the devices and what goes with them: the processor's are apart. */
export const XEN_MACHINE_FIELDS: FieldTable = [
  ...STREAM_DEVICE_FIELDS,
  ...WHOLE_TIMER_FIELDS,
  ...PRIVATE_ROWS.filter(({ common }) => !/^(cpu|policy)\./.test(common[0] ?? '')),
];

/** The host's own record of a VM, which is also what an `xl` file holds. */
export const XEN_FIELDS: FieldTable = [...STREAM_FIELDS, ...WHOLE_TIMER_FIELDS, ...PRIVATE_ROWS];

/** The raw libxc stream, which lacks all that is private. */
export const LIBXC_FIELDS: FieldTable = [
  ...STREAM_FIELDS,
  ...RAW_TIMER_FIELDS,
  ...PRIVATE_FIELDS.filter(({ common }) => !IN_RAW_STREAM.has(common)).map(({ common, lost }) =>
    absent(common, lost.value, lost.note),
  ),
];
