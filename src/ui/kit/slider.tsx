/** A native slider over a ladder of values, with its label, its value in words, and − and + beside it. */

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import * as words from '../strings/kit.ts';

export interface SliderProps {
  readonly label: string;
  /** The field's own term, or a sign, beside the plain word. */
  readonly term?: ComponentChildren;
  readonly ladder: readonly number[];
  readonly value: number;
  readonly shown: string;
  readonly spoken: string;
  readonly disabled?: boolean;
  onValue(value: number): void;
}

export function Slider(props: SliderProps) {
  const { label, term, ladder, value, shown, spoken, disabled = false, onValue } = props;
  const id = useId();
  const rungs = ladder.includes(value) ? ladder : [...ladder, value].sort((a, b) => a - b);
  const index = rungs.indexOf(value);
  const move = (to: number) => {
    const next = rungs[Math.min(rungs.length - 1, Math.max(0, to))];
    if (next !== value) onValue(next);
  };
  return (
    <div class="slider">
      <label for={id}>
        {label} {term && <span class="term">{term}</span>}
      </label>
      <output for={id}>{shown}</output>
      <button
        type="button"
        class="nudge"
        disabled={disabled}
        aria-label={words.less(label)}
        onClick={() => move(index - 1)}
      >
        −
      </button>
      <input
        id={id}
        type="range"
        disabled={disabled}
        min={0}
        max={rungs.length - 1}
        step={1}
        value={index}
        aria-valuetext={spoken}
        onInput={(event) => move(Number(event.currentTarget.value))}
      />
      <button
        type="button"
        class="nudge"
        disabled={disabled}
        aria-label={words.more(label)}
        onClick={() => move(index + 1)}
      >
        +
      </button>
    </div>
  );
}

/** 1, 2, … 9, 10, 20, … between two bounds. */
export function decades(from: number, to: number): number[] {
  const values: number[] = [];
  for (let power = Math.floor(Math.log10(from)); 10 ** power <= to; power++) {
    for (let digit = 1; digit <= 9; digit++) {
      const value = Number((digit * 10 ** power).toPrecision(1));
      if (value >= from && value <= to) values.push(value);
    }
  }
  return values;
}
