/** The whole toy PC apart from memory, as plain values. */
import type { Instant } from '../base/units.ts';
import type { CpuState } from '../cpu/state.ts';
import type { PcState } from './pc-bus.ts';

export interface MachineState extends PcState {
  readonly cpu: CpuState;
  /**
   * Guest time: nanoseconds that the VM has run, HLT included, but not the time it stood suspended or
   * was on its way. Every instant in the devices' states counts it, so a state means the same
   * wherever and whenever it is put back: the machine's clock goes on from here at its next run.
   */
  readonly time: Instant;
  /** Set once the machine has stopped for good; a migrated machine never has. */
  readonly stopped?: { readonly cause: string; readonly code: number };
}
