/**
 * Two to four runs of one workload and seed, side by side on one virtual clock. Each lane is a lab of
 * its own; what one lane does never changes another, so a lane shows what its scenario shows alone.
 */
import type { Result } from '../base/result.ts';
import { type Instant, instant } from '../base/units.ts';
import type { MigrationReport } from '../lab/report.ts';
import type { Scenario } from '../lab/scenario.ts';
import type { LabSession, LabUpdate } from '../lab/session.ts';
import type { Picture } from '../trace/picture.ts';
import { Replay } from '../trace/replay.ts';
import { Pacer } from './pacer.ts';
import { SPEEDS } from './speed.ts';

export type LanePhase = 'opening' | 'ready' | 'moving' | 'done' | 'broken';

export interface Lane {
  readonly scenario: Scenario;
  readonly phase: LanePhase;
  readonly report: MigrationReport | undefined;
  readonly error: string;
  readonly picture: Picture;
}

export interface CompareSurroundings {
  connect(): Promise<LabSession>;
  /** Wall clock in milliseconds. */
  now(): number;
  onRepaint(tick: () => void): void;
}

interface OwnLane {
  readonly scenario: Scenario;
  readonly replay: Replay;
  phase: LanePhase;
  report: MigrationReport | undefined;
  error: string;
}

/** Where a lane without a start of its own begins to migrate, and how long before that all stand. */
const START_MS = 100;
const LEAD_NS = 2_000_000;
/** One press of “step”. */
export const STEP_NS = 10_000_000;

export class Comparison {
  private readonly surroundings: CompareSurroundings;
  private readonly listeners = new Set<() => void>();
  /** One for each lane, kept from one opening to the next. */
  private sessions: (LabSession | undefined)[] = [];
  private own: OwnLane[] = [];
  private pacer = new Pacer();
  private queue: Promise<void> = Promise.resolve();
  private waiting = 0;
  private run = 0;
  private lastWall = 0;
  private rushing = false;
  private clock = 0;
  private startNs = 0;
  playing = false;
  /** Index into SPEEDS. */
  speed: number;

  constructor(surroundings: CompareSurroundings, speed: number) {
    this.surroundings = surroundings;
    this.speed = speed;
  }

  get lanes(): readonly Lane[] {
    return this.own.map(({ replay, ...rest }) => ({ ...rest, picture: replay.picture }));
  }

  /** Virtual time that all lanes have reached. */
  get now(): number {
    return this.clock;
  }

  get ready(): boolean {
    return this.own.length > 0 && this.own.every(({ phase }) => phase !== 'opening');
  }

  get begun(): boolean {
    return this.clock > this.startNs;
  }

  get over(): boolean {
    return this.own.length > 0 && this.own.every(({ phase }) => isOver(phase));
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Sets all lanes up and stands just before their migrations, or at a later moment in nanoseconds. */
  open(scenarios: readonly Scenario[], moment = 0): Promise<void> {
    this.run += 1;
    this.playing = false;
    this.rushing = false;
    const timed = scenarios.map(startingByItself);
    this.own = timed.map((scenario) => newLane(scenario));
    const starts = timed.map(({ migration }) => (migration.startMs ?? START_MS) * 1e6);
    this.startNs = Math.max(0, Math.round(Math.min(...starts) - LEAD_NS));
    this.clock = 0;
    this.tell();
    return this.enqueue(async () => {
      const { run } = this;
      // Only now: a session that is closed in the middle of a request never answers it.
      for (const session of this.sessions.splice(this.own.length)) void session?.close();
      await Promise.all(this.own.map((lane, index) => this.openLane(lane, index, run)));
      if (run !== this.run) return;
      this.clock = this.startNs;
      if (moment > this.clock) await this.advanceTo(moment);
    });
  }

  reset(): Promise<void> {
    return this.open(this.own.map(({ scenario }) => scenario));
  }

  play(): void {
    if (this.playing || !this.ready || this.over) return;
    this.playing = true;
    this.lastWall = this.surroundings.now();
    this.tell();
    this.surroundings.onRepaint(() => this.tick());
  }

  pause(): void {
    this.playing = false;
    this.rushing = false;
    this.tell();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  step(): void {
    if (!this.ready || this.over) return;
    this.pause();
    void this.advance(STEP_NS);
  }

  /** As fast as the machine can, to the last lane's end. */
  finish(): void {
    this.rushing = true;
    this.play();
  }

  setSpeed(speed: number): void {
    this.speed = Math.min(SPEEDS.length - 1, Math.max(0, speed));
    this.tell();
  }

  close(): void {
    this.run += 1;
    this.playing = false;
    for (const session of this.sessions.splice(0)) void session?.close();
    this.listeners.clear();
  }

  private async openLane(lane: OwnLane, index: number, run: number): Promise<void> {
    try {
      const session = this.sessions[index] ?? (await this.surroundings.connect());
      if (run !== this.run) {
        if (this.sessions[index] !== session) void session.close();
        return;
      }
      this.sessions[index] = session;
      if (!this.accept(lane, index, await session.open(lane.scenario), run)) return;
      if (!this.accept(lane, index, await session.advance(instant(this.startNs)), run)) return;
      if (lane.phase === 'opening') lane.phase = 'ready';
    } catch (error) {
      this.fail(lane, index, error instanceof Error ? error.message : String(error));
    }
  }

  private tick(): void {
    if (!this.playing) return;
    this.surroundings.onRepaint(() => this.tick());
    if (this.waiting > 0) return;
    const wall = this.surroundings.now();
    const pace = this.rushing ? (SPEEDS.at(-1) ?? SPEEDS[0]) : SPEEDS[this.speed];
    const ns = this.pacer.next(wall - this.lastWall, pace);
    this.lastWall = wall;
    void this.advance(ns).then(() => this.pacer.learn(ns, this.surroundings.now() - wall));
  }

  /** All lanes go on to the same moment; none is ever ahead of another. */
  private advance(ns: number): Promise<void> {
    return this.enqueue(() => this.advanceTo(this.clock + ns));
  }

  private async advanceTo(until: number): Promise<void> {
    const { run } = this;
    await Promise.all(
      this.own.map((lane, index) => this.advanceLane(lane, index, instant(until), run)),
    );
    if (run !== this.run) return;
    this.clock = until;
    if (this.over) {
      this.playing = false;
      this.rushing = false;
    }
  }

  private async advanceLane(
    lane: OwnLane,
    index: number,
    until: Instant,
    run: number,
  ): Promise<void> {
    const session = this.sessions[index];
    if (isOver(lane.phase) || !session) return;
    lane.phase = 'moving';
    this.accept(lane, index, await session.advance(until), run);
  }

  private accept(
    lane: OwnLane,
    index: number,
    answer: Result<LabUpdate, string>,
    run: number,
  ): boolean {
    if (run !== this.run) return false;
    if (!answer.ok) {
      this.fail(lane, index, answer.error);
      return false;
    }
    const { chunks, now, report, finished } = answer.value;
    lane.replay.fold(chunks, now);
    lane.report = report;
    if (finished) lane.phase = 'done';
    return true;
  }

  /** The lane is given up; the others go on. */
  private fail(lane: OwnLane, index: number, error: string): void {
    void this.sessions[index]?.close();
    this.sessions[index] = undefined;
    lane.phase = 'broken';
    lane.error = error;
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    const { run } = this;
    this.waiting += 1;
    const done = this.queue.then(async () => {
      if (run === this.run) await work();
      this.waiting -= 1;
      this.tell();
    });
    this.queue = done;
    return done;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

const isOver = (phase: LanePhase): boolean => phase === 'done' || phase === 'broken';

const newLane = (scenario: Scenario): OwnLane => ({
  scenario,
  replay: new Replay(),
  phase: 'opening',
  report: undefined,
  error: '',
});

/** Lanes begin together, without a press for each. */
function startingByItself({ vm, ...rest }: Scenario): Scenario {
  const scenario = { ...rest, vm: { ...vm, paused: false } };
  if (scenario.migration.startMs !== null) return scenario;
  return { ...scenario, migration: { ...scenario.migration, startMs: START_MS } };
}
