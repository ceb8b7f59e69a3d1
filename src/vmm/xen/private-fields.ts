/**
 * What the toy must not lose and a domain image has no place for, as a table. The host's own record
 * and the `xl` wrapper keep all of it; the raw libxc stream keeps none, and what comes back from it
 * is the default given here. A real Xen has interrupt shadow and halt in the hardware's control
 * block only, and leaves the UART to its device model.
 */
import { assert } from '../../base/assert.ts';
import {
  byteWidth,
  CMOS_FIELDS,
  NE2000_FIELDS,
  PIC_CHIPS,
  PIT_COUNTERS,
} from '../../image/fields.ts';
import { FEATURES, featureBits } from '../common-values.ts';
import { devicesOf } from '../machine-devices.ts';
import { deviceValues, MACHINE_FIELDS, powerOnDevices } from '../machine-values.ts';

export interface PrivateField {
  /** In the record `vmm_private`. */
  readonly name: string;
  readonly bytes: number;
  /** In the common model. */
  readonly common: string;
  readonly note: string;
  /** What a raw stream gives back, and what that means to the guest. */
  readonly lost: { readonly value: bigint; readonly note: string };
}

const UART_LOST = 'the UART of a raw stream is as after a reset: the guest must set it up again';
const ONE_BIT = 'one bit a feature';
const EVERY_FEATURE = featureBits(FEATURES);

function field(
  name: string,
  bytes: number,
  common: string,
  lostValue: bigint,
  lostNote: string,
  note = '',
): PrivateField {
  return { name, bytes, common, note, lost: { value: lostValue, note: lostNote } };
}

function uart(name: string, bytes: number, common: string, reset = 0n, note = ''): PrivateField {
  return field(`uart_${name}`, bytes, `uart.${common}`, reset, UART_LOST, note);
}

const RESET = deviceValues(devicesOf(powerOnDevices(0)));
const PIC_LOST = 'lines that are up count as risen anew';
const PIT_LOST = 'a raw stream has the registers of the PIT only';
const STOP_LOST = 'a guest that has ended is not written raw';

/** As wide as the common field. */
function device(
  name: string,
  common: string,
  lostNote: string,
  note = '',
  lostValue = RESET.get(common) ?? 0n,
): PrivateField {
  const found = MACHINE_FIELDS.find(([prefix, { path }]) => `${prefix}.${path}` === common);
  assert(found !== undefined, `${common} is no common field`);
  return field(name, byteWidth(found[1]), common, lostValue, lostNote, note);
}

export const PRIVATE_FIELDS: readonly PrivateField[] = [
  field('retired', 8, 'cpu.retired', 0n, 'a count for people; no guest sees it'),
  field(
    'interrupt_shadow',
    1,
    'cpu.interruptShadow',
    0n,
    'an interrupt may come one instruction early; a VM that is saved raw steps past the shadow first',
    '1 by STI, 2 by MOV SS, as in VMX',
  ),
  field(
    'halted',
    1,
    'cpu.halted',
    0n,
    'HLT ends without an interrupt, once; idle loops halt again',
  ),
  field(
    'features_offered',
    8,
    'policy.offered',
    EVERY_FEATURE,
    'every feature is assumed',
    ONE_BIT,
  ),
  field('features_used', 8, 'policy.used', EVERY_FEATURE, 'every feature counts as used', ONE_BIT),
  uart('port', 2, 'port', 0x3f8n),
  uart('dl', 2, 'divisor', 12n),
  uart('ier', 1, 'interruptEnable'),
  uart('fcr', 1, 'fifoControl'),
  uart('lcr', 1, 'lineControl'),
  uart('mcr', 1, 'modemControl'),
  uart('lsr_errors', 1, 'lineErrors'),
  uart('msr', 1, 'modemStatus', 0xb0n),
  uart('scr', 1, 'scratch'),
  uart('rbr', 1, 'lastReceived'),
  uart('thr_ipending', 1, 'transmitInterrupt'),
  uart('recv_fifo', 17, 'received', 0n, 'a count, then 16 bytes, oldest first'),
  uart('timeout', 1, 'receiveTimeout.phase', 0n, '0 none, 1 waiting, 2 struck'),
  uart('timeout_at', 8, 'receiveTimeout.at', 0n, 'guest time'),
  ...PIC_CHIPS.flatMap((chip, i) => [
    device(`pic${i}_last_irr`, `pic.${chip}.lastIrr`, PIC_LOST, 'levels of the lines'),
    device(`pic${i}_ltim`, `pic.${chip}.levelMode`, PIC_LOST, 'Xen’s controller has no such mode'),
  ]),
  ...PIT_COUNTERS.flatMap((counter, i) => [
    device(`pit${i}_next_count`, `pit.${counter}.nextCount`, PIT_LOST),
    device(`pit${i}_written`, `pit.${counter}.written`, PIT_LOST, '', 1n),
    device(`pit${i}_phase`, `pit.${counter}.phase`, PIT_LOST, '0 idle, 1 counting, 2 held'),
    device(`pit${i}_load_time`, `pit.${counter}.countLoadTime`, PIT_LOST, 'on the guest’s clock'),
    device(`pit${i}_held`, `pit.${counter}.held`, PIT_LOST),
  ]),
  ...CMOS_FIELDS.map(({ path }) =>
    device(`cmos_${path}`, `cmos.${path}`, 'the clock of a raw stream is as at power-on'),
  ),
  device('stopped_cause', 'stopped.cause', STOP_LOST, '0: the guest lives', 0n),
  device('stopped_code', 'stopped.code', STOP_LOST, '', 0n),
  ...NE2000_FIELDS.map(({ path }) =>
    device(`ne2000_${path}`, `ne2000.${path}`, 'the card of a raw stream is as after a reset'),
  ),
];

/** Common places that the raw stream's own fields have to do for. */
export const IN_RAW_STREAM: ReadonlySet<string> = new Set(
  PIT_COUNTERS.flatMap((counter) =>
    ['nextCount', 'phase', 'countLoadTime'].map((name) => `pit.${counter}.${name}`),
  ),
);
