/** The simulation's eyes on a VM that goes back from host B to host A. */
import { describe, expect, it } from 'vitest';
import type { PlantedBug } from '../../../src/lab/planted.ts';
import { findCanary } from '../../../src/lab/simulation/canaries/canaries.ts';
import { expand } from '../../../src/lab/simulation/expand.ts';
import { type Run, runScenario } from '../../../src/lab/simulation/run.ts';
import type { AlgorithmId } from '../../../src/migration/algorithms/ids.ts';
import { guestImage, type ScenarioInput, scenario } from '../../support/labs.ts';

const BACK_MS = 700;
type Faults = NonNullable<ScenarioInput['faults']>;

/** Slow guests, as in the seeds. */
function wayBack(algorithm: AlgorithmId, faults: Faults, planted?: PlantedBug): Run {
  const settings = scenario({
    algorithm,
    vm: {
      guest: 'muncher',
      memoryMiB: 2,
      instructionNs: 8000,
      workload: { workingSetPercent: 10, writesPerSecond: 400 },
    },
    network: { bandwidthMbps: 100, newMac: true },
    migration: { startMs: 20, thresholdPages: 10, quietMs: 20, limitMs: 20_000 },
    faults: [{ when: { atMs: BACK_MS }, input: { kind: 'migrate', from: 1 } }, ...faults],
  });
  const ran = runScenario(settings, guestImage('muncher'), planted);
  if (!ran.ok) throw new Error(ran.error);
  return ran.value;
}

/** On the way there the daemons are as they should be. */
function onTheWayBack(bug: PlantedBug): PlantedBug {
  let now = () => 0;
  return {
    services: (services, role) => {
      const bad = bug.services?.(services, role) ?? services;
      now = services.now;
      return new Proxy(services, {
        get: (_, name) => Reflect.get(services.now() >= BACK_MS * 1e6 ? bad : services, name),
      });
    },
    receive: (bytes, role) =>
      now() >= BACK_MS * 1e6 ? (bug.receive?.(bytes, role) ?? [bytes]) : [bytes],
  };
}

const back = (stage: number, input: Faults[number]['input'], afterMs = 0): Faults => [
  { when: { stage, afterMs, fromMs: BACK_MS }, input },
];

describe('a VM that goes back to host A', () => {
  it.each(['pre-copy', 'pull'] as const)(
    'breaks no invariant, and is seen there: %s',
    (algorithm) => {
      const { breach, course, outcome } = wayBack(algorithm, []);
      expect(breach).toBeUndefined();
      expect(outcome).toBe('completed');
      expect(course['moved back']).toBe(1);
    },
  );

  it('meets faults that wait for its stages, not for those of the way there, and by its roles', () => {
    const { breach, hits, outcome, course } = wayBack('pre-copy', [
      ...back(0, { kind: 'memory', host: 0, leaveFrames: 600 }),
      ...back(2, { kind: 'messages', effect: 'lose', direction: 'to-destination' }),
      ...back(2, { kind: 'crash', host: 0 }, 9),
    ]);
    expect(breach).toBeUndefined();
    expect(outcome).toBe('kept');
    expect(course['moved back']).toBe(0);
    const places = hits.map(({ kind, place }) => [kind, place]);
    expect(places).toContainEqual(['out of memory', 0]);
    expect(places).toContainEqual(['destination crashed', 2]);
  });

  it('is lost with host B, which is the source now', () => {
    const { breach, hits, outcome } = wayBack('stop-and-copy', back(3, { kind: 'crash', host: 1 }));
    expect(breach).toBeUndefined();
    expect(outcome).toBe('lost');
    expect(hits).toEqual([{ kind: 'source crashed', place: 3 }]);
  });
});

const CANCEL = back(2, { kind: 'cancel' }, 5);

describe('a bug that shows only on the way back', () => {
  it.each<[string, AlgorithmId, readonly string[], Faults]>([
    ['lost-dirty-page', 'pre-copy', ['S6'], []],
    ['page-not-installed', 'pre-copy', ['S3'], []],
    ['never-resumed', 'stop-and-copy', ['S1'], back(3, { kind: 'cancel' }, 20)],
    ['copy-not-freed', 'pre-copy', ['S17'], CANCEL],
    ['source-not-freed', 'pre-copy', ['S16'], []],
    ['missing-not-marked', 'pull', ['S3', 'S4'], []],
    ['go-sent-twice', 'stop-and-copy', ['S18'], []],
    ['scribble-when-paused', 'stop-and-copy', ['S8'], []],
  ])('is found: %s under %s by %j', (name, algorithm, breaks, faults) => {
    const bug = findCanary(name)?.make();
    const { breach } = wayBack(algorithm, faults, bug && onTheWayBack(bug));
    expect(breaks).toContain(breach?.id);
    expect(breach?.at).toBeGreaterThan(BACK_MS * 1e6);
  });
});

describe('the seeds', () => {
  it('send one VM in ten back amid faults, and one in ten when they are over', () => {
    const seeds = Array.from({ length: 400 }, (_, seed) => expand(seed));
    const sent = seeds.filter(({ faults }) =>
      faults.some(({ input }) => input.kind === 'migrate' && input.from === 1),
    );
    const struck = sent.filter(({ faults }) =>
      faults.some(({ when }) => 'stage' in when && when.fromMs !== undefined),
    );
    expect(struck.length).toBeGreaterThan(25);
    expect(sent.length - struck.length).toBeGreaterThan(15);
  });
});
