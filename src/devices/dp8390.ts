/**
 * Ethernet controller DP8390D (National Semiconductor DP8390D/NS32490D data sheet: §7 "Packet
 * Reception", §8 "Packet Transmission", §9 "Remote DMA", §10 registers). A transmission takes no
 * time here; the link beyond has its own. Where a frame would meet BNRY nothing of it is stored.
 */
import { crc32 } from '../base/crc32.ts';
import {
  CR_DMA,
  CR_START,
  CR_STOP,
  CR_TRANSMIT,
  DCR_WORD,
  DMA_NONE,
  DMA_READ,
  DMA_SEND_PACKET,
  DMA_WRITE,
  type Dp8390State,
  ISR_COUNTER,
  ISR_DMA_DONE,
  ISR_OVERWRITE,
  ISR_RECEIVED,
  ISR_RESET,
  ISR_TRANSMITTED,
  RCR_MONITOR,
  RCR_RUNTS,
  RESET_STATE,
  RSR_GROUP,
  RSR_MISSED,
  RSR_OK,
  TCR_LOOPBACK,
  TSR_OK,
} from './dp8390-registers.ts';
import { isAddressed, isGroup } from './receive-filter.ts';

/** The board's memory as the controller addresses it, 16 bits wide. */
export interface PacketMemory {
  read(address: number): number;
  write(address: number, value: number): void;
}

export type Frame = Uint8Array<ArrayBuffer>;

const PAGE = 256;
const HEADER_BYTES = 4;
const CHECK_BYTES = 4;
const MIN_FRAME_BYTES = 60;
/** With room for a VLAN tag. */
const MAX_FRAME_BYTES = 1518;
const MISSED_MAX = 192;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export class Dp8390 {
  private state: Mutable<Dp8390State> = { ...RESET_STATE };
  private readonly memory: PacketMemory;
  private readonly transmit: (frame: Frame) => void;

  constructor(memory: PacketMemory, transmit: (frame: Frame) => void) {
    this.memory = memory;
    this.transmit = transmit;
  }

  get interrupt(): boolean {
    return (this.state.isr & this.state.imr & 0x7f) !== 0;
  }

  /** Registers that a reset does not name keep their values. */
  reset(): void {
    const { cr, isr, imr } = RESET_STATE;
    Object.assign(this.state, { cr, isr, imr, tcr: this.state.tcr & ~TCR_LOOPBACK, rbcr: 0 });
  }

  read(register: number): number {
    if (register === 0) return this.state.cr;
    const page = this.state.cr >> 6;
    if (page === 0) return this.readStatus(register);
    if (page === 1) return this.readAddress(register);
    return page === 2 ? this.readConfiguration(register) : 0;
  }

  write(register: number, value: number): void {
    if (register === 0) {
      this.writeCommand(value);
      return;
    }
    const page = this.state.cr >> 6;
    if (page === 0) this.writeControl(register, value);
    else if (page === 1) this.writeAddress(register, value);
    // Page 2 is for reading; its writable counters and page 3 are for the maker's tests.
  }

  /** A read of the data port: `size` 4 is two words at once. */
  readData(size: number): number {
    const { state } = this;
    const direction = state.cr & CR_DMA;
    const isReading = direction === DMA_READ || direction === DMA_SEND_PACKET;
    if (!isReading || state.rbcr === 0) return ones(size);
    const { address, length } = this.transfer(size);
    let value = 0;
    for (let i = 0; i < length; i++) value |= this.memory.read((address + i) & 0xffff) << (8 * i);
    this.finishTransfer(length);
    return value >>> 0;
  }

  writeData(size: number, value: number): void {
    const { state } = this;
    if ((state.cr & CR_DMA) !== DMA_WRITE || state.rbcr === 0) return;
    const { address, length } = this.transfer(size);
    for (let i = 0; i < length; i++)
      this.memory.write((address + i) & 0xffff, (value >>> (8 * i)) & 0xff);
    this.finishTransfer(length);
  }

  /** A frame arrives, without its check sequence. False: not for this station, or no room. */
  receive(frame: Uint8Array): boolean {
    const { state } = this;
    const isOnWire = (state.tcr & TCR_LOOPBACK) === 0;
    const isRunning = (state.cr & (CR_START | CR_STOP)) === CR_START;
    if (!isOnWire || !isRunning || !this.isWellSized(frame)) return false;
    if (!isAddressed(state, frame)) return false;
    if (state.rcr & RCR_MONITOR) return this.miss();
    // After an overflow nothing is stored until the driver has gone through the recovery.
    if (state.isr & ISR_OVERWRITE) return this.miss();
    const pages = Math.ceil((HEADER_BYTES + frame.length + CHECK_BYTES) / PAGE);
    if (pages >= this.freePages()) {
      state.isr |= ISR_OVERWRITE | ISR_RESET;
      return this.miss();
    }
    this.store(frame, pages);
    return true;
  }

  save(): Dp8390State {
    return { ...this.state, par: [...this.state.par], mar: [...this.state.mar] };
  }

  restore(state: Dp8390State): void {
    this.state = { ...state, par: [...state.par], mar: [...state.mar] };
  }

  private writeCommand(value: number): void {
    const { state } = this;
    state.cr = value & ~CR_TRANSMIT;
    if (value & CR_STOP) {
      state.isr |= ISR_RESET;
      return;
    }
    if (value & CR_START) state.isr &= ~ISR_RESET;
    this.startDma(value & CR_DMA);
    if (value & CR_TRANSMIT) this.send();
  }

  private startDma(direction: number): void {
    const { state } = this;
    if (direction === 0 || direction & DMA_NONE) return;
    if (direction === DMA_SEND_PACKET) {
      const header = state.bnry * PAGE;
      state.rsar = header;
      state.rbcr = this.memory.read(header + 2) | (this.memory.read(header + 3) << 8);
    }
    if (state.rbcr === 0) state.isr |= ISR_DMA_DONE;
  }

  private send(): void {
    const { state } = this;
    const frame = new Uint8Array(state.tbcr);
    for (let i = 0; i < frame.length; i++)
      frame[i] = this.memory.read((state.tpsr * PAGE + i) & 0xffff);
    const isOnWire = (state.tcr & TCR_LOOPBACK) === 0;
    // No station takes a longer frame; the sender is not told.
    if (isOnWire && frame.length > 0 && frame.length <= MAX_FRAME_BYTES) this.transmit(frame);
    state.tsr = TSR_OK;
    state.isr |= ISR_TRANSMITTED;
  }

  /** Where the next access of the data port goes, and how many bytes it moves. */
  private transfer(size: number): { readonly address: number; readonly length: number } {
    const { rsar, dcr } = this.state;
    if (size === 4) return { address: rsar & ~1, length: 4 };
    return dcr & DCR_WORD ? { address: rsar & ~1, length: 2 } : { address: rsar, length: 1 };
  }

  private finishTransfer(length: number): void {
    const { state } = this;
    state.rsar = (state.rsar + length) & 0xffff;
    if (state.rsar === state.pstop * PAGE) state.rsar = state.pstart * PAGE;
    state.rbcr = Math.max(0, state.rbcr - length);
    if (state.rbcr > 0) return;
    state.isr |= ISR_DMA_DONE;
    // The packet was removed: BNRY follows its header's link.
    if ((state.cr & CR_DMA) === DMA_SEND_PACKET)
      state.bnry = this.memory.read(state.bnry * PAGE + 1);
  }

  private isWellSized(frame: Uint8Array): boolean {
    const least = this.state.rcr & RCR_RUNTS ? HEADER_BYTES + CHECK_BYTES : MIN_FRAME_BYTES;
    return frame.length >= least && frame.length <= MAX_FRAME_BYTES;
  }

  private miss(): false {
    const { state } = this;
    state.rsr = RSR_MISSED;
    if (state.missed < MISSED_MAX) state.missed += 1;
    if (state.missed >= 0x80) state.isr |= ISR_COUNTER;
    return false;
  }

  /** From CURR up to BNRY; the whole ring if they are equal, as they are when it is set up. */
  private freePages(): number {
    const { curr, bnry, pstart, pstop } = this.state;
    return curr < bnry ? bnry - curr : pstop - pstart - (curr - bnry);
  }

  private store(frame: Uint8Array, pages: number): void {
    const { state } = this;
    const start = state.curr * PAGE;
    let next = state.curr;
    for (let i = 0; i < pages; i++) next = this.pageAfter(next);
    state.rsr = RSR_OK | (isGroup(frame) ? RSR_GROUP : 0);
    const count = frame.length + CHECK_BYTES;
    const check = crc32(frame);
    const content = [state.rsr, next, count & 0xff, count >> 8, ...frame];
    for (let i = 0; i < CHECK_BYTES; i++) content.push((check >>> (8 * i)) & 0xff);
    let address = start;
    for (const byte of content) {
      this.memory.write(address, byte);
      address += 1;
      if (address % PAGE === 0) address = this.pageAfter(address / PAGE - 1) * PAGE;
    }
    state.curr = next;
    state.isr |= ISR_RECEIVED;
  }

  private pageAfter(page: number): number {
    const next = (page + 1) & 0xff;
    return next === this.state.pstop ? this.state.pstart : next;
  }

  private readStatus(register: number): number {
    const { state } = this;
    switch (register) {
      case 0x03:
        return state.bnry;
      case 0x04:
        return state.tsr;
      case 0x07:
        return state.isr;
      case 0x08:
        return state.rsar & 0xff;
      case 0x09:
        return state.rsar >> 8;
      // Reserved; the mark of the RTL8029, as QEMU's board shows it.
      case 0x0a:
        return 0x50;
      case 0x0b:
        return 0x43;
      case 0x0c:
        return state.rsr;
      case 0x0f:
        return this.takeMissed();
      default:
        // Local DMA address, collisions, FIFO, alignment and check errors: none of them occur.
        return 0;
    }
  }

  private takeMissed(): number {
    const { missed } = this.state;
    this.state.missed = 0;
    return missed;
  }

  private readAddress(register: number): number {
    const { state } = this;
    if (register <= 6) return state.par[register - 1] ?? 0;
    return register === 7 ? state.curr : (state.mar[register - 8] ?? 0);
  }

  /** Bits that do not exist read as ones. */
  private readConfiguration(register: number): number {
    const { state } = this;
    switch (register) {
      case 0x01:
        return state.pstart;
      case 0x02:
        return state.pstop;
      case 0x04:
        return state.tpsr;
      case 0x0c:
        return state.rcr | 0xc0;
      case 0x0d:
        return state.tcr | 0xe0;
      case 0x0e:
        return state.dcr | 0x80;
      case 0x0f:
        return state.imr | 0x80;
      default:
        return 0;
    }
  }

  private writeControl(register: number, value: number): void {
    const { state } = this;
    const low = (word: number): number => (word & 0xff00) | value;
    const high = (word: number): number => (word & 0x00ff) | (value << 8);
    switch (register) {
      case 0x01:
        state.pstart = value;
        return;
      case 0x02:
        state.pstop = value;
        return;
      case 0x03:
        this.writeBoundary(value);
        return;
      case 0x04:
        state.tpsr = value;
        return;
      case 0x05:
        state.tbcr = low(state.tbcr);
        return;
      case 0x06:
        state.tbcr = high(state.tbcr);
        return;
      case 0x07:
        state.isr &= ~(value & 0x7f);
        return;
      case 0x08:
        state.rsar = low(state.rsar);
        return;
      case 0x09:
        state.rsar = high(state.rsar);
        return;
      case 0x0a:
        state.rbcr = low(state.rbcr);
        return;
      case 0x0b:
        state.rbcr = high(state.rbcr);
        return;
      case 0x0c:
        state.rcr = value & 0x3f;
        return;
      case 0x0d:
        state.tcr = value & 0x1f;
        return;
      case 0x0e:
        state.dcr = value & 0x7f;
        return;
      default:
        state.imr = value & 0x7f;
    }
  }

  /** Removing a packet ends the reset state that an overflow set. */
  private writeBoundary(value: number): void {
    const { state } = this;
    state.bnry = value;
    if ((state.cr & CR_STOP) === 0) state.isr &= ~ISR_RESET;
  }

  private writeAddress(register: number, value: number): void {
    const { state } = this;
    const put = (list: readonly number[], at: number) =>
      list.map((old, i) => (i === at ? value : old));
    if (register <= 6) state.par = put(state.par, register - 1);
    else if (register === 7) state.curr = value;
    else state.mar = put(state.mar, register - 8);
  }
}

const ones = (size: number): number => (size === 4 ? 0xffff_ffff : (1 << (8 * size)) - 1);
