/**
 * What the toy must not lose and a domain image has no place for, as a table. The host's own record
 * and the `xl` wrapper keep all of it; the raw libxc stream keeps none, and what comes back from it
 * is the default given here. A real Xen has interrupt shadow and halt in the hardware's control
 * block only, and leaves the UART to its device model.
 */

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
  field('features_offered', 8, 'policy.offered', 1n, 'the base set is assumed', ONE_BIT),
  field('features_used', 8, 'policy.used', 1n, 'the base set is assumed', ONE_BIT),
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
];
