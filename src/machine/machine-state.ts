/** The whole toy PC apart from memory, as plain values. */
import type { CpuState } from '../cpu/state.ts';
import type { UartState } from '../devices/uart.ts';

export interface MachineState {
  readonly cpu: CpuState;
  readonly uart: UartState;
  /** Set once the machine has stopped for good; a migrated machine never has. */
  readonly stopped?: { readonly cause: string; readonly code: number };
}
