/** Which theme is in force, and its tokens as CSS variables. */
import type { ThemeChoice } from '../store/app-state.ts';
import type { Mode } from '../store/shared-view.ts';
import { cssName, type Theme, TOKENS, type Tokens } from './tokens.ts';

const dark = () => window.matchMedia('(prefers-color-scheme: dark)');
const contrast = () => window.matchMedia('(prefers-contrast: more)');
const forced = () => window.matchMedia('(forced-colors: active)');

export function themeFor(choice: ThemeChoice): Theme {
  if (choice !== 'system') return choice;
  if (contrast().matches) return 'projector';
  return dark().matches ? 'dark' : 'light';
}

/** The tokens to draw with: the system's own colours where it forces them. */
export function drawingTokens(theme: Theme): Tokens {
  const tokens = TOKENS[theme];
  if (!forced().matches) return tokens;
  const [canvas, text, highlight, grey] = ['Canvas', 'CanvasText', 'Highlight', 'GrayText'].map(
    systemColour,
  );
  return {
    ...tokens,
    background: canvas,
    panel: canvas,
    text,
    muted: text,
    line: text,
    stroke: text,
    notSent: grey,
    same: highlight,
    zero: highlight,
    written: text,
    slash: canvas,
    missing: text,
    missingMark: canvas,
    hostA: text,
    hostB: text,
    down: text,
  };
}

/** A system colour's value as `#rrggbb`. */
function systemColour(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = name;
  document.body.append(probe);
  const parts = getComputedStyle(probe).color.match(/\d+/g) ?? [];
  probe.remove();
  return `#${parts
    .slice(0, 3)
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('')}`;
}

/** Text that the last row of a hall can read. */
const HALL_UNIT = 20;

export function applyTheme(theme: Theme, mode: Mode): void {
  const root = document.documentElement;
  root.dataset.mode = mode;
  root.dataset.theme = theme;
  root.style.colorScheme = theme === 'dark' ? 'dark' : 'light';
  const { unit, ...colours } = TOKENS[theme];
  for (const [name, value] of Object.entries(colours)) root.style.setProperty(cssName(name), value);
  root.style.setProperty('--unit', `${mode === 'present' ? HALL_UNIT : unit}px`);
}

/** Calls back when the system's wishes change; returns how to stop. */
export function onSystemTheme(changed: () => void): () => void {
  const queries = [dark(), contrast(), forced()];
  for (const query of queries) query.addEventListener('change', changed);
  return () => {
    for (const query of queries) query.removeEventListener('change', changed);
  };
}
