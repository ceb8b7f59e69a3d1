/** What the cells mean, each with how many pages there are of it. */
import { workingSetOf } from '../store/working-set.ts';
import { IN_FLIGHT, MISSING, NOT_SENT, SAME, WRITTEN, ZERO } from '../trace/page-book.ts';
import { count } from './strings/format.ts';
import * as words from './strings/stage.ts';
import { Swatch } from './swatch.tsx';
import { Term } from './term.tsx';
import { useShown } from './use-controls.ts';
import { usePicture, useStore } from './use-store.ts';

const ENTRIES = [
  { state: NOT_SENT, name: words.notSent, swatch: 'not-sent' },
  { state: IN_FLIGHT, name: words.onTheWay, swatch: 'in-flight', few: '000' },
  { state: SAME, name: words.sameOnBoth, swatch: 'same' },
  { state: ZERO, name: words.allZeros, swatch: 'zero', id: 'zero-page' },
  {
    state: WRITTEN,
    name: words.writtenAgain,
    swatch: 'written',
    term: words.dirty,
    id: 'dirty-page',
  },
  {
    state: MISSING,
    name: words.waitedFor,
    swatch: 'missing',
    term: words.fault,
    id: 'page-fault',
    few: '0',
  },
] as const;

export function Legend() {
  const picture = usePicture();
  const { pages } = picture;
  const workingSet = useStore((state) => workingSetOf(picture, state));
  // Where its slider stands beside the stage, that tells; an inspector in its place must not move the grid.
  const beside = useStore(({ mode, side }) => mode === 'full' && side === 'controls');
  const named = useShown()('hot') && beside;
  const perCell = useStore((state) => state.pagesPerCell);
  const expected = useStore((state) => state.scenario.vm.memoryMiB * 256);
  const most = count(pages.count || expected);
  return (
    <ul class="legend" aria-label={words.legend}>
      {ENTRIES.map((entry) => (
        <li key={entry.state}>
          <Swatch kind={entry.swatch} />
          {'id' in entry ? <Term id={entry.id}>{entry.name}</Term> : entry.name}
          {'term' in entry && <span class="term"> ({entry.term})</span>}{' '}
          <b>{count(pages.tally[entry.state])}</b>
          <Spare most={'few' in entry ? entry.few : most} shown={count(pages.tally[entry.state])} />
        </li>
      ))}
      <li>
        <Swatch kind="empty" />
        {words.empty}
      </li>
      {workingSet > 0 && (
        <li class={`outlined ${named ? 'named' : ''}`}>
          <Swatch kind="working-set" />
          <Term id="working-set">{words.workingSet}</Term> <b>{count(workingSet)}</b>
        </li>
      )}
      {perCell > 1 && <li class="term">{words.cellOf(perCell)}</li>}
    </ul>
  );
}

/** The room of the digits that the number could still get: what stands behind it must not move. */
function Spare({ most, shown }: { readonly most: string; readonly shown: string }) {
  const rest = most.slice(0, Math.max(0, most.length - shown.length));
  if (rest === '') return null;
  return (
    <span class="spare" aria-hidden="true">
      {rest}
    </span>
  );
}
