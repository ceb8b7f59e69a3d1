/** Registers and the hidden parts of segments; what is new since the last look is marked. */

import { useRef } from 'preact/hooks';
import * as words from '../../strings/machine.ts';
import { type Look, numberIn, type RegisterInsight } from './look.ts';

const GENERAL = ['eax', 'ebx', 'ecx', 'edx', 'esi', 'edi', 'ebp', 'esp', 'eip', 'eflags'];
const CONTROL = ['cr0', 'cr2', 'cr3', 'cr4', 'dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7'];
const SEGMENTS = ['cs', 'ss', 'ds', 'es', 'fs', 'gs', 'ldtr', 'tr'];
const TABLES = ['gdtr', 'idtr'];
const FLAGS = [
  [0x001, 'CF'],
  [0x004, 'PF'],
  [0x010, 'AF'],
  [0x040, 'ZF'],
  [0x080, 'SF'],
  [0x100, 'TF'],
  [0x200, 'IF'],
  [0x400, 'DF'],
  [0x800, 'OF'],
] as const;

export function Registers({ look }: { readonly look: Look }) {
  const { registers } = look;
  const before = useLastLook(look);
  const view = { registers, before };
  const flags = FLAGS.filter(([bit]) => numberIn(registers, 'eflags') & bit);
  return (
    <section class="machine-column" aria-labelledby="registers">
      <h3 id="registers">{words.registers}</h3>
      <p class="aside">{before ? words.changedMarked : words.firstLook}</p>
      <dl class="register-list">
        {[...GENERAL, ...CONTROL].map((name) => (
          <Register key={name} name={name} digits={8} {...view} />
        ))}
      </dl>
      <p>
        {words.flagsSet(
          flags.length === 0 ? words.noFlags : flags.map(([, name]) => name).join(' '),
          registers.values.halted ? words.halted : '',
        )}
      </p>
      <table class="segment-table">
        <caption>{words.segments}</caption>
        <thead>
          <tr>
            <th scope="col">{words.register}</th>
            <th scope="col">{words.selector}</th>
            <th scope="col">{words.base}</th>
            <th scope="col">{words.limit}</th>
            <th scope="col">{words.access}</th>
          </tr>
        </thead>
        <tbody>
          {SEGMENTS.map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <Cell name={name} digits={4} {...view} />
              <Cell name={`${name}.base`} digits={8} {...view} />
              <Cell name={`${name}.limit`} digits={8} {...view} />
              <Cell name={`${name}.access`} digits={3} {...view} />
            </tr>
          ))}
          {TABLES.map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td />
              <Cell name={`${name}.base`} digits={8} {...view} />
              <Cell name={`${name}.limit`} digits={4} {...view} />
              <td />
            </tr>
          ))}
        </tbody>
      </table>
      <p class="aside">{words.instructions(registers.retired, String(registers.values.tsc))}</p>
    </section>
  );
}

/** The look at another moment before this one, whichever host it was at: the VM is the same. */
function useLastLook(look: Look): RegisterInsight | undefined {
  const seen = useRef<
    { readonly look: Look; readonly before: RegisterInsight | undefined } | undefined
  >(undefined);
  const last = seen.current;
  if (last === undefined) seen.current = { look, before: undefined };
  else if (last.look.now !== look.now || last.look.party !== look.party)
    seen.current = { look, before: last.look.registers };
  return seen.current?.before;
}

interface ValueProps {
  readonly name: string;
  readonly digits: number;
  readonly registers: RegisterInsight;
  readonly before: RegisterInsight | undefined;
}

const shown = ({ name, digits, registers }: ValueProps): string =>
  numberIn(registers, name).toString(16).padStart(digits, '0');

const isNew = ({ name, registers, before }: ValueProps): boolean =>
  before !== undefined && before.values[name] !== registers.values[name];

function Register(props: ValueProps) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{isNew(props) ? <mark>{shown(props)}</mark> : shown(props)}</dd>
    </div>
  );
}

function Cell(props: ValueProps) {
  return <td>{isNew(props) ? <mark>{shown(props)}</mark> : shown(props)}</td>;
}
