/** VERIFY on real guest code: what the migration itself would find before it gives the VM away. */
import { describe, expect, it } from 'vitest';
import { Lab } from '../../../src/lab/lab.ts';
import { findCanary } from '../../../src/lab/simulation/canaries/canaries.ts';
import { besideTwin } from '../../support/beside-twin.ts';
import {
  finishedLab,
  guestImage,
  type ScenarioInput,
  SMALL,
  scenario,
} from '../../support/labs.ts';

const verifying = (input: ScenarioInput): ScenarioInput => ({
  ...SMALL,
  ...input,
  network: { bandwidthMbps: 200 },
  migration: { ...SMALL.migration, addOns: { ...input.migration?.addOns, verify: true } },
});

describe('VERIFY in a lab [SW-10]', () => {
  it.each([
    ['pre-copy', 1],
    ['pre-copy', 4],
    ['hybrid', 1],
  ] as const)(
    'finds nothing in a sound migration [case 40]: %s, %i channels',
    (algorithm, channels) => {
      const lab = finishedLab(verifying({ algorithm, migration: { addOns: { channels } } }));
      const report = lab.report();
      expect(report).toMatchObject({ status: 'completed', error: null });
      expect(report.verification).toMatchObject({ memoryEqual: true, cpuEqual: true });
      expect(lab.traceText()).toMatch(
        /message\.received.*type="verify".*once more, to be compared/,
      );
    },
  );

  it.each(['page-not-installed', 'short-page', 'stale-page'])(
    'finds what the destination does wrong, and the VM stays whole at the source: %s',
    (name) => {
      const lab = withBug(name);
      expect(lab.report()).toMatchObject({
        status: 'failed',
        error: expect.stringMatching(/VERIFY: page \d+ here is not the source's/),
      });
      expect(lab.hosts.map((host) => host.running)).toEqual([true, false]);
      expect(besideTwin(lab, 0).differing).toEqual([]);
    },
  );

  it('cannot find what the source reads wrongly, for it reads so again', () => {
    const { status, verification } = withBug('neighbour-read').report();
    expect([status, verification.memoryEqual]).toEqual(['completed', false]);
  });
});

function withBug(name: string): Lab {
  const settings = scenario(verifying({ algorithm: 'pre-copy' }));
  const lab = Lab.create(settings, guestImage('muncher'), undefined, findCanary(name)?.make());
  if (!lab.ok) throw new Error(lab.error);
  lab.value.finish();
  return lab.value;
}
