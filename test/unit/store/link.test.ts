import { describe, expect, it } from 'vitest';
import { findPreset } from '../../../src/lab/presets.ts';
import { decodeLink, encodeLink, packInputs, unpack } from '../../../src/store/link.ts';
import { settingsOf } from '../../../src/store/settings.ts';

const preset = (name: string) => {
  const found = findPreset(name);
  if (!found) throw new Error(`no preset ${name}`);
  return settingsOf(found.scenario);
};

describe('a link', () => {
  it('of a preset as it is names nothing but the preset', () => {
    expect(encodeLink('hot-set', preset('hot-set'))).toBe('#v=1&s=hot-set');
  });

  it('brings back the settings it was made from', () => {
    const settings = {
      ...preset('pull'),
      algorithm: 'pre-copy',
      memoryMiB: 16,
      latencyMs: 2.5,
      seed: 77,
    } as const;
    const decoded = decodeLink(encodeLink('pull', settings));
    expect(decoded.settings).toEqual(settings);
    expect(decoded.preset).toBe('pull');
    expect(decoded.notices).toEqual([]);
  });

  it('clamps what is out of range and says so', () => {
    const { settings, notices } = decodeLink('#s=converges&mem=9999999&hot=-3');
    expect([settings.memoryMiB, settings.workingSetPercent]).toEqual([64, 1]);
    expect(notices).toHaveLength(2);
    expect(notices[0]).toContain('4 to 64');
  });

  it.each([
    ['#bw=fast', 'no number'],
    ['#alg=teleport', 'stop-and-copy, pre-copy, pull'],
    ['#s=nowhere', 'no scenario'],
    ['#colour=red', 'does not know'],
    ['#v=9', 'version 9'],
  ])('%s is opened with the default and a notice', (hash, said) => {
    const { settings, notices } = decodeLink(hash);
    expect(settings).toEqual(preset('converges'));
    expect(notices).toEqual([expect.stringContaining(said)]);
  });

  it('carries the inputs of a run', async () => {
    const inputs = [
      { atNs: 123_456_789, input: { kind: 'workload', writesPerSecond: 900 } as const },
    ];
    const packed = await packInputs(inputs);
    expect(packed).toMatch(/^[\w-]+$/);
    expect(await unpack(packed)).toEqual(inputs);
    expect(decodeLink(encodeLink('pull', preset('pull'), { inputs: packed })).packedInputs).toBe(
      packed,
    );
  });

  it('with inputs cut short unpacks to nothing', async () => {
    const packed = await packInputs([{ atNs: 1, input: { kind: 'migrate' } }]);
    expect(await unpack(packed.slice(0, -6))).toBeUndefined();
    expect(await unpack('!!!')).toBeUndefined();
  });

  it('does not unpack a small text into a huge one', async () => {
    const many = Array.from({ length: 40_000 }, (_, atNs) => ({
      atNs,
      input: { kind: 'migrate' } as const,
    }));
    expect(await unpack(await packInputs(many))).toBeUndefined();
  });
});
