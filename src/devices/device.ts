/**
 * What every device of the PC offers to its bus. A device has no clock of its own: the bus calls
 * `advance` before any access, and at each of the device's own events. Instants count guest time,
 * which stands still while the VM is paused or on its way (QEMU's virtual clock).
 */
import type { Instant } from '../base/units.ts';

export type AccessSize = 1 | 2 | 4;

export interface PortRange {
  readonly first: number;
  readonly count: number;
  /** Accesses of two and four bytes reach the device whole; elsewhere they fall apart into bytes. */
  readonly wide?: boolean;
}

/** A device as the bus addresses it. */
export interface PortDevice {
  readonly ports: readonly PortRange[];
  /** Pre: `port` is one of `ports`, `size` is 1 where they are not wide. Never throws. */
  readPort(port: number, size: AccessSize): number;
  /** Pre: the same; `value` is unsigned and no larger than `size` allows. */
  writePort(port: number, size: AccessSize, value: number): void;
}

export interface Device<State> extends PortDevice {
  /** When the device next does something by itself, later than the moment it was advanced to. */
  nextEvent(): Instant;
  /** Pre: not earlier than before, and not beyond `nextEvent` unless what lies between may merge. */
  advance(now: Instant): void;
  save(): State;
  /** Pre: the state was validated. */
  restore(state: State): void;
}

/** A device with an interrupt line into the PIC. */
export interface InterruptSource {
  readonly irq: number;
  /** Level of the line now. */
  readonly interrupt: boolean;
}
