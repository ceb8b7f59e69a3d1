/**
 * What a VMM reads out of the hardware (here: the toy PC) and puts into it, before any of it has
 * the VMM's own shape.
 */
import { assert, exists } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { CpuState } from '../cpu/state.ts';
import { UART_PORT } from '../devices/uart.ts';
import { EVENT_CHOICES } from '../image/fields.ts';
import type { MachineState } from '../machine/machine-state.ts';
import { type CommonValues, type FieldTable, toCommon, toNative } from './field-table.ts';
import { NE2000_IRQ, NE2000_PORT } from './machine-devices.ts';
import type { NativeState } from './native-layout.ts';
import type { VmmError } from './vmm.ts';

export interface VmState {
  readonly machine: MachineState;
  /** CPU features shown to the guest and used by it, as bits of `FEATURES`. */
  readonly offered: bigint;
  readonly used: bigint;
  /** Rate of the guest's time-stamp counter: that of the host on which it booted. */
  readonly tscKhz: bigint;
}

/** A host's time-stamp counter unless a scenario says otherwise: ticks in a millisecond. */
export const HOST_TSC_KHZ = 1_000_000n;
/** What a host can scale its counter to. */
const LEAST_TSC_KHZ = 1000n;
const MOST_TSC_KHZ = 10_000_000n;

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

  /** Places that follow from common values by the table alone. */
  translate(table: FieldTable, values: CommonValues): void {
    for (const [place, value] of toNative(table, values)) this.state.set(place, value);
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

  /** Common values of the rows. */
  common(table: FieldTable): CommonValues {
    return toCommon(table, this.state).common;
  }
}

/** Single-step trap: the one exception that the processor holds back, as a vector like the others. */
const DEBUG_TRAP = 1n;

/** kind, vector, hasErrorCode, errorCode of `cpu.pendingEvent`. */
export function pendingToValues(vector: number | undefined): readonly bigint[] {
  if (vector === undefined) return [0n, 0n, 0n, 0n];
  const kind = BigInt(vector) === DEBUG_TRAP ? 'exception' : 'interrupt';
  return [BigInt(EVENT_CHOICES.indexOf(kind)), BigInt(vector), 0n, 0n];
}

/** The vector, undefined for no event, or what the processor cannot hold back. */
export function pendingFromValues([kind = 0n, vector = 0n, hasErrorCode = 0n]: readonly bigint[]):
  | number
  | undefined
  | 'other' {
  switch (EVENT_CHOICES[Number(kind)]) {
    case 'none':
      return undefined;
    case 'interrupt':
      return Number(vector);
    default:
      return vector === DEBUG_TRAP && hasErrorCode === 0n ? Number(vector) : 'other';
  }
}

/** `CpuState.pendingVector` as it stands in the state. Pre: accepted. */
export function pendingVector(event: readonly bigint[]): Pick<CpuState, 'pendingVector'> {
  const vector = pendingFromValues(event);
  assert(vector !== 'other', 'an accepted event can be held back');
  return vector === undefined ? {} : { pendingVector: vector };
}

/** What no table can know: whether this host can go on from a state that is valid in itself. */
export function hostAccepts(
  khz: bigint,
  ports: { readonly uart: number; readonly ne2000: number; readonly ne2000Irq: number },
  event: readonly bigint[],
): Result<void, VmmError> {
  const refuse = (message: string) => err<VmmError>({ code: 'unsupported', message });
  if (khz < LEAST_TSC_KHZ || khz > MOST_TSC_KHZ) {
    return refuse(
      `the guest's time-stamp counter runs at ${khz} kHz; this host can offer ${LEAST_TSC_KHZ} to ${MOST_TSC_KHZ} kHz`,
    );
  }
  if (ports.uart !== UART_PORT)
    return refuse(`a UART at port 0x${ports.uart.toString(16)}; 0x3f8 is offered`);
  if (ports.ne2000 !== NE2000_PORT || ports.ne2000Irq !== NE2000_IRQ) {
    const where = `port 0x${ports.ne2000.toString(16)}, IRQ ${ports.ne2000Irq}`;
    return refuse(`an NE2000 at ${where}; port 0x300, IRQ ${NE2000_IRQ} is offered`);
  }
  if (pendingFromValues(event) === 'other')
    return refuse('an exception or NMI is pending; this processor delivers those at once');
  return ok(undefined);
}
