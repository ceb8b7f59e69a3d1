/**
 * What a VMM reads out of the hardware (here: the toy PC) and puts into it, before any of it has
 * the VMM's own shape.
 */
import { exists } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { UART_PORT } from '../devices/uart.ts';
import type { MachineState } from '../machine/machine-state.ts';
import type { FieldTable } from './field-table.ts';
import type { NativeState } from './native-layout.ts';
import type { VmmError } from './vmm.ts';

export interface VmState {
  /** What is translated; the other devices are as at power-on in the machine that takes it over. */
  readonly machine: Pick<MachineState, 'cpu' | 'uart'>;
  /** CPU features shown to the guest and used by it, as bits of `FEATURES`. */
  readonly offered: bigint;
  readonly used: bigint;
}

/** The time-stamp counter's rate on both hosts: ticks in a millisecond. */
export const HOST_TSC_KHZ = 1_000_000n;

/** The counter's value expressed as time, as Xen's X86_TSC_INFO and KVM's clock both give it. */
export const guestNanoseconds = (tsc: bigint): bigint => (tsc * 1_000_000n) / HOST_TSC_KHZ;

/** A native state in the making: every place that the toy never fills has its default already. */
export class StateWriter {
  readonly state = new Map<string, bigint>();

  constructor(table: FieldTable) {
    for (const row of table) {
      if (row.rule !== 'dropped') continue;
      row.native.forEach((place, i) => {
        this.put(place, exists(row.defaults[i], place));
      });
    }
  }

  put(place: string, value: number | bigint | boolean): void {
    this.state.set(place, BigInt(value));
  }
}

/** The places of a native state as the machine's numbers. */
export class StateReader {
  private readonly state: NativeState;

  constructor(state: NativeState) {
    this.state = state;
  }

  big(place: string): bigint {
    return exists(this.state.get(place), place);
  }

  number(place: string): number {
    return Number(this.big(place));
  }

  flag(place: string): boolean {
    return this.big(place) !== 0n;
  }
}

/** What no table can know: whether this host can go on from a state that is valid in itself. */
export function hostAccepts(
  khz: bigint,
  port: number,
  eventIsPending: boolean,
): Result<void, VmmError> {
  const refuse = (message: string) => err<VmmError>({ code: 'unsupported', message });
  if (khz !== HOST_TSC_KHZ) {
    return refuse(
      `the guest's time-stamp counter runs at ${khz} kHz, the host's at ${HOST_TSC_KHZ}`,
    );
  }
  if (port !== UART_PORT) return refuse(`a UART at port 0x${port.toString(16)}; 0x3f8 is offered`);
  if (eventIsPending) return refuse('an event is pending; this processor delivers events at once');
  return ok(undefined);
}
