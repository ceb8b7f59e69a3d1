/**
 * Between QEMU's section `serial` and the common model's UART. Both keep the registers of a 16550;
 * they differ in where a received byte waits and in how a due interrupt is remembered.
 */
import { packQueue, unpackQueue } from '../../../image/fields.ts';
import { absent, type FieldRow, type FieldTable, same, type Values } from '../../field-table.ts';

const at = (name: string): string => `serial.state.${name}`;
const FIFO = 'serial/recv_fifo.recv_fifo';
const FIFO_SIZE = 16;
const FCR_ENABLE = 1n;
/** THRE and TEMT: the transmitter is always empty. */
const LSR_IDLE = 0x60n;
const LSR_ERRORS = 0x1en;
const LSR_READY = 1n;
/** A queue of this length is refused as too long. */
const IMPOSSIBLE = [0xffn];

const RECEIVER: FieldRow = {
  name: 'receiver',
  native: [at('rbr'), at('lsr'), at('fcr_vmstate'), `${FIFO}.data`, `${FIFO}.head`, `${FIFO}.num`],
  common: ['uart.lastReceived', 'uart.lineErrors', 'uart.fifoControl', 'uart.received'],
  rule: 'recomputed',
  formula: {
    text: 'lsr = 0x60 | lineErrors | (received is not empty); without FIFO the received byte is in rbr, with it in a ring of 16',
    toCommon: receiverToCommon,
    toNative: receiverToNative,
  },
  note: 'without FIFO a byte that waits hides the one that was read last',
};

function receiverToCommon([rbr = 0n, lsr = 0n, fcr = 0n, data = 0n, head = 0n, num = 0n]: Values) {
  const errors = lsr & LSR_ERRORS;
  if ((fcr & FCR_ENABLE) === 0n) {
    const received = (lsr & LSR_READY) === 0n ? [] : [Number(rbr)];
    return [rbr, errors, fcr, packQueue(received)];
  }
  if (head >= FIFO_SIZE || num > FIFO_SIZE) return [rbr, errors, fcr, ...IMPOSSIBLE];
  const bytes: number[] = [];
  for (let i = 0; i < Number(num); i++) {
    const position = (Number(head) + i) % FIFO_SIZE;
    bytes.push(Number((data >> BigInt(8 * (FIFO_SIZE - 1 - position))) & 0xffn));
  }
  return [rbr, errors, fcr, packQueue(bytes)];
}

function receiverToNative([last = 0n, errors = 0n, fcr = 0n, queue = 0n]: Values): Values {
  const received = unpackQueue(queue);
  const lsr = LSR_IDLE | errors | (received.length > 0 ? LSR_READY : 0n);
  if ((fcr & FCR_ENABLE) === 0n) return [BigInt(received[0] ?? Number(last)), lsr, fcr, 0n, 0n, 0n];
  let data = 0n;
  for (let i = 0; i < FIFO_SIZE; i++) data = (data << 8n) | BigInt(received[i] ?? 0);
  return [last, lsr, fcr, data, 0n, BigInt(received.length)];
}

const IIR_INPUTS = [
  'uart.interruptEnable',
  'uart.fifoControl',
  'uart.lineErrors',
  'uart.received',
  'uart.transmitInterrupt',
  'uart.modemStatus',
];
const TRIGGER_LEVELS = [1n, 4n, 8n, 14n];
const IIR_NONE = 0x1n;
const IIR_TIMEOUT = 0xcn;

/** Highest of the due causes, by the data sheet's table of priorities. */
function causeOf([ier = 0n, fcr = 0n, errors = 0n, queue = 0n, transmit = 0n, msr = 0n]: Values) {
  const received = queue & 0xffn;
  if ((ier & 4n) !== 0n && errors !== 0n) return 0x6n;
  if ((ier & 1n) !== 0n && received > 0n) {
    const level = (fcr & FCR_ENABLE) === 0n ? 1n : (TRIGGER_LEVELS[Number(fcr >> 6n) & 3] ?? 1n);
    return received >= level ? 0x4n : IIR_TIMEOUT;
  }
  if ((ier & 2n) !== 0n && transmit !== 0n) return 0x2n;
  return (ier & 8n) !== 0n && (msr & 0xfn) !== 0n ? 0n : IIR_NONE;
}

const INTERRUPT_CAUSE: FieldRow = {
  name: 'iir',
  native: [at('iir'), 'serial/timeout_ipending.timeout_ipending'],
  common: IIR_INPUTS,
  rule: 'derived',
  formula: {
    text: 'iir = the due cause by the data sheet’s priorities | 0xC0 with FIFOs; timeout_ipending = that cause is the receiver’s timeout',
    toNative: (common) => {
      const cause = causeOf(common);
      const fifos = ((common[1] ?? 0n) & FCR_ENABLE) === 0n ? 0n : 0xc0n;
      return [cause | fifos, cause === IIR_TIMEOUT ? 1n : 0n];
    },
  },
  note: 'the toy finds the cause when the guest asks for it',
};

export const SERIAL_ROWS: FieldTable = [
  absent('uart.port', 0x3f8n, 'COM1 by the machine’s options'),
  same(at('divider'), 'uart.divisor'),
  same(at('ier'), 'uart.interruptEnable'),
  same(at('lcr'), 'uart.lineControl'),
  same(at('mcr'), 'uart.modemControl'),
  same(at('msr'), 'uart.modemStatus'),
  same(at('scr'), 'uart.scratch'),
  same('serial/thr_ipending.thr_ipending', 'uart.transmitInterrupt'),
  RECEIVER,
  INTERRUPT_CAUSE,
  absent('uart.receiveTimeout.phase', 0n, 'bytes that wait count as new at the next one'),
  absent('uart.receiveTimeout.at', 0n, 'a timer of the line'),
];

/** A UART that was not sent, because the machine had none. */
export const SERIAL_RESET: ReadonlyMap<string, bigint> = new Map([
  [at('divider'), 12n],
  [at('lsr'), LSR_IDLE],
  [at('msr'), 0xb0n],
]);
