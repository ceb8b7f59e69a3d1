/** Every shortcut once: the listener and the help sheet read the same table. */
import { tinykeys } from 'tinykeys';
import { PRESETS } from '../lab/presets.ts';
import { toWritten } from './inspect/page-cursor-moves.ts';
import * as words from './strings/keys.ts';
import { zoomByMoment } from './timeline-moves.ts';
import { fitted, otherSpacing } from './timeline-view.ts';
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
    shown: words.spaceOrAltK,
    does: words.migratePlayOrPause,
    run: ({ player }) => player.toggle(),
  },
  {
    keys: ['ArrowRight'],
    shown: '→',
    does: words.nextEvent,
    run: ({ player }) => player.step('event'),
  },
  {
    keys: ['Shift+ArrowRight'],
    shown: 'Shift+→',
    does: words.nextRound,
    run: ({ player }) => player.step('round'),
  },
  {
    keys: ['ArrowLeft'],
    shown: '←',
    does: words.previousEvent,
    run: ({ player }) => player.stepBack('event'),
  },
  {
    keys: ['Shift+ArrowLeft'],
    shown: 'Shift+←',
    does: words.previousRound,
    run: ({ player }) => player.stepBack('round'),
  },
  {
    keys: ['Home'],
    shown: 'Home',
    does: words.toTheStart,
    run: ({ player }) => player.toStart(),
  },
  {
    keys: ['Alt+KeyR'],
    shown: 'Alt+R',
    does: words.reset,
    run: ({ player }) => void player.reset(),
  },
  { keys: ['End'], shown: 'End', does: words.toTheEnd, run: ({ player }) => player.finish() },
  {
    keys: ['+', 'Shift++', '='],
    shown: '+',
    does: words.faster,
    run: ({ player, store }) => player.setSpeed(store.getState().speed + 1),
  },
  {
    keys: ['-'],
    shown: '−',
    does: words.slower,
    run: ({ player, store }) => player.setSpeed(store.getState().speed - 1),
  },
  {
    keys: ['w'],
    shown: 'W',
    does: words.closer,
    run: (app) => zoomByMoment(app, 0.5),
  },
  {
    keys: ['s'],
    shown: 'S',
    does: words.farther,
    run: (app) => zoomByMoment(app, 2),
  },
  {
    keys: ['f'],
    shown: 'F',
    does: words.wholeTimeline,
    run: ({ store }) => store.setState(({ timeline }) => ({ timeline: fitted(timeline) })),
  },
  {
    keys: ['e'],
    shown: 'E',
    does: words.otherSpacing,
    run: ({ store }) => store.setState(({ timeline }) => ({ timeline: otherSpacing(timeline) })),
  },
  {
    keys: ['n'],
    shown: 'N',
    does: words.nextWritten,
    run: (app) => toWritten(app, 1),
  },
  {
    keys: ['Shift+n'],
    shown: 'Shift+N',
    does: words.previousWritten,
    run: (app) => toWritten(app, -1),
  },
  {
    keys: ['c'],
    shown: 'C',
    does: words.compare,
    run: ({ player, store }) => toggleCompare(store, player),
  },
  {
    keys: ['i'],
    shown: 'I',
    does: words.inside,
    run: ({ store }) => toggleInside(store),
  },
  {
    keys: ['d'],
    shown: 'D',
    does: words.dataCentres,
    run: ({ player, store }) => toggleCentres(store, player),
  },
  {
    keys: ['l'],
    shown: 'L',
    does: words.lessons,
    run: ({ store }) => toggleLessons(store),
  },
  {
    keys: ['p'],
    shown: 'P',
    does: words.present,
    run: ({ store }) => togglePresent(store),
  },
  ...PRESETS.map(
    ({ name, title }, i): Shortcut => ({
      keys: [String(i + 1)],
      shown: String(i + 1),
      does: words.scenario(title),
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
