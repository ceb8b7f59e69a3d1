/** Creates a VM: what it is made of, and where it begins. */

import { useReducer, useRef } from 'preact/hooks';
import type { VmPlan } from '../../lab/data-centre-model.ts';
import * as words from '../strings/centres.ts';
import { vmmName } from '../strings/sentences.ts';

const MOST_VMS = 4;

interface DeployProps {
  readonly taken: readonly string[];
  onDeploy(plan: VmPlan): void;
}

export function DeployForm({ taken, onDeploy }: DeployProps) {
  // What is pressed counts at once, also before the form is drawn again.
  const latest = useRef<VmPlan>({
    id: 'vm1',
    kind: 'xen',
    guest: 'muncher',
    memoryMiB: 4,
    imageMiB: 1000,
    bandwidthMbps: 100,
    centre: 0,
    seed: 1,
  });
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const plan = latest.current;
  const change = (patch: Partial<VmPlan>) => {
    latest.current = { ...latest.current, ...patch };
    redraw(0);
  };
  const deploy = (event: Event) => {
    event.preventDefault();
    const { id, seed } = latest.current;
    onDeploy(latest.current);
    const next = Array.from({ length: MOST_VMS + 1 }, (_, i) => `vm${i + 1}`);
    const free = next.find((other) => other !== id && !taken.includes(other)) ?? 'vm';
    change({ id: free, seed: seed + 1 });
  };
  return (
    <form class="deploy" onSubmit={deploy} aria-labelledby="deploy">
      <h3 id="deploy">{words.createVm}</h3>
      <label>
        {words.idItsOwn}{' '}
        <input
          value={plan.id}
          maxLength={20}
          required
          onInput={(event) => change({ id: event.currentTarget.value })}
        />
      </label>
      <Kinds plan={plan} change={change} />
      <Whole
        label={words.ramMiB}
        value={plan.memoryMiB}
        max={32}
        step={2}
        onValue={(memoryMiB) => change({ memoryMiB })}
      />
      <Whole
        label={words.imageMiB}
        value={plan.imageMiB}
        max={1_000_000}
        onValue={(imageMiB) => change({ imageMiB })}
      />
      <Whole
        label={words.bandwidth}
        value={plan.bandwidthMbps}
        max={1000}
        onValue={(bandwidthMbps) => change({ bandwidthMbps })}
      />
      <button type="submit">{words.deploy}</button>
    </form>
  );
}

interface KindsProps {
  readonly plan: VmPlan;
  change(patch: Partial<VmPlan>): void;
}

function Kinds({ plan, change }: KindsProps) {
  return (
    <>
      <label>
        {words.vmmType}{' '}
        <select
          value={plan.kind}
          onChange={(event) => change({ kind: event.currentTarget.value as VmPlan['kind'] })}
        >
          <option value="xen">{vmmName('xen')}</option>
          <option value="kvm">{vmmName('kvm')}</option>
        </select>
      </label>
      <label>
        {words.guest}{' '}
        <select
          value={plan.guest}
          onChange={(event) => change({ guest: event.currentTarget.value as VmPlan['guest'] })}
        >
          <option value="muncher">{words.muncher}</option>
          <option value="ticker">{words.ticker}</option>
          <option value="idle">{words.idle}</option>
        </select>
      </label>
      <label>
        {words.datacenterField}{' '}
        <select
          value={plan.centre}
          onChange={(event) => change({ centre: event.currentTarget.value === '1' ? 1 : 0 })}
        >
          <option value="0">1</option>
          <option value="1">2</option>
        </select>
      </label>
    </>
  );
}

interface WholeProps {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly step?: number;
  onValue(value: number): void;
}

function Whole({ label, value, max, step = 1, onValue }: WholeProps) {
  return (
    <label>
      {label}{' '}
      <input
        type="number"
        min={step}
        max={max}
        step={step}
        required
        value={value}
        onInput={(event) => onValue(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}
