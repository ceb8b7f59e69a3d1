/** Losses after GO on real guests: recovered, resolved, or said to be lost. */
import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import type { Lab } from '../../../src/lab/lab.ts';
import type { AlgorithmId } from '../../../src/migration/algorithms/ids.ts';
import { finishedLab, type ScenarioInput, SMALL } from '../../support/labs.ts';

type Fault = NonNullable<ScenarioInput['faults']>[number];
/** Stage 6 is the pull. */
const inPull = (afterMs: number, input: Fault['input']): Fault => ({
  when: { stage: 6, afterMs },
  input,
});
const CUT = [
  inPull(40, { kind: 'link', up: false }),
  inPull(1500, { kind: 'link', up: true }),
] as const;

/** The first byte of each page above the guest's image: the ticker's sawtooth has one edge at most. */
function edges(lab: Lab): number {
  const vm = exists(lab.hosts[1].vm, 'the VM at the destination');
  const page = new Uint8Array(4096);
  let last: number | undefined;
  let found = 0;
  for (let frame = 272; frame < vm.config.pages; frame++) {
    vm.readPage(frame as never, page);
    if (last !== undefined && page[0] !== last) {
      expect((last - page[0] + 256) % 256).toBe(1);
      found += 1;
    }
    last = page[0];
  }
  return found;
}

describe('a pull whose link is cut', () => {
  it.each(['pull', 'pull-pre-paging', 'hybrid'] as const)(
    'and recovered by hand ends with every page right [case 23]: %s',
    (algorithm) => {
      const lab = finishedLab({
        ...SMALL,
        algorithm,
        vm: { guest: 'ticker', memoryMiB: 2 },
        network: { bandwidthMbps: 20 },
        faults: [...CUT, inPull(1600, { kind: 'recover' })],
      });
      const report = lab.report();
      expect(report.error).toBeNull();
      expect(report.verification).toMatchObject({ memoryEqual: true, cpuEqual: true });
      expect(edges(lab)).toBeLessThanOrEqual(1);
      expect(lab.traceText()).toContain('postcopy-recover');
      expect(lab.hosts[0].vm).toBeUndefined();
    },
  );

  it('recovers by itself when the scenario says so', () => {
    const { report } = run('pull', [...CUT], { recoverAfterMs: 400 });
    expect(report.error).toBeNull();
    expect(report.verification.memoryEqual).toBe(true);
  });

  it('stays paused when nobody recovers it, and neither host runs an absent page', () => {
    const { lab, report } = run('pull', [CUT[0]], { limitMs: 3000 });
    expect(report.status).toBe('postcopy-paused');
    expect(report.error).toMatch(/limit of 3000 ms was reached: link lost/);
    expect([lab.hosts[0].running, lab.hosts[1].running]).toEqual([false, true]);
  });

  it.each([0, 1] as const)(
    'by the failure of host %i has lost the VM, and says so [case 28] [PF-7]',
    (host) => {
      const { lab, report } = run('pull', [inPull(40, { kind: 'crash', host })]);
      expect(report.status).toBe('failed');
      expect(report.error).toContain('the VM is lost');
      expect(lab.hosts[0].running).toBe(false);
    },
  );

  function run(
    algorithm: AlgorithmId,
    faults: readonly Fault[],
    migration: ScenarioInput['migration'] = {},
  ) {
    const lab = finishedLab({
      ...SMALL,
      algorithm,
      network: { bandwidthMbps: 20 },
      faults: [...faults],
      migration: { ...SMALL.migration, ...migration },
    });
    return { lab, report: lab.report() };
  }
});

describe('by hand', () => {
  it('a pre-copy is switched to pull in its second round', () => {
    const lab = finishedLab({
      ...SMALL,
      algorithm: 'pre-copy',
      faults: [{ when: { round: 2, afterMs: 1 }, input: { kind: 'switch-to-pull' } }],
    });
    const report = lab.report();
    expect(report.error).toBeNull();
    expect(report.verification).toMatchObject({ memoryEqual: true, cpuEqual: true });
    expect(report.stages.map(({ stage }) => stage)).toContain(6);
    expect(report.iterations).toHaveLength(3);
  });

  it('a second migration is refused, and the first goes on', () => {
    const lab = finishedLab({
      ...SMALL,
      faults: [{ when: { round: 1, afterMs: 5 }, input: { kind: 'migrate' } }],
    });
    expect(lab.report().error).toBeNull();
    expect(lab.traceText()).toContain('a migration is under way already');
  });
});
