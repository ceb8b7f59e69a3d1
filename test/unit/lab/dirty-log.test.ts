/** However a host notices writes, the VM that arrives is the same; what it costs the guest is not. */
import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { finishedLab, SMALL } from '../../support/labs.ts';

type Choice = NonNullable<NonNullable<(typeof SMALL)['hosts']>['dirtyLog']>;

function lostMs(source: 'xen' | 'kvm', dirtyLog?: Choice): number {
  const hosts = { source, destination: source, ...(dirtyLog && { dirtyLog }) };
  const report = finishedLab({ ...SMALL, hosts }).report();
  expect(report.verification.memoryEqual && report.verification.cpuEqual).toBe(true);
  return report.guestSlowdown.dirtyFaultsMs;
}

describe('what the dirty log of a host takes from the guest', () => {
  it('is least with page modification logging, and most with a ring', () => {
    const [bitmap, pml, ring] = (['bitmap', 'pml', 'ring'] as const).map((kvm) =>
      lostMs('kvm', { kvm }),
    );
    expect(pml).toBeLessThan(bitmap);
    expect(ring).toBeGreaterThan(bitmap);
    expect(bitmap).toBe(lostMs('kvm'));
  });

  it('and what is sent twice is less where pages are cleared just before they are sent', () => {
    const sent = (kvm: 'bitmap' | 'manual-clear') => {
      const hosts = { source: 'kvm', destination: 'xen', dirtyLog: { kvm } } as const;
      const report = finishedLab({ ...SMALL, hosts }).report();
      expect(report.verification.memoryEqual && report.verification.cpuEqual).toBe(true);
      return report.iterations.reduce((sum, { sentPages }) => sum + sentPages, 0);
    };
    expect(sent('manual-clear')).toBeLessThan(sent('bitmap'));
  });

  it('and a survey before the choice sees what was written, not what was given at the start', () => {
    const written = (kvm: 'bitmap' | 'manual-clear') => {
      const hosts = { source: 'kvm', destination: 'xen', dirtyLog: { kvm } } as const;
      const migration = { ...SMALL.migration, choice: 'qos', targets: { bytes: 3e6 } } as const;
      const report = finishedLab({ ...SMALL, hosts, migration }).report();
      expect(report.verification.memoryEqual && report.verification.cpuEqual).toBe(true);
      return exists(report.choice.predicted ?? undefined, 'a prediction').bytes;
    };
    expect(written('manual-clear')).toBeLessThan(written('bitmap') * 1.2);
  });

  it('is less with nested paging than with shadow tables', () => {
    expect(lostMs('xen', { xen: 'hap' })).toBeLessThan(lostMs('xen', { xen: 'shadow' }));
  });
});
