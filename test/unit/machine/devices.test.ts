import { describe, expect, it } from 'vitest';
import { Prng } from '../../../src/base/prng.ts';
import { instant } from '../../../src/base/units.ts';
import { type Booted, boot, guestFile, runTo } from '../../support/logged-memory.ts';
import { tinyKernel } from '../../support/tiny-kernel.ts';

const SECOND = 1_000_000_000;
const MAC = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56];
const OWN_MAC = [2, 0, 0, 0, 0, 9];

/** The same guest on another machine, at another moment. */
function move(from: Booted): Booted {
  const to = boot(guestFile('idle'));
  for (let gfn = 0; gfn < to.memory.frames; gfn++) to.memory.page(gfn).set(from.memory.page(gfn));
  to.machine.restore(structuredClone(from.machine.save()));
  expect(to.machine.save()).toEqual(from.machine.save());
  return to;
}

const arpRequest = (address: number[]): Uint8Array => {
  const padding = new Array<number>(18).fill(0);
  const who = [...OWN_MAC, 10, 0, 0, 2];
  const whom = [0, 0, 0, 0, 0, 0, ...address];
  const head = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...OWN_MAC, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1];
  return Uint8Array.from([...head, ...who, ...whom, ...padding]);
};

describe('a guest with a kernel', () => {
  it('counts a second of ticks in a second, asleep in HLT between them', () => {
    const { debug } = runTo(boot(guestFile('idle-pc')), 0, 3.5 * SECOND);
    expect(debug).toMatch(/idle-pc: 3 seconds at 3.00 s\n$/);
  });

  it('answers a frame with a frame', () => {
    const booted = boot(guestFile('web'));
    runTo(booted, 0, 200_000_000);
    booted.machine.takeOutput();
    expect(booted.machine.receiveFrame(arpRequest([10, 0, 0, 5]))).toBe(true);
    const { exit } = booted.machine.run(booted.machine.now, instant(400_000_000));
    expect(exit).toEqual({ reason: 'output' });
    const [answer] = booted.machine.takeOutput().frames;
    expect([...(answer?.subarray(0, 12) ?? [])]).toEqual([...OWN_MAC, ...MAC]);
    expect([...(answer?.subarray(20, 32) ?? [])]).toEqual([0, 2, ...MAC, 10, 0, 0, 5]);
  });

  it.each(['idle-pc', 'muncher-pc'])(
    'loses and doubles no tick of %s on its way to other machines',
    (name) => {
      const stay = boot(guestFile(name));
      const end = 2.2 * SECOND;
      const whole = runTo(stay, 0, end);
      const prng = Prng.stream(3, 'moves');
      let moved = boot(guestFile(name));
      let debug = '';
      let away = 0;
      let lived = 0;
      while (lived < end) {
        const span = Math.min(end - lived, 1 + prng.below(30_000_000));
        const run = runTo(moved, lived + away, lived + away + span);
        debug += run.debug;
        moved.machine.pass(run.now);
        lived = run.now - away;
        away += prng.below(50_000_000);
        moved = move(moved);
      }
      expect(away).toBeGreaterThan(SECOND);
      expect(debug).toBe(whole.debug);
      stay.machine.pass(whole.now);
      expect(moved.machine.save()).toEqual(stay.machine.save());
      expect(moved.memory.checksums()).toEqual(stay.memory.checksums());
    },
  );

  it('lives through no time while its clock is stopped', () => {
    const { machine } = boot(guestFile('idle-pc'));
    runTo({ machine, memory: undefined as never }, 0, 50_000_000);
    machine.pass(instant(50_000_000));
    machine.stopClock();
    const before = machine.save();
    machine.pass(instant(90_000_000));
    expect(machine.save()).toEqual(before);
    expect(before.time).toBe(50_000_000);
    machine.run(instant(95_000_000), instant(95_000_000));
    expect(machine.save()).toEqual(before);
    machine.pass(instant(96_000_000));
    expect([machine.save().time, machine.save().cpu.tsc]).toEqual([51_000_000, 51_000_000n]);
  });
});

describe('interrupts', () => {
  // Vectors from 0x20, only the timer; the handler at 0x100100 counts at 0x180000 and ends with IRET.
  const out = (port: number, ...values: number[]) =>
    values.flatMap((value) => [0xb0, value, 0xe6, port]);
  const programTimer = [...out(0x43, 0x34), ...out(0x40, 0xa9, 0x04)];

  it('leave a halted guest with interrupts off asleep for good', () => {
    const { exits } = runTo(boot(tinyKernel([...programTimer, 0xf4])), 0, SECOND);
    expect(exits[0]).toMatchObject({ reason: 'stopped', cause: 'HLT with interrupts off' });
  });

  it('wake a halted guest at the very moment of the tick', () => {
    const { machine } = boot(tinyKernel([...programTimer, 0xfb, 0xf4]));
    const halted = machine.run(instant(0), instant(SECOND));
    expect(halted.exit).toEqual({ reason: 'halted' });
    const tick = machine.nextDeviceEvent();
    // Without a table of handlers the interrupt ends in a shutdown, but first it is taken.
    machine.run(tick, instant(tick - 1 + 1));
    const woken = machine.run(tick, instant(SECOND));
    expect([halted.now < tick, woken.now - tick < 1000]).toEqual([true, true]);
  });
});
