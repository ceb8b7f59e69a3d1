/**
 * Drives the page's own run through a lesson: opens its scenarios one after the other, plays them,
 * waits for their events and stops where the lesson has something to say.
 */
import type { Scenario } from '../../lab/scenario.ts';
import type { App } from '../use-store.ts';
import { factsOf, type RunFacts } from './facts.ts';
import type { Lesson, LessonRun } from './lesson.ts';
import { openRun } from './open-run.ts';

export type RunnerPhase = 'idle' | 'running' | 'stopped' | 'done' | 'broken' | 'left';

export class LessonRunner {
  private readonly app: App;
  private readonly lesson: Lesson;
  private readonly changed: () => void;
  private unsubscribe = () => {};
  private scenario: Scenario | undefined;
  private hurrying = false;
  phase: RunnerPhase = 'idle';
  /** Which of the lesson's runs is on the page. */
  run = 0;
  /** How many of its cues have come. */
  reached = 0;
  facts: RunFacts[] = [];

  constructor(app: App, lesson: Lesson, changed: () => void) {
    this.app = app;
    this.lesson = lesson;
    this.changed = changed;
  }

  /** Puts the first run on the page without starting it, so that it can be looked at. */
  prepare(): void {
    void this.open(this.lesson.runs[0]);
  }

  start(): void {
    this.end();
    this.run = 0;
    this.facts = [];
    this.hurrying = false;
    this.unsubscribe = this.app.player.onPicture(() => this.look());
    this.begin();
  }

  goOn(): void {
    this.phase = 'running';
    this.app.player.play();
    this.changed();
  }

  /** To the result, without stops. */
  hurry(): void {
    this.hurrying = true;
    this.phase = 'running';
    this.app.player.finish();
    this.changed();
  }

  end(): void {
    this.unsubscribe();
    this.unsubscribe = () => {};
  }

  private begin(): void {
    this.phase = 'running';
    this.reached = 0;
    void this.open(this.lesson.runs[this.run]);
    if (this.hurrying) this.app.player.finish();
    else this.app.player.play();
    this.changed();
  }

  private open(run: LessonRun | undefined): Promise<void> {
    if (!run) return Promise.resolve();
    const { scenario, opened } = openRun(this.app, run);
    this.scenario = scenario;
    return opened;
  }

  private look(): void {
    const { player, store } = this.app;
    const { phase, scenario } = store.getState();
    if (scenario !== this.scenario || phase === 'broken') {
      this.settle(phase === 'broken' ? 'broken' : 'left');
      return;
    }
    if (phase === 'opening') return;
    this.takeCues();
    const paused = player.picture.status === 'postcopy-paused';
    if (phase === 'done' || paused) this.runEnded(scenario);
  }

  private runEnded(scenario: Scenario): void {
    const { player } = this.app;
    this.facts = [...this.facts, factsOf(player.picture, scenario)];
    if (this.run + 1 < this.lesson.runs.length) {
      this.run += 1;
      this.begin();
      return;
    }
    this.settle('done');
    player.pause();
  }

  private takeCues(): void {
    const { player, store } = this.app;
    const { cues } = this.lesson;
    let cue = cues[this.reached];
    while (cue?.when(player.picture)) {
      this.reached += 1;
      if (cue.stop && !this.hurrying && store.getState().playing) {
        this.phase = 'stopped';
        player.pause();
        this.changed();
        return;
      }
      cue = cues[this.reached];
      this.changed();
    }
    // The visitor may go on with the page's own button.
    if (this.phase === 'stopped' && store.getState().playing) this.phase = 'running';
  }

  private settle(phase: RunnerPhase): void {
    this.end();
    this.phase = phase;
    this.changed();
  }
}
