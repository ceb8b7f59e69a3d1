/** One field on its way: its rule on each side, and its bytes marked in the records that it lies in. */
import type { Insight } from '../../lab/party.ts';
import type { FieldLine, FieldStep, FieldValue } from '../../lab/translation-insight.ts';
import { ByteView } from '../inside/frames/byte-view.tsx';
import * as words from '../strings/cpu.ts';
import { vmmName } from '../strings/sentences.ts';

export type Translation = Extract<Insight, { kind: 'translation' }>;
type Side = keyof Translation['records'];

/** Of the record around the field, so that it is seen between its neighbours. */
const AROUND = 16;
const ROW = 8;
/** Of a wide field. */
const MOST = 32;

interface StepProps {
  readonly translation: Translation;
  readonly lines: readonly FieldLine[];
  readonly chosen: number;
  onChosen(index: number): void;
}

export function Stepper({ translation, lines, chosen, onChosen }: StepProps) {
  const line = lines[chosen];
  const go = (by: number) => onChosen(Math.min(lines.length - 1, Math.max(0, chosen + by)));
  const moves: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };
  return (
    <section class="cpu-step" aria-label={words.stepByStep}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys of the two buttons in it */}
      <div
        class="cpu-step-bar"
        onKeyDown={(event) => {
          const by = moves[event.key];
          if (by === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          go(by);
        }}
      >
        <button type="button" aria-keyshortcuts="ArrowUp" onClick={() => go(-1)}>
          {words.previousField}
        </button>
        <button type="button" aria-keyshortcuts="ArrowDown" onClick={() => go(1)}>
          {words.nextField}
        </button>
        <span role="status">{words.fieldOf(chosen + 1, lines.length, line?.name ?? '')}</span>
      </div>
      {line && (
        <div class="cpu-step-sides">
          <Native side="from" kind={translation.from} steps={line.from} {...{ translation }} />
          <div>
            <h4>{words.common}</h4>
            {line.common.length === 0 && <p class="aside">{words.nothing}</p>}
            {line.common.map((value) => (
              <Bytes key={value.place} side="common" value={value} translation={translation} />
            ))}
          </div>
          <Native side="to" kind={translation.to} steps={line.to} {...{ translation }} />
        </div>
      )}
    </section>
  );
}

interface NativeProps {
  readonly side: 'from' | 'to';
  readonly kind: string;
  readonly steps: readonly FieldStep[];
  readonly translation: Translation;
}

function Native({ side, kind, steps, translation }: NativeProps) {
  return (
    <div>
      <h4>{vmmName(kind)}</h4>
      {steps.length === 0 && <p class="aside">{words.nothing}</p>}
      {steps.map((step) => {
        const rule = words.rules[step.rule];
        return (
          <div key={step.places.map(({ place }) => place).join()}>
            <p>
              <b aria-hidden="true">{rule.sign}</b> {rule.words}
              {step.formula !== '' && `: ${step.formula}`}
            </p>
            {step.note !== '' && <p class="aside">{step.note}</p>}
            {step.places.map((value) => (
              <Bytes key={value.place} side={side} value={value} translation={translation} />
            ))}
          </div>
        );
      })}
    </div>
  );
}

interface BytesProps {
  readonly side: Side;
  readonly value: FieldValue;
  readonly translation: Translation;
}

function Bytes({ side, value: { place, at }, translation }: BytesProps) {
  const record = at && translation.records[side][at.record];
  if (at === undefined || record === undefined) return null;
  const first = Math.max(0, Math.floor((at.offset - AROUND) / ROW) * ROW);
  const length = Math.min(at.bytes, MOST);
  const last = Math.min(record.length, at.offset + length + AROUND);
  const marked = { from: at.offset - first, to: at.offset - first + length };
  return (
    <>
      <p class="aside">{words.liesIn(place, at.record, at.offset, at.bytes)}</p>
      <ByteView
        label={words.bytesAround(place)}
        bytes={record.subarray(first, last)}
        base={first}
        marked={marked}
      />
    </>
  );
}

/** The field's bytes as they lie in its record, lowest first. */
export function rawBytes({ at }: FieldValue, records: Translation['records'][Side]): string {
  const record = at && records[at.record];
  if (at === undefined || record === undefined) return '';
  const bytes = record.subarray(at.offset, at.offset + Math.min(at.bytes, ROW));
  const pairs = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return at.bytes > ROW ? `${pairs} …` : pairs;
}
