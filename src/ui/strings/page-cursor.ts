/** The page under the cursor, for those who hear it, and under the lens. */
import type { Picture } from '../../trace/picture.ts';

export const noneWrittenAgain =
  'No page is written again at this moment. There are some once round 1 is on its way and the guest keeps writing.';

export const pageCursor = 'Page cursor. Enter inspects the page';
export const noPagesYet = 'no pages yet';

/** By the numbers of PAGE_STATES. */
export const STATE_WORDS: readonly string[] = [
  'empty',
  'not sent',
  'on the way',
  'same on both',
  'same on both, all zeros',
  'written again',
  'waited for',
];

export const pagesFromTo = (first: number, last: number) => `Pages ${first} to ${last}`;

export function cursorText({ pages }: Picture, gfn: number): string {
  const a = STATE_WORDS[pages.of(0)[gfn] ?? 0];
  const b = STATE_WORDS[pages.of(1)[gfn] ?? 0];
  const sends = pages.sends[gfn] ?? 0;
  const times = sends === 1 ? 'once' : `${sends} times`;
  const where = a === b ? a : `${a} at A, ${b} at B`;
  return `Page ${gfn}: ${where}, ${sends === 0 ? 'never sent' : `sent ${times}`}`;
}
