/** Every way in which a host may notice writes, and what each has that the others have not. */
import '../support/all-code.ts';
import { describe, expect, it } from 'vitest';
import { gfn, PAGE_SIZE } from '../../src/base/units.ts';
import { SILENT } from '../../src/trace/recorder.ts';
import { costOf } from '../../src/vmm/costs.ts';
import { createVmm } from '../../src/vmm/registry.ts';
import type { DirtyLogChoice, Vm, VmmKind } from '../../src/vmm/vmm.ts';
import {
  bootTicker,
  FIRST,
  INSTRUCTION_NS,
  LAP,
  LAST,
  PAGES,
  range,
  run,
  step,
} from './vmm-contract.ts';

const LAP_NS = LAP * INSTRUCTION_NS;
/** The pages of the ticker that lie in the chunk of its first one: 256 to 319. */
const CHUNK = range(FIRST, LAST);

const LOGS: readonly (readonly [VmmKind, DirtyLogChoice])[] = [
  ['xen', { xen: 'shadow' }],
  ['xen', { xen: 'hap' }],
  ['kvm', { kvm: 'bitmap' }],
  ['kvm', { kvm: 'manual-clear' }],
  ['kvm', { kvm: 'pml' }],
  ['kvm', { kvm: 'ring' }],
];

function vmmWith(kind: VmmKind, dirtyLog: DirtyLogChoice) {
  return createVmm(kind, { machineFrames: PAGES + 100, seed: 7, dirtyLog }, { trace: SILENT });
}
const booted = (kind: VmmKind, dirtyLog: DirtyLogChoice): Vm => bootTicker(vmmWith(kind, dirtyLog));

/** As a migration does before it sends them. */
const clearAll = (vm: Vm, frames: Iterable<number>) => {
  for (const frame of frames) vm.clearDirty(gfn(frame));
};
const collected = (vm: Vm, final?: boolean) => [...vm.collectDirty(final).frames];

describe.each(LOGS)('on a %s-like host with %o', (kind, choice) => {
  it('a page that was cleared is found again when it is written, and only then', () => {
    const vm = booted(kind, choice);
    vm.startDirtyLog();
    clearAll(vm, range(0, PAGES - 1));
    let now = run(vm, 0, 100 * LAP_NS);
    expect(collected(vm)).toEqual(CHUNK);
    clearAll(vm, CHUNK);
    expect(collected(vm)).toEqual([]);
    now = run(vm, now, now + 100 * LAP_NS);
    expect(collected(vm)).toEqual(CHUNK);
  });

  it('a checkpoint keeps what is open, dirty and mapped', () => {
    const vmm = vmmWith(kind, choice);
    const vm = bootTicker(vmm);
    vm.startDirtyLog();
    vm.clearDirty(gfn(FIRST));
    vm.writeMemory(7 * PAGE_SIZE, Uint8Array.of(1));
    const now = run(vm, 0, 20 * LAP_NS);
    const saved = structuredClone(vmm.checkpoint());
    const goOn = (again: Vm) => {
      const end = run(again, now, now + 20 * LAP_NS);
      const cleared = again.clearDirty(gfn(FIRST));
      return [end, cleared, again.collectDirty(true)];
    };
    const original = goOn(vm);
    vmm.restore(saved);
    const [restored] = vmm.vms();
    expect(goOn(restored)).toEqual(original);
  });
});

describe('a dirty bitmap that is cleared by hand', () => {
  const manual = (): Vm => booted('kvm', { kvm: 'manual-clear' });

  it('begins with every page given and none armed: until it is sent, a page costs the guest nothing', () => {
    const vm = manual();
    const free = booted('kvm', {});
    expect(vm.startDirtyLog()).toBeLessThan(free.startDirtyLog());
    free.stopDirtyLog();
    run(vm, 0, 20 * LAP_NS);
    run(free, 0, 20 * LAP_NS);
    expect(vm.retired).toBe(free.retired);
    const { frames, faults } = vm.collectDirty();
    expect([...frames]).toEqual(range(0, PAGES - 1));
    expect(faults).toBe(0);
  });

  it('gives a page again until it is cleared, and what was written before that is sent once', () => {
    const vm = manual();
    vm.startDirtyLog();
    clearAll(vm, range(0, PAGES - 1));
    let now = run(vm, 0, 100 * LAP_NS);
    expect(collected(vm)).toEqual(CHUNK);
    // Written after the reading and before the clearing: no fault, and nothing to send again.
    now = run(vm, now, now + 10 * LAP_NS);
    const again = vm.collectDirty();
    expect([[...again.frames], again.faults]).toEqual([CHUNK, 0]);
    clearAll(vm, CHUNK);
    expect(collected(vm)).toEqual([]);
    run(vm, now, now + 100 * LAP_NS);
    expect(vm.collectDirty().faults).toBe(CHUNK.length);
  });

  it('clears 64 pages in one call, and leaves alone those that the reading did not give', () => {
    const vm = manual();
    vm.startDirtyLog();
    clearAll(vm, range(0, PAGES - 1));
    // Half a lap: the first ten pages.
    const now = step(vm, 0, 1 + 4 * 10);
    expect(collected(vm)).toEqual(range(FIRST, FIRST + 9));
    step(vm, now, 4 * 5);
    // The next five were written since, and are in the log of their own.
    const price = (pages: number) => costOf('logClearKvm') + costOf('logReadPerDirtyPage', pages);
    expect(vm.clearDirty(gfn(FIRST + 3))).toBe(price(10));
    expect(vm.clearDirty(gfn(FIRST + 4))).toBe(0);
    expect(collected(vm)).toEqual(range(FIRST + 10, FIRST + 14));
  });
});

describe('the last reading of a log', () => {
  it.each(['shadow', 'hap'] as const)('adds on Xen what the host has mapped: %s', (xen) => {
    const vm = booted('xen', { xen });
    vm.startDirtyLog();
    vm.writeMemory(40 * PAGE_SIZE - 2, Uint8Array.of(1, 2, 3, 4));
    expect(collected(vm)).toEqual([39, 40]);
    expect(collected(vm)).toEqual([]);
    expect(collected(vm, true)).toEqual([39, 40]);
    vm.startDirtyLog();
    expect(collected(vm, true)).toEqual([]);
  });

  it('is as any other on KVM', () => {
    const vm = booted('kvm', {});
    vm.startDirtyLog();
    vm.writeMemory(5 * PAGE_SIZE, Uint8Array.of(1));
    expect(collected(vm)).toEqual([5]);
    expect(collected(vm, true)).toEqual([]);
  });
});
