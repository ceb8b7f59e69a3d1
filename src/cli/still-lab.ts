/** A lab in which nothing migrates by itself: a scenario's guest in its surroundings, to be saved or sent. */
import { assert } from '../base/assert.ts';
import { err, type Result } from '../base/result.ts';
import { instant, milliseconds } from '../base/units.ts';
import type { CommonState } from '../image/model.ts';
import { Lab } from '../lab/lab.ts';
import { pausePastShadow } from '../lab/save-moment.ts';
import type { Scenario } from '../lab/scenario.ts';
import { valuesToCommon } from '../vmm/common-values.ts';
import { toCommon } from '../vmm/field-table.ts';
import { fieldsOf } from '../vmm/registry.ts';
import type { Vm, VmmError } from '../vmm/vmm.ts';
import type { Surroundings } from './command.ts';
import { chooseGuest } from './load-guest.ts';

export const MAX_LAB_MS = 3_600_000;

/** At that moment, with the guest running on the source. */
export async function stillLab(
  given: Scenario,
  own: string | undefined,
  atMs: number,
  surroundings: Surroundings,
): Promise<Result<Lab, string>> {
  const chosen = await chooseGuest(given, own, surroundings);
  if (!chosen.ok) return chosen;
  const { scenario, guest } = chosen.value;
  const migration = { ...scenario.migration, startMs: null };
  const lab = Lab.create({ ...scenario, migration }, guest);
  if (!lab.ok) return err(`the scenario ${scenario.name} cannot run: ${lab.error}`);
  // The guest boots at 0, so it is there just after.
  lab.value.advance(instant(Math.max(1, milliseconds(atMs))));
  return sourceRuns(lab.value)
    ? lab
    : err(`the scenario ${scenario.name} has no running guest at ${atMs} ms`);
}

export const sourceRuns = ({ hosts: [source] }: Lab): boolean =>
  source.vm !== undefined && source.running;

/** Pre: `sourceRuns`. */
export function sourceVm({ hosts: [source] }: Lab): Vm {
  assert(source.vm !== undefined, 'the source has its guest');
  return source.vm;
}

/** What would be saved now, while the VM runs on. Pre: `sourceRuns`. */
export function stateNow(lab: Lab): Result<CommonState, VmmError> {
  const vm = sourceVm(lab);
  const { id, pages } = vm.config;
  const about = { identity: { id, name: id }, memory: [{ firstGfn: 0, pages }] };
  return valuesToCommon(toCommon(fieldsOf(lab.hosts[0].vmm.kind), vm.peekNative()).common, about);
}

/** Suspends the source's VM, past an interrupt shadow. */
export function pauseSource(lab: Lab): Vm {
  const vm = sourceVm(lab);
  pausePastShadow(vm, lab.hosts[0].now);
  return vm;
}
