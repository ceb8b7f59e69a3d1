/**
 * The processor on its way: as one VMM has it, in the common format, and as the other VMM will have it.
 * Each field is copied, renamed, recomputed or dropped, as the tables say that a migration uses.
 */

import { useEffect, useState } from 'preact/hooks';
import type { FieldLine, FieldStep, FieldValue } from '../../lab/translation-insight.ts';
import { Choice } from '../kit/choice.tsx';
import * as words from '../strings/cpu.ts';
import { vmmName } from '../strings/sentences.ts';
import { useApp, usePicture, useStore } from '../use-store.ts';
import { hex, isMain } from './field-words.ts';
import './cpu.css';

const EXTENTS = [
  { value: 'main', label: words.main },
  { value: 'all', label: words.allFields },
] as const;

export function Cpu() {
  const { source, destination } = useStore((state) => state.scenario.hosts);
  const [extent, setExtent] = useState<'main' | 'all'>('main');
  const lines = useLines();
  if (typeof lines === 'string') return <p class="aside">{lines}</p>;
  const shown = extent === 'main' ? lines.filter(isMain) : lines;
  return (
    <div class="cpu">
      <Choice
        label={words.fields}
        options={EXTENTS}
        value={extent}
        onValue={(value) => setExtent(value)}
      />
      {source === destination && <p class="aside">{words.noCommonFormat}</p>}
      <table>
        <caption class="sr">{words.fieldsInThree}</caption>
        <thead>
          <tr>
            <th scope="col">{vmmName(source)}</th>
            <th scope="col">{words.common}</th>
            <th scope="col">{vmmName(destination)}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((line) => (
            <Line key={line.name} line={line} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Asked whenever time stands; a sentence says why there are none. */
function useLines(): readonly FieldLine[] | string {
  const { player } = useApp();
  const picture = usePicture();
  const { source, destination } = useStore((state) => state.scenario.hosts);
  const playing = useStore((state) => state.playing);
  const broken = useStore((state) => state.phase === 'broken');
  const [found, setFound] = useState<{
    readonly at: number;
    lines: readonly FieldLine[] | string;
  }>();
  const { now } = picture;
  const moved = picture.downtime?.to !== undefined;
  useEffect(() => {
    if (playing || broken) return;
    let over = false;
    // Where the VM runs; there its table is the first of the two.
    const to = moved ? source : destination;
    void player.inspect({ kind: 'translation', to }).then((answer) => {
      if (over) return;
      const insight = answer.ok ? answer.value[moved ? 1 : 0] : undefined;
      const lines = insight?.kind === 'translation' ? insight.lines : words.noVm;
      const turned = typeof lines !== 'string' && moved ? lines.map(turn) : lines;
      setFound({
        at: now,
        lines: answer.ok ? turned : words.hostNotReached(answer.error),
      });
    });
    return () => {
      over = true;
    };
  }, [player, now, moved, source, destination, playing, broken]);
  if (broken) return words.simulationStopped;
  if (playing) return words.timePasses;
  return found?.at === now ? found.lines : words.beingAsked;
}

/** After the move the columns stay where they are: source left, destination right. */
const turn = ({ name, from, common, to }: FieldLine): FieldLine => ({
  name,
  from: to,
  common,
  to: from,
});

function Line({ line }: { readonly line: FieldLine }) {
  const { from, common, to } = line;
  return (
    <tr>
      <td>
        <Steps steps={from} />
      </td>
      <td>
        <Places places={common} />
        {common.length === 0 && <span class="aside">{words.nothing}</span>}
      </td>
      <td>
        <Steps steps={to} />
      </td>
    </tr>
  );
}

function Steps({ steps }: { readonly steps: readonly FieldStep[] }) {
  if (steps.length === 0) return <span class="aside">{words.nothing}</span>;
  return (
    <>
      {steps.map((step) => {
        const rule = words.rules[step.rule];
        return (
          <div key={step.places.map(({ place }) => place).join()}>
            <Places places={step.places} />
            <span class="rule" title={step.note}>
              <b aria-hidden="true">{rule.sign}</b> {rule.words}
              {step.formula !== '' && `: ${step.formula}`}
            </span>
          </div>
        );
      })}
    </>
  );
}

function Places({ places }: { readonly places: readonly FieldValue[] }) {
  return (
    <>
      {places.map(({ place, value }) => (
        <div key={place} class="field">
          <span>{place}</span>
          <code>{hex(value)}</code>
        </div>
      ))}
    </>
  );
}
