/**
 * Xen's VERIFY at the destination: pages that come once more are compared with what is here, and
 * nothing is written. A difference ends the migration, and the VM runs on at the source [SW-10].
 */
import { gfn, PAGE_SIZE } from '../base/units.ts';
import type { DestinationCore } from './destination-core.ts';
import type { MessageOf, PageRun } from './messages.ts';
import { allInside } from './page-receiver.ts';
import { hasPage } from './page-set.ts';
import { installingWork } from './work.ts';

export function expectCopies(core: DestinationCore, { pages }: MessageOf<'verify'>): void {
  core.state.uncompared = pages;
  core.enter('verifying');
}

export function comparePages(core: DestinationCore, { runs }: MessageOf<'pages'>): void {
  if (!allInside(core, runs)) return;
  const pages = runs.reduce((sum, { count }) => sum + count, 0);
  if (pages > core.state.uncompared) {
    core.trouble('bad-page', `${pages} pages to be compared, ${core.state.uncompared} were left`);
    return;
  }
  core.services.spend(installingWork(runs));
  for (const run of runs) {
    const different = differing(core, run);
    if (different === undefined) continue;
    core.trouble('bad-page', `VERIFY: page ${different} here is not the source's`);
    return;
  }
  core.state.uncompared -= pages;
}

/** The first page of a run that is not here as it is there. */
function differing({ state, vm }: DestinationCore, run: PageRun): number | undefined {
  const mine = new Uint8Array(PAGE_SIZE);
  for (let i = 0; i < run.count; i++) {
    const frame = run.gfn + i;
    if (!hasPage(state.present, frame)) return frame;
    vm.readPage(gfn(frame), mine);
    const equal =
      run.kind === 'zero'
        ? vm.isZeroPage(gfn(frame))
        : run.kind === 'full' && mine.every((byte, at) => byte === run.bytes[i * PAGE_SIZE + at]);
    if (!equal) return frame;
  }
  return undefined;
}
