/** CASES.md names each of the 52 cases once, with tests that exist and carry its number. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const CASES = 52;
const HERE = new URL('./', import.meta.url);
const DOCUMENT = readFileSync(new URL('CASES.md', HERE), 'utf8');
const LEFT_OUT = '**left out**';

interface Row {
  readonly number: number;
  readonly over: string;
  readonly test: string;
}

const [TABLE = '', PARTS = ''] = DOCUMENT.split('Parts of cases that are left out');
const ROWS: readonly Row[] = [
  ...TABLE.matchAll(/^\| (\d+) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$/gm),
].map(([, number, over, test]) => ({ number: Number(number), over, test }));

/** The test files are under `test/unit`, but for what is in another folder of `test`. */
function fileOf(name: string): URL {
  const inUnit = new URL(`../${name}`, HERE);
  return existsSync(inUnit) ? inUnit : new URL(`../../${name}`, HERE);
}

const named = ({ test }: Row) =>
  [...test.matchAll(/`([^`]+)` “([^”]+)”/g)].map(([, file, title]) => ({ file, title }));

describe('CASES.md', () => {
  it('has every case once, in order', () => {
    expect(ROWS.map(({ number }) => number)).toEqual(
      Array.from({ length: CASES }, (_, i) => i + 1),
    );
  });

  it.each(ROWS.filter(({ over }) => over !== LEFT_OUT))(
    'names tests of case $number that are there and carry its number',
    (row) => {
      expect(named(row).length).toBeGreaterThan(0);
      for (const { file, title } of named(row)) {
        const lines = readFileSync(fileOf(file), 'utf8').split('\n');
        const tests = lines.filter((line) => line.includes(`[case ${row.number}]`));
        expect(
          tests.some((line) => line.includes(title)),
          `${file}: ${title}`,
        ).toBe(true);
      }
    },
  );

  it('gives a reason for each case, or part of one, that is left out', () => {
    for (const { test } of ROWS.filter(({ over }) => over === LEFT_OUT))
      expect(test.length).toBeGreaterThan(60);
    const parts = [...PARTS.matchAll(/^\| (\d+) \| ([^|]+) \| ([^|]+) \|$/gm)];
    expect(parts.length).toBeGreaterThan(0);
    for (const [, , , why = ''] of parts) expect(why.length).toBeGreaterThan(15);
  });
});
