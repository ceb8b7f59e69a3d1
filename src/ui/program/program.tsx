/** A guest of one's own: a program in assembly language is written, assembled, run, moved and passed on. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { assemble, type Program } from '../../asm/assemble.ts';
import { EXAMPLES, findExample } from '../../asm/examples.ts';
import { GUEST_ORIGIN } from '../../asm/image.ts';
import type { Problem } from '../../asm/problem.ts';
import type { Result } from '../../base/result.ts';
import { MAX_PROGRAM } from '../../lab/guests.ts';
import { count } from '../strings/format.ts';
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
            Assemble
          </button>
          <button type="button" class="main" onClick={run}>
            Run
          </button>
        </div>
        <div class="code-editor" ref={place} />
        <p class="aside">
          {kept
            ? 'Kept in this browser.'
            : 'This browser keeps nothing: copy what you want to keep.'}{' '}
          {count(text.length)} of {count(MAX_PROGRAM)} characters.
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
      label: 'Program',
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
      <b>This program came with a link or a file, and nothing of it has run.</b> Read it; <i>Run</i>{' '}
      starts it on host A.
    </p>
  );
}

function Example({ onText }: { onText(text: string): void }) {
  return (
    <label class="program-example">
      Example{' '}
      <select
        value=""
        onChange={(event) => {
          const example = findExample(event.currentTarget.value);
          if (example) onText(example.text);
          event.currentTarget.value = '';
        }}
      >
        <option value="">Choose one: it replaces the text</option>
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
      <h3 id="program-state">On the hosts</h3>
      <p role="status">
        {running === undefined && 'Another guest runs. Run puts your program in its place.'}
        {running !== undefined && running !== text && 'An earlier text of your program runs.'}
        {running === text && phase === 'opening' && 'The hosts are being set up.'}
        {running === text &&
          phase === 'ready' &&
          'Your program runs on host A. Migrate, below, moves it while it runs.'}
        {running === text &&
          (phase === 'moving' || phase === 'done') &&
          'Your program is the guest of this run.'}
      </p>
      {running === text && (
        <button type="button" onClick={() => store.setState({ view: 'run' })}>
          See its pages
        </button>
      )}
      <p class="aside">
        The VM has no disk, as if its storage were shared by both hosts: only RAM, processor and
        devices move.
      </p>
    </section>
  );
}
