/** ACCESS.md names each of the 22 criteria of access once, with tests that exist and carry its name. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFiles, readProjectFile } from './sources.ts';

const CRITERIA = 22;
const DOCUMENT = readProjectFile('test/e2e/ACCESS.md');
const ROWS = [...DOCUMENT.matchAll(/^\| (A\d+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, id = '', what = '', tests = '']) => ({ id, what, tests }),
);

describe('ACCESS.md', () => {
  it('has every criterion once, in order', () => {
    expect(ROWS.map(({ id }) => id)).toEqual(
      Array.from({ length: CRITERIA }, (_, i) => `A${i + 1}`),
    );
  });

  it.each(ROWS)('names tests of $id that are there and carry its name', ({ id, tests }) => {
    const named = [...tests.matchAll(/`([^`]+)` “([^”]+)”/g)];
    expect(named.length).toBeGreaterThan(0);
    expect(named.length).toBe(tests.split('<br>').length);
    for (const [, file, title = ''] of named) {
      const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
      const lines = text.split('\n').filter((line) => line.includes(`[${id}]`));
      expect(
        lines.some((line) => line.includes(title)),
        `${file}: ${title} [${id}]`,
      ).toBe(true);
    }
  });
});

describe('the page', () => {
  it('makes no sound, and shows nothing only while something is hovered over [A22]', () => {
    const sources = projectFiles().filter((path) => /^src\/.*\.(tsx?|css)$/.test(path));
    expect(sources.length).toBeGreaterThan(100);
    const loud = sources.filter((path) =>
      /new Audio|AudioContext|<audio|<video|speechSynthesis|\.vibrate\(/.test(
        readProjectFile(path),
      ),
    );
    expect(loud).toEqual([]);
    const shown = sources
      .filter((path) => path.endsWith('.css'))
      .flatMap((path) => [...readProjectFile(path).matchAll(/[^}]*:hover[^{]*\{([^}]*)\}/g)])
      .filter(([, body = '']) => /display|visibility|opacity|clip|content/.test(body))
      .map(([rule]) => rule);
    expect(shown).toEqual([]);
  });
});
