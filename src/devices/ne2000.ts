/**
 * NE2000 network card (Novell NE2000 as in the National Semiconductor application note AN-729,
 * "DP839EB-ATN"): a DP8390 at 0x300 on IRQ 9, where QEMU's `ne2k_isa` has it, 16 KiB of packet
 * memory at 0x4000, and a PROM with the station address, every byte of it doubled.
 */
import { assert } from '../base/assert.ts';
import { type Instant, NEVER } from '../base/units.ts';
import type { AccessSize, Device, InterruptSource, PortRange } from './device.ts';
import { Dp8390, type Frame } from './dp8390.ts';
import type { Dp8390State } from './dp8390-registers.ts';

export interface Ne2000State {
  readonly chip: Dp8390State;
  /** What the PROM holds; the address in use is the chip's PAR. */
  readonly mac: readonly number[];
  /** 0x4000 to 0x7FFF. */
  readonly memory: Uint8Array;
}

const BASE = 0x300;
const DATA_PORT = BASE + 0x10;
const RESET_PORT = BASE + 0x18;
const PROM_BYTES = 32;
const MAC_BYTES = 6;
/** "WW": a card for the 16-bit bus. */
const SIGNATURE = 0x57;
const MEMORY_START = 0x4000;
const MEMORY_BYTES = 0x4000;

export class Ne2000 implements Device<Ne2000State>, InterruptSource {
  readonly irq = 9;
  readonly ports: readonly PortRange[] = [
    { first: BASE, count: 16 },
    { first: DATA_PORT, count: 8, wide: true },
    { first: RESET_PORT, count: 8 },
  ];
  private mac: readonly number[];
  private readonly memory = new Uint8Array(MEMORY_BYTES);
  private readonly chip: Dp8390;
  private frames: Frame[] = [];

  constructor(mac: readonly number[]) {
    assert(mac.length === MAC_BYTES, 'a station address has six bytes');
    this.mac = mac;
    this.chip = new Dp8390(
      {
        read: (address) => this.readMemory(address),
        write: (address, value) => this.writeMemory(address, value),
      },
      (frame) => this.frames.push(frame),
    );
  }

  get interrupt(): boolean {
    return this.chip.interrupt;
  }

  /** Frames that nobody took yet. */
  get pending(): number {
    return this.frames.length;
  }

  /** Frames that went out since the last call. */
  takeFrames(): Frame[] {
    const { frames } = this;
    this.frames = [];
    return frames;
  }

  /** A frame arrives, without its check sequence. False: not for this station, or no room. */
  receive(frame: Uint8Array): boolean {
    return this.chip.receive(frame);
  }

  readPort(port: number, size: AccessSize): number {
    if (port < DATA_PORT) return this.chip.read(port - BASE);
    if (port < RESET_PORT) return this.chip.readData(size);
    this.chip.reset();
    return 0;
  }

  writePort(port: number, size: AccessSize, value: number): void {
    if (port < DATA_PORT) this.chip.write(port - BASE, value);
    else if (port < RESET_PORT) this.chip.writeData(size, value);
    // A write only ends the reset pulse that a read began.
  }

  nextEvent(): Instant {
    return NEVER;
  }

  advance(_now: Instant): void {
    // Frames go out at once.
  }

  save(): Ne2000State {
    return { chip: this.chip.save(), mac: [...this.mac], memory: this.memory.slice() };
  }

  restore(state: Ne2000State): void {
    assert(state.memory.length === MEMORY_BYTES, 'the card has 16 KiB');
    this.chip.restore(state.chip);
    this.mac = [...state.mac];
    this.memory.set(state.memory);
    this.frames = [];
  }

  private readMemory(address: number): number {
    if (address < PROM_BYTES) return this.readProm(address >> 1);
    return this.memory[address - MEMORY_START] ?? 0xff;
  }

  private writeMemory(address: number, value: number): void {
    const at = address - MEMORY_START;
    if (at >= 0 && at < MEMORY_BYTES) this.memory[at] = value;
  }

  private readProm(index: number): number {
    if (index < MAC_BYTES) return this.mac[index] ?? 0;
    return index >= PROM_BYTES / 2 - 2 ? SIGNATURE : 0;
  }
}
