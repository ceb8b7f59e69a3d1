/**
 * Between QEMU's sections and the common model: one row for every field of the sections `timer`,
 * `cpu_common` and `cpu`, and for every common field. Numbers that QEMU keeps signed stand here as
 * their bit patterns.
 */
import { EVENT_CHOICES, UART_FIELDS } from '../../../image/fields.ts';
import { FEATURES, featureBits } from '../../common-values.ts';
import {
  absent,
  dropped,
  type FieldRow,
  type FieldTable,
  same,
  toNative,
  type Values,
} from '../../field-table.ts';
import { devicesOf } from '../../machine-devices.ts';
import { deviceValues, MACHINE_FIELDS, powerOnDevices } from '../../machine-values.ts';
import type { NativeState } from '../../native-layout.ts';
import { HOST_TSC_KHZ } from '../../vm-state.ts';
import { hflagsOf } from './hflags.ts';
import { PC_ROWS } from './pc-rows.ts';
import { QEMU_GENERAL, QEMU_SEGMENTS } from './sections.ts';
import { SERIAL_ROWS } from './serial-rows.ts';

/** -1 in 32 bits. */
const NONE = 0xffff_ffffn;
const NO_FPU = 'the toy has no FPU: a guest that used one is refused';
const NO_SSE = 'the toy has no SSE: a guest that used it is refused';
const NO_SVM = 'the toy runs no nested guests';
const NO_MCE = 'the toy reports no machine checks';
const KVM_CLOCK = 'the toy has no paravirtual clock: a guest that uses one is refused';
const MEMORY_TYPE = 'caching has no effect on what a guest computes';

const cpu = (field: string): string => `cpu.env.${field}`;

/** Dropped, and another value than the default changes nothing for a guest of the toy. */
function ignored(native: string, defaultValue: bigint, note: string): FieldRow {
  const defaults = [defaultValue];
  return {
    name: native,
    native: [native],
    common: [],
    rule: 'dropped',
    defaults,
    note,
    ignorable: true,
  };
}

const accessOf = (flags: bigint): bigint => ((flags >> 8n) & 0xffn) | ((flags >> 12n) & 0xf00n);
const flagsOf = (access: bigint): bigint => ((access & 0xffn) << 8n) | ((access & 0xf00n) << 12n);

function segmentRows(native: string, common: string): FieldRow[] {
  return [
    same(`${native}.selector`, `cpu.${common}.selector`),
    same(`${native}.base`, `cpu.${common}.base`),
    same(`${native}.limit`, `cpu.${common}.limit`, 'in bytes on both sides'),
    common === 'tr' ? TASK_ACCESS : accessRow(native, common),
  ];
}

function accessRow(native: string, common: string): FieldRow {
  return {
    name: `${common}.access`,
    native: [`${native}.flags`],
    common: [`cpu.${common}.access`],
    rule: 'recomputed',
    formula: {
      text: 'flags = access bits 0–7 << 8 | access bits 8–11 << 12',
      toCommon: ([flags = 0n]) => [accessOf(flags)],
      toNative: ([access = 0n]) => [flagsOf(access)],
    },
    note: 'the second word of a descriptor; the bits of its base, which QEMU leaves in, are not read',
  };
}

/** Bit 1 of the type of a task segment: it is the running one. */
const BUSY = 0x2n;
const SYSTEM_TYPE = 0x1fn;
const isTask = (access: bigint): boolean => (access & SYSTEM_TYPE & ~0xan) === 1n;

const TASK_ACCESS: FieldRow = {
  name: 'tr.access',
  native: [cpu('tr.flags')],
  common: ['cpu.tr.access'],
  rule: 'recomputed',
  formula: {
    text: 'flags as above, without the busy bit; access always with it',
    toCommon: ([flags = 0n]) => {
      const access = accessOf(flags);
      return [isTask(access) ? access | BUSY : access];
    },
    toNative: ([access = 0n]) => [flagsOf(isTask(access) ? access & ~BUSY : access)],
  },
  note: 'QEMU ends with “invalid tss type” at the first way into ring 0 through a busy one',
};

const HFLAGS: FieldRow = {
  name: 'hflags',
  native: [cpu('hflags.mode')],
  common: [
    'cpu.cr0',
    'cpu.cr4',
    'cpu.eflags',
    'cpu.cs.access',
    'cpu.ss.access',
    'cpu.ds.base',
    'cpu.es.base',
    'cpu.ss.base',
  ],
  rule: 'derived',
  formula: {
    text: 'CPL | CS32 << 4 | SS32 << 5 | ADDSEG << 6 | PE << 7 | MP, EM, TS << 9 | OSFXSR << 22',
    toNative: ([cr0 = 0n, cr4 = 0n, eflags = 0n, csAccess = 0n, ssAccess = 0n, ...dataBases]) => [
      hflagsOf({ cr0, cr4, eflags, csAccess, ssAccess, dataBases }),
    ],
  },
  note: 'QEMU does not compute it again when it loads a stream',
};

const STI = 1n;
const INHIBIT_IRQ = 0x8n;

const INTERRUPT_SHADOW: FieldRow = {
  name: 'interruptShadow',
  native: [cpu('hflags.inhibit_irq')],
  common: ['cpu.interruptShadow'],
  rule: 'recomputed',
  formula: {
    text: 'bit 3 of hflags: any shadow; read back as that of STI',
    toCommon: ([flag = 0n]) => [flag === 0n ? 0n : STI],
    toNative: ([shadow = 0n]) => [shadow === 0n ? 0n : INHIBIT_IRQ],
  },
  note: 'both shadows end with the next instruction; `save` steps past them',
};

/** interrupt_injected, exception_nr, has_error_code, nmi_injected */
function eventToCommon([
  interrupt = NONE,
  exception = NONE,
  hasError = 0n,
  nmi = 0n,
]: Values): Values {
  if (exception !== NONE) return [3n, exception, hasError, 0n];
  if (interrupt !== NONE) return [1n, interrupt, 0n, 0n];
  return nmi === 0n ? [0n, 0n, 0n, 0n] : [2n, 2n, 0n, 0n];
}

function eventToNative([kind = 0n, vector = 0n, hasError = 0n]: Values): Values {
  switch (EVENT_CHOICES[Number(kind)]) {
    case 'exception':
      return [NONE, vector, hasError, 0n];
    case 'interrupt':
      return [vector, NONE, 0n, 0n];
    case 'nmi':
      return [NONE, NONE, 0n, 1n];
    default:
      return [NONE, NONE, 0n, 0n];
  }
}

const PENDING_EVENT: FieldRow = {
  name: 'pending event',
  native: ['interrupt_injected', 'exception_nr', 'has_error_code', 'nmi_injected'].map(cpu),
  common: [
    'cpu.pendingEvent.kind',
    'cpu.pendingEvent.vector',
    'cpu.pendingEvent.hasErrorCode',
    'cpu.pendingEvent.errorCode',
  ],
  rule: 'recomputed',
  formula: {
    text: 'kind = which of exception_nr, interrupt_injected (-1: none) and nmi_injected is set',
    toCommon: eventToCommon,
    toNative: eventToNative,
  },
  note: 'an error code itself has no place in a stream; the toy delivers events at once and has none pending',
};

const CLOCK: FieldTable = [
  same('timer.cpu_ticks_offset', 'cpu.tsc', 'of a stopped VM: what the guest’s next RDTSC gives'),
  ignored('timer.unused', 0n, 'must be 0'),
  same('timer.cpu_clock_offset', 'clock.guestNs', 'QEMU’s virtual clock'),
  {
    name: 'env.tsc',
    native: [cpu('tsc')],
    common: ['cpu.tsc'],
    rule: 'derived',
    formula: { text: 'tsc', toNative: ([tsc = 0n]) => [tsc] },
    note: 'read by a QEMU that runs on KVM; its translator takes the timer section',
  },
  absent('cpu.tscKhz', HOST_TSC_KHZ, 'QEMU’s translator counts the ticks of its own host'),
];

const LEFT_OUT: FieldTable = [
  ignored(cpu('fpuc'), 0x37fn, NO_FPU),
  ignored(cpu('fpus_vmstate'), 0n, NO_FPU),
  dropped(cpu('fptag_vmstate'), 0n, NO_FPU),
  ignored(cpu('fpregs_format_vmstate'), 0n, NO_FPU),
  ignored(cpu('fpregs'), 0n, 'empty, as the tags say'),
  ...['gdt', 'idt'].flatMap((table) => [
    ignored(cpu(`${table}.selector`), 0n, 'a table has no selector'),
    ignored(cpu(`${table}.flags`), 0n, 'a table has no flags'),
  ]),
  ...['cs', 'esp', 'eip'].map((name) =>
    dropped(cpu(`sysenter_${name}`), 0n, 'the toy has no SYSENTER'),
  ),
  ignored(cpu('dr.dr4'), 0n, 'another name of DR6'),
  ignored(cpu('dr.dr5'), 0n, 'another name of DR7'),
  dropped(cpu('a20_mask'), NONE, 'the toy’s A20 line is always on'),
  ignored(cpu('mxcsr'), 0x1f80n, NO_SSE),
  dropped(cpu('xmm_regs[0]'), 0n, NO_SSE),
  dropped(cpu('xmm_regs[1]'), 0n, NO_SSE),
  ignored(cpu('smbase'), 0x3_0000n, 'the toy has no system management mode'),
  ignored(cpu('pat'), 0x0007_0406_0007_0406n, MEMORY_TYPE),
  ignored(cpu('hflags2'), 0x101n, 'global interrupt flags of a nested hypervisor, both on'),
  ...['vm_hsave', 'vm_vmcb', 'tsc_offset', 'intercept', 'intercept_cr_read', 'intercept_cr_write']
    .concat(['intercept_dr_read', 'intercept_dr_write', 'intercept_exceptions'])
    .map((name) => dropped(cpu(name), 0n, NO_SVM)),
  ignored(cpu('v_tpr'), 0n, NO_SVM),
  ...['mtrr_fixed', 'mtrr_deftype', 'mtrr_var'].map((name) => ignored(cpu(name), 0n, MEMORY_TYPE)),
  ignored(cpu('mp_state'), 0n, 'halted says it for one processor'),
  dropped(cpu('soft_interrupt'), 0n, 'INT n starts again instead'),
  dropped(cpu('nmi_pending'), 0n, 'the toy has no source of NMIs'),
  ignored(cpu('sipi_vector'), 0n, 'one processor only'),
  ...['mcg_cap', 'mcg_status', 'mcg_ctl', 'mce_banks'].map((name) =>
    ignored(cpu(name), 0n, NO_MCE),
  ),
  ignored(cpu('tsc_aux'), 0n, 'the toy has no RDTSCP'),
  dropped(cpu('system_time_msr'), 0n, KVM_CLOCK),
  dropped(cpu('wall_clock_msr'), 0n, KVM_CLOCK),
  ignored(cpu('xcr0'), 1n, NO_SSE),
  ignored(cpu('xstate_bv'), 0n, NO_SSE),
];

const EVERY_FEATURE = featureBits(FEATURES);

/** Rows that every machine has. */
const PROCESSOR: FieldTable = [
  ...QEMU_GENERAL.map((name) => same(cpu(`regs.${name}`), `cpu.${name}`)),
  same(cpu('eip'), 'cpu.eip'),
  same(cpu('eflags'), 'cpu.eflags'),
  HFLAGS,
  INTERRUPT_SHADOW,
  ...QEMU_SEGMENTS.flatMap((name) => segmentRows(cpu(`segs.${name}`), name)),
  ...segmentRows(cpu('ldt'), 'ldtr'),
  ...segmentRows(cpu('tr'), 'tr'),
  ...(['gdt', 'idt'] as const).flatMap((name) => [
    same(cpu(`${name}.base`), `cpu.${name}r.base`),
    same(cpu(`${name}.limit`), `cpu.${name}r.limit`, '32 bits, of which the upper half is 0'),
  ]),
  ...[0, 2, 3, 4].map((n) => same(cpu(`cr[${n}]`), `cpu.cr${n}`)),
  ...[0, 1, 2, 3, 6, 7].map((n) => same(cpu(`dr.dr${n}`), `cpu.dr${n}`)),
  same('cpu_common.halted', 'cpu.halted'),
  PENDING_EVENT,
  ...CLOCK,
  absent('cpu.retired', 0n, 'QEMU does not count instructions'),
  absent('policy.offered', EVERY_FEATURE, 'the -cpu option carries it, outside of the stream'),
  absent('policy.used', EVERY_FEATURE, 'unknown, so every feature counts as used'),
  ...LEFT_OUT,
];

/** What a UART is after a reset, by the data sheet; the modem's lines are those of a ready peer. */
const UART_RESET: ReadonlyMap<string, bigint> = new Map([
  ['port', 0x3f8n],
  ['divisor', 12n],
  ['modemStatus', 0xb0n],
]);

const NO_UART: FieldTable = UART_FIELDS.map(({ path }) =>
  absent(`uart.${path}`, UART_RESET.get(path) ?? 0n, 'machine none has no UART; one is fitted new'),
);

const RESET = deviceValues(devicesOf(powerOnDevices(0)));

/** Devices that a stream does not carry are as at power-on. */
const missing = (isMissing: (path: string) => boolean, note: string): FieldTable =>
  MACHINE_FIELDS.map(([prefix, { path }]) => `${prefix}.${path}`)
    .filter(isMissing)
    .map((path) => absent(path, RESET.get(path) ?? 0n, note));

const NO_DEVICES = missing(
  (path) => !path.startsWith('uart.'),
  'machine none has no such device; one is fitted new',
);
const OTHER_CLOCK = missing(
  (path) => /^(cmos|stopped)\./.test(path),
  'QEMU’s machine sets its own clock from its host’s',
);

const NO_INTERRUPTS = ignored('cpu_common.interrupt_request', 0n, 'machine none has no source');

export const QEMU_NONE_FIELDS: FieldTable = [
  ...PROCESSOR,
  NO_INTERRUPTS,
  ...NO_UART,
  ...NO_DEVICES,
];
export const QEMU_ISAPC_FIELDS: FieldTable = [
  ...PROCESSOR,
  ...SERIAL_ROWS,
  ...PC_ROWS,
  ...OTHER_CLOCK,
];

/** Places of a stream for isapc whose devices are as at power-on. */
export const ISAPC_RESET: NativeState = toNative(
  QEMU_ISAPC_FIELDS,
  new Map([
    ...QEMU_ISAPC_FIELDS.flatMap(({ common }) => common).map((path) => [path, 0n] as const),
    ...RESET,
  ]),
);
