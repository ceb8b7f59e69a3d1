/** A guest of one's own: a program in assembly language is written, assembled, run, moved and passed on. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { assemble, type Program } from '../../asm/assemble.ts';
import { EXAMPLES, findExample } from '../../asm/examples.ts';
import { GUEST_ORIGIN } from '../../asm/image.ts';
import type { Problem } from '../../asm/problem.ts';
import type { Result } from '../../base/result.ts';
import { MAX_PROGRAM } from '../../lab/guests.ts';
import { rich } from '../kit/rich.tsx';
import * as words from '../strings/program.ts';
import { useApp, useStore } from '../use-store.ts';
import { Assembled, Problems } from './assembled.tsx';
import { openEditor, type ProgramEditor } from './editor.ts';
import { keepProgram, keptProgram } from './kept-program.ts';
import { runProgram } from './own-run.ts';
import { ProgramLink } from './program-link.tsx';
import './program.css';

/** Long enough for a word to be finished. */
const CHECK_AFTER_MS = 300;

export function ProgramPanel() {
  const app = useApp();
  const [opening] = useState(
    () => app.store.getState().program ?? keptProgram() ?? EXAMPLES[0].text,
  );
  const text = useStore((state) => state.program) ?? opening;
  const held = useStore((state) => state.held?.link.base.vm.program !== undefined);
  const { place, editor, kept } = useEditor(opening);
  const { result, check } = useAssembler(text, (problems) => editor.current?.show(problems));
  const goTo = ({ line, column }: Problem) => editor.current?.goTo(line, column);
  const assembleNow = (): boolean => {
    const made = check();
    if (!made.ok) goTo(made.error[0]);
    return made.ok;
  };
  const run = () => assembleNow() && void runProgram(app, text);
  return (
    <div class="program">
      <div class="program-edit">
        {held && <Held />}
        <div class="program-bar">
          <Example onText={(program) => editor.current?.setText(program)} />
          <button type="button" onClick={assembleNow}>
            {words.assemble}
          </button>
          <button type="button" class="main" onClick={run}>
            {words.run}
          </button>
        </div>
        <div class="code-editor" ref={place} />
        <p class="aside">
          {words.keptAndLength(kept ? words.kept : words.notKept, text.length, MAX_PROGRAM)}
        </p>
        <ProgramLink text={text} />
      </div>
      <div class="program-side">
        <RunState text={text} />
        {result && !result.ok && <Problems problems={result.error} onChoose={goTo} />}
        {result?.ok && <Assembled program={result.value} />}
      </div>
    </div>
  );
}

/** The editor in its place; what it holds is the page's and the browser's. */
function useEditor(opening: string) {
  const { store } = useApp();
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<ProgramEditor>(undefined);
  const [kept, setKept] = useState(true);
  useEffect(() => {
    if (place.current === null) return;
    editor.current = openEditor(place.current, {
      text: opening,
      maxLength: MAX_PROGRAM,
      label: words.programLabel,
      onText(program) {
        store.setState({ program });
        setKept(keepProgram(program));
      },
    });
    // A link may bring another text. At once: an answer that came later would undo what is typed.
    const over = store.subscribe(({ program }) => {
      if (program !== undefined) editor.current?.setText(program);
    });
    return () => {
      over();
      editor.current?.close();
    };
  }, [store, opening]);
  return { place, editor, kept };
}

/** What the assembler says of the text, some time after the last key, or when asked. */
function useAssembler(text: string, show: (problems: readonly Problem[]) => void) {
  const [result, setResult] = useState<Result<Program, readonly Problem[]>>();
  const check = () => {
    const made = assemble(text, GUEST_ORIGIN);
    setResult(made);
    show(made.ok ? [] : made.error);
    return made;
  };
  useEffect(() => {
    const timer = setTimeout(check, CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return { result, check };
}

function Held() {
  return (
    <p class="held" role="status">
      {rich(words.heldProgram, { unrun: <b>{words.nothingRan}</b>, run: <i>{words.run}</i> })}
    </p>
  );
}

function Example({ onText }: { onText(text: string): void }) {
  return (
    <label class="program-example">
      {words.example}{' '}
      <select
        value=""
        onChange={(event) => {
          const example = findExample(event.currentTarget.value);
          if (example) onText(example.text);
          event.currentTarget.value = '';
        }}
      >
        <option value="">{words.chooseExample}</option>
        {EXAMPLES.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Whether what stands in the editor is what runs. */
function RunState({ text }: { readonly text: string }) {
  const { store } = useApp();
  const running = useStore((state) => state.scenario.vm.program);
  const phase = useStore((state) => state.phase);
  return (
    <section class="program-state" aria-labelledby="program-state">
      <h3 id="program-state">{words.onTheHosts}</h3>
      <p role="status">
        {running === undefined && words.otherGuestRuns}
        {running !== undefined && running !== text && words.earlierTextRuns}
        {running === text && phase === 'opening' && words.beingSetUp}
        {running === text && phase === 'ready' && words.runsOnA}
        {running === text && (phase === 'moving' || phase === 'done') && words.isTheGuest}
      </p>
      {running === text && (
        <button type="button" onClick={() => store.setState({ view: 'run' })}>
          {words.seeItsPages}
        </button>
      )}
      <p class="aside">{words.noDisk}</p>
    </section>
  );
}
