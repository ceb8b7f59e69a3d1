/** The parts of a lesson: the prediction by choice, the events that came, the check. */

import { useId } from 'preact/hooks';
import * as words from '../strings/lessons.ts';
import type { Cue, Guess, Lesson } from './lesson.ts';
import { Prose } from './prose.tsx';

interface ChoicesProps {
  readonly ask: string;
  readonly options: readonly { readonly id: string; readonly text: string }[];
  readonly chosen: string | undefined;
  readonly locked: boolean;
  /** Added to an option once the answer is known. */
  note(id: string): string;
  onChoice(id: string): void;
}

export function Choices({ ask, options, chosen, locked, note, onChoice }: ChoicesProps) {
  const name = useId();
  return (
    <fieldset class="choices">
      <legend>{ask}</legend>
      {options.map(({ id, text }) => (
        <label key={id}>
          <input
            type="radio"
            name={name}
            checked={chosen === id}
            disabled={locked && chosen !== id}
            onChange={() => onChoice(id)}
          />
          <span>
            {text}
            {note(id) !== '' && <b> {note(id)}</b>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface CuesProps {
  readonly title: string;
  readonly cues: readonly Cue[];
  readonly reached: number;
}

/** What has happened so far, in the lesson's words. */
export function Cues({ title, cues, reached }: CuesProps) {
  return (
    <div class="cues">
      <h4>{title}</h4>
      <ol>
        {cues.slice(0, reached).map(({ says }) => (
          <li key={says}>{says}</li>
        ))}
      </ol>
      {reached === 0 && <p class="aside">{words.beingSetUp}</p>}
    </div>
  );
}

interface CheckProps {
  readonly lesson: Lesson;
  readonly answer: string | undefined;
  onAnswer(id: string): void;
}

export function Check({ lesson, answer, onAnswer }: CheckProps) {
  const { ask, options } = lesson.check;
  const given = options.find(({ id }) => id === answer);
  return (
    <div class="check-up">
      <h4>{words.check}</h4>
      <Choices
        ask={ask}
        options={options}
        chosen={answer}
        locked={given?.right === true}
        note={() => ''}
        onChoice={onAnswer}
      />
      <p role="status" class={given ? (given.right ? 'right' : 'wrong') : ''}>
        {given && (given.right ? words.right : words.notQuite)}
        {given?.why}
      </p>
    </div>
  );
}

export function Paragraphs({ texts }: { readonly texts: readonly string[] }) {
  return (
    <>
      {texts.map((text) => (
        <p key={text}>
          <Prose text={text} />
        </p>
      ))}
    </>
  );
}

/** “← your guess”, “← what happened”, or both, beside an option of a prediction. */
export function guessNote(
  guess: Guess | undefined,
  result: string | undefined,
  id: string,
): string {
  const own = guess === id && result !== undefined ? words.pointsAtGuess : '';
  const real = result === id ? words.pointsAtResult : '';
  return [own, real].filter((part) => part !== '').join(' ');
}
