/** “Try it”: what can be changed. Workload sliders act on the running guest, the rest prepares a new run. */
import { useState } from 'preact/hooks';
import { changedSettings, type Settings } from '../store/settings.ts';
import type { ControlName } from '../store/shared-view.ts';
import { isWorkingSetKnown } from '../store/working-set.ts';
import { Details } from './details.tsx';
import { Choice } from './kit/choice.tsx';
import { lazy } from './kit/lazy.tsx';
import { decades, Slider } from './kit/slider.tsx';
import { WholeNumber } from './kit/whole-number.tsx';
import * as words from './strings/controls.ts';
import { count, rate } from './strings/format.ts';
import { algorithmName, verdict, vmmName } from './strings/sentences.ts';
import { Swatch } from './swatch.tsx';
import { Term } from './term.tsx';
import { useLocked, useShown } from './use-controls.ts';
import { useApp, usePicture, useStore } from './use-store.ts';

const ALGORITHMS = (['stop-and-copy', 'pre-copy', 'pull'] as const).map((value) => ({
  value,
  label: algorithmName(value),
}));
const VMMS = (['xen', 'kvm'] as const).map((value) => ({ value, label: vmmName(value) }));
const MEMORY = Array.from({ length: 16 }, (_, i) => (i + 1) * 4);
const SHARES = [1, 2, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90];
const WRITES = [0, ...decades(100, 100_000)];
const BANDWIDTHS = decades(1, 10_000);
const LATENCIES = decades(0.1, 200);

const GoalCard = lazy(async () => (await import('./lessons/goal-card.tsx')).GoalCard, words.goal);

const MACHINE: readonly ControlName[] = ['mem', 'bw', 'lat', 'seed'];

export function Controls() {
  const { player } = useApp();
  const draft = useStore((state) => state.draft);
  const goal = useStore((state) => state.goal);
  const shown = useShown();
  const locked = useLocked();
  const change = (patch: Partial<Settings>) => player.change(patch);
  return (
    <aside class="controls" id="controls" aria-labelledby="controls-title">
      <div class="controls-head">
        <h2 id="controls-title">{words.tryIt}</h2>
        <span class="term">
          <Term id="storage">{words.noDiskMoves}</Term>
        </span>
      </div>
      {goal && <GoalCard key={goal} id={goal} />}
      {shown('alg') && (
        <Choice
          label={words.algorithm}
          options={ALGORITHMS}
          value={draft.algorithm}
          disabled={locked('alg')}
          onValue={(algorithm) => change({ algorithm })}
        />
      )}
      <div class="pair">
        {shown('src') && (
          <Picker
            label={words.from}
            value={draft.source}
            disabled={locked('src')}
            onValue={(source) => change({ source })}
          />
        )}
        {shown('dst') && (
          <Picker
            label={words.to}
            value={draft.destination}
            disabled={locked('dst')}
            onValue={(destination) => change({ destination })}
          />
        )}
      </div>
      <GuestControls change={change} />
      {MACHINE.some(shown) && <MachineControls change={change} />}
      {shown('details') && <Details />}
      <Prepared />
    </aside>
  );
}

interface Changes {
  change(patch: Partial<Settings>): void;
}

/** These act on the running guest. */
function GuestControls({ change }: Changes) {
  const draft = useStore((state) => state.draft);
  const phase = useStore((state) => state.phase);
  const outlined = useStore(isWorkingSetKnown);
  const shown = useShown();
  const locked = useLocked();
  return (
    <fieldset class="group">
      <legend>
        {words.theGuest} {phase === 'moving' && <span class="live">{words.changesAtOnce}</span>}
      </legend>
      {shown('hot') && (
        <Slider
          label={words.workingSet}
          term={outlined && <Swatch kind="working-set" />}
          ladder={SHARES}
          value={draft.workingSetPercent}
          disabled={locked('hot')}
          shown={`${draft.workingSetPercent} %`}
          spoken={words.percentOfMemory(draft.workingSetPercent)}
          onValue={(workingSetPercent) => change({ workingSetPercent })}
        />
      )}
      {shown('wr') && (
        <Slider
          label={words.writeRate}
          ladder={WRITES}
          value={draft.writesPerSecond}
          disabled={locked('wr')}
          shown={`${count(draft.writesPerSecond)} /s`}
          spoken={words.writesPerSecond(draft.writesPerSecond)}
          onValue={(writesPerSecond) => change({ writesPerSecond })}
        />
      )}
      {shown('verdict') && <Verdict />}
    </fieldset>
  );
}

/** These need a new run. */
function MachineControls({ change }: Changes) {
  const draft = useStore((state) => state.draft);
  const phase = useStore((state) => state.phase);
  const shown = useShown();
  const locked = useLocked();
  return (
    <fieldset class="group">
      <legend>
        {words.machineAndLink}{' '}
        {phase !== 'ready' && phase !== 'opening' && (
          <span class="live">{words.forTheNextRun}</span>
        )}
      </legend>
      {shown('mem') && (
        <Slider
          label={words.memory}
          ladder={MEMORY}
          value={draft.memoryMiB}
          disabled={locked('mem')}
          shown={words.mebibytes(draft.memoryMiB)}
          spoken={words.mebibytesAndPages(draft.memoryMiB, draft.memoryMiB * 256)}
          onValue={(memoryMiB) => change({ memoryMiB })}
        />
      )}
      {shown('bw') && (
        <Slider
          label={words.bandwidth}
          ladder={BANDWIDTHS}
          value={draft.bandwidthMbps}
          disabled={locked('bw')}
          shown={rate(draft.bandwidthMbps)}
          spoken={words.megabitsPerSecond(draft.bandwidthMbps)}
          onValue={(bandwidthMbps) => change({ bandwidthMbps })}
        />
      )}
      {shown('lat') && (
        <Slider
          label={words.latency}
          ladder={LATENCIES}
          value={draft.latencyMs}
          disabled={locked('lat')}
          shown={words.milliseconds(draft.latencyMs)}
          spoken={words.millisecondsOneWay(draft.latencyMs)}
          onValue={(latencyMs) => change({ latencyMs })}
        />
      )}
      {shown('seed') && (
        <Seed value={draft.seed} disabled={locked('seed')} onValue={(seed) => change({ seed })} />
      )}
    </fieldset>
  );
}

function Picker({
  label,
  value,
  disabled,
  onValue,
}: {
  readonly label: string;
  readonly value: 'xen' | 'kvm';
  readonly disabled: boolean;
  onValue(value: 'xen' | 'kvm'): void;
}) {
  return (
    <label class="picker">
      <span>{label}</span>
      <select
        value={value}
        disabled={disabled}
        onChange={(event) => onValue(event.currentTarget.value as 'xen' | 'kvm')}
      >
        {VMMS.map((vmm) => (
          <option key={vmm.value} value={vmm.value}>
            {vmm.label}
          </option>
        ))}
      </select>
    </label>
  );
}

const SEED_MAX = 0xffff_ffff;

interface SeedProps {
  readonly value: number;
  readonly disabled: boolean;
  onValue(value: number): void;
}

function Seed({ value, disabled, onValue }: SeedProps) {
  const [note, setNote] = useState('');
  return (
    <label class="seed" for="seed">
      <span>{words.seed}</span>
      <WholeNumber
        value={value}
        max={SEED_MAX}
        disabled={disabled}
        id="seed"
        onNumber={(seed, asTyped) => {
          setNote(asTyped ? '' : words.seedUsed(SEED_MAX, seed));
          if (seed !== value) onValue(seed);
        }}
      />
      <span id="seed-note" class="seed-note" role="status">
        {note}
      </span>
    </label>
  );
}

/** Whether the algorithm is getting anywhere. */
function Verdict() {
  const picture = usePicture();
  const threshold = useStore((state) => state.scenario.migration.thresholdPages);
  const algorithm = useStore((state) => state.settings.algorithm);
  const found = verdict(picture, algorithm, threshold);
  return <p class={`verdict ${found.tone}`}>{found.text}</p>;
}

/** Settings that differ from the run's wait here until a new run is wanted. */
function Prepared() {
  const { player, store } = useApp();
  const draft = useStore((state) => state.draft);
  const settings = useStore((state) => state.settings);
  const phase = useStore((state) => state.phase);
  const opensPaused = useStore((state) => state.scenario.vm.paused);
  const changed = changedSettings(settings, draft);
  if (changed.length === 0 || phase === 'opening' || phase === 'ready') return null;
  return (
    <fieldset class="prepared" aria-label={words.preparedRun}>
      <button type="button" class="main" onClick={() => void player.runAgain()}>
        {opensPaused ? words.beginAgainWithThis : words.runAgainWithThis}
      </button>
      <button type="button" onClick={() => store.setState({ draft: settings })}>
        {words.undo}
      </button>
    </fieldset>
  );
}
