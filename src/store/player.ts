/**
 * Drives a lab session for the page: opens scenarios, lets virtual time pass while playing, and shows
 * any moment of what is known. One request is on its way at a time and none is long, so that a press
 * or a slider never waits behind the simulation.
 *
 * The lab stands at the frontier; the moment shown may lie before it. Only a question to the hosts, or
 * a change, takes the lab itself back there; a change then discards what had followed.
 */
import type { Result } from '../base/result.ts';
import { instant, START } from '../base/units.ts';
import type { Question, StopBefore } from '../lab/party.ts';
import type { LabInput, Scenario } from '../lab/scenario.ts';
import type { LabSession, LabUpdate, StepKind } from '../lab/session.ts';
import type { WireQuestion } from '../lab/wire-tap.ts';
import type { Picture } from '../trace/picture.ts';
import type { AppStore } from './app-state.ts';
import { keepRun } from './figures.ts';
import { History, type Moments } from './history.ts';
import { Pacer } from './pacer.ts';
import {
  changedSettings,
  LIVE_SETTINGS,
  type Settings,
  scenarioWith,
  settingsOf,
  workloadAt,
} from './settings.ts';
import { openingSpeed, SPEEDS } from './speed.ts';
import * as words from './strings.ts';

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
/** An input acts once the guest's instruction has ended: so long passes until what it did is shown. */
const INPUT_NS = 100_000;
/** Virtual time between two looks at whether the run is over, on the way to a moment. */
const RUN_TO_STRIDE_NS = 20_000_000;
/** Panels look at the picture this often while it moves: digits must be readable. */
const PANEL_MS = 100;
/** And this often while nothing is drawn: the clock must be seen to go. */
const BLIND_MS = 500;

/** Virtual time in nanoseconds, or wherever the run ends. */
export type Moment = number | 'end';

type Answer = Result<LabUpdate, string>;

export class Player {
  private readonly store: AppStore;
  private readonly surroundings: PlayerSurroundings;
  private readonly listeners = new Set<() => void>();
  private readonly pacer = new Pacer();
  private session: LabSession | undefined;
  /** What is known of the run, and the moment of it that is shown. */
  private known = new History();
  /** Where the lab itself stands: at the frontier, unless it was taken back. */
  private labAt = START;
  private finished = false;
  /** The report of the run's end, whatever moment is shown. */
  private endReport: LabUpdate['report'];
  /** Grows when the visitor goes to another moment: answers still on their way must not move it. */
  private seeks = 0;
  /** Requests run one after the other; those of an earlier run come to nothing. */
  private queue: Promise<void> = Promise.resolve();
  private run = 0;
  private waiting = 0;
  private lastWall = 0;
  private panelsAt = 0;
  private pendingWorkload: Partial<Settings> | undefined;
  /** Play to the end at full speed, whatever the chosen one. */
  private rushing = false;
  /** Time passes only until the guest is about to execute this. */
  private lookingFor: StopBefore | undefined;
  /** Play was pressed while the scenario was still being set up. */
  private playWhenReady = false;
  /** Where the lab's last step ended. */
  private landed: { readonly at: number; readonly on: number | undefined } | undefined;

  constructor(store: AppStore, surroundings: PlayerSurroundings) {
    this.store = store;
    this.surroundings = surroundings;
  }

  get picture(): Picture {
    return this.known.picture;
  }

  get history(): History {
    return this.known;
  }

  /** Called after every change of the picture; returns how to stop it. */
  onPicture(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Sets a scenario up and stands just before its migration, or at the moment that is wanted. */
  open(scenario: Scenario, moment?: Moment): Promise<void> {
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
      forked: undefined,
      stoppedAt: undefined,
      speed: speedChosen ? speed : openingSpeed(scenario),
    });
    const { run } = this;
    return this.enqueue(async (session) => {
      const opened = await session.open(scenario);
      // Another scenario was opened meanwhile: the page belongs to that one.
      if (run !== this.run) return;
      this.known = new History();
      this.labAt = START;
      if (!this.accept(opened)) return;
      const startMs = scenario.migration.startMs;
      const { paused } = scenario.vm;
      const stand = paused ? 0 : startMs === null ? WARM_UP_NS : startMs * 1e6 - LEAD_NS;
      if (stand > 0) {
        const stood = await session.advance(instant(Math.round(stand)));
        if (run !== this.run || !this.accept(stood)) return;
      }
      this.known.start = this.picture.now;
      this.store.setState({ phase: 'ready' });
      this.refresh(true);
      if (moment !== undefined) await this.runTo(session, moment);
      if (this.playWhenReady) this.play();
    });
  }

  /** Without a look at the clock, but for what is pressed meanwhile: a press ends it. */
  private async runTo(session: LabSession, moment: Moment): Promise<void> {
    const { run, seeks } = this;
    const wanted = moment === 'end' ? Number.MAX_SAFE_INTEGER : moment;
    const { startsByItself } = this;
    const recorded = this.store.getState().scenario.inputs.length > 0;
    if (wanted <= this.picture.now || !(startsByItself || recorded)) return;
    if (startsByItself) this.store.setState({ phase: 'moving' });
    while (!this.finished && this.known.frontier < wanted) {
      const next = Math.min(wanted, this.known.frontier + RUN_TO_STRIDE_NS);
      const answer = await session.advance(instant(next));
      if (run !== this.run || seeks !== this.seeks || !this.accept(answer)) return;
    }
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
    const scenario = scenarioWith(base, next);
    const opened = this.open(scenario);
    // A VM that was opened paused waits for a press of its own, as it did before.
    if (!scenario.vm.paused) this.play();
    await opened;
  }

  play(): void {
    const { phase, playing } = this.store.getState();
    if (phase === 'opening') this.playWhenReady = true;
    if (playing || (phase !== 'ready' && phase !== 'moving')) return;
    this.begin();
    this.go();
  }

  private go(): void {
    this.store.setState({ playing: true, stoppedAt: undefined });
    this.lastWall = this.surroundings.now();
    this.surroundings.onRepaint(() => this.tick());
  }

  /**
   * On to the moment at which the guest is about to execute its next instruction, or one of those: a
   * look, which leaves the run as it is. Until the migration it does not begin one.
   */
  lookFor(stop: StopBefore): void {
    const { phase } = this.store.getState();
    if (phase === 'opening' || phase === 'broken') return;
    if (phase === 'done' && !this.known.inPast) return;
    this.pause();
    if (this.standsStill || this.startsByItself) this.begin();
    this.lookingFor = stop;
    this.rushing = true;
    this.go();
  }

  pause(): void {
    this.rushing = false;
    this.lookingFor = undefined;
    this.store.setState({ playing: false });
    this.refresh(true);
  }

  toggle(): void {
    if (this.store.getState().playing) this.pause();
    else this.play();
  }

  step(kind: StepKind): void {
    const { phase } = this.store.getState();
    // A press that comes before the hosts stand is kept for then.
    if (phase === 'opening') void this.enqueue(async () => this.step(kind));
    if (phase !== 'ready' && phase !== 'moving') return;
    this.pause();
    const known = this.known.next(momentsOf(kind));
    if (known !== undefined && known <= this.known.frontier) {
      this.seek(known);
      return;
    }
    if (this.standsStill) {
      this.begin();
      return;
    }
    this.startIfAsked();
    const seeks = this.seeks;
    void this.enqueue(async (session) => {
      if (!(await this.catchUp(session))) return;
      const from = this.picture.now;
      this.accept(await session.step(kind), seeks);
      this.landed = { at: this.picture.now, on: this.known.next(momentsOf(kind), from) };
      this.refresh(true);
    });
  }

  /** To just after the event, or the round's start, before the moment shown. */
  stepBack(kind: StepKind): void {
    const { history, landed } = this;
    const moments = momentsOf(kind);
    const last = history.previous(moments);
    // The lab stands a little after what it stepped to: that moment is shown already.
    const shown = last !== undefined && landed?.at === this.picture.now && landed.on === last;
    this.seek((shown ? history.previous(moments, last) : last) ?? history.start);
  }

  /** Shows another moment that is known already; the lab is not asked. */
  seek(at: number): void {
    const { phase } = this.store.getState();
    if (phase === 'opening' || phase === 'broken') return;
    this.seeks += 1;
    this.rushing = false;
    this.store.setState({ playing: false, stoppedAt: undefined });
    this.show(Math.max(at, this.known.start));
    this.refresh(true);
  }

  /** So much later, exactly: what is known is shown, what is not is run. */
  forward(ns: number): void {
    const { phase } = this.store.getState();
    if (phase === 'opening' || phase === 'broken') return;
    const at = this.picture.now + ns;
    if (at <= this.known.frontier) {
      this.show(at);
      this.refresh(true);
      return;
    }
    if (phase === 'done') return;
    this.begin();
    const { seeks } = this;
    void this.enqueue(async (session) => {
      if (!(await this.catchUp(session))) return;
      this.accept(await session.advance(instant(at)), seeks);
      this.refresh(true);
    });
  }

  toStart(): void {
    this.seek(this.known.start);
  }

  /** As fast as the machine can, to the end or to what time was asked to stop at. */
  finish(): void {
    this.rushing = true;
    this.play();
  }

  /** Asks both hosts about the moment shown; the lab is taken back to it first. */
  async inspect(question: Question): ReturnType<LabSession['inspect']> {
    let answer: Awaited<ReturnType<LabSession['inspect']>> = {
      ok: false,
      error: words.otherOpened,
    };
    await this.enqueue(async (session) => {
      if (await this.goBack(session)) answer = await session.inspect(question);
    });
    return answer;
  }

  /** Asks for what crossed the cables. */
  async carried(question: WireQuestion): ReturnType<LabSession['carried']> {
    let answer: Awaited<ReturnType<LabSession['carried']>> = {
      ok: false,
      error: words.otherOpened,
    };
    await this.enqueue(async (session) => {
      answer = await session.carried(question);
    });
    return answer;
  }

  /** Nothing is asked of the hosts while time stands still: then this sees whether they are there. */
  checkPulse(): void {
    const { phase, playing } = this.store.getState();
    if (playing || this.waiting > 0 || phase === 'opening' || phase === 'broken') return;
    void this.enqueue(async (session) => {
      if (this.labAt < this.known.frontier) return;
      const found = await session.pulse();
      if (!found.ok) this.fail(found.error);
      if (!found.ok || found.value === undefined) return;
      const seeks = this.known.inPast ? NOBODY : this.seeks;
      this.accept({ ok: true, value: found.value }, seeks);
      this.accept(await session.advance(instant(this.known.frontier + INPUT_NS)), seeks);
      this.refresh(true);
    });
  }

  /** The same run again, to where it stood when the simulation was lost. */
  takeUp(): Promise<void> {
    const { scenario, inputs } = this.store.getState();
    return this.open({ ...scenario, inputs }, this.picture.now);
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
      if (!(await this.fork(session))) return;
      if (!this.accept(await session.input(input))) return;
      this.accept(await session.advance(instant(this.known.frontier + INPUT_NS)));
      this.refresh(true);
    });
  }

  /** The lab at the moment shown. False when it could not get there. */
  private async goBack(session: LabSession): Promise<boolean> {
    const { now } = this.picture;
    if (this.labAt === now) return true;
    const answer = await session.rewind(now);
    if (!answer.ok) this.fail(answer.error);
    else this.labAt = answer.value.now;
    return answer.ok;
  }

  /** The lab at the frontier again; what it tells on the way is known already. */
  private async catchUp(session: LabSession): Promise<boolean> {
    if (this.labAt >= this.known.frontier) return true;
    const answer = await session.advance(this.known.frontier);
    if (!answer.ok) this.fail(answer.error);
    else this.labAt = answer.value.now;
    return answer.ok;
  }

  /** Before a change: what followed the moment shown is discarded, and said so. */
  private async fork(session: LabSession): Promise<boolean> {
    const { picture, known } = this;
    if (!known.inPast) return this.catchUp(session);
    const at = picture.now;
    if (!(await this.goBack(session))) return false;
    const forked = { atNs: at, discardedNs: known.frontier - at };
    known.cut(at);
    this.finished = false;
    this.endReport = undefined;
    const { phase } = this.store.getState();
    this.store.setState({ forked, report: undefined, phase: phase === 'ready' ? phase : 'moving' });
    return true;
  }

  /** A slider's many small moves become one input at a time, always with the newest values. */
  private sendWorkload(patch: Partial<Settings>): void {
    const queued = this.pendingWorkload !== undefined;
    this.pendingWorkload = { ...this.pendingWorkload, ...patch };
    if (queued) return;
    void this.enqueue(async (session) => {
      if (!(await this.fork(session))) return;
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

  /** A VM that was opened paused is waiting: a press lets it run, and another moves it. */
  get standsStill(): boolean {
    const { phase, scenario } = this.store.getState();
    const lets = scenario.inputs.some(({ input }) => input.kind === 'resume-vm');
    return phase === 'ready' && this.picture.pausedByHand && !lets;
  }

  private begin(): void {
    if (this.standsStill) this.input({ kind: 'resume-vm' });
    else this.startIfAsked();
  }

  private startIfAsked(): void {
    if (this.store.getState().phase !== 'ready') return;
    this.store.setState({ phase: 'moving' });
    if (!this.startsByItself) this.input({ kind: 'migrate' });
  }

  private get startsByItself(): boolean {
    const { migration, inputs } = this.store.getState().scenario;
    return migration.startMs !== null || inputs.some(({ input }) => input.kind === 'migrate');
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
    const stop = this.stopBefore;
    if (stop !== undefined) {
      this.tickTo(stop, ns, wall);
      return;
    }
    if (this.known.inPast) {
      this.goOn(Math.min(this.known.frontier, this.picture.now + ns));
      return;
    }
    const { seeks } = this;
    void this.enqueue(async (session) => {
      if (!(await this.catchUp(session))) return;
      const answer = await session.advance(instant(this.known.frontier + ns));
      this.pacer.learn(ns, this.surroundings.now() - wall);
      this.accept(answer, seeks);
    });
  }

  private get stopBefore(): StopBefore | undefined {
    const { breakpoints } = this.store.getState();
    if (this.lookingFor !== undefined || breakpoints.length === 0) return this.lookingFor;
    return { kind: 'addresses', linear: breakpoints };
  }

  /** Only the lab knows where the guest is: it goes along, also through what is known already. */
  private tickTo(stop: StopBefore, ns: number, wall: number): void {
    const { seeks } = this;
    void this.enqueue(async (session) => {
      if (!(await this.goBack(session))) return;
      const { known } = this;
      const { now } = this.picture;
      const target = known.inPast ? Math.min(known.frontier, now + ns) : now + ns;
      const answer = await session.advance(instant(target), stop);
      this.pacer.learn(ns, this.surroundings.now() - wall);
      if (!answer.ok || !known.inPast) this.accept(answer, seeks);
      else {
        this.labAt = answer.value.now;
        if (seeks === this.seeks) this.goOn(answer.value.now);
      }
      if (!answer.ok || !answer.value.met || seeks !== this.seeks) return;
      this.pause();
      this.store.setState({ stoppedAt: stop.kind === 'instruction' ? 'instruction' : 'break' });
    });
  }

  /** Time passes to `at`, or to what it was asked to stop at on the way. */
  private goOn(at: number): void {
    const { playing, stopAt } = this.store.getState();
    const stop = playing && stopAt !== 'never' ? this.known.next(stopAt) : undefined;
    if (stop === undefined || stop > at || stopAt === 'never') {
      this.show(at);
      return;
    }
    this.rushing = false;
    this.store.setState({ playing: false, stoppedAt: stopAt });
    this.show(stop);
    this.refresh(true);
  }

  /** Shows a moment that is known, and what belongs to it: phase, report, the guest's settings. */
  private show(at: number): void {
    this.known.show(at);
    const { phase, settings, draft, inputs, scenario } = this.store.getState();
    const { picture, known, finished } = this;
    const over = finished && !known.inPast;
    const begun = phase === 'moving' || phase === 'done' || over;
    const workload = workloadAt(scenario, inputs, picture.now);
    const followed = LIVE_SETTINGS.every((name) => settings[name] === draft[name]);
    this.store.setState({
      report: known.inPast ? undefined : this.endReport,
      settings: { ...settings, ...workload },
      ...(followed ? { draft: { ...draft, ...workload } } : {}),
      ...(begun ? { phase: over ? ('done' as const) : ('moving' as const) } : {}),
      ...(over ? { playing: false } : {}),
    });
    if (over) this.rushing = false;
    this.refresh(over);
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

  /** Takes an answer up and shows where it led; false when there is none to go on from. */
  private accept(answer: Answer, seeks = this.seeks): boolean {
    if (!answer.ok) {
      this.fail(answer.error);
      return false;
    }
    const { chunks, now, inputs, report, finished } = answer.value;
    this.known.add(chunks, now);
    this.labAt = now;
    this.finished = finished;
    this.endReport = report;
    this.store.setState({ inputs: inputs.map(({ at, input }) => ({ atNs: at, input })) });
    // The visitor went elsewhere meanwhile: what came is known, and not shown.
    if (seeks === this.seeks) this.goOn(now);
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
    const { playing, speed } = this.store.getState();
    const wall = this.surroundings.now();
    const blind = playing && SPEEDS[speed].blind === true;
    const due = wall - this.panelsAt >= (blind ? BLIND_MS : PANEL_MS);
    if (blind && !due) return;
    if (!blind) for (const listener of this.listeners) listener();
    if (!panels && playing && !due) return;
    this.panelsAt = wall;
    this.store.setState(({ revision }) => ({ revision: revision + 1 }));
  }
}

/** Whoever watches the past goes on doing so. */
const NOBODY = -1;

const momentsOf = (kind: StepKind): Moments => (kind === 'event' ? 'event' : 'round-start');
