/** A run with two migrations has the report of the second one at its end, and none of the first meanwhile. */
import { afterAll, describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { ok } from '../../../src/base/result.ts';
import { instant } from '../../../src/base/units.ts';
import { LabRunner } from '../../../src/lab/lab-runner.ts';
import { guestImage, SMALL, scenario } from '../../support/labs.ts';

const runner = new LabRunner({ loadGuest: async () => ok(guestImage('muncher')) });
afterAll(() => runner.close());

async function known(answer: ReturnType<LabRunner['advance']>) {
  const update = await answer;
  if (!update.ok) throw new Error(update.error);
  return update.value;
}

describe('the report while a run goes on', () => {
  it('is not the one of an attempt that was cancelled before', async () => {
    await known(
      runner.open(scenario({ ...SMALL, migration: { ...SMALL.migration, startMs: null } })),
    );
    let at = 30e6;
    const on = (ns: number) => {
      at += ns;
      return known(runner.advance(instant(at)));
    };
    await on(0);
    await known(runner.input({ kind: 'migrate' }));
    await on(20e6);
    await known(runner.input({ kind: 'cancel' }));
    const first = exists((await on(20e6)).report, 'a report');
    expect(first.status).toBe('cancelled');
    await known(runner.input({ kind: 'migrate' }));
    expect((await on(5e6)).report).toBeUndefined();
    const { report } = await known(runner.finish());
    expect(report).toMatchObject({ status: 'completed', verification: { memoryEqual: true } });
    expect(report?.earlier).toHaveLength(1);
  });
});
