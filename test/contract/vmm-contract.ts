/** What every VMM must do, whatever it is made of. Called once for each kind in the registry. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gfn, instant, PAGE_SIZE, START } from '../../src/base/units.ts';
import { Recorder, type Tracer } from '../../src/trace/recorder.ts';
import type { Vm, VmConfig, Vmm } from '../../src/vmm/vmm.ts';
import { tickerKernel } from './guest-code.ts';

export const PAGES = 512;
export const FIRST = 300;
export const LAST = 319;
/** One instruction before the loop, four for each page, one to jump back. */
export const LAP = 1 + 4 * (LAST - FIRST + 1) + 1;
export const INSTRUCTION_NS = 50;
const LAP_NS = LAP * INSTRUCTION_NS;
const CONFIG: VmConfig = { id: 'vm-1', pages: PAGES, instructionNs: INSTRUCTION_NS };

export type CreateVmm = (trace: Tracer) => Vmm;

export function must<T>(
  result: { ok: true; value: T } | { ok: false; error: { message: string } },
): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** A VM with the ticker loaded, about to run its first instruction at time 0. */
export function bootTicker(vmm: Vmm, config = CONFIG): Vm {
  const vm = must(vmm.createVm(config));
  must(vmm.boot(vm, tickerKernel(FIRST, LAST)));
  vm.resume();
  return vm;
}

export function run(vm: Vm, from: number, to: number): number {
  const { exit, now } = vm.run(instant(from), instant(to));
  expect(exit.reason).toBe('budget');
  return now;
}

/** Runs exactly `count` instructions, whatever each of them costs. */
export function step(vm: Vm, from: number, count: number): number {
  let now = from;
  for (let i = 0; i < count; i++) now = run(vm, now, now + 1);
  return now;
}

/** All guest memory in guest order, read by the contract's own means. */
export function memoryOf(vm: Vm): Uint8Array {
  const all = new Uint8Array(vm.config.pages * PAGE_SIZE);
  for (let page = 0; page < vm.config.pages; page++) {
    vm.readPage(gfn(page), all.subarray(page * PAGE_SIZE, (page + 1) * PAGE_SIZE));
  }
  return all;
}

/** Byte for byte, but not by a matcher: those take seconds for megabytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

const bytesOf = (words: Int32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength);

/** For guests that print: output is taken and thrown away. */
function runPastOutput(vm: Vm, from: number, to: number): number {
  for (let now = from; ; ) {
    const { exit, now: end } = vm.run(instant(now), instant(to));
    now = end;
    if (exit.reason !== 'output') {
      expect(exit.reason).toBe('budget');
      return now;
    }
    vm.takeOutput();
  }
}

function changedPages(before: Uint8Array, after: Uint8Array): number[] {
  const page = (memory: Uint8Array, frame: number): Uint8Array =>
    memory.subarray(frame * PAGE_SIZE, (frame + 1) * PAGE_SIZE);
  return range(0, before.length / PAGE_SIZE - 1).filter(
    (frame) => !sameBytes(page(before, frame), page(after, frame)),
  );
}

/** First bytes of the pages that the ticker steps through. */
export function counters(vm: Vm): number[] {
  const memory = memoryOf(vm);
  return range(FIRST, LAST).map((page) => memory[page * PAGE_SIZE] ?? -1);
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Moves all pages, as a migration does. */
export function copyMemory(from: Vm, to: Vm): void {
  const page = new Uint8Array(PAGE_SIZE);
  for (let frame = 0; frame < from.config.pages; frame++) {
    if (from.isZeroPage(gfn(frame))) {
      to.installZeroPage(gfn(frame));
      continue;
    }
    from.readPage(gfn(frame), page);
    to.installPage(gfn(frame), page);
  }
}

export function vmmContract(create: CreateVmm): void {
  const fresh = (trace: Tracer = new Recorder(0)): Vmm => create(trace);

  describe('memory', () => {
    it('is reserved whole, zeroed, and given back', () => {
      const vmm = fresh();
      const before = vmm.freeFrames;
      const vm = must(vmm.createVm(CONFIG));
      expect(before - vmm.freeFrames).toBe(PAGES);
      expect(memoryOf(vm).every((byte) => byte === 0)).toBe(true);
      expect(vmm.destroyVm(vm)).toBe(PAGES);
      expect(vmm.freeFrames).toBe(before);
      expect(vmm.vms()).toEqual([]);
    });

    it('is refused when there is not enough of it, and nothing is taken', () => {
      const vmm = fresh();
      const before = vmm.freeFrames;
      const result = vmm.createVm({ ...CONFIG, pages: vmm.totalFrames });
      expect(result.ok ? 'created' : result.error.code).toBe('out-of-memory');
      expect(vmm.freeFrames).toBe(before);
      expect(vmm.vms()).toEqual([]);
    });

    it('does not leak over many VMs, and keeps nothing of the dead', () => {
      const vmm = fresh();
      const before = vmm.freeFrames;
      for (let turn = 0; turn < 10; turn++) {
        const vm = must(vmm.createVm(CONFIG));
        expect(vm.isZeroPage(gfn(7))).toBe(true);
        vm.installPage(gfn(7), new Uint8Array(PAGE_SIZE).fill(0xee));
        vmm.destroyVm(vm);
      }
      expect(vmm.freeFrames).toBe(before);
    });

    it('of two VMs is apart', () => {
      const vmm = fresh();
      const a = must(vmm.createVm({ ...CONFIG, pages: 100 }));
      const b = must(vmm.createVm({ ...CONFIG, id: 'vm-2', pages: 100 }));
      for (const page of range(0, 99)) a.installPage(gfn(page), new Uint8Array(PAGE_SIZE).fill(1));
      expect(memoryOf(b).every((byte) => byte === 0)).toBe(true);
    });

    it('has one VM of a name', () => {
      const vmm = fresh();
      must(vmm.createVm({ ...CONFIG, pages: 10 }));
      expect(vmm.createVm({ ...CONFIG, pages: 10 }).ok).toBe(false);
    });

    it('is where the inspector says it is', () => {
      const vm = must(fresh().createVm(CONFIG));
      vm.installPage(gfn(9), new Uint8Array(PAGE_SIZE).fill(0xab));
      const { memory, frameOffset } = vm.inspect();
      expect(memory[frameOffset(gfn(9))]).toBe(0xab);
      expect(memory[frameOffset(gfn(8))]).toBe(0);
    });
  });

  describe('a guest', () => {
    it('runs its program on its pages', () => {
      const vm = bootTicker(fresh());
      expect(run(vm, 0, 3 * LAP_NS)).toBe(3 * LAP_NS);
      expect(counters(vm)).toEqual(range(FIRST, LAST).map(() => 3));
      expect(vm.retired).toBe(3 * LAP);
    });

    it('stands still while it is suspended', () => {
      const vm = bootTicker(fresh());
      expect(vm.suspend()).toBe('suspended');
      expect(() => vm.run(START, instant(1000))).toThrow('suspended');
    });

    it('ends alike however its run is cut', () => {
      const whole = bootTicker(fresh());
      const cut = bootTicker(fresh());
      run(whole, 0, 5 * LAP_NS);
      let now = 0;
      for (let end = 700; now < 5 * LAP_NS; end += 700)
        now = run(cut, now, Math.min(end, 5 * LAP_NS));
      expect(cut.inspect().registers()).toEqual(whole.inspect().registers());
      expect(sameBytes(memoryOf(cut), memoryOf(whole))).toBe(true);
    });

    it('of a file that is no kernel is refused with a reason', () => {
      const vmm = fresh();
      const vm = must(vmm.createVm(CONFIG));
      const result = vmm.boot(vm, new Uint8Array(100));
      expect(result.ok ? '' : result.error.message).not.toBe('');
    });
  });

  describe('a held frame', () => {
    it('can be read, and keeps the guest at the store that would change it', () => {
      const vm = bootTicker(fresh());
      const before = new Uint8Array(PAGE_SIZE);
      vm.readPage(gfn(FIRST + 2), before);
      vm.holdWrites(gfn(FIRST + 2));
      expect([vm.isHeld(gfn(FIRST + 2)), vm.isHeld(gfn(FIRST))]).toEqual([true, false]);
      const { exit, now } = vm.run(instant(0), instant(100 * LAP_NS));
      const { retired } = vm;
      expect(exit).toEqual({ reason: 'held-write', gfn: FIRST + 2 });
      expect(vm.run(now, instant(now + LAP_NS)).exit.reason).toBe('held-write');
      expect(vm.retired).toBe(retired);
      const after = new Uint8Array(PAGE_SIZE);
      vm.readPage(gfn(FIRST + 2), after);
      expect(after).toEqual(before);
      vm.releaseWrites();
      expect(vm.run(now, instant(now + 10 * LAP_NS)).exit.reason).toBe('budget');
      vm.readPage(gfn(FIRST + 2), after);
      expect(after[0]).not.toBe(before[0]);
    });
  });

  describe('the dirty log', () => {
    it('finds exactly the pages written, each once, ascending', () => {
      const vm = bootTicker(fresh());
      vm.startDirtyLog();
      run(vm, 0, 100 * LAP_NS);
      const { frames, faults } = vm.collectDirty();
      expect([...frames]).toEqual(range(FIRST, LAST));
      expect(faults).toBe(LAST - FIRST + 1);
    });

    it('misses what was written before it started, and is empty when nothing is written', () => {
      const vm = bootTicker(fresh());
      const now = run(vm, 0, 5 * LAP_NS);
      vm.startDirtyLog();
      expect(vm.collectDirty().frames.length).toBe(0);
      // The loop is at its start: three pages come next.
      step(vm, now, 12);
      expect([...vm.collectDirty().frames]).toEqual(range(FIRST, FIRST + 2));
    });

    it('arms the pages it gave, so that the next writes are found again', () => {
      const vm = bootTicker(fresh());
      vm.startDirtyLog();
      let now = run(vm, 0, 100 * LAP_NS);
      vm.collectDirty();
      now = run(vm, now, now + 100 * LAP_NS);
      expect([...vm.collectDirty().frames]).toEqual(range(FIRST, LAST));
    });

    it('leaves pages open that it has not given', () => {
      const vm = bootTicker(fresh());
      vm.startDirtyLog();
      let now = run(vm, 0, 100 * LAP_NS);
      const before = vm.retired;
      now = run(vm, now, now + 10 * LAP_NS);
      expect(vm.retired - before).toBe(10 * LAP);
      expect(vm.collectDirty().faults).toBe(LAST - FIRST + 1);
    });

    it('lets the guest do as many first writes as are allowed, and no more', () => {
      const vm = bootTicker(fresh());
      vm.startDirtyLog();
      vm.allowFirstWrites(3);
      const { exit, now } = vm.run(instant(0), instant(100 * LAP_NS));
      expect(exit).toEqual({ reason: 'held-write', gfn: FIRST + 3 });
      vm.allowFirstWrites(1);
      const next = vm.run(now, instant(now + 100 * LAP_NS));
      expect(next.exit).toEqual({ reason: 'held-write', gfn: FIRST + 4 });
      expect([...vm.collectDirty().frames]).toEqual(range(FIRST, FIRST + 3));
      vm.allowFirstWrites(undefined);
      expect(vm.run(next.now, instant(next.now + 10 * LAP_NS)).exit.reason).toBe('budget');
    });

    it('can be looked at without being read', () => {
      const vm = bootTicker(fresh());
      vm.startDirtyLog();
      run(vm, 0, 100 * LAP_NS);
      expect([vm.peekDirty(gfn(FIRST)), vm.peekDirty(gfn(FIRST - 1))]).toEqual([true, false]);
      expect(vm.collectDirty().frames.length).toBe(LAST - FIRST + 1);
      expect(vm.peekDirty(gfn(FIRST))).toBe(false);
    });

    it('costs the guest time for each first write and nothing when it is off', () => {
      const logged = bootTicker(fresh());
      const free = bootTicker(fresh());
      logged.startDirtyLog();
      run(logged, 0, 100 * LAP_NS);
      run(free, 0, 100 * LAP_NS);
      const lost = free.retired - logged.retired;
      expect(free.retired).toBe(100 * LAP);
      expect(lost * INSTRUCTION_NS).toBeGreaterThanOrEqual((LAST - FIRST + 1) * 1000);
    });

    it('stops for good: later writes cost nothing and are not traced', () => {
      const recorder = new Recorder(0);
      const vm = bootTicker(fresh(recorder));
      vm.startDirtyLog();
      vm.stopDirtyLog();
      run(vm, 0, 100 * LAP_NS);
      expect(vm.retired).toBe(100 * LAP);
      expect(recorder.take().pages.count).toBe(0);
    });

    it('traces each first write at its moment', () => {
      const recorder = new Recorder(0);
      const vm = bootTicker(fresh(recorder));
      run(vm, 0, LAP_NS);
      vm.startDirtyLog();
      run(vm, LAP_NS, 20 * LAP_NS);
      const { count, gfn: frames, at } = recorder.take().pages;
      expect([...frames]).toEqual(range(FIRST, LAST));
      expect([...at].every((time, i) => time > (at[i - 1] ?? 0))).toBe(true);
      expect(at[0]).toBe(LAP_NS + INSTRUCTION_NS);
      expect(count).toBe(LAST - FIRST + 1);
    });

    it('sees stores by the host, which take no fault', () => {
      const vm = bootTicker(fresh());
      vm.startDirtyLog();
      vm.writeMemory(40 * PAGE_SIZE - 2, Uint8Array.of(1, 2, 3, 4));
      const { frames, faults } = vm.collectDirty();
      expect([...frames]).toEqual([39, 40]);
      expect(faults).toBe(0);
    });

    it('does not see pages that arrive', () => {
      const vm = bootTicker(fresh());
      vm.startDirtyLog();
      vm.installPage(gfn(9), new Uint8Array(PAGE_SIZE).fill(1));
      vm.installZeroPage(gfn(10));
      expect(vm.collectDirty().frames.length).toBe(0);
    });

    it('has a price for its start and for each reading', () => {
      const vm = bootTicker(fresh());
      expect(vm.startDirtyLog()).toBeGreaterThan(0);
      expect(vm.collectDirty().cost).toBeGreaterThan(0);
    });
  });

  describe('a guest built from C', () => {
    it('leaves every page that it changed in the dirty log', () => {
      const vmm = fresh();
      const vm = must(vmm.createVm(CONFIG));
      must(vmm.boot(vm, readFileSync('public/guests/ticker.elf')));
      vm.resume();
      let now = runPastOutput(vm, 0, 5_000_000);
      const before = memoryOf(vm);
      vm.startDirtyLog();
      now = runPastOutput(vm, now, now + 1_000_000);
      const dirty = new Set(vm.collectDirty().frames);
      const changed = changedPages(before, memoryOf(vm));
      expect(changed.length).toBeGreaterThan(10);
      expect(changed.filter((page) => !dirty.has(page))).toEqual([]);
    });
  });

  describe('missing pages', () => {
    it('stop the guest at the instruction that needs one, and it goes on when the page is there', () => {
      const vm = bootTicker(fresh());
      run(vm, 0, 3 * LAP_NS);
      vm.markMissing(Uint32Array.of(FIRST + 1));
      const { retired } = vm;
      const stopped = vm.run(instant(3 * LAP_NS), instant(9 * LAP_NS));
      expect(stopped.exit).toEqual({ reason: 'missing-page', gfn: FIRST + 1 });
      expect(vm.retired - retired).toBe(5);
      const page = new Uint8Array(PAGE_SIZE);
      page[0] = 100;
      vm.installPage(gfn(FIRST + 1), page);
      run(vm, stopped.now, stopped.now + INSTRUCTION_NS);
      expect(counters(vm)[1]).toBe(101);
    });

    it('are counted and come to an end', () => {
      const vm = bootTicker(fresh());
      vm.markMissing(Uint32Array.of(5, 6, 7));
      expect([vm.missingPages, vm.isMissing(gfn(6)), vm.isMissing(gfn(8))]).toEqual([
        3,
        true,
        false,
      ]);
      vm.installZeroPage(gfn(6));
      expect([vm.missingPages, vm.isMissing(gfn(6))]).toEqual([2, false]);
    });

    it('keep the guest from running code that has not arrived', () => {
      const vm = bootTicker(fresh());
      run(vm, 0, LAP_NS);
      vm.markMissing(Uint32Array.of(256));
      expect(vm.run(instant(LAP_NS), instant(2 * LAP_NS)).exit).toEqual({
        reason: 'missing-page',
        gfn: 256,
      });
    });

    it('do not take stores by the host', () => {
      const vm = bootTicker(fresh());
      vm.markMissing(Uint32Array.of(5));
      expect(() => vm.writeMemory(5 * PAGE_SIZE, Uint8Array.of(1))).toThrow('not arrived');
    });
  });

  describe('native state', () => {
    it('goes on in another VM of the same kind as if nothing had happened', () => {
      const a = bootTicker(fresh());
      run(a, 0, 3 * LAP_NS + 700);
      a.suspend();
      const b = must(fresh().createVm(CONFIG));
      copyMemory(a, b);
      must(b.restoreNative(a.saveNative()));
      expect(b.saveNative()).toEqual(a.saveNative());
      a.resume();
      b.resume();
      run(a, 4 * LAP_NS, 8 * LAP_NS);
      run(b, 4 * LAP_NS, 8 * LAP_NS);
      expect(counters(b)).toEqual(counters(a));
      expect(b.eip).toBe(a.eip);
    });

    it('is refused when damaged, and the VM is as it was', () => {
      const vm = bootTicker(fresh());
      run(vm, 0, LAP_NS);
      vm.suspend();
      const good = vm.saveNative();
      const damaged = good.slice();
      // In its first bytes every format has its name; what lies deeper the wire's checksum guards.
      damaged[1] = (damaged[1] ?? 0) ^ 1;
      const result = vm.restoreNative(damaged);
      expect(result.ok ? 'accepted' : result.error.code).toBe('bad-state');
      expect(vm.saveNative()).toEqual(good);
    });
  });

  describe('common state', () => {
    it('brings the same native state back', () => {
      const vm = bootTicker(fresh());
      run(vm, 0, 3 * LAP_NS);
      vm.suspend();
      const before = vm.saveNative();
      must(vm.restoreCommon(vm.saveCommon()));
      expect(vm.saveNative()).toEqual(before);
    });

    it('tells the counter’s value and frequency, and the guest’s time by them', () => {
      const vm = bootTicker(fresh());
      const start = run(vm, 0, 100);
      run(vm, start, start + 3 * LAP_NS);
      vm.suspend();
      const { cpu, clock } = vm.saveCommon();
      expect(cpu.tsc).toBe((BigInt(start + 3 * LAP_NS) * BigInt(cpu.tscKhz)) / 1_000_000n);
      expect(clock.guestNs).toBe(BigInt(start + 3 * LAP_NS));
    });

    it('is taken up by one VM of a name: a second one is refused, and harms nothing [case 37]', () => {
      const booted = bootTicker(fresh());
      run(booted, 0, LAP_NS);
      booted.suspend();
      const state = booted.saveCommon();
      const vmm = fresh();
      const first = must(vmm.createVm(CONFIG));
      must(first.restoreCommon(state));
      const before = first.saveNative();
      expect(vmm.createVm(CONFIG)).toMatchObject({ ok: false });
      expect(vmm.vms()).toHaveLength(1);
      expect(first.saveNative()).toEqual(before);
    });

    it('for other RAM is refused', () => {
      const vm = bootTicker(fresh());
      vm.suspend();
      const state = { ...vm.saveCommon(), memory: [{ firstGfn: 0, pages: PAGES + 1 }] };
      expect(vm.restoreCommon(state).ok).toBe(false);
    });
  });

  describe('a checkpoint', () => {
    it('taken while pages are logged and missing goes on bit by bit and moment by moment', () => {
      const recorder = new Recorder(0);
      const vmm = fresh(recorder);
      const vm = bootTicker(vmm);
      vm.startDirtyLog();
      let now = run(vm, 0, 7 * LAP_NS + 350);
      vm.collectDirty();
      now = run(vm, now, now + 10 * INSTRUCTION_NS);
      vm.markMissing(Uint32Array.of(1, 2));
      const saved = structuredClone(vmm.checkpoint());
      recorder.take();

      const goOn = (continued: Vm) => {
        const end = run(continued, now + 5000, now + 50 * LAP_NS);
        const dirty = continued.collectDirty();
        continued.suspend();
        const left = [end, dirty, continued.missingPages, continued.saveNative()];
        return { left, memory: memoryOf(continued), pages: recorder.take().pages };
      };
      const original = goOn(vm);
      vmm.restore(saved);
      const [again, ...more] = vmm.vms();
      expect(more).toEqual([]);
      const repeated = goOn(again as Vm);
      expect(repeated.left).toEqual(original.left);
      expect(sameBytes(repeated.memory, original.memory)).toBe(true);
      expect([...repeated.pages.gfn]).toEqual([...original.pages.gfn]);
      expect([...repeated.pages.at]).toEqual([...original.pages.at]);
    });

    it('of a restored host equals the checkpoint', () => {
      const vmm = fresh();
      const vm = bootTicker(vmm);
      vm.startDirtyLog();
      run(vm, 0, 3 * LAP_NS);
      vm.suspend();
      const saved = vmm.checkpoint();
      const other = fresh();
      other.restore(saved);
      const { memory, ...rest } = other.checkpoint();
      const { memory: savedMemory, ...savedRest } = saved;
      expect(rest).toEqual(savedRest);
      expect(
        memory.every((page, frame) => sameBytes(bytesOf(page), bytesOf(savedMemory[frame]))),
      ).toBe(true);
      expect(other.freeFrames).toBe(vmm.freeFrames);
    });

    it('forgets VMs that were made after it', () => {
      const vmm = fresh();
      const empty = vmm.checkpoint();
      bootTicker(vmm);
      vmm.restore(empty);
      expect(vmm.vms()).toEqual([]);
      expect(must(vmm.createVm(CONFIG)).missingPages).toBe(0);
    });
  });
}
