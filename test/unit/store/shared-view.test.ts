import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPreset } from '../../../src/lab/presets.ts';
import { ALGORITHM_IDS } from '../../../src/migration/algorithms/ids.ts';
import { decodeLink, encodeLink, pack, packedScenario, unpack } from '../../../src/store/link.ts';
import { settingsOf } from '../../../src/store/settings.ts';
import {
  GOAL_IDS,
  INSIDE_TABS,
  MODES,
  PAGE_PARTS,
  PLAIN_VIEW,
  SETTING_CONTROLS,
  type SharedView,
} from '../../../src/store/shared-view.ts';

const scenario = findPreset('converges')?.scenario;
if (!scenario) throw new Error('no preset converges');
const settings = settingsOf(scenario);
const LIMIT_NS = scenario.migration.limitMs * 1e6;

const vmms = fc.constantFrom('xen' as const, 'kvm' as const);
const lanes = fc.record({
  algorithm: fc.constantFrom(...ALGORITHM_IDS),
  source: vmms,
  destination: vmms,
});

const views: fc.Arbitrary<SharedView> = fc
  .record({
    moment: fc.oneof(
      fc.constant(undefined),
      fc.constant('end' as const),
      fc.integer({ min: 0, max: LIMIT_NS }),
    ),
    selection: fc.option(
      fc.record({ gfn: fc.integer({ min: 0, max: 1023 }), inspected: fc.boolean() }),
      { nil: undefined },
    ),
    theme: fc.constantFrom(undefined, 'light' as const, 'dark' as const, 'projector' as const),
    mode: fc.constantFrom(...MODES),
    hidden: fc.subarray([...SETTING_CONTROLS, ...PAGE_PARTS]),
    locked: fc.subarray([...SETTING_CONTROLS]),
    place: fc.constantFrom('run', 'compare', 'centres', ...INSIDE_TABS),
    lanes: fc.option(fc.array(lanes, { minLength: 2, maxLength: 4 }), { nil: undefined }),
    lanesMoment: fc.option(fc.integer({ min: 0, max: LIMIT_NS }), { nil: undefined }),
    lesson: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    goal: fc.constantFrom(undefined, ...GOAL_IDS),
  })
  .map(({ place, ...rest }) => ({
    ...rest,
    compare: place === 'compare',
    centres: place === 'centres' || undefined,
    inside: INSIDE_TABS.find((tab) => tab === place),
  }));

describe('what a link says beside the run', () => {
  it('comes back as it was, to the nanosecond', () => {
    fc.assert(
      fc.property(views, (view) => {
        const decoded = decodeLink(encodeLink('converges', settings, { view }));
        expect(decoded.notices).toEqual([]);
        expect(decoded.view).toEqual(view);
        expect(decoded.settings).toEqual(settings);
      }),
    );
  });

  it('is readable, and absent where nothing is asked for', () => {
    expect(encodeLink('pull', settings, { view: PLAIN_VIEW })).not.toMatch(/t=|sel|mode|hide|lock/);
    const view: SharedView = {
      ...PLAIN_VIEW,
      moment: 1_440_000_001,
      selection: { gfn: 231, inspected: true },
      mode: 'embed',
      hidden: ['mem', 'bw'],
      locked: ['alg'],
    };
    expect(encodeLink('converges', settings, { view })).toBe(
      '#v=1&s=converges&t=1440.000001&sel=page:231&mode=embed&hide=mem,bw&lock=alg',
    );
  });

  it.each([
    ['lanes=pull:xen:kvm', 'two to four lanes', { lanes: undefined }],
    ['lanes=pull:xen:kvm,push:xen:kvm,pull:kvm:xen:1', 'two to four lanes', { lanes: undefined }],
    [
      `lanes=${Array(5).fill('pull:xen:kvm').join()}`,
      'two to four lanes',
      { lanes: Array(4).fill({ algorithm: 'pull', source: 'xen', destination: 'kvm' }) },
    ],
    ['lt=-1', 'so 0 was used', { lanesMoment: 0 }],
    ['t=-5', 'so 0 was used', { moment: 0 }],
    ['t=999999999999', 'so 120000 was used', { moment: LIMIT_NS }],
    ['t=soon', 'no number', { moment: undefined }],
    ['sel=page:99999', 'so 1023 was used', { selection: { gfn: 1023, inspected: true } }],
    ['sel=packet:3', 'does not know', { selection: undefined }],
    ['theme=pink', 'light, dark, projector', { theme: undefined }],
    ['mode=huge', 'full, present, embed', { mode: 'full' }],
    ['hide=mem,everything', '“everything”', { hidden: ['mem'] }],
    ['lock=seed,log', '“log”', { locked: ['seed'] }],
    ['lesson=12', 'so 9 was used', { lesson: 9 }],
    ['goal=win', 'short-pause, no-waiting, both', { goal: undefined }],
  ])('%s is clamped or left out, and said', (part, said, used) => {
    const { view, notices } = decodeLink(`#v=1&s=converges&${part}`);
    expect(view).toMatchObject(used);
    expect(notices).toEqual([expect.stringContaining(said)]);
  });

  it('holds whatever anybody writes into it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.string({ maxLength: 40 }), (text, value) => {
        const { view } = decodeLink(`#t=${value}&sel=page:${value}&hide=${value}&${text}`);
        expect(MODES).toContain(view.mode);
        const { moment } = view;
        if (typeof moment === 'number') {
          expect(moment).toBeGreaterThanOrEqual(0);
          expect(moment).toBeLessThanOrEqual(LIMIT_NS);
        }
      }),
    );
  });
});

describe('a scenario of one’s own', () => {
  it('travels in the link as a whole, and settings are told apart from it', async () => {
    const own = { ...scenario, name: 'mine', vm: { ...scenario.vm, memoryMiB: 12 } };
    const changed = { ...settingsOf(own), seed: 5 };
    const custom = { scenario: own, packed: await pack(own) };
    const link = encodeLink('custom', changed, { custom });
    const packed = packedScenario(link);
    expect(await unpack(packed ?? '')).toEqual(own);
    const decoded = decodeLink(link, own);
    expect([decoded.preset, decoded.base, decoded.settings]).toEqual(['custom', own, changed]);
    expect(decoded.notices).toEqual([]);
  });

  it('that cannot be read is replaced, and said', () => {
    const { preset, notices } = decodeLink('#s=custom&sc=AAAA');
    expect(preset).toBe('converges');
    expect(notices).toEqual([expect.stringContaining('could not be read')]);
  });
});
