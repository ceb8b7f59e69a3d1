import { describe, expect, it } from 'vitest';
import { THEMES, TOKENS } from '../../../src/ui/tokens.ts';
import { contrast, deltaE, grey, seenWith } from '../../support/colour.ts';

describe.each(THEMES)('the %s theme', (theme) => {
  const t = TOKENS[theme];

  it('has readable text everywhere [A8]', () => {
    const least = theme === 'projector' ? 7 : 4.5;
    for (const text of [t.text, t.muted]) {
      for (const ground of [t.background, t.panel])
        expect(contrast(text, ground)).toBeGreaterThanOrEqual(least);
    }
    for (const text of [t.hostA, t.hostB, t.down, t.good])
      expect(contrast(text, t.background)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(t.onSame, t.same)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(t.slash, t.written)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(t.background, t.down)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(t.text, t.notSent)).toBeGreaterThanOrEqual(4.5);
  });

  it('has strokes and controls that stand out [A8] [A12]', () => {
    for (const stroke of [t.line, t.stroke, t.focus, t.same])
      expect(contrast(stroke, t.background)).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['as they are', (colour: string) => colour],
    ['to protanopes', (colour: string) => seenWith('protan', colour)],
    ['to deuteranopes', (colour: string) => seenWith('deutan', colour)],
    ['to tritanopes', (colour: string) => seenWith('tritan', colour)],
    ['in grey', grey],
  ])('has page states that differ %s [A9]', (_, seen) => {
    const fills = {
      background: t.background,
      notSent: t.notSent,
      same: t.same,
      written: t.written,
      missing: t.missing,
    };
    const names = Object.keys(fills) as (keyof typeof fills)[];
    for (const [i, a] of names.entries())
      for (const b of names.slice(i + 1))
        expect(deltaE(seen(fills[a]), seen(fills[b])), `${a} and ${b}`).toBeGreaterThan(10);
  });

  it('tells pages of zeros from the other settled pages', () => {
    for (const other of [t.same, t.notSent, t.written])
      expect(deltaE(t.zero, other)).toBeGreaterThan(10);
  });
});
