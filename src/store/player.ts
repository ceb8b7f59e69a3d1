/**
 * Drives a lab session for the page: opens scenarios, lets virtual time pass while playing, and folds
 * what comes back into the picture. One request is on its way at a time and none is long, so that a
 * press or a slider never waits behind the simulation.
 */
import type { Result } from '../base/result.ts';
import { instant } from '../base/units.ts';
import type { LabInput, Scenario } from '../lab/scenario.ts';
import type { LabSession, LabUpdate, StepKind } from '../lab/session.ts';
import type { Picture } from '../trace/picture.ts';
import { Replay } from '../trace/replay.ts';
import type { AppStore } from './app-state.ts';
import { keepRun } from './figures.ts';
import { Pacer } from './pacer.ts';
import {
  changedSettings,
  LIVE_SETTINGS,
  type Settings,
  scenarioWith,
  settingsOf,
} from './settings.ts';
import { openingSpeed, SPEEDS } from './speed.ts';

export interface PlayerSurroundings {
  connect(): Promise<LabSession>;
  /** Wall clock in milliseconds. */
  now(): number;
  /** Calls back before the next repaint. */
  onRepaint(tick: () => void): void;
}

/** The lab stands this long before the migration's start when the page is ready. */
const LEAD_NS = 2_000_000;
/** How long the guest runs before a migration that only a press starts. */
const WARM_UP_NS = 100_000_000;
/** Panels look at the picture this often while it moves: digits must be readable. */
const PANEL_MS = 100;

type Answer = Result<LabUpdate, string>;

export class Player {
  private readonly store: AppStore;
  private readonly surroundings: PlayerSurroundings;
  private readonly listeners = new Set<() => void>();
  private readonly pacer = new Pacer();
  private session: LabSession | undefined;
  private replay = new Replay();
  /** Requests run one after the other; those of an earlier run come to nothing. */
  private queue: Promise<void> = Promise.resolve();
  private run = 0;
  private waiting = 0;
  private lastWall = 0;
  private panelsAt = 0;
  private pendingWorkload: Partial<Settings> | undefined;
  /** Play to the end at full speed, whatever the chosen one. */
  private rushing = false;
  /** Play was pressed while the scenario was still being set up. */
  private playWhenReady = false;

  constructor(store: AppStore, surroundings: PlayerSurroundings) {
    this.store = store;
    this.surroundings = surroundings;
  }

  get picture(): Picture {
    return this.replay.picture;
  }

  /** Called after every change of the picture; returns how to stop it. */
  onPicture(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Sets a scenario up and stands just before its migration. */
  open(scenario: Scenario): Promise<void> {
    this.run += 1;
    this.rushing = false;
    this.playWhenReady = false;
    this.pendingWorkload = undefined;
    const { speedChosen, speed } = this.store.getState();
    this.store.setState({
      phase: 'opening',
      playing: false,
      scenario,
      settings: settingsOf(scenario),
      report: undefined,
      inputs: [],
      error: '',
      speed: speedChosen ? speed : openingSpeed(scenario),
    });
    const { run } = this;
    return this.enqueue(async (session) => {
      const opened = await session.open(scenario);
      // Another scenario was opened meanwhile: the page belongs to that one.
      if (run !== this.run) return;
      this.replay = new Replay();
      if (!this.accept(opened)) return;
      const startMs = scenario.migration.startMs;
      const stand = startMs === null ? WARM_UP_NS : startMs * 1e6 - LEAD_NS;
      if (stand > 0) {
        const stood = await session.advance(instant(Math.round(stand)));
        if (run !== this.run || !this.accept(stood)) return;
      }
      this.store.setState({ phase: 'ready' });
      this.refresh(true);
      if (this.playWhenReady) this.play();
    });
  }

  /** Back to the start, with what the controls say. */
  reset(): Promise<void> {
    const { base, draft, scenario } = this.store.getState();
    const same = changedSettings(settingsOf(scenario), draft).length === 0;
    return this.open(same ? scenario : scenarioWith(base, draft));
  }

  /** Starts anew with some settings changed, and keeps what this run showed beside it. */
  async runAgain(patch: Partial<Settings> = {}): Promise<void> {
    const { base, draft, settings, previous } = this.store.getState();
    const kept = keepRun(this.picture, settings) ?? previous;
    const next = { ...draft, ...patch };
    this.store.setState({ draft: next, previous: kept });
    const opened = this.open(scenarioWith(base, next));
    this.play();
    await opened;
  }

  play(): void {
    const { phase, playing } = this.store.getState();
    if (phase === 'opening') this.playWhenReady = true;
    if (playing || (phase !== 'ready' && phase !== 'moving')) return;
    this.startIfAsked();
    this.store.setState({ playing: true });
    this.lastWall = this.surroundings.now();
    this.surroundings.onRepaint(() => this.tick());
  }

  pause(): void {
    this.rushing = false;
    this.store.setState({ playing: false });
    this.refresh(true);
  }

  toggle(): void {
    if (this.store.getState().playing) this.pause();
    else this.play();
  }

  step(kind: StepKind): void {
    const { phase } = this.store.getState();
    if (phase !== 'ready' && phase !== 'moving') return;
    this.pause();
    this.startIfAsked();
    void this.enqueue(async (session) => {
      this.accept(await session.step(kind));
      this.refresh(true);
    });
  }

  /** As fast as the machine can, to the end. */
  finish(): void {
    this.rushing = true;
    this.play();
  }

  setSpeed(speed: number): void {
    const index = Math.min(SPEEDS.length - 1, Math.max(0, speed));
    this.store.setState({ speed: index, speedChosen: true });
  }

  /** A control moved. */
  change(patch: Partial<Settings>): void {
    const { draft, phase, settings } = this.store.getState();
    const next = { ...draft, ...patch };
    this.store.setState({ draft: next });
    if (phase === 'opening' || phase === 'ready' || phase === 'broken') {
      void this.reset();
      return;
    }
    const live = Object.keys(patch).every((name) => LIVE_SETTINGS.some((known) => known === name));
    if (phase !== 'moving' || !live) return;
    this.store.setState({ settings: { ...settings, ...patch } });
    this.sendWorkload(patch);
  }

  input(input: LabInput): void {
    void this.enqueue(async (session) => {
      this.accept(await session.input(input));
      this.refresh(true);
    });
  }

  /** A slider's many small moves become one input at a time, always with the newest values. */
  private sendWorkload(patch: Partial<Settings>): void {
    const queued = this.pendingWorkload !== undefined;
    this.pendingWorkload = { ...this.pendingWorkload, ...patch };
    if (queued) return;
    void this.enqueue(async (session) => {
      const { workingSetPercent, writesPerSecond } = this.pendingWorkload ?? {};
      this.pendingWorkload = undefined;
      this.accept(
        await session.input({
          kind: 'workload',
          ...(workingSetPercent === undefined ? {} : { workingSetPercent }),
          ...(writesPerSecond === undefined ? {} : { writesPerSecond }),
        }),
      );
    });
  }

  private startIfAsked(): void {
    const { phase, scenario } = this.store.getState();
    if (phase !== 'ready') return;
    this.store.setState({ phase: 'moving' });
    const recorded = scenario.inputs.some(({ input }) => input.kind === 'migrate');
    if (scenario.migration.startMs === null && !recorded) this.input({ kind: 'migrate' });
  }

  private tick(): void {
    const { playing, speed } = this.store.getState();
    if (!playing) return;
    this.surroundings.onRepaint(() => this.tick());
    if (this.waiting > 0) return;
    const wall = this.surroundings.now();
    const pace = this.rushing ? (SPEEDS.at(-1) ?? SPEEDS[0]) : SPEEDS[speed];
    const ns = this.pacer.next(wall - this.lastWall, pace);
    this.lastWall = wall;
    void this.enqueue(async (session) => {
      const answer = await session.advance(instant(this.picture.now + ns));
      this.pacer.learn(ns, this.surroundings.now() - wall);
      this.accept(answer);
    });
  }

  private enqueue(work: (session: LabSession) => Promise<void>): Promise<void> {
    const { run } = this;
    this.waiting += 1;
    const done = this.queue.then(async () => {
      try {
        if (run !== this.run) return;
        this.session ??= await this.surroundings.connect();
        if (run === this.run) await work(this.session);
      } catch (error) {
        this.fail(error instanceof Error ? error.message : String(error));
      } finally {
        this.waiting -= 1;
      }
    });
    this.queue = done;
    return done;
  }

  /** Folds an answer into the picture; false when there is none to go on from. */
  private accept(answer: Answer): boolean {
    if (!answer.ok) {
      this.fail(answer.error);
      return false;
    }
    const { chunks, now, inputs, report, finished } = answer.value;
    this.replay.fold(chunks, now);
    this.store.setState({
      report,
      inputs: inputs.map(({ at, input }) => ({ atNs: at, input })),
      ...(finished ? { phase: 'done' as const, playing: false } : {}),
    });
    if (finished) this.rushing = false;
    this.refresh(finished);
    return true;
  }

  /** The session cannot go on: it is given up, and the next opening connects anew. */
  private fail(error: string): void {
    void this.session?.close();
    this.session = undefined;
    this.store.setState({ phase: 'broken', playing: false, error });
    this.refresh(true);
  }

  private refresh(panels: boolean): void {
    for (const listener of this.listeners) listener();
    const wall = this.surroundings.now();
    if (!panels && this.store.getState().playing && wall - this.panelsAt < PANEL_MS) return;
    this.panelsAt = wall;
    this.store.setState(({ revision }) => ({ revision: revision + 1 }));
  }
}
