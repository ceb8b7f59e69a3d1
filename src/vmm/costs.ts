/**
 * What work of a VMM or a migration daemon costs in virtual time: one table, so that every figure
 * can be shown with where it comes from. Real hosts differ by factors; what matters is that each
 * kind of work has its price and that both VMMs are priced on one scale.
 */
import { type Duration, duration } from '../base/units.ts';

export interface Cost {
  readonly ns: number;
  /** 'measured' with this project's own prototypes, or 'chosen'. */
  readonly source: 'measured' | 'chosen';
  readonly reason: string;
}

export const COSTS = {
  vmExit: {
    ns: 1_000,
    source: 'chosen',
    reason:
      'one world switch to the VMM and back with its cache effects, of the order of a microsecond',
  },
  shadowFault: {
    ns: 2_000,
    source: 'chosen',
    reason:
      'Xen-like, on top of the exit: walk the guest tables, set the log bit, open the shadow entry',
  },
  slotFault: {
    ns: 1_000,
    source: 'chosen',
    reason:
      'KVM-like, on top of the exit: find the slot, set its bit, make the second-level entry writable',
  },
  hapFault: {
    ns: 1_200,
    source: 'chosen',
    reason: 'Xen-like, on top of the exit: set the log bit, open one entry of the P2M',
  },
  bufferDrainPerEntry: { ns: 15, source: 'chosen', reason: 'reading one entry, setting its bit' },
  ringFullExit: {
    ns: 3_000,
    source: 'chosen',
    reason: 'KVM-like, on top of the exit: to the user process and back',
  },
  logStart: {
    ns: 20_000,
    source: 'chosen',
    reason: 'one control call that switches the mode and flushes the translation caches',
  },
  logStartPerPage: {
    ns: 10,
    source: 'chosen',
    reason: 'taking the write bit of one page away, in a walk over neighbouring table entries',
  },
  logReadXen: {
    ns: 5_000,
    source: 'chosen',
    reason: 'one CLEAN call: the domain stands still while the bitmap is copied out',
  },
  logReadKvm: {
    ns: 3_000,
    source: 'chosen',
    reason:
      'one get-dirty-log call for one slot; measured reading of 1 GiB by a two-level bitmap is 4 µs',
  },
  logReadPerDirtyPage: {
    ns: 50,
    source: 'chosen',
    reason: 'clearing one bit and protecting one page again',
  },
  logClearKvm: {
    ns: 1_500,
    source: 'chosen',
    reason: 'one clear-dirty-log call for 64 pages: half of a reading, which copies a whole bitmap',
  },
  pageCopy: {
    ns: 1_024,
    source: 'measured',
    reason: 'copying random single pages runs at about 4 GB/s on one core',
  },
  zeroTest: {
    ns: 80,
    source: 'measured',
    reason: 'a page that is not zero shows it early: about 13 times as fast as copying it',
  },
  zeroTestOfZero: {
    ns: 1_138,
    source: 'measured',
    reason: 'a zero page is read to its end: 0.9 times the speed of copying it',
  },
  deltaEncode: {
    ns: 3_000,
    source: 'chosen',
    reason: 'comparing a page with its cached content byte by byte, and copying it into the cache',
  },
  deltaApply: {
    ns: 1_500,
    source: 'chosen',
    reason: 'reading the old page, writing the changed runs, putting it back',
  },
  deflatePage: {
    ns: 60_000,
    source: 'chosen',
    reason: 'DEFLATE at its fastest level runs at some 70 MB/s on one core',
  },
  inflatePage: {
    ns: 15_000,
    source: 'chosen',
    reason: 'unpacking runs about four times as fast as packing',
  },
  translatePerField: {
    ns: 25,
    source: 'chosen',
    reason: 'one row of a field table: read, convert, write',
  },
  translatePerByte: {
    ns: 2,
    source: 'measured',
    reason:
      'a byte-wise checksum in JavaScript runs at 0.17 times the speed of copying, plus the copy',
  },
  nativeStatePerByte: {
    ns: 1,
    source: 'chosen',
    reason:
      'reading the registers and devices and writing them in their own format, or back: no checksum, so about half of what a translated byte takes',
  },
  pause: {
    ns: 50_000,
    source: 'chosen',
    reason: 'stopping one virtual processor and waiting until its last exit is through',
  },
  resume: {
    ns: 100_000,
    source: 'chosen',
    reason:
      'loading the state and scheduling the processor; Clark et al. report 9 ms with a whole tool stack',
  },
} as const satisfies Readonly<Record<string, Cost>>;

export type CostName = keyof typeof COSTS;

export function costOf(name: CostName, count = 1): Duration {
  return duration(COSTS[name].ns * count);
}
