import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ok } from '../../../src/base/result.ts';
import { instant } from '../../../src/base/units.ts';
import { threadHosts } from '../../../src/bridge/node/thread-hosts.ts';
import { type GuestSource, LabRunner } from '../../../src/lab/lab-runner.ts';
import type { PartyPort } from '../../../src/lab/party-port.ts';
import type { LabUpdate } from '../../../src/lab/session.ts';
import type { HostWiring } from '../../../src/lab/wiring.ts';
import { buildHostScript } from '../../support/host-script.ts';
import {
  finishedLab,
  guestImage,
  KINDS_OF_COURSE,
  type ScenarioInput,
  SMALL,
  scenario,
} from '../../support/labs.ts';

let spawnHost: (wiring: HostWiring) => Promise<PartyPort>;
const runners: LabRunner[] = [];

beforeAll(async () => {
  spawnHost = threadHosts(await buildHostScript());
});

afterAll(async () => {
  for (const runner of runners) await runner.close();
});

function newRunner(spawn?: (wiring: HostWiring) => Promise<PartyPort>): LabRunner {
  const loadGuest = async ({ guest }: GuestSource) => ok(guestImage(guest));
  const runner = new LabRunner(spawn ? { loadGuest, spawnHost: spawn } : { loadGuest });
  runners.push(runner);
  return runner;
}

async function value(answer: ReturnType<LabRunner['finish']>): Promise<LabUpdate> {
  const result = await answer;
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

describe('hosts in worker threads', () => {
  it.each(KINDS_OF_COURSE)(
    'give the same report and trace hash as one thread: %s',
    async (algorithm) => {
      const settings: ScenarioInput = { ...SMALL, algorithm };
      const runner = newRunner(spawnHost);
      await value(runner.open(scenario(settings)));
      expect(runner.inWorkers).toBe(true);
      const { report } = await value(runner.finish());
      expect(report).toEqual(finishedLab(settings).report());
    },
  );

  /** What few runs need comes late: a new worker has none of it. */
  it.each<[string, ScenarioInput]>([
    ['one kind: xen', { hosts: { source: 'xen', destination: 'xen' } }],
    ['one kind: kvm', { hosts: { source: 'kvm', destination: 'kvm' } }],
    ['deflate', { migration: { ...SMALL.migration, addOns: { compression: 'deflate' } } }],
    ['XBZRLE', { migration: { ...SMALL.migration, addOns: { xbzrleCacheKiB: 1024 } } }],
    ['a choice by quality', { migration: { ...SMALL.migration, choice: 'qos' } }],
    ['a relocation', { hosts: { source: 'kvm', destination: 'xen', relocation: {} } }],
  ])('load by themselves what is seldom needed: %s', async (_, special) => {
    const settings: ScenarioInput = { ...SMALL, ...special };
    const runner = newRunner(spawnHost);
    await value(runner.open(scenario(settings)));
    const { report } = await value(runner.finish());
    expect(report?.status).toBe('completed');
    expect(report).toEqual(finishedLab(settings).report());
  });

  it('come back into one thread in the middle of a round, and the trace stays the same', async () => {
    const runner = newRunner(spawnHost);
    await value(runner.open(scenario(SMALL)));
    await value(runner.advance(instant(70_000_000)));
    await runner.moveInThread();
    expect(runner.inWorkers).toBe(false);
    const { report } = await value(runner.finish());
    expect(report).toEqual(finishedLab(SMALL).report());
  });

  it('are given up for one thread by themselves where their round trips are too slow', async () => {
    let wallClockMs = 0;
    const runner = new LabRunner({
      loadGuest: async ({ guest }) => ok(guestImage(guest)),
      spawnHost,
      // Every look at the clock finds it a tenth of a second later: far slower than virtual time.
      wallClock: () => {
        wallClockMs += 100;
        return wallClockMs;
      },
    });
    runners.push(runner);
    await value(runner.open(scenario(SMALL)));
    expect(runner.inWorkers).toBe(true);
    let update = await value(runner.advance(instant(1_000_000)));
    while (!update.finished) update = await value(runner.advance(instant(update.now + 1_000_000)));
    expect(runner.inWorkers).toBe(false);
    expect(update.report).toEqual(finishedLab(SMALL).report());
  });

  it.each([0, 1])(
    'that die become a crash, which replays to the same trace: host %i',
    async (host) => {
      const ports: PartyPort[] = [];
      const runner = newRunner(async (wiring) => {
        const port = await spawnHost(wiring);
        ports[wiring.party] = port;
        return port;
      });
      await value(runner.open(scenario(SMALL)));
      await value(runner.advance(instant(70_000_000)));
      ports[host].close();
      await value(runner.advance(instant(80_000_000)));
      // What is asked of both hosts afterwards is on the trace, whichever of them is off.
      await value(runner.input({ kind: 'cancel' }));
      const live = await value(runner.finish());
      expect(live.report?.status).toBe(host === 0 ? 'failed' : 'cancelled');
      expect(live.inputs.map(({ input }) => input.kind)).toEqual(['crash', 'cancel']);
      const replay = finishedLab({
        ...SMALL,
        inputs: live.inputs.map(({ at, input }) => ({ atNs: at, input })),
      });
      expect(replay.report()).toEqual(live.report);
    },
  );
});

describe('a session', () => {
  it('steps to rounds and events, and inputs along the way replay to the same trace', async () => {
    const runner = newRunner();
    await value(runner.open(scenario(SMALL)));
    const round = await value(runner.step('round'));
    expect(
      round.chunks.flatMap(({ events }) => events).filter(({ kind }) => kind === 'round.started')
        .length,
    ).toBe(1);
    const step = await value(runner.step('event'));
    expect(step.now).toBeGreaterThan(round.now);
    await value(runner.input({ kind: 'workload', writesPerSecond: 300 }));
    const live = await value(runner.finish());
    const replay = finishedLab({
      ...SMALL,
      inputs: live.inputs.map(({ at, input }) => ({ atNs: at, input })),
    });
    expect(replay.report()).toEqual(live.report);
    expect(live.report?.verification.memoryEqual).toBe(true);
  });
});
