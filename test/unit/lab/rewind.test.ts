import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ok } from '../../../src/base/result.ts';
import { instant } from '../../../src/base/units.ts';
import { threadHosts } from '../../../src/bridge/node/thread-hosts.ts';
import { LabRunner } from '../../../src/lab/lab-runner.ts';
import type { PartyPort } from '../../../src/lab/party-port.ts';
import type { LabUpdate } from '../../../src/lab/session.ts';
import type { HostWiring } from '../../../src/lab/wiring.ts';
import { buildHostScript } from '../../support/host-script.ts';
import { finishedLab, guestImage, SMALL, scenario } from '../../support/labs.ts';

let spawnHost: (wiring: HostWiring) => Promise<PartyPort>;
const runners: LabRunner[] = [];

beforeAll(async () => {
  spawnHost = threadHosts(await buildHostScript());
});

afterAll(async () => {
  for (const runner of runners) await runner.close();
});

async function value(answer: ReturnType<LabRunner['finish']>): Promise<LabUpdate> {
  const result = await answer;
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

async function opened(inWorkers: boolean): Promise<LabRunner> {
  const loadGuest = async () => ok(guestImage('muncher'));
  const runner = new LabRunner(inWorkers ? { loadGuest, spawnHost } : { loadGuest });
  runners.push(runner);
  await value(runner.open(scenario(SMALL)));
  return runner;
}

/** In steps, so that marks are taken on the way. */
async function playTo(runner: LabRunner, ms: number, from = 0): Promise<LabUpdate> {
  let update = await value(runner.advance(instant(from * 1e6)));
  for (let at = from + 5; at <= ms; at += 5)
    update = await value(runner.advance(instant(at * 1e6)));
  return update;
}

describe.each([
  { where: 'one thread', inWorkers: false },
  { where: 'worker threads', inWorkers: true },
])('going back in $where', ({ inWorkers }) => {
  it('and on again gives the same future', async () => {
    const runner = await opened(inWorkers);
    await playTo(runner, 150);
    const back = await value(runner.rewind(instant(83_333_333)));
    expect(back.now).toBe(83_333_333);
    expect(back.chunks).toEqual([]);
    const { report } = await value(runner.finish());
    expect(report).toEqual(finishedLab(SMALL).report());
  });

  it('repeats the inputs that were made after that moment', async () => {
    const runner = await opened(inWorkers);
    await playTo(runner, 60);
    await value(runner.input({ kind: 'workload', writesPerSecond: 100 }));
    await playTo(runner, 120, 61);
    await value(runner.input({ kind: 'workload', writesPerSecond: 900 }));
    const straight = await value(runner.finish());
    await value(runner.rewind(instant(50_000_000)));
    const again = await value(runner.finish());
    expect(again.report).toEqual(straight.report);
    expect(again.inputs).toEqual(straight.inputs);
  });

  it('and changing something forks: the old future is discarded', async () => {
    const runner = await opened(inWorkers);
    await playTo(runner, 60);
    await value(runner.input({ kind: 'workload', writesPerSecond: 2000 }));
    await playTo(runner, 120, 61);
    await value(runner.rewind(instant(40_000_000)));
    await value(runner.input({ kind: 'workload', writesPerSecond: 50 }));
    const forked = await value(runner.finish());
    expect(forked.inputs).toEqual([
      { at: 40_000_000, input: { kind: 'workload', writesPerSecond: 50 } },
    ]);
    const fresh = finishedLab({
      ...SMALL,
      inputs: [{ atNs: 40_000_000, input: { kind: 'workload', writesPerSecond: 50 } }],
    });
    expect(forked.report).toEqual(fresh.report());
  });

  it('to the very beginning runs everything anew', async () => {
    const runner = await opened(inWorkers);
    await playTo(runner, 100);
    await value(runner.rewind(instant(0)));
    const { report } = await value(runner.finish());
    expect(report).toEqual(finishedLab(SMALL).report());
  });
});

describe('after a worker died', () => {
  it('going back starts afresh, and the death comes again as the input it was', async () => {
    const ports: PartyPort[] = [];
    const runner = new LabRunner({
      loadGuest: async () => ok(guestImage('muncher')),
      spawnHost: async (wiring) => {
        const port = await spawnHost(wiring);
        ports[wiring.party] = port;
        return port;
      },
    });
    runners.push(runner);
    await value(runner.open(scenario(SMALL)));
    await playTo(runner, 70);
    ports[1].close();
    const live = await value(runner.finish());
    await value(runner.rewind(instant(60_000_000)));
    const again = await value(runner.finish());
    expect(again.report).toEqual(live.report);
  });
});
