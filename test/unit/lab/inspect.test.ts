import { afterAll, describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { ok } from '../../../src/base/result.ts';
import { instant } from '../../../src/base/units.ts';
import { threadHosts } from '../../../src/bridge/node/thread-hosts.ts';
import { LabRunner } from '../../../src/lab/lab-runner.ts';
import { buildHostScript } from '../../support/host-script.ts';
import { guestImage, SMALL, scenario } from '../../support/labs.ts';

const spawnHost = threadHosts(await buildHostScript());
const runner = new LabRunner({ loadGuest: async () => ok(guestImage('muncher')), spawnHost });

afterAll(() => runner.close());

async function look(question: Parameters<LabRunner['inspect']>[0]) {
  const answer = await runner.inspect(question);
  if (!answer.ok) throw new Error(answer.error);
  return answer.value;
}

describe('looking into the hosts', () => {
  it('finds nothing at the destination before a migration, and equal pages during it', async () => {
    await runner.open(scenario(SMALL));
    expect((await look({ kind: 'page', gfn: 300 }))[1]).toBeUndefined();
    await runner.advance(instant(250_000_000));
    const [a, b] = await look({ kind: 'page', gfn: 300 });
    if (a?.kind !== 'page' || b?.kind !== 'page') throw new Error('a page on both hosts');
    expect(a.bytes).toEqual(b.bytes);
    expect(a.bytes.some((byte) => byte !== 0)).toBe(true);
    expect(a.mfn).not.toBe(a.gfn);
    expect([a.missing, b.missing]).toEqual([false, false]);
  });

  it('gives the registers of the VM where it lives', async () => {
    const [a] = await look({ kind: 'registers' });
    const insight = exists(a, 'the source');
    if (insight.kind !== 'registers') throw new Error('registers');
    expect(insight.running).toBe(true);
    expect(insight.vmm).toBe('xen');
    expect(insight.values.eip).toBeGreaterThanOrEqual(0x100000);
  });

  it('finds nothing outside the guest’s memory', async () => {
    expect(await look({ kind: 'page', gfn: 512 })).toEqual([undefined, undefined]);
    expect(await look({ kind: 'page', gfn: -1 })).toEqual([undefined, undefined]);
  });
});
