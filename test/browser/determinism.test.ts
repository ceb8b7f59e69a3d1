import { afterEach, describe, expect, it } from 'vitest';
import { instant } from '../../src/base/units.ts';
import { connectSession } from '../../src/bridge/connect.ts';
import { findPreset } from '../../src/lab/presets.ts';
import type { LabSession, LabUpdate } from '../../src/lab/session.ts';

/** What the same presets gave in one thread of Node. */
const goldens = import.meta.glob<{ readonly traceHash: string }>('../golden/presets/*.json', {
  eager: true,
  import: 'default',
});

let session: LabSession | undefined;

afterEach(async () => {
  await session?.close();
});

async function value(answer: ReturnType<LabSession['finish']>): Promise<LabUpdate> {
  const result = await answer;
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

describe("hosts in Chromium's workers", () => {
  const names = Object.keys(goldens).map((path) => path.replace(/^.*\/(.*)\.json$/, '$1'));

  it('has goldens to compare with', () => {
    expect(names).toContain('converges');
  });

  it.each(names)(
    'give the report that one Node thread gave, trace hash included: %s',
    async (name) => {
      const scenario = findPreset(name)?.scenario;
      if (scenario === undefined) throw new Error(`no preset ${name}`);
      session = await connectSession();
      await value(session.open(scenario));
      const { report } = await value(session.finish());
      expect(report).toEqual(goldens[`../golden/presets/${name}.json`]);
    },
  );

  it('give the same when time is cut as a page cuts it', async () => {
    const scenario = findPreset('converges')?.scenario;
    if (scenario === undefined) throw new Error('no preset converges');
    session = await connectSession();
    let update = await value(session.open(scenario));
    while (!update.finished) update = await value(session.advance(instant(update.now + 3_333_333)));
    expect(update.report?.traceHash).toBe(goldens['../golden/presets/converges.json'].traceHash);
  });

  it('gives a clear error for a guest that the server does not have', async () => {
    const scenario = findPreset('converges')?.scenario;
    if (scenario === undefined) throw new Error('no preset converges');
    session = await connectSession();
    const answer = await session.open({
      ...scenario,
      vm: { ...scenario.vm, guest: 'missing' as never },
    });
    expect(answer.ok).toBe(false);
  });
});
