/** The lessons beside the stage: the list, the one that is open, and what was done. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../kit/icon.tsx';
import { GLOSSARY } from '../strings/glossary.ts';
import { useApp, useStore } from '../use-store.ts';
import { toggleLessons } from '../views.ts';
import type { Lesson } from './lesson.ts';
import { LessonView } from './lesson-view.tsx';
import { COPYING } from './lessons-copying.ts';
import { SYSTEMS } from './lessons-systems.ts';
import {
  NO_PROGRESS,
  ownStorage,
  type Progress,
  readProgress,
  type Saved,
  writeProgress,
} from './progress.ts';
import './lessons.css';

export const LESSONS: readonly Lesson[] = [...COPYING, ...SYSTEMS];

export function Lessons() {
  const { store } = useApp();
  const [{ progress, saved }, setState] = useState(() => readProgress(ownStorage()));
  const number = useStore((state) => state.lesson);
  const open = number === undefined ? undefined : number - 1;
  const lesson = open === undefined ? undefined : LESSONS[open];
  const setOpen = (index: number | undefined) =>
    store.setState({ lesson: index === undefined ? undefined : index + 1 });
  const keep = (next: Progress) =>
    setState({ progress: next, saved: writeProgress(ownStorage(), next) });
  const done = (id: string) =>
    progress.done.includes(id) || keep({ ...progress, done: [...progress.done, id] });
  const close = () => {
    toggleLessons(store);
    requestAnimationFrame(() => document.getElementById('lessons-button')?.focus());
  };
  return (
    <aside class="controls lessons" aria-labelledby="lessons-title">
      <div class="lessons-head">
        <h2 id="lessons-title">Lessons</h2>
        <SavedNote progress={progress} saved={saved} />
        <button type="button" class="quiet" aria-label="Close the lessons" onClick={close}>
          <Icon name="cross" />
        </button>
      </div>
      {lesson && open !== undefined ? (
        <LessonView
          key={lesson.id}
          lesson={lesson}
          number={open + 1}
          predictions={progress.predictions}
          next={LESSONS[open + 1]}
          onDone={() => done(lesson.id)}
          onList={() => setOpen(undefined)}
          onNext={() => setOpen(open + 1)}
        />
      ) : (
        <List progress={progress} onOpen={setOpen} onProgress={keep} />
      )}
    </aside>
  );
}

function SavedNote({ progress, saved }: { readonly progress: Progress; readonly saved: Saved }) {
  const count = `${progress.done.length} of ${LESSONS.length} done`;
  return (
    <p class="saved" role="status">
      {count}
      {saved === 'saved' && '. Saved on this device.'}
      {saved === 'not-saved' && '. Not saved: this browser keeps nothing for this page.'}
    </p>
  );
}

interface ListProps {
  readonly progress: Progress;
  onOpen(index: number): void;
  onProgress(progress: Progress): void;
}

function List({ progress, onOpen, onProgress }: ListProps) {
  const first = useRef<HTMLOListElement>(null);
  useEffect(() => first.current?.querySelector('button')?.focus(), []);
  return (
    <>
      <p class="aside">Each asks one question: predict, run, see why.</p>
      <ol class="lesson-list" ref={first}>
        {LESSONS.map(({ id, title, question }, index) => (
          <li key={id}>
            <button type="button" class="quiet" onClick={() => onOpen(index)}>
              <span class="lesson-number">
                {progress.done.includes(id) ? <Icon name="check" /> : index + 1}
              </span>
              <span>
                <b>{title}</b>
                {progress.done.includes(id) && <span class="sr"> (done)</span>}
                <span class="aside">{question}</span>
              </span>
            </button>
          </li>
        ))}
      </ol>
      <label class="check">
        <input
          type="checkbox"
          checked={progress.predictions}
          onChange={(event) =>
            onProgress({ ...progress, predictions: event.currentTarget.checked })
          }
        />
        Ask for a prediction first
      </label>
      {progress.done.length > 0 && (
        <button type="button" onClick={() => onProgress(NO_PROGRESS)}>
          Forget what was done
        </button>
      )}
      <Glossary />
    </>
  );
}

function Glossary() {
  return (
    <details class="glossary">
      <summary>Glossary: {Object.keys(GLOSSARY).length} terms</summary>
      <dl>
        {Object.entries(GLOSSARY).map(([id, { plain, term, text }]) => (
          <div key={id}>
            <dt>
              {plain} <span class="term">({term})</span>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
