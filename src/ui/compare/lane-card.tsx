/** One lane: what it runs (a choice), its pages on both hosts, where it stands. */

import type { Lane } from '../../store/compare.ts';
import type { LaneChoice } from '../../store/lanes.ts';
import type { Settings } from '../../store/settings.ts';
import { Icon } from '../kit/icon.tsx';
import { rich } from '../kit/rich.tsx';
import * as words from '../strings/compare.ts';
import { count } from '../strings/format.ts';
import { laneStatus, laneTitle } from '../strings/lanes.ts';
import { algorithmName, vmmName } from '../strings/sentences.ts';
import { LaneGrid } from './lane-grid.tsx';

export const LANE_ALGORITHMS: readonly Settings['algorithm'][] = [
  'pre-copy',
  'stop-and-copy',
  'pull',
  'hybrid',
  'pre-copy-clark',
  'pre-copy-xen',
  'pre-copy-qemu',
  'retransmission-free',
];
const VMMS: readonly Settings['source'][] = ['xen', 'kvm'];

interface CardProps {
  readonly index: number;
  readonly choice: LaneChoice;
  readonly lane: Lane | undefined;
  readonly removable: boolean;
  onChoice(patch: Partial<LaneChoice>): void;
  onRemove(): void;
}

export function LaneCard({ index, choice, lane, removable, onChoice, onRemove }: CardProps) {
  const title = laneTitle(index);
  return (
    <section class="lane" aria-labelledby={`lane-${index}`}>
      <div class="lane-head">
        <h3 id={`lane-${index}`}>
          <LaneMark index={index} /> {title}
        </h3>
        {removable && (
          <button type="button" class="quiet" aria-label={words.remove(title)} onClick={onRemove}>
            <Icon name="cross" />
          </button>
        )}
      </div>
      <div class="lane-choices">
        <Pick
          label={words.algorithmOf(title)}
          value={choice.algorithm}
          options={LANE_ALGORITHMS}
          name={algorithmName}
          onValue={(algorithm) => onChoice({ algorithm })}
        />
        <Pick
          label={words.sourceOf(title)}
          value={choice.source}
          options={VMMS}
          name={vmmName}
          onValue={(source) => onChoice({ source })}
        />
        <span aria-hidden="true">→</span>
        <Pick
          label={words.destinationOf(title)}
          value={choice.destination}
          options={VMMS}
          name={vmmName}
          onValue={(destination) => onChoice({ destination })}
        />
      </div>
      {lane && <LaneState lane={lane} />}
    </section>
  );
}

interface PickProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly T[];
  name(value: string): string;
  onValue(value: T): void;
}

function Pick<T extends string>({ label, value, options, name, onValue }: PickProps<T>) {
  const all = options.includes(value) ? options : [...options, value];
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onValue(event.currentTarget.value as T)}
    >
      {all.map((option) => (
        <option key={option} value={option}>
          {name(option)}
        </option>
      ))}
    </select>
  );
}

function LaneState({ lane }: { readonly lane: Lane }) {
  const { picture, phase } = lane;
  const [, notSent, flying, same, zero, written, missing] = picture.pages.tally;
  return (
    <>
      <div class="lane-grids">
        <LaneGrid lane={lane} party={0} />
        <LaneGrid lane={lane} party={1} />
      </div>
      <p
        class={
          phase === 'broken' || picture.status === 'failed' ? 'lane-status bad' : 'lane-status'
        }
      >
        {laneStatus(lane)}
      </p>
      <p class="lane-counts">
        {rich(words.laneCounts, {
          same: <b>{count((same ?? 0) + (zero ?? 0))}</b>,
          written: <b>{count(written ?? 0)}</b>,
          missing: <b>{count((notSent ?? 0) + (flying ?? 0) + (missing ?? 0))}</b>,
        })}
      </p>
    </>
  );
}

/** The lane's line as it stands in the curves: a dash pattern beside the colour. */
export function LaneMark({ index }: { readonly index: number }) {
  return (
    <svg class={`lane-mark lane-line-${index}`} viewBox="0 0 26 8" aria-hidden="true">
      <path d="M0 4h26" />
    </svg>
  );
}
