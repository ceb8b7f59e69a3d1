/** However a host notices writes, the VM that arrives is the same; what it costs the guest is not. */
import { describe, expect, it } from 'vitest';
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

  it('is less with nested paging than with shadow tables', () => {
    expect(lostMs('xen', { xen: 'hap' })).toBeLessThan(lostMs('xen', { xen: 'shadow' }));
  });
});
