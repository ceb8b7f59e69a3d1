/**
 * Guests that halt, take interrupts and talk through their card, beside a twin that never moved:
 * after a move that takes nothing but a pause from them both are equal, devices and clock included,
 * so no tick was lost or came twice, and guest time went neither back nor ahead.
 */
import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { gfn, PAGE_SIZE } from '../../../src/base/units.ts';
import { runTwinUntil } from '../../../src/lab/twin.ts';
import { namedValues } from '../../../src/lab/values.ts';
import { VMM_KINDS } from '../../../src/vmm/vmm.ts';
import { guestImage, newLab, SMALL } from '../../support/labs.ts';

const PAIRS = VMM_KINDS.flatMap((source) =>
  VMM_KINDS.map((destination) => ({ source, destination })),
);
const GUESTS = ['idle-pc', 'game', 'ticker-pc'] as const;

describe.each(PAIRS)('moved from $source to $destination', (hosts) => {
  it.each(GUESTS)('%s is equal to a twin that stayed [case 44]', (guest) => {
    const lab = newLab({
      ...SMALL,
      hosts,
      algorithm: 'stop-and-copy',
      vm: { guest, memoryMiB: 2 },
      network: {
        ...SMALL.network,
        probe: 'ping',
        fetch: { path: '/file/3000', startMs: 0, repeatAfterMs: 20 },
      },
      faults: [{ when: { atMs: 1200 }, input: { kind: 'console', text: 'hello' } }],
      migration: { ...SMALL.migration, startMs: 1300, runOnMs: 400, limitMs: 10_000 },
    });
    lab.finish();
    expect(lab.report()).toMatchObject({ status: 'completed', error: null });
    const vm = exists(lab.hosts[1].vm, 'the VM');
    const view = vm.inspect();
    const inputs = lab.hosts.flatMap((host) => host.guestInputs());
    expect(new Set(inputs.map(({ kind }) => kind))).toContain('frame');
    expect(inputs.map(({ time }) => time)).toEqual(
      inputs.map(({ time }) => time).toSorted((a, b) => a - b),
    );

    const twin = runTwinUntil({ ...vm.config, guest: guestImage(guest) }, inputs, view.guestTime());
    if (!twin.ok) throw new Error(twin.error);
    expect(twin.value.retired).toBe(vm.retired);
    expect(twin.value.registers).toEqual(namedValues(view.registers()));
    expect(twin.value.devices).toEqual(namedValues(view.devices()));
    const differing = Array.from({ length: vm.config.pages }, (_, frame) => {
      const at = view.frameOffset(gfn(frame));
      const mine = view.memory.subarray(at, at + PAGE_SIZE);
      const its = twin.value.memory.subarray(frame * PAGE_SIZE, (frame + 1) * PAGE_SIZE);
      return Buffer.compare(mine, its);
    });
    expect(differing.filter((order) => order !== 0)).toEqual([]);
  });
});
