/**
 * The working set, where it is known: the munchers write to the pages at the top of RAM
 * (`guests/muncher.c`, `guests/workloads/muncher-pc.c`).
 */
import type { AnyGuest } from '../lab/guests.ts';
import type { Picture } from '../trace/picture.ts';
import type { AppState } from './app-state.ts';

/**
 * Pages below the first that is the workload's: image and stack as built, of the PC's kernel also the
 * page tables. A test compares them with what the guests write to.
 */
const BELOW: Partial<Record<AnyGuest, (pages: number) => number>> = {
  muncher: () => 0x105,
  'muncher-pc': (pages) => 0x130 + Math.ceil(pages / 1024),
};

export const isWorkingSetKnown = ({ scenario }: Pick<AppState, 'scenario'>): boolean =>
  scenario.vm.guest in BELOW;

/** How many pages it has, up to the top of RAM; 0 where nobody knows where it is. */
export function workingSetOf(
  { pages, parameters }: Picture,
  { scenario: { vm } }: Pick<AppState, 'scenario'>,
): number {
  const ram = pages.count || vm.memoryMiB * 256;
  const below = BELOW[vm.guest]?.(ram) ?? ram;
  const asked = Math.floor((ram * vm.workload.workingSetPercent) / 100);
  return Math.min(parameters.get('workingSetPages') ?? asked, ram - below);
}
