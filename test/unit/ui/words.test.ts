import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { instant } from '../../../src/base/units.ts';
import { findPreset } from '../../../src/lab/presets.ts';
import { createAppStore } from '../../../src/store/app-state.ts';
import { Recorder } from '../../../src/trace/recorder.ts';
import { Replay } from '../../../src/trace/replay.ts';
import {
  bytes,
  clock,
  count,
  plain,
  plural,
  rate,
  spokenTime,
  time,
} from '../../../src/ui/strings/format.ts';
import { noteText } from '../../../src/ui/strings/log.ts';
import { headline, stageSummary, verdict } from '../../../src/ui/strings/sentences.ts';

const { scenario } = exists(findPreset('converges'), 'preset');
const state = createAppStore('converges', scenario).getState();

/** A picture after what `tell` records at the source. */
function pictured(tell: (host: Recorder) => void) {
  const host = new Recorder(0);
  host.event(instant(0), 'vm.created', { vm: 'vm1', vmm: 'xen', pages: 8 });
  host.event(instant(0), 'vm.started', { vm: 'vm1', retired: 0, eip: 0 });
  tell(host);
  const replay = new Replay();
  replay.fold([host.take()], instant(100));
  return replay.picture;
}

const setup = (host: Recorder) =>
  host.event(instant(1), 'migration.status', { role: 'source', status: 'setup', reason: '' });

function round(host: Recorder, number: number, sent: number, dirtied: number): void {
  host.event(instant(10), 'round.started', { round: number, pending: sent });
  host.event(instant(20), 'round.ended', {
    round: number,
    pending: dirtied,
    sent,
    zero: 0,
    bytes: 0,
    dirtied,
  });
}

describe('the headline', () => {
  it('asks for the one press before anything has begun', () => {
    expect(
      headline(
        pictured(() => {}),
        state,
      ),
    ).toBe('A VM runs on the Xen-like host A. One press moves it, live, to the KVM-like host B.');
  });

  it('says what a later round sends and why', () => {
    const picture = pictured((host) => {
      setup(host);
      host.event(instant(2), 'stage.entered', { stage: 2, name: 'iterative pre-copy' });
      host.event(instant(10), 'round.started', { round: 2, pending: 1 });
    });
    expect(headline(picture, state)).toBe('Round 2 sends the 1 page written again during round 1.');
  });

  it('names the reason of a failure and who runs the VM', () => {
    const picture = pictured((host) => {
      setup(host);
      host.event(instant(5), 'migration.status', {
        role: 'source',
        status: 'failed',
        reason: 'the link went down',
      });
    });
    expect(headline(picture, state)).toBe(
      'The migration failed: the link went down. The VM runs on at A, unchanged.',
    );
  });

  it('states what was verified, and never hides a difference', () => {
    const picture = pictured((host) => {
      setup(host);
      host.event(instant(5), 'migration.status', {
        role: 'source',
        status: 'completed',
        reason: '',
      });
      host.event(instant(6), 'verified', {
        memoryEqual: false,
        cpuEqual: true,
        devicesEqual: true,
        pagesCompared: 1024,
      });
    });
    expect(headline(picture, state)).toBe(
      '1,024 pages compared: memory NOT equal, CPU equal, devices equal.',
    );
  });
});

describe('the verdict on pre-copy', () => {
  it('compares different pages written with the threshold, not rates with rates', () => {
    const open = verdict(
      pictured((host) => round(host, 1, 100, 40)),
      'pre-copy',
      16,
    );
    expect(open.tone).toBe('not-yet');
    expect(open.text).toContain(
      'While 100 pages were sent, the guest wrote 40 different ones. More than 16',
    );
    expect(
      verdict(
        pictured((host) => round(host, 2, 40, 16)),
        'pre-copy',
        16,
      ).tone,
    ).toBe('good');
  });

  it('does not count the last round, in which nobody writes', () => {
    const picture = pictured((host) => {
      round(host, 1, 100, 40);
      host.event(instant(30), 'vm.paused', { vm: 'vm1', retired: 1, eip: 0 });
      host.event(instant(31), 'round.started', { round: 2, pending: 40 });
      host.event(instant(40), 'round.ended', {
        round: 2,
        pending: 0,
        sent: 40,
        zero: 0,
        bytes: 0,
        dirtied: 0,
      });
    });
    expect(verdict(picture, 'pre-copy', 16).tone).toBe('not-yet');
  });
});

describe('the summary for those who do not see the stage', () => {
  it('counts every page once', () => {
    const summary = stageSummary(pictured(setup), state);
    expect(summary).toContain(
      'Of 8 pages, 0 are the same on both, 0 were written again, 8 have not been sent',
    );
    expect(summary).toContain('Host A, Xen-like: VM running.');
  });
});

describe('numbers', () => {
  it.each([
    [850_000, '850 µs'],
    [6_214_000, '6.21 ms'],
    [15_215_443, '15.2 ms'],
    [999_700_000, '1.00 s'],
    [2_610_000_000, '2.61 s'],
  ])('%i nanoseconds are %s', (ns, text) => expect(time(ns)).toBe(text));

  it('are grouped as the platform groups them', () => {
    const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
    const hundredths = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });
    for (const value of [
      0,
      0.4,
      1.5,
      7,
      99.5,
      999,
      999.5,
      1000,
      12_345.6,
      1e6,
      987_654_321,
      2 ** 53,
    ]) {
      expect(count(value)).toBe(whole.format(value));
      expect(plain(value)).toBe(hundredths.format(value));
    }
    expect(plain(1234.5678)).toBe('1,234.57');
  });

  it('have their units, in writing and in speech', () => {
    expect(bytes(3_554_824)).toBe('3.55 MB');
    expect(rate(1000)).toBe('1 Gbit/s');
    expect(rate(2.5)).toBe('2.5 Mbit/s');
    expect(spokenTime(15_215_443)).toBe('15.2 milliseconds');
    expect(plural(1, 'page')).toBe('1 page');
    expect(clock(98_000_000)).toBe('0.0980 s');
  });
});

describe('a line of the log', () => {
  it('is in plain words, with figures and units', () => {
    const host = new Recorder(0);
    host.event(instant(1), 'vm.slowed', { vm: 'vm1', cause: 'dirty-faults', lostNs: 54_000 });
    host.event(instant(2), 'migration.estimate', {
      pending: 54,
      downtimeNs: 74_000_000,
      bytesPerSecond: 3_125_000,
    });
    const what = { type: 'pages', id: 7, bytes: 4136 };
    host.event(instant(3), 'message.dropped', { ...what, reason: 'the link is down' });
    expect(host.take().events.map(noteText)).toEqual([
      'The guest lost 54 µs to its first writes to watched pages.',
      'Paused now, the VM would stand still for about 74.0 ms: 54 pages at 25 Mbit/s.',
      'A message is lost, pages, 4.14 kB: the link is down.',
    ]);
  });
});
