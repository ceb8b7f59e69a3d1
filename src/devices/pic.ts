/**
 * The interrupt controllers of a PC/AT: two 8259A in cascade (IBM PC/AT Technical Reference, "System
 * Interrupts"): the master at 0x20 with lines 0 to 7, the slave at 0xA0 with lines 8 to 15 on the
 * master's line 2, and their edge/level registers at 0x4D0 and 0x4D1.
 */
import { assert } from '../base/assert.ts';
import { type Instant, NEVER } from '../base/units.ts';
import type { AccessSize, Device, PortRange } from './device.ts';
import { PicChip, type PicChipState } from './pic-chip.ts';

export interface PicState {
  readonly master: PicChipState;
  readonly slave: PicChipState;
}

const MASTER_PORT = 0x20;
const SLAVE_PORT = 0xa0;
const ELCR_PORT = 0x4d0;
const CASCADE = 2;
const LINES = 16;

export class Pic implements Device<PicState> {
  readonly ports: readonly PortRange[] = [
    { first: MASTER_PORT, count: 2 },
    { first: SLAVE_PORT, count: 2 },
    { first: ELCR_PORT, count: 2 },
  ];
  // IRQ 0 to 2, 8 and 13 are edge-triggered for good.
  private readonly master = new PicChip(true, 0xf8);
  private readonly slave = new PicChip(false, 0xde);

  raise(irq: number): void {
    this.setLine(irq, true);
  }

  lower(irq: number): void {
    this.setLine(irq, false);
  }

  /** INTR to the processor. */
  hasInterrupt(): boolean {
    return this.master.output;
  }

  /** The processor's INTA: the vector of the interrupt served; a spurious one has that of line 7. */
  acknowledge(): number {
    const line = this.master.acknowledge();
    if (line !== CASCADE) return this.settled(this.master.vectorOf(line));
    return this.settled(this.slave.vectorOf(this.slave.acknowledge()));
  }

  readPort(port: number, _size: AccessSize): number {
    return this.settled(this.read(port));
  }

  writePort(port: number, _size: AccessSize, value: number): void {
    this.settled(this.write(port, value));
  }

  nextEvent(): Instant {
    return NEVER;
  }

  advance(_now: Instant): void {
    // Nothing here depends on time.
  }

  save(): PicState {
    return { master: this.master.save(), slave: this.slave.save() };
  }

  restore(state: PicState): void {
    this.master.restore(state.master);
    this.slave.restore(state.slave);
  }

  private setLine(irq: number, level: boolean): void {
    assert(irq >= 0 && irq < LINES && irq !== CASCADE, `IRQ ${irq} is no line of a device`);
    if (irq < 8) this.master.setLine(irq, level);
    else this.slave.setLine(irq - 8, level);
    this.cascade();
  }

  /** Carries the slave's output to the master after whatever may have changed it. */
  private settled<T>(value: T): T {
    this.cascade();
    return value;
  }

  private cascade(): void {
    this.master.setLine(CASCADE, this.slave.output);
  }

  private read(port: number): number {
    switch (port) {
      case MASTER_PORT:
        return this.master.readCommand();
      case MASTER_PORT + 1:
        return this.master.readData();
      case SLAVE_PORT:
        return this.slave.readCommand();
      case SLAVE_PORT + 1:
        return this.slave.readData();
      default:
        return port === ELCR_PORT ? this.master.elcr : this.slave.elcr;
    }
  }

  private write(port: number, value: number): void {
    switch (port) {
      case MASTER_PORT:
        this.master.writeCommand(value);
        return;
      case MASTER_PORT + 1:
        this.master.writeData(value);
        return;
      case SLAVE_PORT:
        this.slave.writeCommand(value);
        return;
      case SLAVE_PORT + 1:
        this.slave.writeData(value);
        return;
      case ELCR_PORT:
        this.master.elcr = value;
        return;
      default:
        this.slave.elcr = value;
    }
  }
}
