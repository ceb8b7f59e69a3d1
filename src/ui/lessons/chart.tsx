/** The chart of a lesson: the guess is marked on it before the run, and stays drawn beside the result. */

import { useId } from 'preact/hooks';
import * as words from '../strings/lessons.ts';
import type { Bar, Guess, Prediction, Scale } from './lesson.ts';
import { share, valueAt } from './lesson.ts';

const WIDTH = 280;
/** Half a slider's thumb: the slider below has the same ends. */
const EDGE = 8;
const ROW = 32;
const HEAD = 20;
const FOOT = 18;
/** Below the ends of the scale: the name of the line in between. */
const LINE_NAME = 13;
const STEPS = 1000;

export interface ChartProps {
  readonly title: string;
  readonly scale: Scale;
  readonly bars: readonly Bar[];
  readonly predict: Prediction;
  readonly guess: Guess | undefined;
  readonly locked: boolean;
  /** Its runs are on their way: no bar yet does not mean that nothing happens. */
  readonly running: boolean;
  onGuess(guess: number): void;
}

export function Chart(props: ChartProps) {
  const { title, scale, bars, predict, guess, locked, running, onGuess } = props;
  const slider = useId();
  const marks = predict.kind === 'mark';
  const marked = marks && typeof guess === 'number' ? guess : undefined;
  const open = running ? words.notOverYet : words.notRunYet;
  const rows = bars.length === 0 ? [{ name: open, value: undefined }] : bars;
  const foot = HEAD + rows.length * ROW;
  const height = foot + FOOT + (scale.line ? LINE_NAME : 0);
  const mark = (event: PointerEvent) => {
    if (!marks || locked || (event.type === 'pointermove' && event.buttons === 0)) return;
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const at = ((event.clientX - box.x) / box.width) * WIDTH;
    onGuess(valueAt(scale, Math.min(1, Math.max(0, (at - EDGE) / (WIDTH - 2 * EDGE)))));
  };
  return (
    <figure class="lesson-chart">
      {marks && (
        <label for={slider} class="ask">
          {predict.ask} <output>{marked === undefined ? '' : scale.shown(marked)}</output>
        </label>
      )}
      <figcaption>{title}</figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="img"
        aria-label={spoken(props)}
        class={marks && !locked ? 'markable' : ''}
        onPointerDown={mark}
        onPointerMove={mark}
      >
        {bars.map(({ name, value }, i) => (
          <rect
            key={name}
            class="bar"
            x={EDGE}
            y={HEAD + i * ROW + 15}
            width={Math.max(1.5, x(scale, value) - EDGE)}
            height={11}
          />
        ))}
        <Ends scale={scale} y={foot} />
        {scale.line && <Line at={scale.line.at} scale={scale} foot={foot} />}
        {marked !== undefined && <Marker at={marked} scale={scale} foot={foot} />}
        {rows.map((bar, i) => (
          <BarText key={bar.name} bar={bar} scale={scale} y={HEAD + i * ROW + 11} />
        ))}
      </svg>
      {marks && !locked && (
        <input
          id={slider}
          type="range"
          min={0}
          max={STEPS}
          step={10}
          value={marked === undefined ? STEPS / 2 : Math.round(share(scale, marked) * STEPS)}
          aria-valuetext={marked === undefined ? words.notMarkedYet : scale.spoken(marked)}
          onInput={(event) => onGuess(valueAt(scale, Number(event.currentTarget.value) / STEPS))}
        />
      )}
    </figure>
  );
}

/** Where a scale of powers has ten times as much: a mark each, so that it is not read as even. */
function decades({ from, to, log }: Scale): readonly number[] {
  if (!log) return [];
  return Array.from(
    { length: Math.round(Math.log10(to / from)) - 1 },
    (_, i) => from * 10 ** (i + 1),
  );
}

const x = (scale: Scale, value: number): number => EDGE + share(scale, value) * (WIDTH - 2 * EDGE);

interface RowProps {
  readonly bar: { readonly name: string; readonly value: number | undefined };
  readonly scale: Scale;
  readonly y: number;
}

/** Above the lines of guess and limit, which it interrupts where they cross. */
function BarText({ bar, scale, y }: RowProps) {
  const { name, value } = bar;
  return (
    <g class="bar-text">
      <text x={EDGE} y={y}>
        {name}
      </text>
      {value !== undefined && (
        <text x={WIDTH - EDGE} y={y} text-anchor="end" class="value">
          {scale.shown(value)}
        </text>
      )}
    </g>
  );
}

function Ends({ scale, y }: { readonly scale: Scale; readonly y: number }) {
  return (
    <g class="ends">
      <line x1={EDGE} x2={WIDTH - EDGE} y1={y} y2={y} />
      {decades(scale).map((value) => (
        <line key={value} x1={x(scale, value)} x2={x(scale, value)} y1={y - 4} y2={y} />
      ))}
      <text x={EDGE} y={y + 13}>
        {scale.shown(scale.from)}
      </text>
      <text x={WIDTH - EDGE} y={y + 13} text-anchor="end">
        {scale.shown(scale.to)}
      </text>
    </g>
  );
}

interface LineProps {
  readonly at: number;
  readonly scale: Scale;
  readonly foot: number;
}

function Line({ at, scale, foot }: LineProps) {
  const place = x(scale, at);
  const anchor = place < WIDTH / 3 ? 'start' : place > (WIDTH * 2) / 3 ? 'end' : 'middle';
  return (
    <g class="limit">
      <line x1={place} x2={place} y1={HEAD} y2={foot} />
      <text x={place} y={foot + 13 + LINE_NAME} text-anchor={anchor}>
        {scale.line?.name}
      </text>
    </g>
  );
}

function Marker({ at, scale, foot }: LineProps) {
  const place = x(scale, at);
  const right = place < WIDTH - 80;
  return (
    <g class="marker">
      <path d={`M${place} ${HEAD - 2}V${foot}M${place - 5} ${HEAD - 8}h10l-5 7z`} />
      <text x={right ? place + 8 : place - 8} y={HEAD - 6} text-anchor={right ? 'start' : 'end'}>
        {words.yourGuess}
      </text>
    </g>
  );
}

function spoken({ title, bars, scale, guess, running }: ChartProps): string {
  const results = bars.map(({ name, value }) => `${name} ${scale.spoken(value)}`).join(', ');
  const open = running ? words.notOverYet : words.notRunYet;
  const own = typeof guess === 'number' ? words.yourGuessIs(scale.spoken(guess)) : '';
  return `${title}: ${results === '' ? open : results}.${own}`;
}
