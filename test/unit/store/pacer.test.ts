import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../../src/lab/presets.ts';
import { Pacer } from '../../../src/store/pacer.ts';
import { openingSpeed, SPEEDS } from '../../../src/store/speed.ts';

const REAL_TIME = { label: '', spoken: '', factor: 1 };
const FASTEST = { label: '', spoken: '', factor: undefined };

describe('the pacer', () => {
  it('asks for what the speed makes of the time that passed', () => {
    const tenth = { ...REAL_TIME, factor: 0.1 };
    expect(new Pacer().next(5, tenth)).toBe(500_000);
  });

  it('asks for less where the simulation is slow, at once', () => {
    const pacer = new Pacer();
    pacer.learn(1_000_000, 400);
    expect(pacer.next(100, REAL_TIME)).toBe(100_000);
  });

  it('asks for more where it is fast, step by step and with a bound', () => {
    const pacer = new Pacer();
    const asked: number[] = [];
    for (let i = 0; i < 60; i++) {
      const ns = pacer.next(16, FASTEST);
      asked.push(ns);
      pacer.learn(ns, 1);
    }
    expect(asked[1]).toBe(1_500_000);
    expect(asked.at(-1)).toBe(250_000_000);
  });

  it('does not make up for a time in which the page did not run', () => {
    const pacer = new Pacer();
    for (let i = 0; i < 60; i++) pacer.learn(pacer.next(16, FASTEST), 1);
    expect(pacer.next(60_000, { ...REAL_TIME, factor: 0.001 })).toBe(200_000);
  });
});

describe('the opening speed', () => {
  it('lets every preset be watched for some ten seconds', () => {
    for (const { scenario } of PRESETS) {
      const { factor } = SPEEDS[openingSpeed(scenario)];
      expect(factor).toBe(0.1);
    }
  });

  it('is slower for a quicker migration', () => {
    const [{ scenario }] = PRESETS;
    const quick = { ...scenario, network: { ...scenario.network, bandwidthMbps: 10_000 } };
    expect(openingSpeed(quick)).toBeLessThan(openingSpeed(scenario));
  });
});
