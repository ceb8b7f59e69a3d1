/** “Try it”: what can be changed. Workload sliders act on the running guest, the rest prepares a new run. */
import { changedSettings, type Settings } from '../store/settings.ts';
import type { ControlName } from '../store/shared-view.ts';
import { Details } from './details.tsx';
import { count, plain, rate } from './strings/format.ts';
import { Choice } from './kit/choice.tsx';
import { decades, Slider } from './kit/slider.tsx';
import { Term } from './term.tsx';
import { useLocked, useShown } from './use-controls.ts';
import { useApp, usePicture, useStore } from './use-store.ts';
import { algorithmName, verdict } from './strings/sentences.ts';

const ALGORITHMS = (['stop-and-copy', 'pre-copy', 'pull'] as const).map((value) => ({
  value,
  label: algorithmName(value),
}));
const VMMS = [
  { value: 'xen', label: 'Xen-like' },
  { value: 'kvm', label: 'KVM-like' },
] as const;
const MEMORY = Array.from({ length: 16 }, (_, i) => (i + 1) * 4);
const SHARES = [1, 2, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90];
const WRITES = [0, ...decades(100, 100_000)];
const BANDWIDTHS = decades(1, 10_000);
const LATENCIES = decades(0.1, 200);

const MACHINE: readonly ControlName[] = ['mem', 'bw', 'lat', 'seed'];

export function Controls() {
  const { player } = useApp();
  const draft = useStore((state) => state.draft);
  const shown = useShown();
  const locked = useLocked();
  const change = (patch: Partial<Settings>) => player.change(patch);
  return (
    <aside class="controls" id="controls" aria-labelledby="controls-title">
      <div class="controls-head">
        <h2 id="controls-title">Try it</h2>
        <span class="term">
          <Term id="storage">no disk moves</Term>
        </span>
      </div>
      {shown('alg') && (
        <Choice
          label="Algorithm"
          options={ALGORITHMS}
          value={draft.algorithm}
          disabled={locked('alg')}
          onValue={(algorithm) => change({ algorithm })}
        />
      )}
      <div class="pair">
        {shown('src') && (
          <Picker
            label="From"
            value={draft.source}
            disabled={locked('src')}
            onValue={(source) => change({ source })}
          />
        )}
        {shown('dst') && (
          <Picker
            label="To"
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
  const shown = useShown();
  const locked = useLocked();
  return (
    <fieldset class="group">
      <legend>The guest {phase === 'moving' && <span class="live">changes at once</span>}</legend>
      {shown('hot') && (
        <Slider
          label="Working set"
          ladder={SHARES}
          value={draft.workingSetPercent}
          disabled={locked('hot')}
          shown={`${draft.workingSetPercent} %`}
          spoken={`${draft.workingSetPercent} percent of memory`}
          onValue={(workingSetPercent) => change({ workingSetPercent })}
        />
      )}
      {shown('wr') && (
        <Slider
          label="Write rate"
          ladder={WRITES}
          value={draft.writesPerSecond}
          disabled={locked('wr')}
          shown={`${count(draft.writesPerSecond)} /s`}
          spoken={`${count(draft.writesPerSecond)} writes per second`}
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
        Machine and link{' '}
        {phase !== 'ready' && phase !== 'opening' && <span class="live">for the next run</span>}
      </legend>
      {shown('mem') && (
        <Slider
          label="Memory"
          ladder={MEMORY}
          value={draft.memoryMiB}
          disabled={locked('mem')}
          shown={`${draft.memoryMiB} MiB`}
          spoken={`${draft.memoryMiB} mebibytes, ${count(draft.memoryMiB * 256)} pages`}
          onValue={(memoryMiB) => change({ memoryMiB })}
        />
      )}
      {shown('bw') && (
        <Slider
          label="Bandwidth"
          ladder={BANDWIDTHS}
          value={draft.bandwidthMbps}
          disabled={locked('bw')}
          shown={rate(draft.bandwidthMbps)}
          spoken={`${plain(draft.bandwidthMbps)} megabits per second`}
          onValue={(bandwidthMbps) => change({ bandwidthMbps })}
        />
      )}
      {shown('lat') && (
        <Slider
          label="Latency"
          ladder={LATENCIES}
          value={draft.latencyMs}
          disabled={locked('lat')}
          shown={`${plain(draft.latencyMs)} ms`}
          spoken={`${plain(draft.latencyMs)} milliseconds one way`}
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
  return (
    <label class="seed">
      <span>Seed</span>
      <input
        type="number"
        inputMode="numeric"
        min={0}
        max={SEED_MAX}
        step={1}
        value={value}
        disabled={disabled}
        onChange={(event) => {
          const wanted = Math.round(Number(event.currentTarget.value));
          const seed = Number.isFinite(wanted) ? Math.min(SEED_MAX, Math.max(0, wanted)) : value;
          event.currentTarget.value = String(seed);
          if (seed !== value) onValue(seed);
        }}
      />
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
  const changed = changedSettings(settings, draft);
  if (changed.length === 0 || phase === 'opening' || phase === 'ready') return null;
  return (
    <fieldset class="prepared" aria-label="Prepared run">
      <button type="button" class="main" onClick={() => void player.runAgain()}>
        Run again with this
      </button>
      <button type="button" onClick={() => store.setState({ draft: settings })}>
        Undo
      </button>
    </fieldset>
  );
}
