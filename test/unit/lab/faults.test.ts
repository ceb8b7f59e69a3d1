import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/base/units.ts';
import { NEIGHBOUR_ID } from '../../../src/lab/faults-host.ts';
import { Lab } from '../../../src/lab/lab.ts';
import {
  finishedLab,
  guestImage,
  newLab,
  type ScenarioInput,
  SMALL,
  scenario,
} from '../../support/labs.ts';

type Faults = NonNullable<ScenarioInput['faults']>;

const withFaults = (faults: Faults, algorithm: ScenarioInput['algorithm'] = 'pre-copy') => ({
  ...SMALL,
  algorithm,
  faults,
});
const atStage = (stage: number, input: Faults[number]['input'], afterMs = 0): Faults => [
  { when: { stage, afterMs }, input },
];
const lines = (lab: Lab, ...words: string[]) =>
  lab
    .traceText()
    .split('\n')
    .filter((line) => words.every((word) => line.includes(word)));
const timeOf = (line: string | undefined) => Number.parseInt(line ?? '', 10);

describe('a fault on the link', () => {
  it.each(['to-destination', 'to-source'] as const)(
    'cuts one direction only, and the source runs on: %s',
    (direction) => {
      const lab = finishedLab(withFaults(atStage(2, { kind: 'link', up: false, direction })));
      const { status, error } = lab.report();
      expect([status, lab.hosts[0].running]).toEqual(['failed', true]);
      expect(error).toMatch(/link|nothing heard/);
      const cut = timeOf(lines(lab, 'link.changed')[0]);
      const heard = (party: string) =>
        lines(lab, `  ${party} `, 'message.received').filter((line) => timeOf(line) > cut + 3e6);
      expect(heard(direction === 'to-source' ? 'A' : 'B')).toEqual([]);
    },
  );

  it('that ends in time does no harm', () => {
    const lab = finishedLab(
      withFaults([
        ...atStage(2, { kind: 'link', extraDelayMs: 40 }),
        ...atStage(2, { kind: 'link', bandwidthMbps: 20, direction: 'to-destination' }, 10),
      ]),
    );
    const { status, verification, totalTimeMs } = lab.report();
    expect([status, verification.memoryEqual, verification.cpuEqual]).toEqual([
      'completed',
      true,
      true,
    ]);
    expect(totalTimeMs).toBeGreaterThan(finishedLab(SMALL).report().totalTimeMs + 80);
  });

  it.each([
    ['lose', 'failed'],
    ['corrupt', 'failed'],
    ['reorder', 'failed'],
    ['duplicate', 'completed'],
  ] as const)('befalls a share of the messages, by the seed [case 49]: %s', (effect, outcome) => {
    const faults = atStage(2, { kind: 'link', [`${effect}Percent`]: 40 });
    const lab = finishedLab(withFaults(faults));
    expect(lines(lab, 'fault.struck', `fault="${effect}"`).length).toBeGreaterThan(0);
    expect(lab.report().status).toBe(outcome);
    expect(finishedLab(withFaults(faults)).traceText()).toBe(lab.traceText());
    const other = finishedLab({ ...withFaults(faults), seed: 7 });
    expect(lines(other, 'fault.struck')).not.toEqual(lines(lab, 'fault.struck'));
  });
});

describe('a fault of single messages', () => {
  it('strikes the next ones of a type, as many as it says', () => {
    const lab = finishedLab(
      withFaults([
        {
          when: { atMs: 0 },
          input: { kind: 'messages', effect: 'duplicate', type: 'pages', count: 3 },
        },
      ]),
    );
    expect(lines(lab, 'fault.struck').length).toBe(3);
    expect(lines(lab, 'message.dropped', 'type="pages"', 'came before').length).toBe(3);
    expect(lab.report().verification.memoryEqual).toBe(true);
  });

  it('that takes away GO is noticed by the next PING, and the destination gives the VM back', () => {
    const lab = finishedLab({
      ...withFaults([
        { when: { atMs: 0 }, input: { kind: 'messages', effect: 'lose', type: 'go' } },
      ]),
      vm: { memoryMiB: 2, instructionNs: 10_000 },
      migration: { thresholdPages: 8, startMs: 30, limitMs: 40_000 },
    });
    expect(lab.report().error).toMatch(/1 message before a PING did not arrive/);
    expect([lab.hosts[0].running, lab.hosts[1].running]).toEqual([true, false]);
  });

  it('damages a copy: what the sender holds stays whole', () => {
    const lab = finishedLab(
      withFaults(atStage(2, { kind: 'messages', effect: 'corrupt', type: 'pages' })),
    );
    expect(lines(lab, 'message.dropped', 'B')[0]).toMatch(/magic|checksum|version|length|flags/);
    expect(lab.report().status).toBe('failed');
  });
});

describe('a fault of one host', () => {
  it.each([0, 1] as const)('stops its processor for a while: host %i', (host) => {
    const lab = finishedLab(
      withFaults([{ when: { atMs: 60 }, input: { kind: 'pause', host, forMs: 80 } }]),
    );
    const party = host === 0 ? 'A' : 'B';
    const inside = lines(lab, `  ${party} `).filter(
      (line) => timeOf(line) > 60e6 + 100 && timeOf(line) < 140e6 && !line.includes('lab.input'),
    );
    expect(inside).toEqual([]);
    expect(lab.report().verification.memoryEqual).toBe(true);
  });

  it('that lasts longer than the silence allowed ends the migration, the VM being whole', () => {
    const lab = finishedLab(withFaults(atStage(2, { kind: 'pause', host: 1, forMs: 900 })));
    expect([lab.report().status, lab.hosts[0].running]).toEqual(['failed', true]);
  });

  it('makes its timers fast or slow, which decides how soon it gives up', () => {
    const heartbeats = (ratePercent: number) =>
      lines(
        finishedLab(
          withFaults([{ when: { atMs: 1 }, input: { kind: 'clock', host: 0, ratePercent } }]),
        ),
        '  A ',
        'message.sent',
        'type="ping"',
      ).length;
    expect(heartbeats(500)).toBeGreaterThan(3 * heartbeats(100));
    expect(heartbeats(25)).toBeLessThan(heartbeats(100));
  });

  it('takes its memory before the reservation: refused, and the neighbour keeps its pages', () => {
    const lab = finishedLab(
      withFaults([{ when: { atMs: 5 }, input: { kind: 'memory', host: 1 } }]),
    );
    expect(lab.report().error).toMatch(/frames are needed/);
    expect(lab.hosts[1].vmm.vms().map(({ config }) => config.id)).toEqual([NEIGHBOUR_ID]);
  });

  it('switches the destination off in each stage that it sees', () => {
    const outcomes = [1, 2, 3].map((stage) => {
      const lab = finishedLab(withFaults(atStage(stage, { kind: 'crash', host: 1 })));
      expect(lines(lab, 'party.failed').length).toBe(1);
      return [lab.report().status, lab.hosts[0].running];
    });
    expect(outcomes).toEqual(outcomes.map(() => ['failed', true]));
  });
});

describe('a fault of the network', () => {
  it('loses announcements: the client’s switch learns later [case 43]', () => {
    const moved = (lose: number) =>
      timeOf(
        lines(
          finishedLab({
            ...withFaults([{ when: { atMs: 0 }, input: { kind: 'announcements', lose } }]),
            network: { bandwidthMbps: 50, announce: 'rarp' },
            migration: { thresholdPages: 8, startMs: 30, runOnMs: 600, limitMs: 5000 },
          }),
          'switch.learned',
          '52:54:00:12:34:56',
          'previousPort=0',
        )[0],
      );
    expect(moved(3) - moved(1)).toBeGreaterThanOrEqual(200e6);
  });

  it('keeps a stale entry in the switch for a while', () => {
    const lab = finishedLab({
      ...withFaults([{ when: { atMs: 100 }, input: { kind: 'switch', staleForMs: 4000 } }]),
      migration: { thresholdPages: 8, startMs: 30, runOnMs: 300, limitMs: 5000 },
    });
    expect(lab.report().status).toBe('completed');
    expect(lines(lab, 'switch.learned', 'previousPort=0')).toEqual([]);
    expect(lines(lab, '  A ', 'frame.dropped', 'does not run on this host').length).toBeGreaterThan(
      5,
    );
  });
});

describe('healing', () => {
  const BROKEN: Faults = [
    { when: { atMs: 10 }, input: { kind: 'link', up: false } },
    { when: { atMs: 10 }, input: { kind: 'clock', host: 0, ratePercent: 30 } },
    { when: { stage: 2, afterMs: 5 }, input: { kind: 'crash', host: 1 } },
    { when: { atMs: 29 }, input: { kind: 'heal' } },
  ];

  it('ends every fault, also one that still waits for its stage', () => {
    const lab = finishedLab(withFaults(BROKEN));
    expect(lab.report().status).toBe('completed');
    expect(lines(lab, 'party.failed')).toEqual([]);
  });

  it('is kept by a checkpoint, like all faults', () => {
    const settings = withFaults([
      ...BROKEN,
      ...atStage(3, { kind: 'link', duplicatePercent: 50, extraDelayMs: 3 }, 1),
      { when: { atMs: 60 }, input: { kind: 'pause', host: 1, forMs: 30 } },
      { when: { atMs: 62 }, input: { kind: 'link', duplicatePercent: 30 } },
    ]);
    const whole = finishedLab(settings).report();
    for (const at of [12e6, 65e6]) {
      const lab = newLab(settings);
      lab.advance(instant(at));
      const restored = Lab.restore(
        scenario(settings),
        guestImage('muncher'),
        structuredClone(lab.checkpoint()),
      );
      if (!restored.ok) throw new Error(restored.error);
      restored.value.finish();
      expect(restored.value.report()).toEqual(whole);
    }
  });
});

describe('a scenario', () => {
  it.each([
    ['a round', { when: { round: 1 }, input: { kind: 'crash', host: 1 } }],
    ['a stage', { when: { stage: 1 }, input: { kind: 'switch', staleForMs: 5 } }],
  ] as const)('refuses a fault that waits for %s its party never sees', (_, fault) => {
    const settings = scenario(withFaults([fault as Faults[number]]));
    const lab = Lab.create(settings, guestImage('muncher'));
    expect(lab.ok ? '' : lab.error).toMatch(/cannot wait/);
  });
});
