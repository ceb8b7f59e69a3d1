import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gfn, instant } from '../../../src/base/units.ts';
import { GUEST_NAMES } from '../../../src/lab/guests.ts';
import { CLIENT_IP, CLIENT_MAC } from '../../../src/lab/wiring.ts';
import { framesOf, neighboursIn, tableAddress } from '../../../src/ui/inside/frames/guest-arp.ts';
import { newLab, scenario } from '../../support/labs.ts';

const manifest = JSON.parse(
  readFileSync(new URL('../../../public/guests/manifest.json', import.meta.url), 'utf8'),
) as { guests: { name: string; symbols?: { neighbours: string } }[] };

describe('the guest’s ARP table', () => {
  it('lies where the build noted it, and in no guest without a driver', () => {
    const noted = new Map(
      manifest.guests.map(({ name, symbols }) => [name, symbols && Number(symbols.neighbours)]),
    );
    for (const guest of GUEST_NAMES)
      expect(tableAddress({ ...scenario().vm, guest }), guest).toBe(noted.get(guest));
    expect(tableAddress({ ...scenario().vm, guest: 'own' })).toBeUndefined();
  });

  it('holds the client once it has spoken to the guest, with the very address on the wire', () => {
    const vm = { guest: 'web', memoryMiB: 4 } as const;
    const lab = newLab({ vm, network: { probe: 'ping' }, migration: { startMs: null } });
    const address = tableAddress(scenario({ vm }).vm) ?? expect.fail('it has a table');
    const table = () => {
      const frames = framesOf(address);
      const memory = new Uint8Array(frames.length * 4096);
      frames.forEach((frame, i) => {
        lab.hosts[0].vm?.readPage(gfn(frame), memory.subarray(i * 4096, (i + 1) * 4096));
      });
      return neighboursIn(memory, address);
    };
    lab.advance(instant(1e6));
    expect(table()).toEqual([]);
    lab.advance(instant(1300e6));
    expect(table()).toEqual([
      { ip: CLIENT_IP, mac: CLIENT_MAC, since: expect.any(Number), waiting: 0 },
    ]);
  });
});
