import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../../src/lab/presets.ts';
import { difference, differingSettings, leastOf } from '../../../src/store/compare-figures.ts';

describe('the difference of two figures', () => {
  it('is told as a share when small, as a multiple when large', () => {
    expect(difference(100, 100, 'lane 1')).toBe('same as lane 1');
    expect(difference(100, 112, 'lane 1')).toBe('+12 %');
    expect(difference(100, 95.5, 'lane 1')).toBe('−4.5 %');
    expect(difference(15, 779, 'lane 1')).toBe('52 × lane 1');
    expect(difference(100, 23, 'lane 1')).toBe('0.23 × lane 1');
  });

  it('is left out where a figure is missing or zero', () => {
    expect(difference(undefined, 5, 'lane 1')).toBe('');
    expect(difference(0, 5, 'lane 1')).toBe('');
  });
});

describe('the least figure', () => {
  it('is marked only when one lane alone has it, and all have one', () => {
    expect(leastOf([3, 1, 2])).toBe(1);
    expect(leastOf([1, 1, 2])).toBeUndefined();
    expect(leastOf([1, undefined])).toBeUndefined();
  });
});

describe('settings of lanes', () => {
  it('differ where any lane differs from the first', () => {
    const { scenario } = PRESETS[0];
    const other = { ...scenario, hosts: { ...scenario.hosts, destination: 'xen' as const } };
    expect(differingSettings([{ scenario }, { scenario: other }])).toEqual(['destination']);
    expect(differingSettings([{ scenario }, { scenario }])).toEqual([]);
  });
});
