import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { instant } from '../../../src/base/units.ts';
import { scenarioSchema } from '../../../src/lab/scenario.ts';
import { Recorder } from '../../../src/trace/recorder.ts';
import { Replay } from '../../../src/trace/replay.ts';
import { ScriptedSession } from '../../support/scripted-session.ts';

const scenario = (algorithm: 'pre-copy' | 'pull' | 'stop-and-copy') =>
  v.parse(scenarioSchema, { algorithm, network: { bandwidthMbps: 50 } });

/** Plays a whole scripted migration in slices of `slice` nanoseconds. */
async function played(algorithm: 'pre-copy' | 'pull' | 'stop-and-copy', slice: number) {
  const session = new ScriptedSession();
  const replay = new Replay();
  let update = await session.open(scenario(algorithm));
  for (let now = slice; ; now += slice) {
    if (!update.ok) throw new Error(update.error);
    replay.fold(update.value.chunks, update.value.now);
    if (update.value.finished) return replay.picture;
    update = await session.advance(instant(now));
  }
}

describe('the picture of a pre-copy migration', () => {
  it('is the same however the trace is cut', async () => {
    const whole = await played('pre-copy', 5e9);
    const cut = await played('pre-copy', 3_333_333);
    expect([...cut.pages.source]).toEqual([...whole.pages.source]);
    expect(cut.rounds).toEqual(whole.rounds);
    expect(cut.curve).toEqual(whole.curve);
    expect(cut.downtime).toEqual(whole.downtime);
  });

  it('ends with every page at the destination and none at the source', async () => {
    const { pages, hosts } = await played('pre-copy', 5e9);
    expect(pages.left).toBe(0);
    expect(pages.source.every((state) => state === 0)).toBe(true);
    expect(hosts[0].vm).toBe('destroyed');
    expect(hosts[1].vm).toBe('running');
  });

  it('has rounds that get smaller, and a downtime inside the stop-and-copy stage', async () => {
    const { rounds, downtime, stages, outage } = await played('pre-copy', 5e9);
    const sizes = rounds.map(({ sent }) => sent);
    expect(sizes.length).toBeGreaterThan(2);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    const stop = exists(
      stages.find(({ stage }) => stage === 3),
      'stage 3',
    );
    expect(exists(downtime, 'downtime').from).toBe(stop.from);
    expect(exists(outage, 'outage').outageNs).toBeGreaterThan(0);
  });

  it('keeps where guest code ran on each host', async () => {
    const { hosts, downtime } = await played('pre-copy', 5e9);
    expect(hosts[0].ran).toEqual([{ from: 0, to: downtime?.from }]);
    expect(hosts[1].ran).toEqual([{ from: downtime?.to }]);
  });

  it('draws a curve from all pages down to none', async () => {
    const { curve } = await played('pre-copy', 5e9);
    expect(curve[0].left).toBe(1024);
    expect(exists(curve.at(-1), 'last point').left).toBeLessThan(8);
    expect(curve.length).toBeLessThan(2000);
  });
});

describe('the picture of a pull', () => {
  it('counts pages by the reason they were sent for', async () => {
    const { pages } = await played('pull', 5e9);
    expect(pages.sentBy.demand).toBe(pages.faults);
    expect(pages.sentBy.demand + pages.sentBy.push).toBe(1024);
  });
});

describe('a migration that fails', () => {
  it('leaves the VM running at the source with no downtime to show', () => {
    const host = new Recorder(0);
    const peer = new Recorder(1);
    host.event(instant(0), 'vm.created', { vm: 'vm1', vmm: 'xen', pages: 8 });
    host.event(instant(1), 'vm.started', { vm: 'vm1', retired: 0, eip: 0 });
    host.event(instant(2), 'migration.status', { role: 'source', status: 'setup', reason: '' });
    host.page(instant(3), 'sent', 0, 16);
    peer.page(instant(4), 'installed', 0, 16);
    host.event(instant(5), 'vm.paused', { vm: 'vm1', retired: 9, eip: 0 });
    host.event(instant(6), 'vm.resumed', { vm: 'vm1', retired: 9, eip: 0 });
    host.event(instant(7), 'migration.status', {
      role: 'source',
      status: 'failed',
      reason: 'the link went down',
    });
    peer.event(instant(8), 'vm.destroyed', { vm: 'vm1', framesFreed: 8 });
    const replay = new Replay();
    replay.fold([host.take(), peer.take()], instant(10));
    const { hosts, downtime, status, statusReason, pages } = replay.picture;
    expect(hosts[0].vm).toBe('running');
    expect(downtime).toBeUndefined();
    expect([status, statusReason]).toEqual(['failed', 'the link went down']);
    expect(pages.left).toBe(8);
  });
});

describe('frames that tell of the move', () => {
  it('are the announcement from the new host, and what the old one drops once the VM has left', () => {
    const [a, b, network] = [0, 1, 2].map((party) => new Recorder(party));
    const vm = { vm: 'vm1', retired: 0, eip: 0 };
    const drop = { type: 'UDP', reason: 'the VM does not run on this host' };
    a.event(instant(0), 'vm.created', { vm: 'vm1', vmm: 'xen', pages: 4 });
    a.event(instant(1), 'vm.started', vm);
    b.event(instant(2), 'frame.dropped', { id: 1, ...drop });
    a.event(instant(10), 'vm.paused', vm);
    a.event(instant(12), 'frame.dropped', { id: 2, ...drop });
    const frame = { from: 'vm', to: 'everyone', bytes: 60 };
    const summary = 'RARP: vm is here now';
    b.event(instant(20), 'frame.sent', { id: 3, type: 'RARP', ...frame, summary });
    const asks = 'Who has 10.0.0.5? Tell 10.0.0.9';
    b.event(instant(21), 'frame.sent', { id: 4, type: 'ARP', ...frame, summary: asks });
    a.event(instant(22), 'frame.dropped', { id: 3, type: 'RARP', reason: drop.reason });
    network.event(instant(22), 'frame.sent', { id: 5, type: 'RARP', ...frame, summary });
    const replay = new Replay();
    replay.fold([a.take(), b.take(), network.take()], instant(30));
    expect(replay.picture.frames).toEqual([
      { at: 12, what: 'dropped', port: 0, type: 'UDP' },
      { at: 20, what: 'announced', port: 1, type: 'RARP' },
    ]);
    expect(replay.picture.framesDropped).toBe(1);
  });
});
