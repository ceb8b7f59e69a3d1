import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/base/result.ts';
import { instant } from '../../../src/base/units.ts';
import { LabRunner } from '../../../src/lab/lab-runner.ts';
import type { LabInput, Scenario } from '../../../src/lab/scenario.ts';
import { type AppState, createAppStore } from '../../../src/store/app-state.ts';
import { History } from '../../../src/store/history.ts';
import { runActions } from '../../../src/store/run-actions.ts';
import { troubleKind } from '../../../src/ui/notice/trouble-kind.ts';
import { headline } from '../../../src/ui/strings/sentences.ts';
import { helpFor } from '../../../src/ui/strings/trouble.ts';
import { guestImage, type ScenarioInput, SMALL, scenario } from '../../support/labs.ts';

/** A lab as the page drives it: time passes, inputs are given, the trace is kept. */
class Watched {
  readonly history = new History();
  readonly state: AppState;
  private readonly runner = new LabRunner({
    loadGuest: async ({ guest }) => ok(guestImage(guest)),
  });
  private readonly scenario: Scenario;

  constructor(input: ScenarioInput) {
    this.scenario = scenario(input);
    this.state = createAppStore('converges', this.scenario).getState();
  }

  async open(): Promise<this> {
    await this.take(this.runner.open(this.scenario));
    return this;
  }

  async until(done: (watched: Watched) => boolean): Promise<this> {
    for (let i = 0; i < 400 && !done(this); i++)
      await this.take(this.runner.advance(instant(this.history.frontier + 5_000_000)));
    expect(done(this)).toBe(true);
    return this;
  }

  async give(input: LabInput): Promise<this> {
    await this.take(this.runner.input(input));
    await this.take(this.runner.advance(instant(this.history.frontier + 100_000)));
    return this;
  }

  get picture() {
    return this.history.picture;
  }

  get trouble() {
    return troubleKind(this.picture, this.state);
  }

  get help() {
    const { trouble, picture, state, history } = this;
    if (trouble === undefined) throw new Error('there is trouble');
    return helpFor(trouble, picture, state, history.events);
  }

  get headline(): string {
    return headline(this.picture, this.state);
  }

  offered(name: string) {
    const found = runActions(this.picture, 'moving').find((action) => action.name === name);
    if (!found) throw new Error(`an action ${name}`);
    return found;
  }

  /** What the page's button does. */
  press(name: string): Promise<this> {
    const { input, refusal } = this.offered(name);
    expect(refusal).toBeUndefined();
    return this.give(input);
  }

  private async take(answer: ReturnType<LabRunner['advance']>): Promise<void> {
    const update = await answer;
    if (!update.ok) throw new Error(update.error);
    this.history.add(update.value.chunks, update.value.now);
    this.history.show(update.value.now);
  }
}

const PRE_COPY: ScenarioInput = { ...SMALL, algorithm: 'pre-copy' };
const PULL: ScenarioInput = { ...SMALL, algorithm: 'pull' };
const start = (input: ScenarioInput) => new Watched(input).open();
const inRound = ({ picture }: Watched) => picture.rounds.length > 0;

describe('a pre-copy that gets nowhere', () => {
  const STUCK: ScenarioInput = {
    ...PRE_COPY,
    vm: { memoryMiB: 2, workload: { workingSetPercent: 40, writesPerSecond: 20_000 } },
    migration: { ...SMALL.migration, maxRounds: 8 },
  };

  it('is told from one that converges, by its own rounds', async () => {
    const run = await start(STUCK);
    await run.until(({ picture }) => picture.rounds.filter(({ to }) => to).length >= 2);
    expect(run.trouble).toBe('stuck');
    const last = run.picture.rounds.findLast(({ to }) => to !== undefined);
    expect(run.help.text).toBe(
      `While ${last?.sent} pages are sent, the guest dirties about ${last?.dirtied} different pages; the threshold is 8.`,
    );
    expect(run.help.remedies.map(({ label }) => label)).toEqual([
      'Smaller hot set',
      'More bandwidth',
      expect.stringMatching(/^Accept [\d.]+ ms$/),
    ]);
  });

  it('ends when its pause is accepted', async () => {
    const run = await start(STUCK);
    await run.until(({ trouble }) => trouble === 'stuck');
    await run.press('switch-over');
    expect(run.picture.hosts[0].vm).toBe('paused');
    await run.until(({ picture }) => picture.status === 'completed');
    expect(run.trouble).toBeUndefined();
  });

  it('is not what a small hot set makes, however fast it is written', async () => {
    const run = await start({
      ...PRE_COPY,
      vm: { memoryMiB: 2, workload: { workingSetPercent: 1, writesPerSecond: 100_000 } },
    });
    await run.until(({ picture, trouble }) => {
      expect(trouble).toBeUndefined();
      return picture.status === 'completed';
    });
    expect(run.picture.rounds.length).toBeGreaterThan(1);
  });
});

describe('by hand', () => {
  it('a migration is cancelled, and the headline says who has the VM', async () => {
    const run = await start(PRE_COPY);
    expect(run.offered('cancel').refusal).toBe('No migration is under way.');
    await run.until(inRound);
    await run.press('cancel');
    await run.until(({ picture }) => picture.status === 'cancelled');
    expect(run.headline).toBe(
      'The migration was cancelled by hand. The VM runs on at A, unchanged.',
    );
    expect(run.trouble).toBe('cancelled');
    expect(run.offered('switch-to-pull').refusal).toContain('Only while rounds are sent');
  });

  it('a link that is cut fails the migration, and the VM runs on', async () => {
    const run = await start(PRE_COPY);
    await run.until(inRound);
    await run.press('link');
    expect(run.trouble).toBe('link-down');
    expect(run.offered('link').label).toBe('Mend the link');
    await run.until(({ picture }) => picture.status === 'failed');
    expect(run.trouble).toBe('failed');
    expect(run.headline).toMatch(/^The migration failed: .* The VM runs on at A, unchanged\.$/);
    expect(run.help.text).toContain('The link is cut');
  });

  it('a run whose time is up offers a faster link, and no more what is over', async () => {
    const run = await start(PRE_COPY);
    await run.until(inRound);
    const over = { ...run.state, phase: 'done' } as const;
    expect(troubleKind(run.picture, over)).toBe('out-of-time');
    expect(headline(run.picture, over)).toContain('time was up');
    const help = helpFor('out-of-time', run.picture, over, []);
    expect(help.text).toMatch(/lasts at most .* pages were still to come/);
    expect(help.remedies.map(({ label }) => label)).toEqual(['Run again with 500 Mbit/s']);
    const cut = helpFor('link-down', run.picture, over, []);
    expect(cut.remedies.map(({ label }) => label)).toEqual(['Start over']);
  });

  it('a pull that lost its link is taken up again', async () => {
    const run = await start(PULL);
    await run.until(({ picture }) => picture.status === 'postcopy-active');
    expect(run.offered('cancel').refusal).toContain('handed the VM over');
    await run.press('link');
    await run.until(({ picture }) => picture.status === 'postcopy-paused');
    expect(run.help.remedies.map(({ remedy }) => remedy)).toEqual(['mend']);
    expect(run.offered('recover').refusal).toContain('mend it first');
    await run.press('link');
    expect(run.help.remedies.map(({ remedy }) => remedy)).toEqual(['recover', 'give-up']);
    await run.press('recover');
    await run.until(({ picture }) => picture.status === 'completed');
    expect(run.trouble).toBeUndefined();
  });

  it('a pull that is given up loses the VM', async () => {
    const run = await start(PULL);
    await run.until(({ picture }) => picture.status === 'postcopy-active');
    await run.press('link');
    await run.until(({ picture }) => picture.status === 'postcopy-paused');
    await run.press('give-up');
    expect(run.trouble).toBe('vm-lost');
    expect(run.help.text).toContain('In a pull each host has only a part of the VM');
  });

  it('rounds are switched to pull', async () => {
    const run = await start(PRE_COPY);
    await run.until(inRound);
    await run.press('switch-to-pull');
    await run.until(({ picture }) => picture.status === 'completed');
    expect(run.picture.stages.map(({ stage }) => stage)).toContain(6);
  });

  it('a host is switched off: the destination’s is survived, the source’s is not', async () => {
    const survivor = await start(PRE_COPY);
    await survivor.until(inRound);
    await survivor.press('crash-b');
    expect(survivor.trouble).toBe('host-gone');
    expect(survivor.headline).toBe('Host B is gone: switched off. The VM runs on at host A.');
    const lost = await start(PRE_COPY);
    await lost.until(inRound);
    await lost.press('crash-a');
    expect(lost.trouble).toBe('vm-lost');
    expect(lost.headline).toBe('Host A is gone: switched off. The VM is lost with it.');
    expect(lost.offered('crash-a').refusal).toBe('Host A is off already.');
  });

  it('the VM is paused, and let run again', async () => {
    const run = await start(PRE_COPY);
    await run.until(inRound);
    await run.press('vm');
    expect(run.picture.hosts[0].vm).toBe('paused');
    expect(run.offered('vm').label).toBe('Let the VM run');
    await run.press('vm');
    expect(run.picture.hosts[0].vm).toBe('running');
  });
});
