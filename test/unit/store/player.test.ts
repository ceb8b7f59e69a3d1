import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { findPreset } from '../../../src/lab/presets.ts';
import type { LabSession } from '../../../src/lab/session.ts';
import { type AppStore, createAppStore } from '../../../src/store/app-state.ts';
import { figuresOf } from '../../../src/store/figures.ts';
import { Player } from '../../../src/store/player.ts';
import { SPEEDS } from '../../../src/store/speed.ts';
import { ScriptedSession } from '../../support/scripted-session.ts';

/** A page without a screen: repaints happen when the test says so, and the wall clock with them. */
class Bench {
  readonly store: AppStore;
  readonly player: Player;
  private wall = 0;
  private ticks: (() => void)[] = [];

  constructor(connect: () => Promise<LabSession> = async () => new ScriptedSession()) {
    const { scenario } = exists(findPreset('converges'), 'preset');
    this.store = createAppStore('converges', scenario);
    this.player = new Player(this.store, {
      connect,
      now: () => this.wall,
      onRepaint: (tick) => this.ticks.push(tick),
    });
  }

  async open(): Promise<void> {
    await this.player.open(this.store.getState().scenario);
  }

  async repaint(times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      this.wall += 16;
      const due = this.ticks;
      this.ticks = [];
      for (const tick of due) tick();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async playToEnd(): Promise<void> {
    this.player.finish();
    for (let i = 0; i < 200 && this.store.getState().phase !== 'done'; i++) await this.repaint(10);
  }
}

describe('the player', () => {
  it('stands just before the migration when a scenario has been opened', async () => {
    const bench = new Bench();
    await bench.open();
    expect(bench.store.getState().phase).toBe('ready');
    expect(bench.player.picture.now).toBe(98_000_000);
    expect(bench.player.picture.startedAt).toBeUndefined();
    expect(bench.player.picture.pages.count).toBe(1024);
  });

  it('lets virtual time pass at the chosen speed', async () => {
    const bench = new Bench();
    await bench.open();
    bench.player.setSpeed(4);
    bench.player.play();
    await bench.repaint(51);
    // 50 repaints of 16 ms, 50 times slower than real time.
    expect(bench.player.picture.now).toBe(98_000_000 + 51 * 320_000);
    bench.player.pause();
    await bench.repaint(10);
    expect(bench.player.picture.now).toBe(98_000_000 + 51 * 320_000);
  });

  it('plays when the press came before the scenario was ready', async () => {
    const bench = new Bench();
    const opened = bench.open();
    bench.player.play();
    await opened;
    await bench.repaint(2);
    expect(bench.store.getState()).toMatchObject({ phase: 'moving', playing: true });
  });

  it('steps when the press came before the scenario was ready', async () => {
    const bench = new Bench();
    const opened = bench.open();
    bench.player.step('round');
    await opened;
    await bench.repaint(2);
    expect(bench.player.picture.rounds).toHaveLength(1);
    expect(bench.store.getState().playing).toBe(false);
  });

  it('ends by itself and reports', async () => {
    const bench = new Bench();
    await bench.open();
    await bench.playToEnd();
    expect(bench.store.getState()).toMatchObject({ phase: 'done', playing: false });
    expect(bench.store.getState().report?.verification.memoryEqual).toBe(true);
    expect(bench.player.picture.pages.left).toBe(0);
  });

  it('steps to the next round and stays there', async () => {
    const bench = new Bench();
    await bench.open();
    bench.player.step('round');
    await bench.repaint(1);
    expect(bench.player.picture.rounds).toHaveLength(1);
    bench.player.step('round');
    await bench.repaint(1);
    expect(bench.player.picture.rounds).toHaveLength(2);
    expect(bench.store.getState().playing).toBe(false);
  });

  it('hands a slider of the workload to the running guest, newest value first', async () => {
    const bench = new Bench();
    await bench.open();
    bench.player.play();
    await bench.repaint(3);
    for (const writesPerSecond of [300, 400, 500]) bench.player.change({ writesPerSecond });
    await bench.repaint(3);
    const { inputs, settings, phase } = bench.store.getState();
    expect(inputs.map(({ input }) => input)).toEqual([{ kind: 'workload', writesPerSecond: 500 }]);
    expect(settings.writesPerSecond).toBe(500);
    expect(phase).toBe('moving');
  });

  it('prepares a new run when another setting changes while it runs', async () => {
    const bench = new Bench();
    await bench.open();
    bench.player.play();
    await bench.repaint(3);
    bench.player.change({ bandwidthMbps: 100 });
    await bench.repaint(3);
    const { draft, settings, inputs } = bench.store.getState();
    expect([draft.bandwidthMbps, settings.bandwidthMbps, inputs.length]).toEqual([100, 25, 0]);
  });

  it('sets the scenario up anew when a setting changes before the start', async () => {
    const bench = new Bench();
    await bench.open();
    bench.player.change({ memoryMiB: 8 });
    await bench.repaint(3);
    expect(bench.store.getState().phase).toBe('ready');
    expect(bench.player.picture.pages.count).toBe(2048);
  });

  it('keeps the finished run beside the next one', async () => {
    const bench = new Bench();
    await bench.open();
    await bench.playToEnd();
    const before = figuresOf(bench.player.picture);
    await bench.player.runAgain({ algorithm: 'pull' });
    await bench.repaint(3);
    const { previous, settings, playing } = bench.store.getState();
    expect(previous?.figures).toEqual(before);
    expect(previous?.settings.algorithm).toBe('pre-copy');
    expect(exists(previous?.curve.at(0), 'curve').left).toBe(1024);
    expect([settings.algorithm, playing]).toEqual(['pull', true]);
  });

  it('says what broke, and connects anew for the next opening', async () => {
    let connections = 0;
    const bench = new Bench(async () => {
      connections += 1;
      const session = new ScriptedSession();
      if (connections === 1)
        session.advance = async () => ({ ok: false, error: 'the worker is gone' });
      return session;
    });
    await bench.open();
    expect(bench.store.getState()).toMatchObject({ phase: 'broken', error: 'the worker is gone' });
    await bench.player.reset();
    expect(bench.store.getState()).toMatchObject({ phase: 'ready', error: '' });
    expect(connections).toBe(2);
  });

  it('asks for a migration where only a press starts it', async () => {
    const bench = new Bench();
    const { scenario } = bench.store.getState();
    await bench.player.open({ ...scenario, migration: { ...scenario.migration, startMs: null } });
    expect(bench.player.picture.now).toBe(100_000_000);
    bench.player.play();
    await bench.repaint(2);
    expect(bench.store.getState().inputs.map(({ input }) => input.kind)).toEqual(['migrate']);
  });
});

/** Everything that is shown, as plain values. */
const shown = ({ player }: Bench): string => {
  const { version, pages, ...rest } = player.picture;
  return JSON.stringify([rest, figuresOf(player.picture), pages.tally, [...pages.source]]);
};

describe('time', () => {
  it('shows any known moment again exactly, without the lab', async () => {
    const bench = new Bench();
    await bench.open();
    const seen: [number, string][] = [];
    for (let i = 0; i < 12; i++) {
      bench.player.step('event');
      await bench.repaint(2);
      seen.push([bench.player.picture.now, shown(bench)]);
    }
    const { version } = bench.player.picture;
    for (const [at, picture] of [...seen.slice(0, 11).reverse(), ...seen]) {
      bench.player.seek(at);
      expect(shown(bench)).toBe(picture);
    }
    expect(bench.player.picture.version).toBeGreaterThan(version);
  });

  it('steps back from where it has just stepped to, to the round before', async () => {
    const bench = new Bench();
    await bench.open();
    for (let round = 1; round <= 3; round++) {
      bench.player.step('round');
      await bench.repaint(1);
    }
    expect(bench.player.picture.rounds).toHaveLength(3);
    bench.player.stepBack('round');
    expect(bench.player.picture.rounds).toHaveLength(2);
  });

  it('steps back through the events and rounds it came by, to the start', async () => {
    const bench = new Bench();
    await bench.open();
    await bench.playToEnd();
    const { history } = bench.player;
    const rounds = bench.player.picture.rounds.map(({ from }) => from + 1).reverse();
    const met: number[] = [];
    while (bench.player.picture.now > history.start) {
      bench.player.stepBack('round');
      met.push(bench.player.picture.now);
    }
    expect(met.slice(-rounds.length - 1)).toEqual([...rounds, history.start]);
    expect(bench.store.getState()).toMatchObject({ phase: 'moving', report: undefined });
    bench.player.step('event');
    const first = bench.player.picture.now;
    bench.player.step('event');
    bench.player.stepBack('event');
    expect(bench.player.picture.now).toBe(first);
  });

  it('plays the known future again, and ends where it ended', async () => {
    const bench = new Bench();
    await bench.open();
    await bench.playToEnd();
    const end = shown(bench);
    const { report } = bench.store.getState();
    bench.player.toStart();
    await bench.playToEnd();
    expect(shown(bench)).toBe(end);
    expect(bench.store.getState()).toMatchObject({ phase: 'done', report });
  });

  it('stops exactly where it was asked to', async () => {
    const bench = new Bench();
    await bench.open();
    bench.store.setState({ stopAt: 'paused' });
    bench.player.finish();
    await bench.repaint(200);
    const { playing, stoppedAt, phase } = bench.store.getState();
    expect([playing, stoppedAt, phase]).toEqual([false, 'paused', 'moving']);
    const { downtime, now } = bench.player.picture;
    expect(exists(downtime, 'downtime').from).toBe(now - 1);
    bench.store.setState({ stopAt: 'never' });
    await bench.playToEnd();
    expect(bench.store.getState().phase).toBe('done');
  });

  it('discards the old future when something changes in the past, and says so', async () => {
    const bench = new Bench();
    await bench.open();
    await bench.playToEnd();
    const frontier = bench.player.history.frontier;
    const at = exists(bench.player.picture.rounds[1], 'round 2').from + 1;
    bench.player.seek(at);
    bench.player.change({ writesPerSecond: 0 });
    await bench.repaint(3);
    const { forked, inputs, phase } = bench.store.getState();
    expect(forked).toEqual({ atNs: at, discardedNs: frontier - at });
    expect(inputs).toEqual([{ atNs: at, input: { kind: 'workload', writesPerSecond: 0 } }]);
    expect(phase).toBe('moving');
    expect(bench.player.history.frontier).toBe(at + 1);
    bench.player.seek(at - 1);
    expect(bench.store.getState().settings.writesPerSecond).not.toBe(0);
  });

  it('draws nothing while it runs unseen', async () => {
    const bench = new Bench();
    await bench.open();
    bench.player.setSpeed(SPEEDS.length - 1);
    let drawn = 0;
    bench.player.onPicture(() => {
      drawn += 1;
    });
    bench.player.play();
    await bench.repaint(5);
    const meanwhile = drawn;
    bench.player.pause();
    expect([meanwhile, drawn > 0]).toEqual([0, true]);
  });
});
