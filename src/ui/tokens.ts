/**
 * The page's colours, once: they become CSS variables, SVG fills and the drawing's palette. Contrast
 * and difference between page states are checked by tests in every theme.
 */
import type { ScenePalette } from '../scene/palette.ts';

export interface Tokens extends ScenePalette {
  readonly panel: string;
  readonly muted: string;
  readonly focus: string;
  /** Text on a fill of `same`, as on the main button. */
  readonly onSame: string;
  readonly good: string;
  /** Base size of text, in CSS pixels. */
  readonly unit: number;
}

export const THEMES = ['light', 'dark', 'projector'] as const;
export type Theme = (typeof THEMES)[number];

export const TOKENS: Readonly<Record<Theme, Tokens>> = {
  light: {
    background: '#ffffff',
    panel: '#f4f6f8',
    text: '#16191d',
    muted: '#4e5762',
    line: '#767e8a',
    stroke: '#5b6470',
    notSent: '#c6ced8',
    same: '#1560ac',
    zero: '#86b3e0',
    written: '#db7500',
    slash: '#000000',
    missing: '#14181d',
    missingMark: '#ffffff',
    hostA: '#6a3fb5',
    hostB: '#00707a',
    down: '#b3261e',
    focus: '#b00068',
    onSame: '#ffffff',
    good: '#1b6b3a',
    unit: 15,
  },
  dark: {
    background: '#0e1318',
    panel: '#171d24',
    text: '#f1f4f7',
    muted: '#b4bdc8',
    line: '#76818e',
    stroke: '#98a3af',
    notSent: '#3f4955',
    same: '#2f86d6',
    zero: '#1c4f80',
    written: '#ffb14a',
    slash: '#000000',
    missing: '#ffffff',
    missingMark: '#000000',
    hostA: '#bfa3ff',
    hostB: '#5cd6e0',
    down: '#ff8a80',
    focus: '#ff8ad0',
    onSame: '#06121e',
    good: '#7ad79b',
    unit: 15,
  },
  projector: {
    background: '#ffffff',
    panel: '#ffffff',
    text: '#000000',
    muted: '#222222',
    line: '#444444',
    stroke: '#1a1a1a',
    notSent: '#c9d0d9',
    same: '#0a55a0',
    zero: '#7fb0e4',
    written: '#f08c00',
    slash: '#000000',
    missing: '#000000',
    missingMark: '#ffffff',
    hostA: '#4b2299',
    hostB: '#004f57',
    down: '#9c0f0f',
    focus: '#b00068',
    onSame: '#ffffff',
    good: '#0c4a24',
    unit: 15,
  },
};

/** `notSent` becomes `--not-sent`. */
export const cssName = (token: string): string =>
  `--${token.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
