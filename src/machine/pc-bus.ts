/**
 * The PC's devices on their ports and interrupt lines. Accesses wider than a device takes fall apart
 * into bytes, as on an 8-bit bus; a part without a device reads as ones. Instants count guest time
 * (see `device.ts`); where the time between two calls is cut changes nothing.
 */
import { assert } from '../base/assert.ts';
import { earliest, type Instant, NEVER, START } from '../base/units.ts';
import { Cmos, type CmosState } from '../devices/cmos.ts';
import { DebugPort } from '../devices/debug-port.ts';
import type {
  AccessSize,
  Device,
  InterruptSource,
  PortDevice,
  PortRange,
} from '../devices/device.ts';
import { ExitPort } from '../devices/exit-port.ts';
import { Ne2000, type Ne2000State } from '../devices/ne2000.ts';
import { Pic, type PicState } from '../devices/pic.ts';
import { Pit, type PitState } from '../devices/pit.ts';
import { Uart, type UartState } from '../devices/uart.ts';
import { setUpAsFirmware } from './firmware.ts';

export interface PcConfig {
  /** Date at guest time 0, in seconds since 1970. */
  readonly epochSeconds: number;
  readonly ramBytes: number;
  /** Station address: six bytes. */
  readonly mac: readonly number[];
}

export interface PcState {
  readonly pic: PicState;
  readonly pit: PitState;
  readonly uart: UartState;
  readonly cmos: CmosState;
  readonly ne2000: Ne2000State;
}

export interface PcOutput {
  readonly debug: Uint8Array<ArrayBuffer>;
  readonly serial: Uint8Array<ArrayBuffer>;
  readonly frames: Uint8Array<ArrayBuffer>[];
}

/** What the bus asks of the machine around it. */
export interface PcHost {
  /** Guest time at the present instruction. */
  now(): Instant;
  /**
   * The machine must look after the present instruction: output, an exit, an interrupt or a nearer
   * `nextEvent`.
   */
  attention(): void;
}

type Source = Device<unknown> & InterruptSource;

interface Place {
  readonly device: PortDevice;
  readonly wide: boolean;
  /** The device again, if it has an interrupt line and time matters to it. */
  readonly source: Source | undefined;
}

export class PcBus {
  readonly pic = new Pic();
  readonly pit = new Pit();
  readonly uart = new Uart();
  readonly cmos: Cmos;
  readonly ne2000: Ne2000;
  private readonly debug = new DebugPort();
  private readonly exitPort = new ExitPort();
  private readonly sources: readonly Source[];
  private readonly places = new Map<number, Place>();
  private readonly host: PcHost;
  private produced = false;
  /** The earliest event of all devices. */
  private next: Instant = NEVER;

  constructor(config: PcConfig, host: PcHost) {
    this.host = host;
    this.cmos = new Cmos(config);
    this.ne2000 = new Ne2000(config.mac);
    this.sources = [this.pit, this.uart, this.cmos, this.ne2000];
    for (const source of this.sources) this.attach(source, source);
    for (const device of [this.pic, this.debug, this.exitPort]) this.attach(device);
    // Lines that are up already are no edges once the PICs are set up.
    this.advanceAll(START);
    setUpAsFirmware((port, value) => this.deviceAt(port).writePort(port, 1, value));
    this.advanceAll(START);
  }

  /** Status of the exit port, once the guest wrote to it. */
  get exitCode(): number | undefined {
    return this.exitPort.code;
  }

  /** Ports with a device, for whoever lists or probes them. */
  get ports(): readonly PortRange[] {
    return [this.pic, ...this.sources, this.debug, this.exitPort].flatMap(({ ports }) => ports);
  }

  /** INTR to the processor. Pre: the bus was advanced to the present. */
  hasInterrupt(): boolean {
    return this.pic.hasInterrupt();
  }

  /** INTA: the vector to deliver. */
  acknowledge(): number {
    return this.pic.acknowledge();
  }

  /** Undefined: no device at the port. */
  read(port: number, size: AccessSize): number | undefined {
    const place = this.places.get(port);
    if (place === undefined) return undefined;
    if (size === 1 || place.wide) return this.readAt(place, port, size);
    let value = 0;
    for (let i = 0; i < size; i++) {
      const part = this.places.get(port + i);
      const byte = part === undefined ? 0xff : this.readAt(part, port + i, 1);
      value |= byte << (8 * i);
    }
    return value >>> 0;
  }

  /** False: no device at the port. */
  write(port: number, size: AccessSize, value: number): boolean {
    const place = this.places.get(port);
    if (place === undefined) return false;
    if (size === 1 || place.wide) {
      this.writeAt(place, port, size, value);
      return true;
    }
    for (let i = 0; i < size; i++) {
      const part = this.places.get(port + i);
      if (part !== undefined) this.writeAt(part, port + i, 1, (value >>> (8 * i)) & 0xff);
    }
    return true;
  }

  /** When a device next does something by itself: a run of the processor ends there. */
  nextEvent(): Instant {
    return this.next;
  }

  /** Brings all devices to `now`, through every event on the way, so that no edge is lost. */
  advance(now: Instant): void {
    while (this.next <= now) {
      const at = this.next;
      this.advanceAll(at);
      assert(this.next > at, 'an event of a device passes');
    }
    this.advanceAll(now);
  }

  /** A byte arrives at the UART. False: the receiver was full and the byte is lost. */
  receiveSerial(byte: number): boolean {
    return this.during(this.uart, () => this.uart.receive(byte));
  }

  /** A frame arrives at the NIC. False: not for this station, or no room in its ring. */
  receiveFrame(frame: Uint8Array): boolean {
    return this.during(this.ne2000, () => this.ne2000.receive(frame));
  }

  /** Did a device produce output since the last call? */
  takeProduced(): boolean {
    const { produced } = this;
    this.produced = false;
    return produced;
  }

  takeOutput(): PcOutput {
    return {
      debug: this.debug.takeOutput(),
      serial: this.uart.takeOutput(),
      frames: this.ne2000.takeFrames(),
    };
  }

  /** Pre: the bus was advanced to the present, and all output was taken. */
  save(): PcState {
    return {
      pic: this.pic.save(),
      pit: this.pit.save(),
      uart: this.uart.save(),
      cmos: this.cmos.save(),
      ne2000: this.ne2000.save(),
    };
  }

  /** Pre: the host's guest time is that of the saved state. */
  restore(state: PcState): void {
    this.pic.restore(state.pic);
    this.pit.restore(state.pit);
    this.uart.restore(state.uart);
    this.cmos.restore(state.cmos);
    this.ne2000.restore(state.ne2000);
    this.exitPort.code = undefined;
    this.produced = false;
    this.findNext();
  }

  private attach(device: PortDevice, source?: Source): void {
    for (const { first, count, wide } of device.ports) {
      for (let port = first; port < first + count; port++) {
        assert(!this.places.has(port), `two devices at port 0x${port.toString(16)}`);
        this.places.set(port, { device, wide: wide === true, source });
      }
    }
  }

  private deviceAt(port: number): PortDevice {
    const place = this.places.get(port);
    assert(place !== undefined, `no device at port 0x${port.toString(16)}`);
    return place.device;
  }

  private readAt({ device, source }: Place, port: number, size: AccessSize): number {
    return this.during(source, () => device.readPort(port, size));
  }

  private writeAt({ device, source }: Place, port: number, size: AccessSize, value: number): void {
    const before = this.pendingOutput();
    this.during(source, () => device.writePort(port, size, value));
    const hasOutput = this.pendingOutput() > before;
    if (hasOutput) this.produced = true;
    if (hasOutput || this.exitPort.code !== undefined) this.host.attention();
  }

  /** Does something to a device now, and tells the machine what it must not miss. */
  private during<T>(source: Source | undefined, act: () => T): T {
    const hadInterrupt = this.pic.hasInterrupt();
    const now = this.host.now();
    if (this.next <= now) this.advance(now);
    else source?.advance(now);
    const { next } = this;
    const result = act();
    if (source !== undefined) this.settle(source);
    const interrupts = !hadInterrupt && this.pic.hasInterrupt();
    if (interrupts || this.next < next) this.host.attention();
    return result;
  }

  private pendingOutput(): number {
    return this.debug.pending + this.uart.pending + this.ne2000.pending;
  }

  private advanceAll(now: Instant): void {
    for (const source of this.sources) {
      source.advance(now);
      this.settle(source);
    }
  }

  /** The interrupt line and the next event, after anything that may have changed them. */
  private settle({ irq, interrupt }: Source): void {
    if (interrupt) this.pic.raise(irq);
    else this.pic.lower(irq);
    this.findNext();
  }

  private findNext(): void {
    let next: Instant = NEVER;
    for (const source of this.sources) next = earliest(next, source.nextEvent());
    this.next = next;
  }
}
