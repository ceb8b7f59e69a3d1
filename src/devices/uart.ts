/**
 * 16550A UART (National Semiconductor PC16550D data sheet, §8 "Registers"), COM1 at 0x3F8 on IRQ 4.
 * Transmission takes no time: a byte written to THR is on the line at once, so THRE and TEMT are
 * always set. Only the receiver's timeout takes time, four characters of it.
 */
import { type Instant, instant, NEVER, START } from '../base/units.ts';
import type { AccessSize, Device, InterruptSource, PortRange } from './device.ts';

export const UART_PORT = 0x3f8;
export const UART_PORTS = 8;
const FIFO_SIZE = 16;
/** Bits in a second with a divisor of 1. */
const BASE_RATE = 115_200;
const TIMEOUT_CHARACTERS = 4;

const LCR_DLAB = 0x80;
const MCR_MASK = 0x1f;
const MCR_OUT2 = 0x08;
const MCR_LOOP = 0x10;
const FCR_ENABLE = 0x01;
const FCR_CLEAR_RECEIVE = 0x02;
const FCR_CLEAR_TRANSMIT = 0x04;
const LSR_DATA_READY = 0x01;
const LSR_OVERRUN = 0x02;
const LSR_ERRORS = 0x1e;
const LSR_IDLE = 0x60;
const IER_RECEIVED = 0x01;
const IER_TRANSMIT = 0x02;
const IER_LINE = 0x04;
const IER_MODEM = 0x08;
const IIR_NONE = 0x01;
const IIR_MODEM = 0x00;
const IIR_TRANSMIT = 0x02;
const IIR_RECEIVED = 0x04;
const IIR_LINE = 0x06;
const IIR_TIMEOUT = 0x0c;
const IIR_FIFO = 0xc0;
/** A peer that is always there: carrier, data set ready, clear to send. */
const MSR_CONNECTED = 0xb0;
const TRIGGER_LEVELS = [1, 4, 8, 14] as const;

/** Registers by the data sheet's names. */
export interface UartState {
  /** DLM:DLL */
  readonly divisor: number;
  readonly ier: number;
  readonly fcr: number;
  readonly lcr: number;
  readonly mcr: number;
  /** Error bits of LSR that were not read yet; the others follow from the state. */
  readonly lsrErrors: number;
  readonly msr: number;
  readonly scr: number;
  /** The last byte read from RBR, which an empty receiver gives again. */
  readonly rbr: number;
  /** THRE interrupt not yet acknowledged by reading IIR or writing THR. */
  readonly transmitPending: boolean;
  /** Received bytes, oldest first: at most 16, at most 1 with the FIFOs off. */
  readonly received: readonly number[];
  /** When bytes below the trigger level will have waited too long; absent while none wait. */
  readonly receiveTimeout?: Instant | 'struck';
}

export class Uart implements Device<UartState>, InterruptSource {
  readonly irq = 4;
  readonly ports: readonly PortRange[] = [{ first: UART_PORT, count: UART_PORTS }];
  private divisor = 12;
  private ier = 0;
  private fcr = 0;
  private lcr = 0;
  private mcr = 0;
  private lsrErrors = 0;
  private msr = MSR_CONNECTED;
  private scr = 0;
  private rbr = 0;
  private transmitPending = false;
  private received: number[] = [];
  private receiveTimeout: Instant | 'struck' | undefined;
  private at: Instant = START;
  private line: number[] = [];

  /** Level of the interrupt line: OUT2 gates it, as on a PC. */
  get interrupt(): boolean {
    return (this.mcr & MCR_OUT2) !== 0 && this.identification() !== IIR_NONE;
  }

  /** Bytes that nobody took yet. */
  get pending(): number {
    return this.line.length;
  }

  /** Bytes that went out on the line since the last call. */
  takeOutput(): Uint8Array<ArrayBuffer> {
    const bytes = Uint8Array.from(this.line);
    this.line = [];
    return bytes;
  }

  /** A byte arrives on the line. False: the receiver was full and a byte is lost (overrun). */
  receive(byte: number): boolean {
    const capacity = this.fcr & FCR_ENABLE ? FIFO_SIZE : 1;
    const fits = this.received.length < capacity;
    if (!fits) this.lsrErrors |= LSR_OVERRUN;
    // Without FIFOs the new byte overwrites the old one; with them the new one is lost.
    if (fits) this.received.push(byte & 0xff);
    else if (capacity === 1) this.received[0] = byte & 0xff;
    if (this.receiveTimeout !== 'struck') this.restartTimeout();
    return fits;
  }

  nextEvent(): Instant {
    return typeof this.receiveTimeout === 'number' ? this.receiveTimeout : NEVER;
  }

  advance(now: Instant): void {
    this.at = now;
    if (now >= this.nextEvent()) this.receiveTimeout = 'struck';
  }

  readPort(port: number, _size: AccessSize): number {
    return this.read(port - UART_PORT);
  }

  writePort(port: number, _size: AccessSize, value: number): void {
    this.write(port - UART_PORT, value);
  }

  read(register: number): number {
    switch (register) {
      case 0:
        return this.lcr & LCR_DLAB ? this.divisor & 0xff : this.takeReceived();
      case 1:
        return this.lcr & LCR_DLAB ? this.divisor >> 8 : this.ier;
      case 2:
        return this.readIdentification();
      case 3:
        return this.lcr;
      case 4:
        return this.mcr;
      case 5:
        return this.readLineStatus();
      case 6:
        return this.readModemStatus();
      default:
        return this.scr;
    }
  }

  write(register: number, value: number): void {
    switch (register) {
      case 0:
        if (this.lcr & LCR_DLAB) this.divisor = (this.divisor & 0xff00) | value;
        else this.transmit(value);
        return;
      case 1:
        if (this.lcr & LCR_DLAB) this.divisor = (this.divisor & 0xff) | (value << 8);
        else this.writeInterruptEnable(value);
        return;
      case 2:
        this.writeFifoControl(value);
        return;
      case 3:
        this.lcr = value;
        return;
      case 4:
        this.writeModemControl(value);
        return;
      case 7:
        this.scr = value;
        return;
      default:
        // LSR and MSR are read-only in normal use.
        return;
    }
  }

  save(): UartState {
    const { divisor, ier, fcr, lcr, mcr, lsrErrors, msr, scr, rbr, transmitPending } = this;
    const received = [...this.received];
    const state = {
      divisor,
      ier,
      fcr,
      lcr,
      mcr,
      lsrErrors,
      msr,
      scr,
      rbr,
      transmitPending,
      received,
    };
    const { receiveTimeout } = this;
    return receiveTimeout === undefined ? state : { ...state, receiveTimeout };
  }

  restore(state: UartState): void {
    this.divisor = state.divisor;
    this.ier = state.ier;
    this.fcr = state.fcr;
    this.lcr = state.lcr;
    this.mcr = state.mcr;
    this.lsrErrors = state.lsrErrors;
    this.msr = state.msr;
    this.scr = state.scr;
    this.rbr = state.rbr;
    this.transmitPending = state.transmitPending;
    this.received = state.received.slice(0, FIFO_SIZE);
    this.receiveTimeout = state.receiveTimeout;
    this.line = [];
  }

  private transmit(byte: number): void {
    this.transmitPending = true;
    if (this.mcr & MCR_LOOP) this.receive(byte);
    else this.line.push(byte);
  }

  private takeReceived(): number {
    const byte = this.received.shift();
    if (byte !== undefined) this.rbr = byte;
    this.restartTimeout();
    return this.rbr;
  }

  private writeInterruptEnable(value: number): void {
    const changed = value ^ this.ier;
    this.ier = value & 0x0f;
    // Enabling the THRE interrupt with an empty transmitter raises it at once.
    if (changed & IER_TRANSMIT) this.transmitPending = (value & IER_TRANSMIT) !== 0;
  }

  private writeFifoControl(value: number): void {
    const toggled = (value ^ this.fcr) & FCR_ENABLE;
    if (toggled || value & FCR_CLEAR_RECEIVE) {
      this.received = [];
      this.receiveTimeout = undefined;
    }
    // An emptied transmitter is a transmitter that became empty.
    if (toggled || value & FCR_CLEAR_TRANSMIT) this.transmitPending = true;
    this.fcr = value & FCR_ENABLE ? value & 0xc9 : 0;
  }

  private writeModemControl(value: number): void {
    this.mcr = value & MCR_MASK;
    const lines = this.mcr & MCR_LOOP ? loopedModemLines(this.mcr) : MSR_CONNECTED;
    const changed = (lines ^ this.msr) >> 4;
    // A ring indicator only counts when it ends (trailing edge).
    const ringEnded = changed & 4 && !(lines & 0x40) ? 4 : 0;
    this.msr = lines | (this.msr & 0x0f) | (changed & 0x0b) | ringEnded;
  }

  private readLineStatus(): number {
    const ready = this.received.length > 0 ? LSR_DATA_READY : 0;
    const value = LSR_IDLE | this.lsrErrors | ready;
    this.lsrErrors = 0;
    return value;
  }

  private readModemStatus(): number {
    const value = this.msr;
    this.msr &= 0xf0;
    return value;
  }

  private readIdentification(): number {
    const cause = this.identification();
    if (cause === IIR_TRANSMIT) this.transmitPending = false;
    return cause | (this.fcr & FCR_ENABLE ? IIR_FIFO : 0);
  }

  /** Highest of the pending causes, by the data sheet's table of priorities. */
  private identification(): number {
    if (this.ier & IER_LINE && this.lsrErrors & LSR_ERRORS) return IIR_LINE;
    if (this.ier & IER_RECEIVED && this.receiveTimeout === 'struck') return IIR_TIMEOUT;
    if (this.ier & IER_RECEIVED && this.received.length >= this.triggerLevel) return IIR_RECEIVED;
    if (this.ier & IER_TRANSMIT && this.transmitPending) return IIR_TRANSMIT;
    if (this.ier & IER_MODEM && this.msr & 0x0f) return IIR_MODEM;
    return IIR_NONE;
  }

  private get triggerLevel(): number {
    return this.fcr & FCR_ENABLE ? TRIGGER_LEVELS[(this.fcr >> 6) as 0 | 1 | 2 | 3] : 1;
  }

  /** A byte came or went: whatever waits in the FIFO waits from now on. */
  private restartTimeout(): void {
    const waits = (this.fcr & FCR_ENABLE) !== 0 && this.received.length > 0;
    this.receiveTimeout = waits ? instant(this.at + this.timeoutSpan()) : undefined;
  }

  private timeoutSpan(): number {
    const parityBits = this.lcr & 0x08 ? 1 : 0;
    const stopBits = this.lcr & 0x04 ? 2 : 1;
    const characterBits = 1 + 5 + (this.lcr & 3) + parityBits + stopBits;
    // A divisor of 0 stops the clock of a real one; it counts as the fastest here.
    const bits = TIMEOUT_CHARACTERS * characterBits * Math.max(1, this.divisor);
    return Math.ceil((bits * 1e9) / BASE_RATE);
  }
}

/** Loop-back wires DTR, RTS, OUT1, OUT2 to DSR, CTS, RI, DCD. */
function loopedModemLines(mcr: number): number {
  return ((mcr & 0x0c) << 4) | ((mcr & 0x02) << 3) | ((mcr & 0x01) << 5);
}
