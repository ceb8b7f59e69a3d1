/** What the network knows of a VM that has moved: announcements, the switch's table, the ARP cache. */
import { describe, expect, it } from 'vitest';
import type { Lab } from '../../../src/lab/lab.ts';
import type { MigrationReport } from '../../../src/lab/report.ts';
import { finishedLab, type ScenarioInput, SMALL } from '../../support/labs.ts';

type Network = NonNullable<ScenarioInput['network']>;

/** A slow guest, quickly moved; watched for a second and a half after that. */
function moved(network: Network, hosts: ScenarioInput['hosts'] = {}): Lab {
  const lab = finishedLab({
    ...SMALL,
    algorithm: 'pull',
    hosts,
    vm: {
      memoryMiB: 2,
      instructionNs: 1000,
      workload: { workingSetPercent: 10, writesPerSecond: 100 },
    },
    network: { bandwidthMbps: 400, lanLatencyMs: 2, ...network },
    migration: { startMs: 60, runOnMs: 1500, limitMs: 5000 },
  });
  const { status, verification } = lab.report();
  expect([status, verification.memoryEqual]).toEqual(['completed', true]);
  return lab;
}
const outage = (network: Network): MigrationReport => moved(network).report();
const lines = (lab: Lab, ...words: string[]) =>
  lab
    .traceText()
    .split('\n')
    .filter((line) => words.every((word) => line.includes(word)));
const usual = moved({});

describe('the announcement', () => {
  it('is five RARPs from a KVM-like host, 0, 50, 200, 450 and 800 ms after the VM runs there', () => {
    const at = (line: string | undefined) => Number.parseInt(line ?? '', 10);
    const runs = at(lines(usual, ' vm.activated ')[0]);
    const sent = lines(usual, ' frame.sent ', 'RARP: ');
    expect(sent.map((line) => Math.round((at(line) - runs) / 1e6))).toEqual([0, 50, 200, 450, 800]);
    const { clientOutageMs, clientOutageOpen, downtimeMs } = usual.report();
    expect([clientOutageOpen, clientOutageMs < downtimeMs + 40]).toEqual([false, true]);
  });

  it('is one gratuitous ARP from a Xen-like host', () => {
    const lab = moved({}, { source: 'kvm', destination: 'xen' });
    expect(lines(lab, ' frame.sent ', 'Gratuitous ARP')).toHaveLength(1);
    expect(lines(lab, ' frame.sent ', 'RARP: ')).toEqual([]);
  });

  it('that is lost is made up for by the next one, when there is a next one', () => {
    const two = outage({ lostAnnouncements: 2 });
    expect(two.clientOutageOpen).toBe(false);
    expect(two.clientOutageMs).toBeGreaterThan(190);
    expect(two.clientOutageMs).toBeLessThan(usual.report().clientOutageMs + 230);
    const all = outage({ lostAnnouncements: 5 });
    expect([all.clientOutageOpen, all.clientOutageMs > 1400]).toEqual([true, true]);
    expect(outage({ announce: 'garp', lostAnnouncements: 1 }).clientOutageOpen).toBe(true);
  });
});

describe('a new MAC at the destination', () => {
  it('is learned by the client’s ARP cache from gratuitous ARP, and never from RARP', () => {
    const garp = moved({ newMac: true, announce: 'garp' });
    const rarp = moved({ newMac: true, announce: 'rarp' });
    expect(garp.report().clientOutageOpen).toBe(false);
    expect(garp.report().clientOutageMs).toBeLessThan(100);
    expect(rarp.report().clientOutageOpen).toBe(true);
    // The switch learns from both: it is not what is at fault.
    for (const lab of [garp, rarp])
      expect(lines(lab, ' switch.learned ', '52:54:00:12:34:57')).not.toEqual([]);
  });

  it('is found by asking again when the old entry has aged', () => {
    const lab = moved({ newMac: true, announce: 'rarp', arpAgeingMs: 400 });
    const { clientOutageMs, clientOutageOpen } = lab.report();
    expect(clientOutageOpen).toBe(false);
    expect(clientOutageMs).toBeGreaterThan(200);
    expect(clientOutageMs).toBeLessThan(450);
    expect(lines(lab, ' arp.aged ', '52:54:00:12:34:56')).not.toEqual([]);
  });

  it('is seen late by a cache that holds on to what it knows', () => {
    const network = { newMac: true, announce: 'garp', arpStaleMs: 200, arpAgeingMs: 900 } as const;
    const { clientOutageMs, clientOutageOpen } = outage(network);
    // The one gratuitous ARP came too early; ageing helps.
    expect([clientOutageOpen, clientOutageMs > 500]).toEqual([false, true]);
  });
});

describe('without an announcement', () => {
  it('a silent VM is lost to the client to the end of the run, and the report counts it', () => {
    const report = outage({ announce: 'none' });
    expect(report.clientOutageOpen).toBe(true);
    expect(report.clientOutageMs).toBeGreaterThan(1490);
    expect(report.downtimeMs).toBeLessThan(50);
  });

  it('the switch’s entry ages, and frames are flooded to the VM’s new port', () => {
    const lab = moved({ announce: 'none', switchAgeingMs: 500 });
    const { clientOutageMs, clientOutageOpen } = lab.report();
    expect(clientOutageOpen).toBe(false);
    expect(clientOutageMs).toBeGreaterThan(400);
    expect(clientOutageMs).toBeLessThan(550);
    expect(lines(lab, ' switch.aged ')).not.toEqual([]);
  });

  it('the client’s own question, when its entry has aged, makes the VM answer and the switch learn', () => {
    const { clientOutageMs, clientOutageOpen } = outage({ announce: 'none', arpAgeingMs: 600 });
    expect([clientOutageOpen, clientOutageMs < 650]).toEqual([false, true]);
  });
});

describe('a switch with stale entries', () => {
  it('sends to the old port until an announcement comes after its time', () => {
    // 300 ms after the first announcement, the next one is the fourth, at 450 ms.
    const { clientOutageMs, clientOutageOpen } = outage({ switchStaleMs: 300 });
    expect(clientOutageOpen).toBe(false);
    expect(clientOutageMs).toBeGreaterThan(440);
    expect(clientOutageMs).toBeLessThan(490);
  });
});

describe('entries that age while all is well', () => {
  const network = { arpAgeingMs: 50, switchAgeingMs: 50 };
  const lab = moved(network);

  it('cost the client nothing: it asks again, and keeps what it wanted to send meanwhile', () => {
    expect(lines(lab, ' arp.aged ').length).toBeGreaterThan(10);
    // When the VM stands still nobody answers the question, and all but the latest probe are lost.
    expect(lab.report().probesLost).toBeLessThanOrEqual(usual.report().probesLost + 1);
    expect(lab.report().clientOutageMs).toBeLessThan(usual.report().clientOutageMs + 15);
  });

  it('age alike in two runs', () => {
    expect(moved(network).report().traceHash).toBe(lab.report().traceHash);
  });
});

describe('guest and migration on one port', () => {
  it('share it frame first: an answer waits for one migration message at most', () => {
    const lab = finishedLab({ ...SMALL, algorithm: 'pre-copy' });
    const at = (line: string | undefined) => Number.parseInt(line ?? '', 10);
    const begun = at(lines(lab, ' round.started ')[0]);
    const paused = at(lines(lab, ' vm.paused ')[0]);
    const roundTrips = (from: number, to: number) =>
      lines(lab, ' probe.answered ')
        .filter((line) => at(line) > from && at(line) < to)
        .map((line) => Number(/roundTripNs=(\d+)/.exec(line)?.[1]));
    const idle = Math.max(...roundTrips(0, begun));
    const busy = Math.max(...roundTrips(begun, paused));
    const pages = lines(lab, ' message.sent ', 'type="pages"');
    const longest = Math.max(...pages.map((line) => Number(/bytes=(\d+)/.exec(line)?.[1])));
    expect(busy).toBeGreaterThan(idle);
    expect(busy).toBeLessThanOrEqual(idle + (longest * 8e9) / 50e6);
  });
});

describe('the downtime', () => {
  it.each(['stop-and-copy', 'pre-copy', 'pull', 'hybrid', 'retransmission-free'] as const)(
    'is split into last round, state, send and resume, which add up: %s',
    (algorithm) => {
      const { downtimeMs, downtimeSplit, iterations } = finishedLab({
        ...SMALL,
        algorithm,
      }).report();
      const { lastRoundMs, stateMs, sendMs, resumeMs } = downtimeSplit ?? {
        lastRoundMs: -1,
        stateMs: -1,
        sendMs: -1,
        resumeMs: -1,
      };
      expect(lastRoundMs + stateMs + sendMs + resumeMs).toBeCloseTo(downtimeMs, 6);
      // Between unlike hosts the state is translated; it crosses the link, and READY and GO do.
      expect(stateMs).toBeGreaterThan(0);
      expect(sendMs).toBeGreaterThanOrEqual(1);
      expect(resumeMs).toBeGreaterThanOrEqual(2);
      const paused = iterations.at(-1);
      if (algorithm === 'stop-and-copy') {
        expect(lastRoundMs).toBeCloseTo(paused?.durationMs ?? -1, 6);
        expect(lastRoundMs).toBeGreaterThan(downtimeMs / 2);
      }
      if (algorithm === 'pull') expect(lastRoundMs).toBe(0);
    },
  );

  it('has no parts when the VM did not move', () => {
    const faults = [
      { when: { stage: 2, afterMs: 5 }, input: { kind: 'cancel' } },
    ] as const satisfies ScenarioInput['faults'];
    const report = finishedLab({ ...SMALL, faults }).report();
    expect([report.status, report.downtimeMs, report.downtimeSplit]).toEqual([
      'cancelled',
      0,
      null,
    ]);
  });
});
