import { describe, expect, it } from 'vitest';
import { Patience } from '../../../src/bridge/patience.ts';

describe('patience with a worker', () => {
  it('is the least while answers come at once', () => {
    const patience = new Patience(1000);
    expect(patience.limitMs(0)).toBe(1000);
    patience.heard(10, 3);
    expect(patience.limitMs(10)).toBe(1000);
  });

  it('grows with what answers take on a busy machine, up to a limit', () => {
    const patience = new Patience(1000);
    patience.heard(0, 700);
    expect(patience.limitMs(0)).toBe(2800);
    patience.heard(0, 20);
    expect(patience.limitMs(0)).toBe(2800);
    patience.heard(0, 60_000);
    expect(patience.limitMs(0)).toBe(15_000);
  });

  it('forgets slow answers while quick ones come', () => {
    const patience = new Patience(1000);
    patience.heard(0, 800);
    expect(patience.limitMs(2000)).toBe(1600);
    for (let now = 0; now <= 10_000; now += 100) patience.heard(now, 5);
    expect(patience.limitMs(10_000)).toBe(1000);
  });
});
