/** The whole toy PC apart from memory, as plain values. */
import type { CpuState } from '../cpu/state.ts';
import type { UartState } from '../devices/uart.ts';

export interface MachineState {
  readonly cpu: CpuState;
  readonly uart: UartState;
}
