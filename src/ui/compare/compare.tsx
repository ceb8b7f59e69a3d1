/** Two to four runs of one workload and seed, side by side, with one transport. */

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { AppStore } from '../../store/app-state.ts';
import type { Comparison } from '../../store/compare.ts';
import { differingSettings } from '../../store/compare-figures.ts';
import { LANES_MAX, LANES_MIN, type LaneChoice, laneText } from '../../store/lanes.ts';
import { type Settings, scenarioWith } from '../../store/settings.ts';
import { Icon } from '../kit/icon.tsx';
import { rich } from '../kit/rich.tsx';
import { LinkNoticeLine } from '../notice/notice-line.tsx';
import * as words from '../strings/compare.ts';
import { sameAndDifferent } from '../strings/lanes.ts';
import { useApp, useStore } from '../use-store.ts';
import { listenToCompareKeys } from './compare-keys.ts';
import { CompareTransport } from './compare-transport.tsx';
import { Curves } from './curves.tsx';
import { DifferenceTable } from './difference-table.tsx';
import { LANE_ALGORITHMS, LaneCard } from './lane-card.tsx';
import { LaneNews } from './lane-news.tsx';
import { useComparison } from './use-comparison.ts';
import './compare.css';

export function Compare({ onClose }: { onClose(): void }) {
  const { store } = useApp();
  const comparison = useComparison(store.getState().speed);
  const base = useStore((state) => state.base);
  const draft = useStore((state) => state.draft);
  const choices = useStore((state) => state.lanes) ?? openingChoices(draft);
  const setChoices = (lanes: readonly LaneChoice[]) =>
    store.setState({ lanes, lanesMoment: undefined });
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => title.current?.focus(), []);
  useLayoutEffect(
    () => listenToCompareKeys(comparison, store, onClose),
    [comparison, store, onClose],
  );
  const wanted = choices.map(laneText).join();
  useEffect(() => {
    const { lanesMoment } = store.getState();
    void comparison.open(
      choices.map((choice) => scenarioWith(base, { ...draft, ...choice })),
      lanesMoment,
    );
  }, [comparison, wanted, base, draft, store]);
  useEffect(() => keepForLinks(comparison, store), [comparison, store]);
  const change = (index: number, patch: Partial<LaneChoice>) =>
    setChoices(choices.map((choice, i) => (i === index ? { ...choice, ...patch } : choice)));
  return (
    <>
      <main class="compare">
        <div class="compare-head">
          <h2 ref={title} tabIndex={-1}>
            {words.compare}
          </h2>
          <WhatDiffers comparison={comparison} settings={draft} />
          <AddLane choices={choices} onChoices={setChoices} />
          <button type="button" aria-keyshortcuts="C Escape" onClick={onClose}>
            <Icon name="cross" /> {words.close}
          </button>
        </div>
        <LinkNoticeLine />
        <div class={`lanes of-${choices.length}`}>
          {choices.map((choice, index) => (
            <LaneCard
              key={index}
              index={index}
              choice={choice}
              lane={comparison.lanes[index]}
              removable={choices.length > LANES_MIN}
              onChoice={(patch) => change(index, patch)}
              onRemove={() => setChoices(choices.filter((_, i) => i !== index))}
            />
          ))}
        </div>
        <Curves lanes={comparison.lanes} />
        <DifferenceTable lanes={comparison.lanes} />
      </main>
      <CompareTransport comparison={comparison} />
      <LaneNews comparison={comparison} />
    </>
  );
}

/** A link says where the lanes stand; the next comparison begins anew. */
function keepForLinks(comparison: Comparison, store: AppStore): () => void {
  const forget = comparison.onChange(() => {
    if (comparison.ready)
      store.setState({ lanesMoment: comparison.begun ? comparison.now : undefined });
  });
  return () => {
    forget();
    store.setState({ lanes: undefined, lanesMoment: undefined });
  };
}

/** The run on the page, beside the algorithm that is most unlike it. */
function openingChoices({ algorithm, source, destination }: Settings): readonly LaneChoice[] {
  const other = algorithm === 'pre-copy' ? 'stop-and-copy' : 'pre-copy';
  return [
    { algorithm, source, destination },
    { algorithm: other, source, destination },
  ];
}

interface WhatProps {
  readonly comparison: Comparison;
  readonly settings: Settings;
}

function WhatDiffers({ comparison, settings }: WhatProps) {
  const { same, different } = sameAndDifferent(settings, differingSettings(comparison.lanes));
  return <p class="what">{rich(words.lanesDiffer, { different: <b>{different}</b>, same })}</p>;
}

interface AddProps {
  readonly choices: readonly LaneChoice[];
  onChoices(choices: LaneChoice[]): void;
}

/** A lane more with an algorithm not yet there, or the first lane between hosts of one kind. */
function AddLane({ choices, onChoices }: AddProps) {
  const first = choices[0];
  if (!first) return null;
  const full = choices.length >= LANES_MAX;
  const unused = LANE_ALGORITHMS.find((name) =>
    choices.every(({ algorithm }) => algorithm !== name),
  );
  const alike = { ...first, destination: first.source };
  return (
    <>
      <button
        type="button"
        aria-disabled={full}
        onClick={() =>
          !full && onChoices([...choices, { ...first, algorithm: unused ?? first.algorithm }])
        }
      >
        {words.addAlgorithm}
      </button>
      {first.source !== first.destination && (
        <button
          type="button"
          aria-disabled={full}
          onClick={() => !full && onChoices([...choices, alike])}
        >
          {words.addUntranslated}
        </button>
      )}
    </>
  );
}
