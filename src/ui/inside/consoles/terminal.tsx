/** One host's terminal. */

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Scenario } from '../../../lab/scenario.ts';
import type { History } from '../../../store/history.ts';
import type { MigrationStory } from '../../../trace/host-story.ts';
import { type ConsoleHost, consoleOf } from '../../../vmm/consoles.ts';
import * as words from '../../strings/consoles.ts';
import { type App, useApp, usePicture, useStore } from '../../use-store.ts';
import { type Answers, consoleHost, HOST_NAMES } from './console-host.ts';
import { type Typed, terminalLines } from './console-log.ts';

type VmmKind = Scenario['hosts']['source'];

interface TerminalProps {
  readonly party: 0 | 1;
  readonly kind: VmmKind;
  readonly title: string;
  readonly stories: readonly MigrationStory[];
}

/** What was typed belongs to the run, however often the terminals are closed. */
const TYPED = new WeakMap<History, readonly Typed[]>();
const typedIn = (history: History): readonly Typed[] => TYPED.get(history) ?? [];

export function Terminal({ party, kind, title, stories }: TerminalProps) {
  const app = useApp();
  const { now } = usePicture();
  const { history } = app.player;
  const [text, setText] = useState('');
  const forked = useStore((state) => state.forked);
  // What was typed in a future that never came was never typed.
  useEffect(() => {
    if (forked)
      TYPED.set(
        history,
        typedIn(history).filter(({ at }) => at <= forked.atNs),
      );
  }, [forked, history]);
  const console = consoleOf(
    kind,
    consoleHost(app, party, { host: undefined, registers: undefined }),
  );
  const typed = typedIn(history).filter((each) => each.party === party);
  const lines = terminalLines(console, typed, stories, now);
  const submit = async () => {
    setText('');
    if (text.trim() !== '') await enter(app, party, kind, text.trim());
  };
  return (
    <section class="terminal" aria-label={words.consoleOf(HOST_NAMES[party])}>
      <h3>{title}</h3>
      <Screen lines={lines} label={words.terminalOf(HOST_NAMES[party])} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <label>
          <span class="when">{console.promptFor(text)}</span>
          <input
            value={text}
            maxLength={200}
            spellcheck={false}
            autocomplete="off"
            autocapitalize="off"
            aria-label={words.commandFor(HOST_NAMES[party])}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <button type="submit">{words.enter}</button>
      </form>
      <p class="examples aside">
        {words.forExample}{' '}
        {console.examples.map((example) => (
          <button key={example} type="button" onClick={() => setText(example)}>
            {example}
          </button>
        ))}
      </p>
    </section>
  );
}

/** Asks the host first, where a command prints what only the host knows; then runs it. */
async function enter(app: App, party: 0 | 1, kind: VmmKind, text: string): Promise<void> {
  const { player, store } = app;
  const answers = await ask(app, party);
  const { history, picture } = player;
  const at = picture.now;
  let migrates = false;
  const host = consoleHost(app, party, answers);
  const watched: ConsoleHost = {
    ...host,
    migrate: () => {
      const begun = host.migrate();
      migrates = begun.ok;
      return begun;
    },
  };
  const console = consoleOf(kind, watched);
  const lines = console.run(text);
  const entry = { at, party, text, prompt: console.promptFor(text), lines, migrates };
  TYPED.set(history, [...typedIn(history), entry]);
  store.setState(({ revision }) => ({ revision: revision + 1 }));
}

async function ask({ player }: App, party: 0 | 1): Promise<Answers> {
  const [host, registers] = await Promise.all([
    player.inspect({ kind: 'host' }),
    player.inspect({ kind: 'registers' }),
  ]);
  const of = host.ok ? host.value[party] : undefined;
  const at = registers.ok ? registers.value[party] : undefined;
  return {
    host: of?.kind === 'host' ? of : undefined,
    registers: at?.kind === 'registers' ? at : undefined,
  };
}

interface ScreenProps {
  readonly lines: ReturnType<typeof terminalLines>;
  readonly label: string;
}

function Screen({ lines, label }: ScreenProps) {
  const screen = useRef<HTMLDivElement>(null);
  const count = lines.length;
  // As a terminal does, it shows its end.
  useLayoutEffect(() => {
    if (count >= 0 && screen.current) screen.current.scrollTop = screen.current.scrollHeight;
  }, [count]);
  return (
    <div
      ref={screen}
      class="screen"
      role="log"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key
      tabIndex={0}
    >
      {count === 0 && <div class="when">{words.nothingTyped}</div>}
      {lines.map(({ kind, text, at }, i) => (
        <div key={`${at} ${i}`} class={kind}>
          {text === '' ? ' ' : text}
        </div>
      ))}
    </div>
  );
}
