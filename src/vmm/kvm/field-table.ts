/** The KVM-like VMM's translation to and from the common model: one row for every native place. */
import { EVENT_CHOICES, GENERAL, SEGMENTS } from '../../image/fields.ts';
import { dropped, type FieldRow, type FieldTable, same, type Values } from '../field-table.ts';
import { KVM_DEVICE_FIELDS } from './device-fields.ts';
import { KVM_HIGH, MP_STATE_HALTED, MP_STATE_RUNNABLE, MSR_IA32_TSC } from './layout.ts';

const SIXTEEN_REGISTERS = 'the toy has no 64-bit mode';
const NOT_USED = 'must be 0';

/** Parts of a segment's access rights: name in kvm_segment, lowest bit, width. */
const ACCESS_PARTS = [
  ['type', 0n, 4n],
  ['s', 4n, 1n],
  ['dpl', 5n, 2n],
  ['present', 7n, 1n],
  ['avl', 8n, 1n],
  ['l', 9n, 1n],
  ['db', 10n, 1n],
  ['g', 11n, 1n],
] as const;
const PRESENT = 3;

function accessToNative([access = 0n]: Values): Values {
  const parts = ACCESS_PARTS.map(([, bit, width]) => (access >> bit) & ((1n << width) - 1n));
  return [...parts, parts[PRESENT] === 1n ? 0n : 1n];
}

function accessToCommon(parts: Values): Values {
  return [ACCESS_PARTS.reduce((access, [, bit], i) => access | ((parts[i] ?? 0n) << bit), 0n)];
}

const kvmName = (segment: string): string => (segment === 'ldtr' ? 'ldt' : segment);

function accessRow(segment: string): FieldRow {
  const at = `sregs.${kvmName(segment)}`;
  return {
    name: `${segment}.access`,
    native: [...ACCESS_PARTS.map(([part]) => `${at}.${part}`), `${at}.unusable`],
    common: [`cpu.${segment}.access`],
    rule: 'recomputed',
    formula: {
      text: 'access = type | s << 4 | dpl << 5 | present << 7 | avl << 8 | l << 9 | db << 10 | g << 11; unusable = not present',
      toCommon: accessToCommon,
      toNative: accessToNative,
    },
    note: 'one word taken apart into bytes',
  };
}

const EXCEPTION = 3n;
const INTERRUPT = 1n;
const NMI = 2n;

/** exception: injected, nr, has_error_code, error_code; interrupt: injected, nr, bitmap; nmi: injected */
function eventToCommon(native: Values): Values {
  const [exception, nr = 0n, hasError = 0n, errorCode = 0n, interrupt, vector = 0n, , nmi] = native;
  if (exception === 1n) return [EXCEPTION, nr, hasError, errorCode];
  if (interrupt === 1n) return [INTERRUPT, vector, 0n, 0n];
  return nmi === 1n ? [NMI, 2n, 0n, 0n] : [0n, 0n, 0n, 0n];
}

function eventToNative([kind = 0n, vector = 0n, hasError = 0n, errorCode = 0n]: Values): Values {
  switch (EVENT_CHOICES[Number(kind)]) {
    case 'exception':
      return [1n, vector, hasError, errorCode, 0n, 0n, 0n, 0n];
    case 'interrupt':
      return [0n, 0n, 0n, 0n, 1n, vector, 1n << vector, 0n];
    case 'nmi':
      return [0n, 0n, 0n, 0n, 0n, 0n, 0n, 1n];
    default:
      return [0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n];
  }
}

export const PENDING_EVENT: FieldRow = {
  name: 'pending event',
  native: [
    'events.exception.injected',
    'events.exception.nr',
    'events.exception.has_error_code',
    'events.exception.error_code',
    'events.interrupt.injected',
    'events.interrupt.nr',
    'sregs.interrupt_bitmap',
    'events.nmi.injected',
  ],
  common: [
    'cpu.pendingEvent.kind',
    'cpu.pendingEvent.vector',
    'cpu.pendingEvent.hasErrorCode',
    'cpu.pendingEvent.errorCode',
  ],
  rule: 'recomputed',
  formula: {
    text: 'kind = which of exception, interrupt, nmi is injected; vector = its nr (NMI: 2); interrupt_bitmap = 1 << vector of an interrupt',
    toCommon: eventToCommon,
    toNative: eventToNative,
  },
  note: 'an interrupt stands in both structures, as KVM itself reports it',
};

/** KVM_X86_SHADOW_INT_MOV_SS is 1 and KVM_X86_SHADOW_INT_STI is 2: the other way round than VMX. */
const INTERRUPT_SHADOW: FieldRow = {
  name: 'interruptShadow',
  native: ['events.interrupt.shadow'],
  common: ['cpu.interruptShadow'],
  rule: 'recomputed',
  formula: {
    text: 'STI = 2 here and 1 there, MOV SS = 1 here and 2 there',
    toCommon: ([shadow = 0n]) => [swapLowBits(shadow)],
    toNative: ([shadow = 0n]) => [swapLowBits(shadow)],
  },
  note: 'at most one of both: the toy never has two shadows at once',
};

function swapLowBits(value: bigint): bigint {
  if (value === 1n) return 2n;
  return value === 2n ? 1n : value;
}

const HALTED: FieldRow = {
  name: 'halted',
  native: ['mp_state.mp_state'],
  common: ['cpu.halted'],
  rule: 'recomputed',
  formula: {
    text: 'KVM_MP_STATE_HALTED (3) or KVM_MP_STATE_RUNNABLE (0)',
    toCommon: ([state = 0n]) => [state === MP_STATE_HALTED ? 1n : 0n],
    toNative: ([halted = 0n]) => [halted === 1n ? MP_STATE_HALTED : MP_STATE_RUNNABLE],
  },
  note: 'the other states belong to several processors',
};

const SEGMENT_ROWS = SEGMENTS.flatMap((name): FieldRow[] => [
  same(`sregs.${kvmName(name)}.selector`, `cpu.${name}.selector`),
  same(`sregs.${kvmName(name)}.base`, `cpu.${name}.base`),
  same(`sregs.${kvmName(name)}.limit`, `cpu.${name}.limit`, 'in bytes on both sides'),
  accessRow(name),
  dropped(`sregs.${kvmName(name)}.padding`, 0n, NOT_USED),
]);

const EVENT_LEFTOVERS: FieldTable = [
  dropped('events.exception.pending', 0n, 'injected says it all without a nested hypervisor'),
  dropped('events.interrupt.soft', 0n, 'INT n starts again instead'),
  dropped('events.nmi.pending', 0n, 'the toy has no source of NMIs'),
  dropped('events.nmi.masked', 0n, 'the toy has no source of NMIs'),
  dropped('events.nmi.pad', 0n, NOT_USED),
  dropped('events.sipi_vector', 0n, 'one processor only'),
  dropped('events.flags', 4n, 'KVM_VCPUEVENT_VALID_SHADOW: the shadow field counts'),
  dropped('events.smi', 0n, 'the toy has no system management mode'),
  dropped('events.triple_fault', 0n, 'a triple fault stops the VM before it can be saved'),
  dropped('events.reserved', 0n, NOT_USED),
  dropped('events.exception_has_payload', 0n, 'CR2 and DR6 are already written'),
  dropped('events.exception_payload', 0n, 'CR2 and DR6 are already written'),
];

export const KVM_FIELDS: FieldTable = [
  ...GENERAL.map((name) => same(`regs.r${name.slice(1)}`, `cpu.${name}`, 'low half')),
  ...KVM_HIGH.map((name) => dropped(`regs.${name}`, 0n, SIXTEEN_REGISTERS)),
  same('regs.rip', 'cpu.eip', 'low half'),
  same('regs.rflags', 'cpu.eflags', 'low half'),
  ...SEGMENT_ROWS,
  ...(['gdt', 'idt'] as const).flatMap((name) => [
    same(`sregs.${name}.base`, `cpu.${name}r.base`),
    same(`sregs.${name}.limit`, `cpu.${name}r.limit`),
    dropped(`sregs.${name}.padding`, 0n, NOT_USED),
  ]),
  ...['cr0', 'cr2', 'cr3', 'cr4'].map((name) => same(`sregs.${name}`, `cpu.${name}`)),
  dropped('sregs.cr8', 0n, SIXTEEN_REGISTERS),
  dropped('sregs.efer', 0n, SIXTEEN_REGISTERS),
  dropped('sregs.apic_base', 0n, 'the toy has no local APIC'),
  ...[0, 1, 2, 3].map((n) => same(`debugregs.db${n}`, `cpu.dr${n}`)),
  same('debugregs.dr6', 'cpu.dr6'),
  same('debugregs.dr7', 'cpu.dr7'),
  dropped('debugregs.flags', 0n, NOT_USED),
  dropped('debugregs.reserved', 0n, NOT_USED),
  PENDING_EVENT,
  INTERRUPT_SHADOW,
  ...EVENT_LEFTOVERS,
  HALTED,
  dropped('msrs.nmsrs', 1n, 'how many entries follow'),
  dropped('msrs.pad', 0n, NOT_USED),
  dropped('msrs.tsc.index', MSR_IA32_TSC, 'names the entry'),
  dropped('msrs.tsc.reserved', 0n, NOT_USED),
  same('msrs.tsc.data', 'cpu.tsc', 'IA32_TSC as the guest reads it'),
  same('tsc_khz.khz', 'cpu.tscKhz'),
  dropped('clock.flags', 0n, 'neither realtime nor host_tsc is given'),
  dropped('clock.pad0', 0n, NOT_USED),
  dropped('clock.realtime', 0n, 'wall time of the host: worthless elsewhere'),
  dropped('clock.host_tsc', 0n, 'of the host: worthless elsewhere'),
  dropped('clock.pad', 0n, NOT_USED),
  same('vmm_private.retired', 'cpu.retired'),
  same('vmm_private.features_offered', 'policy.offered', 'one bit a feature'),
  same('vmm_private.features_used', 'policy.used', 'one bit a feature'),
  ...KVM_DEVICE_FIELDS,
];
