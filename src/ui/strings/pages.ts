/** What a page's state and its life on the trace mean, in words. */
import { HOST_A, type PageEvent, pageIsZero, pageReason, pageRound } from '../../trace/event.ts';
import { lastWrite } from '../../trace/page-life.ts';
import type { Picture } from '../../trace/picture.ts';
import { time } from './format.ts';

export const REASON_WORDS = {
  first: 'for the first time',
  again: 'again, because it was written',
  demand: 'because the guest waited for it',
  push: 'ahead of need',
} as const;

export const hex = (value: number): string => `0x${value.toString(16)}`;

const since = (at: number, { startedAt }: Picture): string =>
  `${time(Math.max(0, at - (startedAt ?? 0)))} after the start`;

/** Who wrote the page last, as far as the dirty log and the migration tell. */
export function lastWriter(life: readonly PageEvent[], party: 0 | 1, picture: Picture): string {
  const { from } = picture.pages;
  const event = lastWrite(life, party, from);
  if (party !== from) {
    if (event === undefined) return 'nobody yet';
    const copy = `the migration, ${since(event.at, picture)}`;
    return hasMoved(picture) ? `${copy}; writes of the guest since then are not logged here` : copy;
  }
  if (event !== undefined)
    return `the guest, ${since(event.at, picture)}; further writes show only once the log is read again`;
  return picture.startedAt === undefined
    ? 'not known: writes are logged from the migration’s start on'
    : 'the guest or its loader, before the log began';
}

/** The destination's copy is the one that the guest writes to. */
export function hasMoved({ hosts, pages }: Picture): boolean {
  const { vm } = hosts[1 - pages.from];
  return vm === 'running' || vm === 'blocked';
}

/** One line of the page's life. */
export function lifeText({ kind, party, detail }: PageEvent): string {
  const host = party === HOST_A ? 'A' : 'B';
  const what = pageIsZero(detail) ? 'as “all zeros”' : 'whole';
  switch (kind) {
    case 'dirtied':
      return `The guest writes it at ${host}, for the first time since the log was read`;
    case 'sent':
      return `${host} sends it in round ${pageRound(detail)}, ${REASON_WORDS[pageReason(detail)]}, ${what}`;
    case 'installed':
      return `${host} writes the copy of round ${pageRound(detail)} into its memory`;
    case 'skipped':
      return `${host} does not take the copy: the guest has its own already`;
    case 'unchanged':
      return `${host} leaves it out of round ${pageRound(detail)}: the other host has the same bytes already`;
    case 'missing':
      return `The guest touches it at ${host} before it has come, and waits`;
  }
}
