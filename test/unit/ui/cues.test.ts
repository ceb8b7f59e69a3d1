import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/base/units.ts';
import { PRESETS } from '../../../src/lab/presets.ts';
import { History } from '../../../src/store/history.ts';
import { cueMoments, cuesReached } from '../../../src/ui/present/cues.ts';
import { cuesOf } from '../../../src/ui/strings/cues.ts';
import { ScriptedSession } from '../../support/scripted-session.ts';

async function played(name: string): Promise<History> {
  const preset = PRESETS.find((candidate) => candidate.name === name);
  if (!preset) throw new Error(`no preset ${name}`);
  const session = new ScriptedSession();
  const history = new History();
  const updates = [await session.open(preset.scenario), await session.finish()];
  for (const update of updates) {
    if (!update.ok) throw new Error(update.error);
    history.add(update.value.chunks, update.value.now);
  }
  return history;
}

describe('the cues of a lecture', () => {
  it.each(PRESETS.map(({ name }) => [name]))(
    'of %s all come, one after the other',
    async (name) => {
      const history = await played(name);
      const moments = cueMoments(cuesOf(name), history);
      expect(moments.length).toBe(cuesOf(name).length);
      moments.forEach((at, i) => {
        expect(at).toBeGreaterThan(i === 0 ? 0 : moments[i - 1]);
        expect(cuesReached(moments, at)).toBe(i + 1);
        expect(cuesReached(moments, at - 1)).toBe(i);
      });
    },
  );

  it('that are not reached yet have no moment', () => {
    const history = new History();
    history.add([], instant(1000));
    expect(cueMoments(cuesOf('converges'), history)).toEqual([]);
  });

  it('exist for a scenario of one’s own', () => {
    expect(cuesOf('custom').map(({ stop }) => stop)).toEqual(['paused', 'activated', 'ended']);
  });
});
