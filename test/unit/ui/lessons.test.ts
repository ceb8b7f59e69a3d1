import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { scenarioSchema } from '../../../src/lab/scenario.ts';
import { type Scale, share, valueAt } from '../../../src/ui/lessons/lesson.ts';
import { scenarioOf } from '../../../src/ui/lessons/open-run.ts';
import { NO_PROGRESS, readProgress, writeProgress } from '../../../src/ui/lessons/progress.ts';
import { GLOSSARY, isTerm } from '../../../src/ui/strings/glossary.ts';
import { COPYING } from '../../../src/ui/strings/lessons-copying.ts';
import { SYSTEMS } from '../../../src/ui/strings/lessons-systems.ts';

const LESSONS = [...COPYING, ...SYSTEMS];

describe('the lessons', () => {
  it('are nine, each with a name of its own, valid runs and one right answer', () => {
    expect(new Set(LESSONS.map(({ id }) => id)).size).toBe(9);
    for (const { runs, check } of LESSONS) {
      for (const run of runs)
        expect(v.safeParse(scenarioSchema, scenarioOf(run).scenario).success).toBe(true);
      expect(check.options.filter(({ right }) => right)).toHaveLength(1);
    }
  });

  it('name only terms that the glossary has: twenty-five, and what is said of storage', () => {
    const used = LESSONS.flatMap(({ intro }) =>
      intro.flatMap((text) => [...text.matchAll(/\[([a-z-]+)\|/g)].map(([, id]) => id ?? '')),
    );
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((id) => !isTerm(id))).toEqual([]);
    expect(Object.keys(GLOSSARY)).toHaveLength(25 + 1);
    expect(isTerm('storage')).toBe(true);
  });
});

describe('a scale', () => {
  const scale: Scale = { from: 1, to: 10_000, log: true, shown: String, spoken: String };

  it('finds the value of a place, and stays within its ends', () => {
    expect(valueAt(scale, 0.5)).toBe(100);
    expect(share(scale, 100)).toBeCloseTo(0.5);
    expect(share(scale, 0)).toBe(0);
    expect(share(scale, 1e9)).toBe(1);
  });
});

describe('progress', () => {
  it('comes back as it was written', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    expect(readProgress(storage).saved).toBe('nothing-yet');
    const progress = { done: ['pull'], predictions: false, best: { both: 3.7 } };
    expect(writeProgress(storage, progress)).toBe('saved');
    expect(readProgress(storage)).toEqual({ progress, saved: 'saved' });
  });

  it('begins anew where the storage is spoilt, forbidden or full', () => {
    expect(readProgress({ getItem: () => '{' }).progress).toEqual(NO_PROGRESS);
    expect(readProgress({ getItem: () => '{"version":9}' }).progress).toEqual(NO_PROGRESS);
    expect(readProgress(undefined).saved).toBe('not-saved');
    const full = () => {
      throw new Error('full');
    };
    expect(writeProgress({ setItem: full }, NO_PROGRESS)).toBe('not-saved');
  });
});
