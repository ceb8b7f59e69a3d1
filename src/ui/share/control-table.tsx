/** Which controls the one who opens the link will see, and which of those can be moved. */
import {
  type ControlName,
  PAGE_PARTS,
  SETTING_CONTROLS,
  type SettingControl,
} from '../../store/shared-view.ts';
import type { Wishes } from './make-link.ts';

const NAMES: Readonly<Record<ControlName, string>> = {
  alg: 'Algorithm',
  src: 'Source host',
  dst: 'Destination host',
  hot: 'Working set',
  wr: 'Write rate',
  mem: 'Memory',
  bw: 'Bandwidth',
  lat: 'Latency',
  seed: 'Seed',
  verdict: 'Whether it is getting anywhere',
  figures: 'Figures',
  rounds: 'Timeline',
  details: 'Tables, log and console',
  scenarios: 'Scenarios',
  lessons: 'Lessons',
  compare: 'Comparison',
  inside: 'Inside',
  program: 'Own programs',
  centres: 'Data centers',
  theme: 'Theme',
};

export interface ControlTableProps {
  readonly hidden: Wishes['hidden'];
  readonly locked: Wishes['locked'];
  onChange(change: Pick<Wishes, 'hidden'> | Pick<Wishes, 'locked'>): void;
}

export function ControlTable({ hidden, locked, onChange }: ControlTableProps) {
  const hide = (name: ControlName) => onChange({ hidden: toggled(hidden, name) });
  const lock = (name: SettingControl) => onChange({ locked: toggled(locked, name) });
  const hideTick = (name: Parameters<typeof hide>[0]) => (
    <Tick of={`Hide: ${NAMES[name]}`} on={hidden.includes(name)} press={() => hide(name)} />
  );
  return (
    <table class="control-table">
      <caption class="sr">Controls that the link hides or locks</caption>
      <thead>
        <tr>
          <th scope="col">Control</th>
          <th scope="col">Hide</th>
          <th scope="col">Lock</th>
        </tr>
      </thead>
      <tbody>
        {SETTING_CONTROLS.map((name) => (
          <tr key={name}>
            <th scope="row">{NAMES[name]}</th>
            <td>{hideTick(name)}</td>
            <td>
              <Tick
                of={`Lock: ${NAMES[name]}`}
                on={locked.includes(name)}
                press={() => lock(name)}
              />
            </td>
          </tr>
        ))}
        {PAGE_PARTS.map((name) => (
          <tr key={name}>
            <th scope="row">{NAMES[name]}</th>
            <td>{hideTick(name)}</td>
            <td />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const toggled = <Name extends string>(names: readonly Name[], name: Name): Name[] =>
  names.includes(name) ? names.filter((other) => other !== name) : [...names, name];

interface TickProps {
  readonly of: string;
  readonly on: boolean;
  press(): void;
}

function Tick({ of, on, press }: TickProps) {
  return <input type="checkbox" aria-label={of} checked={on} onChange={press} />;
}
