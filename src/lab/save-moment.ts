/** A VM as it is saved into a state file: suspended, past an interrupt shadow, with all of its pages. */
import { err, ok, type Result } from '../base/result.ts';
import { after, duration, type Instant } from '../base/units.ts';
import type { Vm } from '../vmm/vmm.ts';
import type { HostParty } from './host-party.ts';
import type { Lab } from './lab.ts';

/** A shadow ends with the next instruction; a string of them has never been this long. */
const MAX_SHADOW_STEPS = 64;

/** Not every format has a place for an interrupt shadow. */
export function pausePastShadow(vm: Vm, at: Instant): void {
  let now = at;
  for (let i = 0; i < MAX_SHADOW_STEPS; i++) {
    if (vm.inspect().registers().interruptShadow === 0) break;
    now = vm.run(now, after(now, duration(1))).now;
  }
  vm.suspend();
}

/** Where the guest is now. While it stands between the hosts, the source still has all of it. */
function whereabouts({ hosts }: Lab): HostParty | undefined {
  return hosts.find(({ running }) => running) ?? hosts.find(({ vm }) => vm !== undefined);
}

/** The lab cannot go on afterwards: its guest is held. */
export function holdGuest(lab: Lab): Result<Vm, string> {
  const host = whereabouts(lab);
  const vm = host?.vm;
  if (host === undefined || vm === undefined) return err('At this moment no host has the VM.');
  if (vm.missingPages > 0)
    return err(
      `${vm.missingPages} pages of the VM have not arrived yet, so no state file can hold it. Go to a moment before the pull or after its end.`,
    );
  if (host.running) pausePastShadow(vm, host.now);
  return ok(vm);
}
