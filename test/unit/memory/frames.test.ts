import { describe, expect, it } from 'vitest';
import { Prng } from '../../../src/base/prng.ts';
import { ContiguousFrames } from '../../../src/memory/contiguous-frames.ts';
import { ScatteredFrames } from '../../../src/memory/scattered-frames.ts';

const scattered = (seed: number): ScatteredFrames =>
  new ScatteredFrames(16, 1016, Prng.stream(seed, 'frames'));

describe('scattered frames', () => {
  it('hand out each frame of the range once', () => {
    const taken = scattered(1).take(1000) ?? [];
    expect(taken.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 16));
  });

  it('lie apart: hardly any neighbour follows its neighbour', () => {
    const taken = scattered(1).take(1000) ?? [];
    const together = taken.filter((frame, i) => frame === (taken[i - 1] ?? -2) + 1).length;
    expect(together).toBeLessThan(20);
  });

  it('lie alike for the same seed and otherwise for another', () => {
    expect(scattered(7).take(100)).toEqual(scattered(7).take(100));
    expect(scattered(7).take(100)).not.toEqual(scattered(8).take(100));
  });

  it('give all or nothing', () => {
    const frames = scattered(1);
    expect(frames.take(1001)).toBeUndefined();
    expect(frames.free).toBe(1000);
  });

  it('come back, but not twice and no stranger', () => {
    const frames = scattered(1);
    const taken = frames.take(10) ?? [];
    frames.give(taken);
    expect(frames.free).toBe(1000);
    expect(() => frames.give(taken)).toThrow('twice');
    expect(() => frames.give([5000])).toThrow('not ours');
  });

  it('go on after a restore as they would have', () => {
    const frames = scattered(1);
    frames.take(10);
    const other = scattered(2);
    other.restore(frames.save());
    expect(other.take(50)).toEqual(frames.take(50));
  });
});

describe('contiguous frames', () => {
  it('come as one stretch, first fit', () => {
    const frames = new ContiguousFrames(16, 116);
    expect(frames.take(40)).toBe(16);
    expect(frames.take(40)).toBe(56);
    expect(frames.take(40)).toBeUndefined();
    expect(frames.free).toBe(20);
  });

  it('join again when they come back in any order', () => {
    const frames = new ContiguousFrames(0, 90);
    for (let i = 0; i < 3; i++) frames.take(30);
    for (const first of [30, 0, 60]) frames.give(first, 30);
    expect(frames.save()).toEqual([{ first: 0, count: 90 }]);
  });

  it('do not come back twice', () => {
    const frames = new ContiguousFrames(0, 90);
    frames.take(30);
    frames.give(0, 30);
    expect(() => frames.give(0, 30)).toThrow('twice');
    expect(() => frames.give(20, 30)).toThrow('twice');
  });
});
