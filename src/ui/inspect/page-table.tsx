/** One page as both hosts have it, side by side, and whether they agree. */

import { HOST_A, type Party } from '../../trace/event.ts';
import { digestOf } from '../../trace/hash.ts';
import { EMPTY, MISSING } from '../../trace/page-book.ts';
import * as words from '../strings/inspect.ts';
import { STATE_WORDS } from '../strings/page-cursor.ts';
import { hex, lastWriter } from '../strings/pages.ts';
import { usePicture } from '../use-store.ts';
import type { Insights } from './use-insight.ts';

type Copies = Extract<Insights<'page'>, { state: 'known' }>['hosts'];
type Copy = NonNullable<Copies[0]>;

/** Digits of the hash that are shown: enough to compare by eye. */
const HASH_DIGITS = 16;

/** A copy that has come and means something. */
export function arrived(copy: Copy | undefined, state: number): Copy | undefined {
  return copy === undefined || copy.missing || state === EMPTY || state === MISSING
    ? undefined
    : copy;
}

export function PageTable({
  gfn,
  insights,
}: {
  readonly gfn: number;
  readonly insights: Insights<'page'>;
}) {
  const { pages } = usePicture();
  const states = [pages.of(0)[gfn], pages.of(1)[gfn]] as const;
  const hosts = insights.state === 'known' ? insights.hosts : undefined;
  const cell = (party: 0 | 1, of: (copy: Copy) => string): string => {
    if (insights.state === 'moving') return words.whenTimeStands;
    if (hosts === undefined) return '…';
    const copy = hosts[party];
    return copy === undefined ? words.noSuchPage : of(copy);
  };
  const hash = (party: 0 | 1) =>
    cell(party, (copy) =>
      arrived(copy, states[party]) ? digestOf(copy.bytes).slice(0, HASH_DIGITS) : words.nothingCome,
    );
  const rows = [
    [words.state, STATE_WORDS[states[0]], STATE_WORDS[states[1]]],
    [words.hash, hash(0), hash(1)],
    [words.machineFrame, ...each((party) => cell(party, ({ mfn }) => hex(mfn)))],
    [
      words.inDirtyLog,
      ...each((party) => cell(party, ({ dirty }) => (dirty ? words.yes : words.no))),
    ],
  ];
  return (
    <table class="page-table">
      <caption class="sr">{words.onBothHosts(gfn)}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">A</th>
          <th scope="col">B</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, a, b]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{a}</td>
            <td>{b}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const each = (of: (party: 0 | 1) => string): [string, string] => [of(0), of(1)];

/** Equal or not, by the bytes alone. `older`: where the VM does not run, or not yet; `from`: whence it moves. */
export function agreement(
  a: Copy | undefined,
  b: Copy | undefined,
  older: 'A' | 'B',
  from: Party,
): string {
  if (a === undefined && b === undefined) return words.neitherHas;
  if (a === undefined) return from === HOST_A ? words.onlyDestination('B') : words.onlySource('B');
  if (b === undefined) return from === HOST_A ? words.onlySource('A') : words.onlyDestination('A');
  const differing = a.bytes.reduce((sum, byte, i) => sum + (byte === b.bytes[i] ? 0 : 1), 0);
  return differing === 0 ? words.bothEqual(a.bytes.length) : words.copiesDiffer(differing, older);
}

/** Who wrote it last, on each side that holds it. */
export function Writers({
  gfn,
  life,
}: { gfn: number } & { life: Parameters<typeof lastWriter>[0] }) {
  const picture = usePicture();
  const { pages } = picture;
  return (
    <dl class="facts">
      {pages.of(0)[gfn] !== EMPTY && (
        <>
          <dt>{words.lastWriterAtA}</dt>
          <dd>{lastWriter(life, 0, picture)}</dd>
        </>
      )}
      {pages.of(1)[gfn] !== EMPTY && (
        <>
          <dt>{words.lastWriterAtB}</dt>
          <dd>{lastWriter(life, 1, picture)}</dd>
        </>
      )}
    </dl>
  );
}
