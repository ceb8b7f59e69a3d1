import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { instant } from '../../../src/base/units.ts';
import type { Lab } from '../../../src/lab/lab.ts';
import { runTwin } from '../../../src/lab/twin.ts';
import { finishedLab, guestImage, newLab, type ScenarioInput, SMALL } from '../../support/labs.ts';

/** The source's VM now, as a twin must have it. */
function sourceState(lab: Lab) {
  const vm = exists(lab.hosts[0].vm, 'a VM on the source');
  const memory = new Uint8Array(vm.config.pages * 4096);
  for (let frame = 0; frame < vm.config.pages; frame++)
    vm.readPage(frame as never, memory.subarray(frame * 4096, (frame + 1) * 4096));
  const registers = Object.fromEntries(
    Object.entries(vm.inspect().registers()).map(([name, value]) => [name, String(value)]),
  );
  return { memory, registers, retired: vm.retired };
}

function expectEqualToTwin(lab: Lab, guest: string): void {
  const source = sourceState(lab);
  const { pages, instructionNs } = exists(lab.hosts[0].vm, 'a VM').config;
  const twin = runTwin(
    guestImage(guest),
    pages,
    instructionNs,
    lab.hosts[0].guestInputs(),
    source.retired,
  );
  if (!twin.ok) throw new Error(twin.error);
  const { tsc: _, ...registers } = source.registers;
  const { tsc: __, ...twins } = twin.value.registers;
  expect(registers).toEqual(twins);
  expect(Buffer.compare(Buffer.from(source.memory), Buffer.from(twin.value.memory))).toBe(0);
}

const CUT: ScenarioInput = {
  ...SMALL,
  algorithm: 'pre-copy',
  faults: [{ when: { round: 2, afterMs: 1 }, input: { kind: 'link', up: false } }],
};

describe('a migration that fails before GO', () => {
  it('says why, and leaves the guest on the source equal to a twin that was never migrated [AB-1]', () => {
    const lab = finishedLab(CUT);
    const report = lab.report();
    expect(report.status).toBe('failed');
    expect(report.error).toMatch(/link/);
    expect(lab.hosts[0].running).toBe(true);
    expect(lab.hosts[0].guestInputs().length).toBeGreaterThan(10);
    expectEqualToTwin(lab, 'muncher');
  });

  it('gives the memory back at the destination [case 41] [AB-9]', () => {
    const lab = newLab(CUT);
    const before = lab.hosts[1].framesInUse();
    lab.finish();
    lab.advance(instant(lab.now + 5_000_000_000));
    expect(lab.hosts[1].framesInUse()).toBe(before);
  });

  it.each([35, 60, 90])('cancelled after %i ms, the source runs on like its twin', (atMs) => {
    const lab = finishedLab({
      ...SMALL,
      algorithm: 'pre-copy',
      faults: [{ when: { atMs }, input: { kind: 'cancel' } }],
    });
    expect(lab.report().status).toBe('cancelled');
    expect(lab.hosts[0].running).toBe(true);
    expectEqualToTwin(lab, 'muncher');
  });

  it('ends in failure at the source when the destination is switched off', () => {
    const lab = finishedLab({
      ...SMALL,
      algorithm: 'pre-copy',
      faults: [{ when: { atMs: 60 }, input: { kind: 'crash', host: 1 } }],
    });
    expect(lab.report().status).toBe('failed');
    expect(lab.hosts[0].running).toBe(true);
    expectEqualToTwin(lab, 'muncher');
  });

  it('ends in failure when the source is switched off, and nobody runs the VM', () => {
    const lab = finishedLab({
      ...SMALL,
      algorithm: 'pre-copy',
      faults: [{ when: { atMs: 60 }, input: { kind: 'crash', host: 0 } }],
    });
    expect(lab.report().status).toBe('failed');
    expect(lab.report().error).toMatch(/source's host failed/);
    expect([lab.hosts[0].running, lab.hosts[1].running]).toEqual([false, false]);
  });
});
