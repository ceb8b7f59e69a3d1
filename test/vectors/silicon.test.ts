/**
 * Single instructions as a present-day processor executed them, recorded by `test/silicon/recorder.c`,
 * against the toy's processor; `npm run silicon` makes fresh ones.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compare } from '../silicon/compare.ts';
import { background, Generator, ROWS } from '../silicon/generator.ts';
import { decodeRecording, encodeRecording } from '../silicon/recording.ts';
import { Toy } from '../silicon/toy.ts';

const recording = decodeRecording(
  readFileSync(new URL('../silicon/recorded.bin', import.meta.url)),
);

describe('a processor of today, as recorded', () => {
  it('agrees in every instruction but for what is undefined', { timeout: 60_000 }, () => {
    const toy = new Toy(recording.pages);
    const differences: string[] = [];
    let compared = 0;
    let undefinedBits = 0;
    recording.tests.forEach((test, n) => {
      const outcome = recording.outcomes[n];
      if (outcome === undefined) throw new Error('an outcome is missing');
      const { difference, isLeftOut, masked } = compare(test, outcome, toy.run(test));
      undefinedBits += masked;
      if (!isLeftOut) compared++;
      if (difference !== undefined) differences.push(difference);
    });
    expect(differences).toEqual([]);
    // Whoever masks more must say so here.
    expect({ compared, undefinedBits }).toEqual({ compared: 14_871, undefinedBits: 10_247 });
  });

  it('took every exception that a program can cause', () => {
    const seen = new Set(recording.outcomes.map(({ vector }) => vector));
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 3, 4, 5, 6, 13, 14, 17]);
  });

  it('is kept with its provenance and read back as it was written', () => {
    expect(recording.processor).toMatch(/family \d+ model \d+/);
    const part = {
      ...recording,
      tests: recording.tests.slice(0, 50),
      outcomes: recording.outcomes.slice(0, 50),
    };
    expect(decodeRecording(encodeRecording(part))).toEqual(part);
  });
});

describe('the judge', () => {
  it('draws the same instructions from the same seed', () => {
    const draw = (seed: number) => {
      const generator = new Generator(seed);
      return Array.from({ length: 200 }, () => generator.next());
    };
    expect(draw(5)).toEqual(draw(5));
    expect(draw(6)).not.toEqual(draw(5));
    expect(background(5)).toEqual(background(5));
    expect(ROWS.length).toBeGreaterThan(300);
  });

  it.each([
    ['a register', { general: [1, 2, 3, 4, 5, 6, 7, 8] }],
    ['a flag', { flags: 0 }],
    ['the address of a fault', { vector: 14, cr2: 1 }],
    ['the place after it', { eip: 0 }],
  ])('sees a difference in %s', (_what, change) => {
    const vector = 'vector' in change ? change.vector : 1;
    const nth = recording.outcomes.findIndex((outcome) => outcome.vector === vector);
    const [test, outcome] = [recording.tests[nth], recording.outcomes[nth]];
    if (test === undefined || outcome === undefined) throw new Error('no such record');
    const toy = new Toy(recording.pages).run(test);
    expect(compare(test, outcome, toy).difference).toBeUndefined();
    expect(compare(test, { ...outcome, ...change }, toy).difference).toBeDefined();
  });
});
