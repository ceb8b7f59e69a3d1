/** Two to four runs of one workload and seed, side by side, with one transport. */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Comparison } from '../../store/compare.ts';
import { LANES_MAX, LANES_MIN } from '../../store/compare.ts';
import { differingSettings } from '../../store/compare-figures.ts';
import { type Settings, scenarioWith } from '../../store/settings.ts';
import { Icon } from '../kit/icon.tsx';
import { rich } from '../kit/rich.tsx';
import * as words from '../strings/compare.ts';
import { sameAndDifferent } from '../strings/lanes.ts';
import { useApp } from '../use-store.ts';
import { listenToCompareKeys } from './compare-keys.ts';
import { CompareTransport } from './compare-transport.tsx';
import { Curves } from './curves.tsx';
import { DifferenceTable } from './difference-table.tsx';
import { LANE_ALGORITHMS, LaneCard, type LaneChoice } from './lane-card.tsx';
import { LaneNews } from './lane-news.tsx';
import { useComparison } from './use-comparison.ts';
import './compare.css';

export function Compare({ onClose }: { onClose(): void }) {
  const { store } = useApp();
  const [start] = useState(() => store.getState());
  const comparison = useComparison(start.speed);
  const [choices, setChoices] = useState(() => openingChoices(start.draft));
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  useEffect(() => listenToCompareKeys(comparison, store, onClose), [comparison, store, onClose]);
  useEffect(() => {
    void comparison.open(
      choices.map((choice) => scenarioWith(start.base, { ...start.draft, ...choice })),
    );
  }, [comparison, choices, start]);
  const change = (index: number, patch: Partial<LaneChoice>) =>
    setChoices(choices.map((choice, i) => (i === index ? { ...choice, ...patch } : choice)));
  return (
    <>
      <main class="compare">
        <div class="compare-head">
          <h2 ref={title} tabIndex={-1}>
            {words.compare}
          </h2>
          <WhatDiffers comparison={comparison} settings={start.draft} />
          <AddLane choices={choices} onChoices={setChoices} />
          <button type="button" aria-keyshortcuts="C Escape" onClick={onClose}>
            <Icon name="cross" /> {words.close}
          </button>
        </div>
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

/** The run on the page, beside the algorithm that is most unlike it. */
function openingChoices({ algorithm, source, destination }: Settings): LaneChoice[] {
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
