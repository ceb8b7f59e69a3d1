/**
 * A guest that lives by interrupts, moved between the hosts at every kind of moment, beside a twin
 * that never moves: both end in the same state, to the last bit of every device.
 */
import '../../support/all-code.ts';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { earliest, gfn, type Instant, instant, PAGE_SIZE } from '../../../src/base/units.ts';
import { Recorder } from '../../../src/trace/recorder.ts';
import type { GuestVm, GuestVmState } from '../../../src/vmm/guest-vm.ts';
import { createVmm } from '../../../src/vmm/registry.ts';
import type { Vm, Vmm, VmmKind } from '../../../src/vmm/vmm.ts';

const PAGES = 512;
const INSTRUCTION_NS = 50;
const ELF = new Uint8Array(
  readFileSync(new URL('../../../public/guests/muncher-pc.elf', import.meta.url)),
);

/** The hosts' present. */
let present = instant(0);

const newVmm = (kind: VmmKind): Vmm =>
  createVmm(kind, { machineFrames: 1024, seed: 7 }, { trace: new Recorder(0), now: () => present });

const newVm = (vmm: Vmm): Vm =>
  must(vmm.createVm({ id: 'vm', pages: PAGES, instructionNs: INSTRUCTION_NS }));

function must<T>(result: { ok: true; value: T } | { ok: false; error: { message: string } }): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const stateOf = (vm: Vm): GuestVmState => (vm as GuestVm).checkpoint();

/** To the first boundary at or after `until`; a halted guest waits. */
function runTo(vm: Vm, from: Instant, until: Instant): Instant {
  for (let now = from; now < until; ) {
    const { exit, now: end } = vm.run(now, until);
    now = end;
    if (exit.reason === 'output') vm.takeOutput();
    else if (exit.reason === 'halted') now = earliest(until, vm.nextDeviceEvent());
    else if (exit.reason !== 'budget') throw new Error(`the guest stopped: ${exit.reason}`);
    if (now >= until) return now;
  }
  return from;
}

function copyPages(from: Vm, to: Vm): void {
  const page = new Uint8Array(PAGE_SIZE);
  for (let frame = 0; frame < PAGES; frame++) {
    from.readPage(gfn(frame), page);
    to.installPage(gfn(frame), page);
  }
}

/** The kinds of moments that this one is. */
function momentsOf({ machine }: GuestVmState, last: GuestVmState | undefined): string[] {
  const { cpu, pic, ne2000 } = machine;
  const before = last?.machine.cpu;
  const kinds: [string, boolean][] = [
    ['halted', cpu.halted],
    ['ring 3', (cpu.segments.cs.selector & 3) === 3],
    ['in a handler', pic.master.isr !== 0],
    ['an interrupt waits', (pic.master.irr & ~pic.master.imr & ~pic.master.isr) !== 0],
    ['after STI', cpu.interruptShadow === 1],
    ['after MOV SS', cpu.interruptShadow === 2],
    ['between two steps of REP', before?.eip === cpu.eip && before.retired + 1 === cpu.retired],
    ['in a transfer to or from the card', ne2000.chip.rbcr > 0],
  ];
  return kinds.filter(([, is]) => is).map(([name]) => name);
}

const KINDS = [
  'after MOV SS',
  'after STI',
  'an interrupt waits',
  'between two steps of REP',
  'halted',
  'in a handler',
  'in a transfer to or from the card',
  'ring 3',
];
/** Moves at each kind of moment. */
const MOVES = 3;

/** The VM goes on at another host; there it stands exactly as it stood. */
function moved(vm: Vm, to: VmmKind, how: 'common' | 'native'): Vm {
  vm.suspend();
  const there = newVm(newVmm(to));
  copyPages(vm, there);
  if (how === 'common') must(there.restoreCommon(vm.saveCommon()));
  else must(there.restoreNative(vm.saveNative()));
  const [before, after] = [stateOf(vm).machine, stateOf(there).machine];
  expect(Buffer.compare(before.ne2000.memory, after.ne2000.memory)).toBe(0);
  const { ne2000: cardBefore, ...restBefore } = before;
  const { ne2000: cardAfter, ...restAfter } = after;
  expect(restAfter).toEqual(restBefore);
  expect(cardAfter.chip).toEqual(cardBefore.chip);
  there.resume();
  return there;
}

describe.each([
  ['xen', 'kvm'],
  ['kvm', 'xen'],
  ['xen', 'xen'],
  ['kvm', 'kvm'],
] as const)('a guest between %s and %s', (first, second) => {
  it('moves at any moment, and ends as if it never had [case 46]', { timeout: 90_000 }, () => {
    const vmm = newVmm(first);
    let vm = newVm(vmm);
    must(vmm.boot(vm, ELF));
    vm.resume();
    const twinHost = newVmm(second);
    const twin = newVm(twinHost);
    must(twinHost.boot(twin, ELF));
    twin.resume();

    const moves = new Map(KINDS.map((kind) => [kind, 0]));
    let here: VmmKind = first;
    let lastTime = 0;
    let last: GuestVmState | undefined;
    const seize = (now: Instant): void => {
      present = now;
      vm.suspend();
      vm.resume();
      const state = stateOf(vm);
      const kinds = momentsOf(state, last).filter((kind) => (moves.get(kind) ?? 0) < MOVES);
      last = state;
      expect(state.machine.time).toBeGreaterThanOrEqual(lastTime);
      lastTime = state.machine.time;
      if (kinds.length === 0) return;
      for (const kind of kinds) moves.set(kind, (moves.get(kind) ?? 0) + 1);
      here = here === first ? second : first;
      vm = moved(vm, here, first === second ? 'native' : 'common');
    };

    let now = instant(0);
    const step = (until: number): void => {
      now = runTo(vm, now, instant(until));
      seize(now);
    };
    // From the kernel's start; then around ticks of its timer.
    for (let i = 0; i < 500; i++) step(now + INSTRUCTION_NS);
    // On to where it reads the card's PROM, with REP INSW.
    const isSeen = (kind: string) => (moves.get(kind) ?? 0) > 0;
    while (!['between two steps of REP', 'in a transfer to or from the card'].every(isSeen)) {
      expect(now).toBeLessThan(2_000_000);
      step(now + INSTRUCTION_NS);
    }
    for (let tick = 0; tick < 3; tick++) {
      vm.run(now, now);
      step(Math.max(now + 1, vm.nextDeviceEvent() - 20 * INSTRUCTION_NS));
      // The timer's output falls, and rises.
      for (let edge = 0; edge < 2; edge++) {
        vm.run(now, now);
        step(vm.nextDeviceEvent());
      }
      for (let i = 0; i < 1500; i++) step(now + INSTRUCTION_NS);
      step(now + 5_000_000);
    }
    expect([...moves].filter(([, count]) => count === 0)).toEqual([]);

    present = instant(0);
    runTo(twin, instant(0), now);
    present = now;
    vm.suspend();
    twin.suspend();
    expect(stateOf(vm).machine.cpu).toEqual(stateOf(twin).machine.cpu);
    expect(stateOf(vm).machine.pic).toEqual(stateOf(twin).machine.pic);
    expect(stateOf(vm).machine.pit).toEqual(stateOf(twin).machine.pit);
    expect(stateOf(vm).machine.uart).toEqual(stateOf(twin).machine.uart);
    expect(stateOf(vm).machine.cmos).toEqual(stateOf(twin).machine.cmos);
    expect(stateOf(vm).machine.ne2000).toEqual(stateOf(twin).machine.ne2000);
    const [mine, its] = [new Uint8Array(PAGE_SIZE), new Uint8Array(PAGE_SIZE)];
    for (let frame = 0; frame < PAGES; frame++) {
      vm.readPage(gfn(frame), mine);
      twin.readPage(gfn(frame), its);
      expect(Buffer.compare(mine, its)).toBe(0);
    }
  });
});
