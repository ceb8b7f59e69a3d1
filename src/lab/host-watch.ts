/** What a host looks for while its guest runs: a look, in no checkpoint and no trace. */
import type { Instant } from '../base/units.ts';
import type { InstructionWatch } from '../cpu/watch.ts';
import type { StopWatch } from './party.ts';

export class HostWatch {
  /** What the guest runs with, if something is looked for. */
  instructions: InstructionWatch | undefined;
  /** Since when the guest stands before an instruction that is looked for. */
  met: Instant | undefined;
  private id: number | undefined;

  /** With every grant. `guest`: how far it has come, and when its latest instruction ended. */
  look(watch: StopWatch | undefined, guest: { retired: number; now: Instant }): void {
    this.met = undefined;
    if (watch === undefined) this.instructions = undefined;
    else if (watch.id !== this.id) this.instructions = instructionsOf(watch, guest);
    this.id = watch?.id;
  }
}

function instructionsOf(
  { stop, from }: StopWatch,
  { retired, now }: { retired: number; now: Instant },
): InstructionWatch {
  if (stop.kind === 'instruction') return { addresses: undefined, after: retired };
  // An instruction that ends after that moment leads to an address that was not stood before.
  return { addresses: new Set(stop.linear), after: now > from ? retired - 1 : retired };
}
