/** Every shortcut once: the listener and the help sheet read the same table. */
import { tinykeys } from 'tinykeys';
import { PRESETS } from '../lab/presets.ts';
import { toWritten } from './inspect/page-cursor-moves.ts';
import { fitted, otherSpacing, zoomed } from './timeline-view.ts';
import type { App } from './use-store.ts';
import {
  scenarioLink,
  toggleCentres,
  toggleCompare,
  toggleInside,
  toggleLessons,
  togglePresent,
} from './views.ts';

export interface Shortcut {
  /** As tinykeys writes them; those with Alt work everywhere and always. */
  readonly keys: readonly string[];
  readonly shown: string;
  readonly does: string;
  run(app: App): void;
}

export const SHORTCUTS: readonly Shortcut[] = [
  {
    keys: ['Space', 'Alt+KeyK'],
    shown: 'Space or Alt+K',
    does: 'Migrate, play or pause',
    run: ({ player }) => player.toggle(),
  },
  {
    keys: ['ArrowRight'],
    shown: '→',
    does: 'Next event',
    run: ({ player }) => player.step('event'),
  },
  {
    keys: ['Shift+ArrowRight'],
    shown: 'Shift+→',
    does: 'Next round',
    run: ({ player }) => player.step('round'),
  },
  {
    keys: ['ArrowLeft'],
    shown: '←',
    does: 'Previous event',
    run: ({ player }) => player.stepBack('event'),
  },
  {
    keys: ['Shift+ArrowLeft'],
    shown: 'Shift+←',
    does: 'Previous round',
    run: ({ player }) => player.stepBack('round'),
  },
  {
    keys: ['Home'],
    shown: 'Home',
    does: 'Back to the start of the run',
    run: ({ player }) => player.toStart(),
  },
  {
    keys: ['Alt+KeyR'],
    shown: 'Alt+R',
    does: 'Reset: set the scenario up anew',
    run: ({ player }) => void player.reset(),
  },
  { keys: ['End'], shown: 'End', does: 'Run to the end', run: ({ player }) => player.finish() },
  {
    keys: ['+', 'Shift++', '='],
    shown: '+',
    does: 'Faster',
    run: ({ player, store }) => player.setSpeed(store.getState().speed + 1),
  },
  {
    keys: ['-'],
    shown: '−',
    does: 'Slower',
    run: ({ player, store }) => player.setSpeed(store.getState().speed - 1),
  },
  {
    keys: ['w'],
    shown: 'W',
    does: 'Timeline closer',
    run: ({ store }) => store.setState(({ timeline }) => ({ timeline: zoomed(timeline, 0.5) })),
  },
  {
    keys: ['s'],
    shown: 'S',
    does: 'Timeline farther',
    run: ({ store }) => store.setState(({ timeline }) => ({ timeline: zoomed(timeline, 2) })),
  },
  {
    keys: ['f'],
    shown: 'F',
    does: 'The whole timeline',
    run: ({ store }) => store.setState(({ timeline }) => ({ timeline: fitted(timeline) })),
  },
  {
    keys: ['e'],
    shown: 'E',
    does: 'Timeline: events evenly spaced, or time',
    run: ({ store }) => store.setState(({ timeline }) => ({ timeline: otherSpacing(timeline) })),
  },
  {
    keys: ['n'],
    shown: 'N',
    does: 'Page cursor: next page written again',
    run: (app) => toWritten(app, 1),
  },
  {
    keys: ['Shift+n'],
    shown: 'Shift+N',
    does: 'Page cursor: previous page written again',
    run: (app) => toWritten(app, -1),
  },
  {
    keys: ['c'],
    shown: 'C',
    does: 'Compare runs side by side, and back',
    run: ({ player, store }) => toggleCompare(store, player),
  },
  {
    keys: ['i'],
    shown: 'I',
    does: 'Look inside: frames, consoles, processor, and back',
    run: ({ store }) => toggleInside(store),
  },
  {
    keys: ['d'],
    shown: 'D',
    does: 'Two data centers, and back',
    run: ({ player, store }) => toggleCentres(store, player),
  },
  {
    keys: ['l'],
    shown: 'L',
    does: 'Lessons, and back',
    run: ({ store }) => toggleLessons(store),
  },
  {
    keys: ['p'],
    shown: 'P',
    does: 'Show to a hall: large, without controls (PageDown, PageUp: cues; .: blank; Esc: back)',
    run: ({ store }) => togglePresent(store),
  },
  ...PRESETS.map(
    ({ name, title }, i): Shortcut => ({
      keys: [String(i + 1)],
      shown: String(i + 1),
      does: `Scenario: ${title}`,
      run: ({ store }) => {
        const state = store.getState();
        if (!state.hidden.includes('scenarios')) location.hash = scenarioLink(name, state);
      },
    }),
  ),
];

/** In these every key means the control's own thing. */
const OWN_KEYS = 'input, select, textarea, dialog, .code-editor, [contenteditable]';
/** These are pressed by Space and Enter; the other keys are free. */
const PRESSED = 'button, a, summary';

export function belongsTo(target: Element | undefined, key: string): boolean {
  return Boolean(target?.closest(OWN_KEYS) || (key === 'Space' && target?.closest(PRESSED)));
}

/** Listens until the returned function is called. */
export function listenToKeys(app: App): () => void {
  const bindings = SHORTCUTS.flatMap(({ keys, run }) =>
    keys.map((key) => [
      key,
      (event: KeyboardEvent) => {
        const always = key.startsWith('Alt+');
        const target = event.target instanceof Element ? event.target : undefined;
        const { shortcuts, view } = app.store.getState();
        if (!always && (!shortcuts || belongsTo(target, key))) return;
        // The comparison has a transport of its own.
        if (view === 'compare' && key !== 'c') return;
        if (view === 'centres' && key !== 'd') return;
        event.preventDefault();
        run(app);
      },
    ]),
  );
  return tinykeys(window, Object.fromEntries(bindings));
}
