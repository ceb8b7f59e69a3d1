/** Which controls the one who opens the link will see, and which of those can be moved. */

import {
  type ControlName,
  PAGE_PARTS,
  SETTING_CONTROLS,
  type SettingControl,
} from '../../store/shared-view.ts';
import * as words from '../strings/share.ts';
import type { Wishes } from './make-link.ts';

export interface ControlTableProps {
  readonly hidden: Wishes['hidden'];
  readonly locked: Wishes['locked'];
  onChange(change: Pick<Wishes, 'hidden'> | Pick<Wishes, 'locked'>): void;
}

export function ControlTable({ hidden, locked, onChange }: ControlTableProps) {
  const hide = (name: ControlName) => onChange({ hidden: toggled(hidden, name) });
  const lock = (name: SettingControl) => onChange({ locked: toggled(locked, name) });
  const hideTick = (name: Parameters<typeof hide>[0]) => (
    <Tick
      of={words.hide(words.controlNames[name])}
      on={hidden.includes(name)}
      press={() => hide(name)}
    />
  );
  return (
    <table class="control-table">
      <caption class="sr">{words.controlTable}</caption>
      <thead>
        <tr>
          <th scope="col">{words.control}</th>
          <th scope="col">{words.hideColumn}</th>
          <th scope="col">{words.lockColumn}</th>
        </tr>
      </thead>
      <tbody>
        {SETTING_CONTROLS.map((name) => (
          <tr key={name}>
            <th scope="row">{words.controlNames[name]}</th>
            <td>{hideTick(name)}</td>
            <td>
              <Tick
                of={words.lock(words.controlNames[name])}
                on={locked.includes(name)}
                press={() => lock(name)}
              />
            </td>
          </tr>
        ))}
        {PAGE_PARTS.map((name) => (
          <tr key={name}>
            <th scope="row">{words.controlNames[name]}</th>
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
