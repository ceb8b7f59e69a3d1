import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { instant } from '../../../src/base/units.ts';
import { ALGORITHM_IDS } from '../../../src/migration/algorithms/ids.ts';
import { VMM_KINDS } from '../../../src/vmm/vmm.ts';
import { finishedLab, KINDS_OF_COURSE, SMALL } from '../../support/labs.ts';

const PAIRS = VMM_KINDS.flatMap((source) =>
  VMM_KINDS.map((destination) => ({ source, destination })),
);

describe.each(PAIRS)('from $source to $destination', (hosts) => {
  const same = hosts.source === hosts.destination;
  it.each(same ? KINDS_OF_COURSE : ALGORITHM_IDS)(
    '%s moves the VM with memory, CPU and devices equal',
    (algorithm) => {
      const lab = finishedLab({ ...SMALL, hosts, algorithm });
      const report = lab.report();
      expect(report.error).toBeNull();
      expect(report.status).toBe('completed');
      expect(report.verification).toEqual({
        memoryEqual: true,
        cpuEqual: true,
        devicesEqual: true,
        pagesCompared: 512,
        differing: [],
      });
      expect(report.algorithm).toBe(algorithm);
      expect(report.stages.map(({ stage }) => stage)).toEqual(
        expect.arrayContaining([0, 1, 3, 4, 5]),
      );
      expect(report.translation.format).toBe(same ? hosts.source : 'vmcf');
    },
  );
});

describe('the three algorithms on one workload', () => {
  const run = (algorithm: (typeof ALGORITHM_IDS)[number]) =>
    finishedLab({ ...SMALL, algorithm }).report();
  const stop = run('stop-and-copy');
  const pre = run('pre-copy');
  const pull = run('pull');

  it('pre-copy needs several rounds with fewer and fewer dirty pages', () => {
    expect(pre.iterations.length).toBeGreaterThanOrEqual(3);
    const dirty = pre.iterations.map(({ dirtyPages }) => dirtyPages);
    for (let i = 1; i < dirty.length; i++) expect(dirty[i]).toBeLessThanOrEqual(dirty[i - 1]);
    expect(pre.pagesResent).toBeGreaterThan(0);
  });

  it('have their downtimes in the order of the textbook', () => {
    expect(pre.downtimeMs).toBeLessThan(stop.downtimeMs);
    expect(pull.downtimeMs).toBeLessThan(pre.downtimeMs);
    expect(pull.downtimeMs).toBeGreaterThan(0);
  });

  it('pull fetches pages that the guest waits for, and sends none twice', () => {
    expect(pull.postcopyRequests).toBeGreaterThan(0);
    expect(pull.postcopyBlocktimeMs).toBeGreaterThan(0);
    expect(pull.pagesResent).toBe(0);
  });

  it('stop-and-copy sends every page once', () => {
    expect(stop.normalPages + stop.duplicatePages).toBe(512);
    expect(stop.duplicatePages).toBeGreaterThan(20);
  });

  it('clients wait at least as long as the VM is down, within one probe interval', () => {
    for (const report of [stop, pre]) {
      expect(report.clientOutageMs).toBeGreaterThan(report.downtimeMs - 10);
    }
  });
});

describe('a guest that halts between its timer’s ticks', () => {
  it.each(KINDS_OF_COURSE)('wakes at the destination and retires on [case 5]: %s', (algorithm) => {
    const lab = finishedLab({ ...SMALL, algorithm, vm: { guest: 'idle-pc', memoryMiB: 4 } });
    expect(lab.report().error).toBeNull();
    expect(lab.report().verification).toMatchObject({ memoryEqual: true, cpuEqual: true });
    const vm = exists(lab.hosts[1].vm, 'the VM');
    const { retired } = vm;
    lab.advance(instant(lab.now + 200_000_000));
    expect(vm.retired).toBeGreaterThan(retired);
    // It stands still nearly all the time.
    expect((vm.retired - retired) * 50).toBeLessThan(100_000_000);
  });
});
