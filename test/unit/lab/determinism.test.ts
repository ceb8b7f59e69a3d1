import { describe, expect, it } from 'vitest';
import { Prng } from '../../../src/base/prng.ts';
import { instant } from '../../../src/base/units.ts';
import { Lab } from '../../../src/lab/lab.ts';
import {
  finishedLab,
  guestImage,
  KINDS_OF_COURSE,
  newLab,
  type ScenarioInput,
  SMALL,
  scenario,
} from '../../support/labs.ts';

/** Runs on until the trace has its first event of `kind`. */
function runTo(lab: Lab, kind: string): void {
  while (!lab.finished) {
    const { chunks } = lab.advance(lab.core.nextStop());
    if (chunks.some(({ events }) => events.some((event) => event.kind === kind))) return;
  }
  throw new Error(`no ${kind}`);
}

describe('a lab', () => {
  it.each(KINDS_OF_COURSE)(
    'gives the same trace hash twice with %s, and another with another seed',
    (algorithm) => {
      const first = finishedLab({ ...SMALL, algorithm });
      const hash = first.report().traceHash;
      expect(finishedLab({ ...SMALL, algorithm }).report().traceHash).toBe(hash);
      expect(finishedLab({ ...SMALL, algorithm, seed: 2 }).report().traceHash).not.toBe(hash);
    },
  );

  it('gives the same trace however time was cut', () => {
    const whole = finishedLab(SMALL);
    const cut = newLab(SMALL);
    const prng = Prng.stream(9, 'cuts');
    while (!cut.finished)
      cut.advance(instant(Math.min(cut.now + 1 + prng.below(3_000_000), cut.core.closingTime)));
    expect(cut.traceText()).toBe(whole.traceText());
    expect(cut.report()).toEqual(whole.report());
  });

  it.each([
    ['pre-copy', 'round.ended'],
    ['pre-copy', 'vm.paused'],
    ['pre-copy', 'vm.activated'],
    ['pull', 'vm.blocked'],
    ['stop-and-copy', 'round.started'],
  ] as const)('goes on from a checkpoint: %s at its first %s', (algorithm, kind) => {
    const settings: ScenarioInput = { ...SMALL, algorithm };
    const whole = finishedLab(settings).report();
    const lab = newLab(settings);
    runTo(lab, kind);
    lab.advance(instant(lab.now + 700_000));
    const checkpoint = structuredClone(lab.checkpoint());
    lab.advance(instant(lab.now + 20_000_000));
    const restored = Lab.restore(scenario(settings), guestImage('muncher'), checkpoint);
    if (!restored.ok) throw new Error(restored.error);
    restored.value.finish();
    expect(restored.value.report()).toEqual(whole);
  });
});
