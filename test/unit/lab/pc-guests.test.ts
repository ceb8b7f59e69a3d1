/** Guests that live by interrupts and drive their network card, moved by every kind of migration. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { devicesOfGuest, GUEST_NAMES } from '../../../src/lab/guests.ts';
import { findPreset } from '../../../src/lab/presets.ts';
import { VMM_KINDS } from '../../../src/vmm/vmm.ts';
import { finishedLab, SMALL } from '../../support/labs.ts';

const PAIRS = VMM_KINDS.flatMap((source) =>
  VMM_KINDS.map((destination) => ({ source, destination })),
);
const ALGORITHMS = ['pre-copy', 'stop-and-copy', 'pull'] as const;

const finished = (
  guest: (typeof GUEST_NAMES)[number],
  algorithm: (typeof ALGORITHMS)[number],
  hosts: (typeof PAIRS)[number],
) =>
  finishedLab({
    ...SMALL,
    hosts,
    algorithm,
    vm: { ...SMALL.vm, guest, memoryMiB: guest === 'web' ? 4 : 2 },
  }).report();

describe.each(PAIRS)('from $source to $destination', (hosts) => {
  it.each(['muncher-pc', 'ticker-pc', 'web'] as const)(
    '%s moves with memory, CPU and devices equal',
    (guest) => {
      for (const algorithm of ALGORITHMS) {
        const report = finished(guest, algorithm, hosts);
        expect(report.error, algorithm).toBeNull();
        expect(report.status, algorithm).toBe('completed');
        expect(report.verification, algorithm).toMatchObject({
          memoryEqual: true,
          cpuEqual: true,
          devicesEqual: true,
        });
      }
    },
  );
});

describe('the list of guests', () => {
  it('is that of the manifest, with the devices that each needs', () => {
    const text = readFileSync(
      new URL('../../../public/guests/manifest.json', import.meta.url),
      'utf8',
    );
    const { guests } = JSON.parse(text) as { guests: { name: string; devices: string }[] };
    expect(GUEST_NAMES.map((name) => [name, devicesOfGuest(name)])).toEqual(
      guests.map(({ name, devices }) => [name, devices]),
    );
  });

  it('has one that the command line knows as a scenario', () => {
    expect(findPreset('default-pc')?.scenario.vm.guest).toBe('muncher-pc');
  });

  it('does not let a card’s address change on the way', () => {
    const network = { ...SMALL.network, newMac: true };
    const change = () =>
      finishedLab({ ...SMALL, network, vm: { ...SMALL.vm, guest: 'muncher-pc' } });
    expect(change).toThrow('newMac');
  });
});
