/**
 * The processor on its way: as one VMM has it, in the common format, and as the other VMM will have it.
 * Each field is copied, renamed, recomputed or dropped, as the tables say that a migration uses.
 */

import { useEffect, useState } from 'preact/hooks';
import type { FieldLine, FieldStep, FieldValue } from '../../lab/translation-insight.ts';
import { HOST_B } from '../../trace/event.ts';
import { hostOf } from '../../trace/whereabouts.ts';
import { Choice } from '../kit/choice.tsx';
import * as words from '../strings/cpu.ts';
import { vmmName } from '../strings/sentences.ts';
import { useApp, usePicture, useStore } from '../use-store.ts';
import { hex, isMain } from './field-words.ts';
import { rawBytes, Stepper, type Translation } from './step.tsx';
import './cpu.css';

const EXTENTS = [
  { value: 'main', label: words.main },
  { value: 'all', label: words.allFields },
] as const;

export function Cpu() {
  const { source, destination } = useStore((state) => state.scenario.hosts);
  const [extent, setExtent] = useState<'main' | 'all'>('main');
  const [name, setName] = useState('');
  const translation = useTranslation();
  if (typeof translation === 'string') return <p class="aside">{translation}</p>;
  const { lines, records } = translation;
  const shown = extent === 'main' ? lines.filter(isMain) : lines;
  // The same field at another moment; a field that is not listed any more gives way to the first.
  const chosen = Math.max(
    0,
    shown.findIndex((line) => line.name === name),
  );
  const choose = (index: number) => setName(shown[index]?.name ?? '');
  return (
    <div class="cpu">
      <Choice
        label={words.fields}
        options={EXTENTS}
        value={extent}
        onValue={(value) => setExtent(value)}
      />
      {source === destination && <p class="aside">{words.noCommonFormat}</p>}
      <Stepper translation={translation} lines={shown} chosen={chosen} onChosen={choose} />
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
          {shown.map((line, i) => (
            <Line key={line.name} line={line} records={records} isChosen={i === chosen} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Asked whenever time stands; a sentence says why there are none. */
function useTranslation(): Translation | string {
  const { player } = useApp();
  const picture = usePicture();
  const { source, destination } = useStore((state) => state.scenario.hosts);
  const playing = useStore((state) => state.playing);
  const broken = useStore((state) => state.phase === 'broken');
  const [found, setFound] = useState<{
    readonly at: number;
    readonly translation: Translation | string;
  }>();
  const { now } = picture;
  const moved = hostOf(picture.verdict.whereabouts) === HOST_B;
  useEffect(() => {
    if (playing || broken) return;
    let over = false;
    // Where the VM runs; there its table is the first of the two.
    const to = moved ? source : destination;
    void player.inspect({ kind: 'translation', to }).then((answer) => {
      if (over) return;
      const insight = answer.ok ? answer.value[moved ? 1 : 0] : undefined;
      const known = insight?.kind === 'translation' ? insight : words.noVm;
      const turned = typeof known !== 'string' && moved ? turn(known) : known;
      setFound({
        at: now,
        translation: answer.ok ? turned : words.hostNotReached(answer.error),
      });
    });
    return () => {
      over = true;
    };
  }, [player, now, moved, source, destination, playing, broken]);
  if (broken) return words.simulationStopped;
  if (playing) return words.timePasses;
  return found?.at === now ? found.translation : words.beingAsked;
}

/** After the move the columns stay where they are: source left, destination right. */
const turn = ({ from, to, records, lines, ...rest }: Translation): Translation => ({
  ...rest,
  from: to,
  to: from,
  records: { from: records.to, common: records.common, to: records.from },
  lines: lines.map((line) => ({ ...line, from: line.to, to: line.from })),
});

interface LineProps {
  readonly line: FieldLine;
  readonly records: Translation['records'];
  readonly isChosen: boolean;
}

function Line({ line, records, isChosen }: LineProps) {
  const { from, common, to } = line;
  return (
    <tr aria-current={isChosen ? 'true' : undefined}>
      <td>
        <Steps steps={from} records={records.from} />
      </td>
      <td>
        <Places places={common} records={records.common} />
        {common.length === 0 && <span class="aside">{words.nothing}</span>}
      </td>
      <td>
        <Steps steps={to} records={records.to} />
      </td>
    </tr>
  );
}

type Records = Translation['records']['from'];

function Steps({
  steps,
  records,
}: {
  readonly steps: readonly FieldStep[];
  readonly records: Records;
}) {
  if (steps.length === 0) return <span class="aside">{words.nothing}</span>;
  return (
    <>
      {steps.map((step) => {
        const rule = words.rules[step.rule];
        return (
          <div key={step.places.map(({ place }) => place).join()}>
            <Places places={step.places} records={records} />
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

function Places({
  places,
  records,
}: {
  readonly places: readonly FieldValue[];
  readonly records: Records;
}) {
  return (
    <>
      {places.map((field) => (
        <div key={field.place} class="field">
          <span>{field.place}</span>
          <code>{hex(field.value)}</code>
          <code class="raw">{rawBytes(field, records)}</code>
        </div>
      ))}
    </>
  );
}
