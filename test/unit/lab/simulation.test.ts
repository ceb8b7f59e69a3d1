import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { scenarioSchema } from '../../../src/lab/scenario.ts';
import { JUDGED, NOT_JUDGED } from '../../../src/lab/simulation/checker/checker.ts';
import { EVENT_RULES } from '../../../src/lab/simulation/checker/event-rules.ts';
import { FINAL_RULES } from '../../../src/lab/simulation/checker/final-rules.ts';
import { PAGE_RULES } from '../../../src/lab/simulation/checker/page-rules.ts';
import { expand } from '../../../src/lab/simulation/expand.ts';
import { FAULT_KINDS } from '../../../src/lab/simulation/fault-kinds.ts';
import { type Run, runScenario } from '../../../src/lab/simulation/run.ts';
import { runSeed, TWICE_EVERY } from '../../../src/lab/simulation/seed.ts';
import { shrinkFaults } from '../../../src/lab/simulation/shrink.ts';
import { tally } from '../../../src/lab/simulation/tally.ts';
import { guestImage, type ScenarioInput, SMALL, scenario } from '../../support/labs.ts';

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
const MOST_INSTRUCTIONS = 20_000_000;

function run(input: ScenarioInput): Run {
  const settings = scenario(input);
  const ran = runScenario(settings, guestImage(settings.vm.guest));
  if (!ran.ok) throw new Error(ran.error);
  return ran.value;
}

describe('the simulation', () => {
  it('breaks no invariant, and every migration comes to rest', () => {
    const verdicts = SEEDS.map((seed) => {
      const verdict = runSeed(seed, { guests: guestImage, shrink: false });
      if (!verdict.ok) throw new Error(verdict.error);
      return verdict.value;
    });
    const sum = tally(verdicts);
    const broken = sum.failures.map(
      ({ seed, failure }) => `${seed}: ${failure?.breach.id} ${failure?.breach.what}`,
    );
    expect(broken).toEqual([]);
    expect(sum.outcomes.stuck).toBe(0);
    expect(sum.outcomes.completed).toBeGreaterThan(2);
    expect(sum.outcomes.kept).toBeGreaterThan(2);
    expect(sum.mostInstructions).toBeLessThan(MOST_INSTRUCTIONS);
    expect(sum.twice).toBe(SEEDS.length / TWICE_EVERY);
  }, 120_000);

  it('judges each of the invariants S1 to S24, or says why not', () => {
    const all = Array.from({ length: 24 }, (_, i) => `S${i + 1}`);
    expect(all.filter((id) => !JUDGED.includes(id) && NOT_JUDGED[id] === undefined)).toEqual([]);
    expect(Object.keys(NOT_JUDGED).filter((id) => JUDGED.includes(id))).toEqual([]);
  });
});

describe('the checker', () => {
  it('knows that a VM was let run at the destination when the source was dead [SW-9]', () => {
    const { breach, course, outcome } = run({
      algorithm: 'pull-on-demand',
      vm: { guest: 'ticker', memoryMiB: 2, instructionNs: 8000 },
      faults: [
        { when: { stage: 0, afterMs: 2 }, input: { kind: 'suspend-vm' } },
        { when: { stage: 6, afterMs: 30 }, input: { kind: 'crash', host: 0 } },
        { when: { stage: 0, afterMs: 400 }, input: { kind: 'resume-vm' } },
      ],
    });
    expect(breach).toBeUndefined();
    // Once at the source, and once where it arrived so.
    expect(course['paused by hand']).toBe(2);
    expect(outcome).toBe('lost');
  });

  it.each([0.4, 2])(
    'and the report agree when a migration was over whose source died %s ms after GO [S19]',
    (afterMs) => {
      const { breach, outcome } = run({
        ...SMALL,
        algorithm: 'pre-copy',
        faults: [{ when: { stage: 5, afterMs }, input: { kind: 'crash', host: 0 } }],
      });
      expect(breach).toBeUndefined();
      expect(outcome).toBe('completed');
    },
  );
});

describe('what is asked of both hosts', () => {
  it('counts as a fault when host A, which notes it, is off', () => {
    const { breach, hits } = run({
      ...SMALL,
      algorithm: 'pre-copy',
      faults: [
        { when: { stage: 2, afterMs: 1 }, input: { kind: 'crash', host: 0 } },
        { when: { atMs: 60 }, input: { kind: 'cancel' } },
      ],
    });
    expect(breach).toBeUndefined();
    expect(hits.map(({ kind }) => kind)).toEqual(['source crashed', 'cancelled']);
  });
});

describe('what is written of the simulation', () => {
  const text = (path: string) =>
    readFileSync(new URL(`../../../src/${path}`, import.meta.url), 'utf8');

  it('PROTOCOL.md lists the kinds of faults, and the stages in which each can strike', () => {
    const [, faults = ''] = text('migration/PROTOCOL.md').split('\n## Faults\n');
    const [section = ''] = faults.split('\n## ');
    const rows = [...section.matchAll(/^\| ([a-z ]+) \| (\d to \d) \|/gm)].map(([, ...row]) => row);
    expect(rows).toEqual(FAULT_KINDS.map((kind) => [kind, '0 to 6']));
  });

  it('the checker names each rule under its invariant', () => {
    const [head = ''] = text('lab/simulation/checker/checker.ts').split('*/');
    const rules = [...EVENT_RULES, ...PAGE_RULES, ...FINAL_RULES];
    const unnamed = rules.filter(({ id, judge }) => {
      const [, entry = ''] = head.split(new RegExp(`^ \\* ${id} `, 'm'));
      const [own = ''] = entry.split(/^ \* S\d/m);
      return !new RegExp(`\\b${judge.name}\\b`).test(own);
    });
    expect(unnamed.map(({ judge }) => judge.name)).toEqual([]);
  });
});

describe('a seed', () => {
  it('is always the same scenario, which a file can hold', () => {
    for (const seed of [1, 17, 4_000_000_000]) {
      const scenario = expand(seed);
      expect(expand(seed)).toEqual(scenario);
      expect(v.parse(scenarioSchema, JSON.parse(JSON.stringify(scenario)))).toEqual(scenario);
    }
    expect(expand(1)).not.toEqual({ ...expand(2), name: 'seed 1', seed: 1 });
  });

  it('runs alike twice, whatever ran in between', () => {
    const runOf = (seed: number) => {
      const scenario = expand(seed);
      return runScenario(scenario, guestImage(scenario.vm.guest));
    };
    const first = runOf(20);
    runOf(7);
    expect(runOf(20)).toEqual(first);
  });
});

describe('shrinking', () => {
  it('leaves only the faults that matter', () => {
    const scenario = expand(20);
    const faults = ['a', 'b', 'c', 'd', 'e'].map((text) => ({
      when: { atMs: 1 },
      input: { kind: 'console' as const, text },
    }));
    const needed = ['b', 'd'];
    const texts = (of: typeof scenario) =>
      of.faults.map(({ input }) => (input.kind === 'console' ? input.text : ''));
    const shrunk = shrinkFaults({ ...scenario, faults }, (candidate) =>
      needed.every((text) => texts(candidate).includes(text)),
    );
    expect(texts(shrunk)).toEqual(needed);
  });
});
