/** The invariants that are judged at every page event, before it becomes part of the story. */
import { HOST_A, type PageEvent, pageRound } from '../../../trace/event.ts';
import type { Story } from './story.ts';

export interface PageRule {
  readonly id: string;
  readonly judge: (story: Story, row: PageEvent) => string | undefined;
}

/** S2: memory is written only where the VM runs, and not while it is paused by hand. */
function onlyRunnerWrites(story: Story, row: PageEvent): string | undefined {
  const { runnable, byHand } = story.places[row.party === HOST_A ? 0 : 1];
  if (row.kind !== 'dirtied' || (runnable && !byHand)) return undefined;
  return `page ${row.gfn} was written on host ${row.party}, where the VM does not run`;
}

/** S4: only a page that has crossed can be called unchanged; whether it is, S3 sees. */
function unchangedWasSent(story: Story, row: PageEvent): string | undefined {
  if (row.kind !== 'unchanged' || story.sentEver[row.gfn] === 1) return undefined;
  return `page ${row.gfn} is called unchanged, and was never sent`;
}

/** S5: what arrives was sent, and never replaces something newer of the same page. */
function nothingStale(story: Story, row: PageEvent): string | undefined {
  if (row.kind !== 'installed') return undefined;
  if (story.underway[row.gfn] === 0)
    return `page ${row.gfn} was installed oftener than it was sent`;
  const round = pageRound(row.detail);
  return round >= story.installedRound[row.gfn]
    ? undefined
    : `page ${row.gfn} of round ${round} replaced that of round ${story.installedRound[row.gfn]}`;
}

/** S5: a page that the guest has at the destination is its own. */
function ownPagesStay(story: Story, row: PageEvent): string | undefined {
  if (row.kind !== 'installed' || !story.receiver.runnable || story.missing.has(row.gfn))
    return undefined;
  return `page ${row.gfn} was written over while the guest ran with it`;
}

/** S9: where no migration is under way no log costs the guest anything. */
function logIsOff(story: Story, row: PageEvent): string | undefined {
  if (row.kind !== 'dirtied') return undefined;
  const sends = row.party === story.source;
  if (sends && !story.ended && story.status[0] !== 'none' && story.status[0] !== 'cancelling')
    return undefined;
  return `page ${row.gfn} went into a dirty log that should be off`;
}

/** S15: only a page that has not come stops the guest. */
function stopsOnlyForMissing(story: Story, row: PageEvent): string | undefined {
  if (row.kind !== 'missing' || row.party !== story.destination || story.missing.has(row.gfn))
    return undefined;
  return `the guest stopped for page ${row.gfn}, which has come`;
}

export const PAGE_RULES: readonly PageRule[] = [
  { id: 'S2', judge: onlyRunnerWrites },
  { id: 'S4', judge: unchangedWasSent },
  { id: 'S5', judge: nothingStale },
  { id: 'S5', judge: ownPagesStay },
  { id: 'S9', judge: logIsOff },
  { id: 'S15', judge: stopsOnlyForMissing },
];
