/** The four keys of xend gate stage 0 of a migration to a Xen-like host. */
import { describe, expect, it } from 'vitest';
import { Lab } from '../../../src/lab/lab.ts';
import { finishedLab, guestImage, SMALL, scenario } from '../../support/labs.ts';

type Relocation = NonNullable<NonNullable<(typeof SMALL)['hosts']>['relocation']>;

const settingsFor = (relocation: Relocation, destination: 'xen' | 'kvm' = 'xen') => ({
  ...SMALL,
  hosts: { source: 'kvm' as const, destination, relocation },
});

describe('a Xen-like destination', () => {
  it.each([
    ['xend-relocation-server', { server: false }],
    ['xend-relocation-port', { port: 8003 }],
    ['xend-relocation-address', { address: '10.0.0.7' }],
    ['xend-relocation-hosts-allow', { hostsAllow: '^localhost$' }],
  ] as const)('refuses by %s before anything is sent, and the guest runs on', (key, relocation) => {
    const lab = finishedLab(settingsFor(relocation));
    const report = lab.report();
    expect(report.status).toBe('failed');
    expect(JSON.stringify(report.error)).toContain(key);
    expect(report.iterations).toEqual([]);
    expect(lab.hosts.map(({ vm }) => vm !== undefined)).toEqual([true, false]);
  });

  it('takes the VM of a source that its patterns name', () => {
    const relocation = { address: '10.0.0.2', hostsAllow: '^localhost$ ^host-a$' };
    expect(finishedLab(settingsFor(relocation)).report().status).toBe('completed');
  });

  it('takes nobody while its patterns cannot be used', () => {
    const { error } = finishedLab(settingsFor({ hostsAllow: '(a+)+$' })).report();
    expect(JSON.stringify(error)).toContain('xend-relocation-hosts-allow: (a+)+$ is no pattern');
  });

  it('is needed: a host of another kind has no such keys', () => {
    const settings = scenario(settingsFor({ server: true }, 'kvm'));
    const lab = Lab.create(settings, guestImage(settings.vm.guest));
    expect(lab.ok ? 'made' : lab.error).toContain('kind kvm has no such keys');
  });
});
