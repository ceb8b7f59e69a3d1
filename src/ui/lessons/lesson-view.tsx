/** One lesson: question, prediction, run, explanation, check. */

import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import { Icon } from '../kit/icon.tsx';
import * as words from '../strings/lessons.ts';
import { useApp } from '../use-store.ts';
import { Chart } from './chart.tsx';
import { type Guess, judge, type Lesson } from './lesson.ts';
import { Check, Choices, Cues, guessNote, Paragraphs } from './parts.tsx';
import { LessonRunner, type RunnerPhase } from './runner.ts';

interface ViewProps {
  readonly lesson: Lesson;
  readonly number: number;
  readonly predictions: boolean;
  readonly next: Lesson | undefined;
  onDone(): void;
  onList(): void;
  onNext(): void;
}

export function LessonView(props: ViewProps) {
  const { lesson, number, predictions, next, onDone, onList, onNext } = props;
  const [guess, setGuess] = useState<Guess | undefined>(predictions ? undefined : 'skipped');
  const [answer, setAnswer] = useState<string>();
  const runner = useRunner(lesson);
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => title.current?.focus(), []);
  useEffect(() => follow(runner.phase), [runner.phase]);
  const answered = (id: string) => {
    setAnswer(id);
    if (lesson.check.options.some((option) => option.id === id && option.right)) onDone();
  };
  const over = runner.phase === 'done';
  return (
    <>
      <button type="button" class="quiet back" onClick={onList}>
        {words.allLessons}
      </button>
      <h3 ref={title} tabIndex={-1}>
        {number}. {lesson.title}
      </h3>
      <p class="question">{lesson.question}</p>
      <Paragraphs texts={lesson.intro} />
      <Predict lesson={lesson} runner={runner} guess={guess} onGuess={setGuess} />
      <Run runner={runner} guess={guess} onSkip={() => setGuess('skipped')} />
      {runner.phase !== 'idle' && !over && (
        <Cues
          title={lesson.runs[runner.run]?.name ?? ''}
          cues={lesson.cues}
          reached={runner.reached}
        />
      )}
      {over && (
        <>
          <div class="explain">
            <p role="status">
              <b>{judge(lesson, guess, runner.facts)}</b>
            </p>
            <Paragraphs texts={lesson.explain(runner.facts)} />
          </div>
          <Check lesson={lesson} answer={answer} onAnswer={answered} />
          {next && (
            <button type="button" class="main" onClick={onNext}>
              {words.nextLesson(next.title)}
            </button>
          )}
        </>
      )}
    </>
  );
}

/** What matters next is brought into sight: on a phone the stage lies below the lesson. */
function follow(phase: RunnerPhase): void {
  const narrow = matchMedia('(max-width: 59.99rem)').matches;
  if (phase === 'running' && narrow)
    document.querySelector('.stage')?.scrollIntoView({ block: 'center' });
  if (phase === 'stopped') document.querySelector('.cues')?.scrollIntoView({ block: 'nearest' });
  if (phase === 'done') document.querySelector('.explain')?.scrollIntoView({ block: 'nearest' });
}

function useRunner(lesson: Lesson): LessonRunner {
  const app = useApp();
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const [runner] = useState(() => new LessonRunner(app, lesson, () => redraw(0)));
  useEffect(() => {
    runner.prepare();
    return () => runner.end();
  }, [runner]);
  return runner;
}

interface PredictProps {
  readonly lesson: Lesson;
  readonly runner: LessonRunner;
  readonly guess: Guess | undefined;
  onGuess(guess: Guess): void;
}

function Predict({ lesson, runner, guess, onGuess }: PredictProps) {
  const { predict, chart } = lesson;
  const over = runner.phase === 'done';
  const locked = runner.phase !== 'idle' || guess === 'skipped';
  const result = over && predict.kind === 'choose' ? predict.result(runner.facts) : undefined;
  return (
    <>
      {predict.kind === 'choose' && (
        <Choices
          ask={predict.ask}
          options={predict.options}
          chosen={typeof guess === 'string' ? guess : undefined}
          locked={locked}
          note={(id) => guessNote(guess, result, id)}
          onChoice={(id) => !locked && onGuess(id)}
        />
      )}
      <Chart
        title={chart.title}
        scale={chart.scale}
        bars={chart.bars(runner.facts)}
        predict={predict}
        guess={guess}
        locked={locked}
        running={runner.phase === 'running' || runner.phase === 'stopped'}
        onGuess={onGuess}
      />
    </>
  );
}

interface RunProps {
  readonly runner: LessonRunner;
  readonly guess: Guess | undefined;
  onSkip(): void;
}

/** The run is locked until the question was answered or skipped. */
function Run({ runner, guess, onSkip }: RunProps) {
  const { phase } = runner;
  const locked = guess === undefined;
  if (phase === 'running' || phase === 'stopped')
    return (
      <div class="lesson-run">
        {phase === 'stopped' && <GoOn runner={runner} />}
        <button type="button" onClick={() => runner.hurry()}>
          {words.toTheResult}
        </button>
      </div>
    );
  return (
    <div class="lesson-run">
      {phase === 'left' && <p>{words.otherRunOpened}</p>}
      {phase === 'broken' && <p class="bad">{words.runStopped}</p>}
      <button
        type="button"
        class={phase === 'done' ? '' : 'main'}
        aria-disabled={locked}
        onClick={() => !locked && runner.start()}
      >
        <Icon name="play" /> {phase === 'idle' ? words.runIt : words.runItAgain}
      </button>
      {locked && (
        <>
          <button type="button" onClick={onSkip}>
            {words.skipPrediction}
          </button>
          <p class="aside">{words.predictFirst}</p>
        </>
      )}
    </div>
  );
}

/** Takes the focus: the run stands still and waits for it. */
function GoOn({ runner }: { readonly runner: LessonRunner }) {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => button.current?.focus({ preventScroll: true }), []);
  return (
    <button ref={button} type="button" class="main" onClick={() => runner.goOn()}>
      <Icon name="play" /> {words.goOn}
    </button>
  );
}
