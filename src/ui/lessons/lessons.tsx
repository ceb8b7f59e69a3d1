/** The lessons beside the stage: the list, the one that is open, and what was done. */

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../kit/icon.tsx';
import { GLOSSARY } from '../strings/glossary.ts';
import * as words from '../strings/lessons.ts';
import { COPYING } from '../strings/lessons-copying.ts';
import { SYSTEMS } from '../strings/lessons-systems.ts';
import { useApp, useStore } from '../use-store.ts';
import { toggleLessons } from '../views.ts';
import { Goals } from './goals.tsx';
import type { Lesson } from './lesson.ts';
import { LessonView } from './lesson-view.tsx';
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
        <h2 id="lessons-title">{words.lessons}</h2>
        <SavedNote progress={progress} saved={saved} />
        <button type="button" class="quiet" aria-label={words.closeLessons} onClick={close}>
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
  const count = words.doneOf(progress.done.length, LESSONS.length);
  return (
    <p class="saved" role="status">
      {count}
      {saved === 'saved' && words.saved}
      {saved === 'not-saved' && words.notSaved}
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
  useLayoutEffect(() => first.current?.querySelector('button')?.focus(), []);
  return (
    <>
      <p class="aside">{words.eachAsks}</p>
      <ol class="lesson-list" ref={first}>
        {LESSONS.map(({ id, title, question }, index) => (
          <li key={id}>
            <button type="button" class="quiet" onClick={() => onOpen(index)}>
              <span class="lesson-number">
                {progress.done.includes(id) ? <Icon name="check" /> : index + 1}
              </span>
              <span>
                <b>{title}</b>
                {progress.done.includes(id) && <span class="sr"> {words.done}</span>}
                <span class="aside">{question}</span>
              </span>
            </button>
          </li>
        ))}
      </ol>
      <Goals best={progress.best} />
      <label class="check">
        <input
          type="checkbox"
          checked={progress.predictions}
          onChange={(event) =>
            onProgress({ ...progress, predictions: event.currentTarget.checked })
          }
        />
        {words.askFirst}
      </label>
      {(progress.done.length > 0 || Object.keys(progress.best).length > 0) && (
        <button type="button" onClick={() => onProgress(NO_PROGRESS)}>
          {words.forget}
        </button>
      )}
      <Glossary />
    </>
  );
}

function Glossary() {
  return (
    <details class="glossary">
      <summary>{words.glossary(Object.keys(GLOSSARY).length)}</summary>
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
