import { describe, expect, it } from 'vitest';
import { Prng } from '../../../src/base/prng.ts';
import { instant } from '../../../src/base/units.ts';
import { boot, guestFile, runTo } from '../../support/logged-memory.ts';
import { movRegister, tinyKernel, u32 } from '../../support/tiny-kernel.ts';

const END = 3_000_000;

function randomCuts(seed: number, count: number): number[] {
  const prng = Prng.stream(seed, 'cuts');
  return Array.from({ length: count }, () => prng.below(END)).sort((a, b) => a - b);
}

describe('slices of a run', () => {
  it.each(['idle', 'ticker', 'muncher'])(
    'change nothing of what %s does, faults included',
    (name) => {
      const whole = boot(guestFile(name), 2, 3333);
      const cut = boot(guestFile(name), 2, 3333);
      const a = runTo(whole, 0, END);
      const b = runTo(cut, 0, END, randomCuts(1, 400));
      expect(b).toEqual(a);
      expect(cut.machine.save()).toEqual(whole.machine.save());
      expect(cut.memory.faults).toEqual(whole.memory.faults);
      expect(cut.memory.checksums()).toEqual(whole.memory.checksums());
    },
  );

  it.each(['idle-pc', 'ticker-pc', 'muncher-pc', 'database'])(
    'change nothing of what %s does between its ticks',
    (name) => {
      const end = 60_000_000;
      const whole = boot(guestFile(name), 2, 3333);
      const cut = boot(guestFile(name), 2, 3333);
      const prng = Prng.stream(2, 'cuts');
      const cuts = Array.from({ length: 500 }, () => prng.below(end)).sort((a, b) => a - b);
      const a = runTo(whole, 0, end);
      const b = runTo(cut, 0, end, cuts);
      expect(b).toEqual(a);
      for (const { machine } of [whole, cut]) machine.pass(instant(a.now));
      expect(cut.machine.save()).toEqual(whole.machine.save());
      expect(cut.memory.faults).toEqual(whole.memory.faults);
      expect(cut.memory.checksums()).toEqual(whole.memory.checksums());
    },
  );

  it('of one instruction each give the same state as one long run', () => {
    const whole = boot(guestFile('muncher'));
    const cut = boot(guestFile('muncher'));
    runTo(whole, 0, 500_000);
    runTo(
      cut,
      0,
      500_000,
      Array.from({ length: 10_000 }, (_, n) => n * 50),
    );
    expect(cut.machine.save()).toEqual(whole.machine.save());
  });

  it('end at the first boundary at or after the moment asked for', () => {
    const { machine } = boot(guestFile('idle'));
    const run = machine.run(instant(1000), instant(1101));
    expect(run).toEqual({ exit: { reason: 'budget' }, now: 1150 });
    expect(machine.retired).toBe(3);
    expect(machine.run(run.now, run.now).now).toBe(1150);
    expect(machine.retired).toBe(3);
  });

  it('may cut a repeated string instruction between two steps', () => {
    // mov edi, 0x200000 - 0x2000; mov ecx, 1000; rep stosd; hlt
    const code = [...movRegister(7, 0x180000), ...movRegister(1, 1000), 0xf3, 0xab, 0xf4];
    const { machine } = boot(tinyKernel(code));
    machine.run(instant(0), instant(50 * 12));
    expect(machine.registers()).toMatchObject({ ecx: 990, edi: 0x180028 });
    const saved = machine.save();
    machine.restore(structuredClone(saved));
    expect(machine.save()).toEqual(saved);
    const { exit } = machine.run(instant(600), instant(1_000_000));
    expect(exit).toMatchObject({ reason: 'stopped', cause: 'HLT with interrupts off' });
    expect(machine.registers()).toMatchObject({ ecx: 0, edi: 0x180000 + 4000 });
  });

  it('gives what a fault costs to the guest at that very instruction', () => {
    // mov [0x180000], eax; nop; nop ...
    const code = [0xa3, ...u32(0x180000), ...Array(100).fill(0x90), 0xf4];
    const { machine, memory } = boot(tinyKernel(code), 2, 1000);
    const first = machine.run(instant(0), instant(50));
    expect(first.now).toBe(1050);
    expect(memory.faults).toEqual([[0x180, 0]]);
    expect(machine.retired).toBe(1);
    const other = boot(tinyKernel(code), 2, 1000);
    const run = other.machine.run(instant(0), instant(1201));
    expect(run.now).toBe(1250);
    expect(other.machine.retired).toBe(5);
  });
});
