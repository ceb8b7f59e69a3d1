import { describe, expect, it } from 'vitest';
import { FakePair } from '../../support/fake-pair.ts';

describe('a switch-over by hand', () => {
  it('in the middle of a round pauses the VM, and the rest crosses before it runs again', () => {
    const pair = new FakePair({ bitsPerSecond: 20_000_000 })
      .start('pre-copy')
      .runUntil(({ source }) => source.phase === 'iterating')
      .runFor(20);
    expect(pair.source.switchOver()).toEqual({ ok: true, value: undefined });
    expect(pair.source.status).toBe('device');
    pair.finish();
    expect(pair.source.status).toBe('completed');
    const { iterations } = pair.source.statistics();
    // The round that was cut short, and the one while the VM stood still.
    expect(iterations.map(({ paused }) => paused)).toEqual([false, true]);
    expect(pair.equalsTwin(1)).toBe(true);
  });

  it('is refused before the first round and after the last', () => {
    const pair = new FakePair().start('pre-copy');
    const early = pair.source.switchOver();
    expect(early.ok ? '' : early.error).toBe(
      'only rounds of pre-copy can be ended by a switch-over',
    );
    pair.finish();
    expect(pair.source.switchOver().ok).toBe(false);
    expect(pair.source.status).toBe('completed');
  });
});
