import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { findPreset } from '../../../src/lab/presets.ts';
import type { LabSession } from '../../../src/lab/session.ts';
import { type AppStore, createAppStore } from '../../../src/store/app-state.ts';
import { figuresOf } from '../../../src/store/figures.ts';
import { Player } from '../../../src/store/player.ts';
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
