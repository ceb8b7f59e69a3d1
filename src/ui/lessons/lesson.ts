/** A lesson as data: one question, a prediction on the chart that shows the result, a run, an explanation, one check. */

import type { Scenario } from '../../lab/scenario.ts';
import type { Picture } from '../../trace/picture.ts';
import * as words from '../strings/lessons.ts';
import type { RunFacts } from './facts.ts';

/** What the run is made of: a preset and what differs from it. */
export interface LessonRun {
  readonly name: string;
  readonly preset: string;
  readonly settings?: Partial<Pick<Scenario, 'algorithm' | 'hosts' | 'faults'>>;
  readonly migration?: Partial<Scenario['migration']>;
  readonly network?: Partial<Scenario['network']>;
}

/** An event of the run that the lesson waits for; with `stop` the run pauses there. */
export interface Cue {
  readonly when: (picture: Picture) => boolean;
  readonly says: string;
  readonly stop?: boolean;
}

export interface Bar {
  readonly name: string;
  readonly value: number;
}

export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly log: boolean;
  readonly shown: (value: number) => string;
  /** The same for those who hear it. */
  readonly spoken: (value: number) => string;
  /** A line to measure against, such as the threshold. */
  readonly line?: { readonly at: number; readonly name: string };
}

export interface Option {
  readonly id: string;
  readonly text: string;
}

export type Prediction =
  | {
      readonly kind: 'mark';
      readonly ask: string;
      readonly result: (runs: readonly RunFacts[]) => number;
    }
  | {
      readonly kind: 'choose';
      readonly ask: string;
      readonly options: readonly Option[];
      readonly result: (runs: readonly RunFacts[]) => string;
    };

export interface Lesson {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  /** Paragraphs, in which `[id|words]` are glossary terms. */
  readonly intro: readonly string[];
  readonly runs: readonly LessonRun[];
  readonly cues: readonly Cue[];
  readonly chart: {
    readonly title: string;
    readonly scale: Scale;
    readonly bars: (runs: readonly RunFacts[]) => readonly Bar[];
  };
  readonly predict: Prediction;
  /** Why it came so, from what was measured. */
  readonly explain: (runs: readonly RunFacts[]) => readonly string[];
  readonly check: {
    readonly ask: string;
    readonly options: readonly (Option & { readonly right: boolean; readonly why: string })[];
  };
}

export type Guess = number | string | 'skipped';

/** How near a guess came: within a quarter of the scale's way counts as near. */
export function judge(lesson: Lesson, guess: Guess | undefined, runs: readonly RunFacts[]): string {
  const { predict, chart } = lesson;
  if (guess === undefined || guess === 'skipped') return words.skipped;
  if (predict.kind === 'choose')
    return guess === predict.result(runs) ? words.asPredicted : words.notAsPredicted;
  const result = predict.result(runs);
  const { shown } = chart.scale;
  const far = Math.abs(share(chart.scale, Number(guess)) - share(chart.scale, result));
  const near = far < 0.04 ? words.veryNear : far < 0.15 ? words.notFar : words.farFromIt;
  return words.judged(near, shown(Number(guess)), shown(result));
}

/** Where a value lies on the scale, 0 to 1. */
export function share({ from, to, log }: Scale, value: number): number {
  const place = log
    ? Math.log(Math.max(value, from) / from) / Math.log(to / from)
    : (value - from) / (to - from);
  return Math.min(1, Math.max(0, place));
}

export function valueAt({ from, to, log }: Scale, place: number): number {
  if (log) return Number((from * (to / from) ** place).toPrecision(2));
  return Math.round(from + place * (to - from));
}
