/**
 * A lab session over parties that may live in workers: what the page and the worker placements of
 * the tests drive. Grants go out as soon as lock-step allows and may run at the same time.
 */
import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { earliest, type Instant, instant, latest, NEVER, START } from '../base/units.ts';
import { HOST_A, HOST_B, NETWORK } from '../trace/event.ts';
import type { TraceChunk } from '../trace/recorder.ts';
import { DeadParty } from './dead-party.ts';
import { HostParty } from './host-party.ts';
import type { LabCheckpoint } from './lab.ts';
import { LabCore, type LabCoreState, type Settled } from './lab-core.ts';
import { loadLabCode } from './late-code.ts';
import { MarkKeeper } from './mark-keeper.ts';
import { NetworkParty } from './network-party.ts';
import type { Question, StopBefore, StopWatch } from './party.ts';
import { inThread, type PartyPort } from './party-port.ts';
import type { MigrationReport } from './report.ts';
import type { LabInput, Scenario } from './scenario.ts';
import type { LabSession, LabUpdate, StepKind } from './session.ts';
import { type WireQuestion, WireTap } from './wire-tap.ts';
import { type HostWiring, type LabWiring, wire } from './wiring.ts';

/** Virtual time between two looks at whether the lab is finished. */
const STRIDE_NS = 50_000_000;
/** What is kept of what crossed the cables. */
const WIRE_BYTES = 32 * 1024 * 1024;
/** In one thread nobody else gets a turn for so long. */
const BREATH_MS = 100;

/** What of a scenario says which guest it is. */
export type GuestSource = Pick<Scenario['vm'], 'guest' | 'program' | 'file'>;

export interface LabSurroundings {
  /** The guest's kernel by its name, one's own from its source, or the file that the scenario carries. */
  loadGuest(vm: GuestSource): Promise<Result<Uint8Array<ArrayBuffer>, string>>;
  /** A host in a worker of its own; absent: everything runs in this thread. */
  spawnHost?(wiring: HostWiring): Promise<PartyPort>;
  /** Lets whoever asks for a sign of life have its turn; workers take turns by themselves. */
  breathe?(): Promise<void>;
  /** Wall clock in milliseconds, for deciding whether workers are worth their round trips; never for virtual time. */
  wallClock?(): number;
}

/** A moment to which everything can be put back, for a while. */
interface Place {
  readonly id: number;
  readonly ports: readonly PartyPort[];
  readonly core: LabCoreState;
}

export class LabRunner implements LabSession {
  private readonly surroundings: LabSurroundings;
  private core: LabCore | undefined;
  private wiring: LabWiring | undefined;
  private ports: PartyPort[] = [];
  private remote = false;
  private pace = { grants: 0, waitedMs: 0, virtualFrom: 0 };
  private readonly marks = new MarkKeeper();
  private nextWatch = 0;
  private tap = new WireTap(WIRE_BYTES);
  /** How far the run, as its course is now, has ever come. */
  private furthest: Instant = START;
  private scenario: Scenario | undefined;
  private lastReport: MigrationReport | undefined;
  /** Where each party stood when it last reported, should its worker die. */
  private last: { now: Instant; sequence: number }[] = [];
  private breathedAt = 0;

  constructor(surroundings: LabSurroundings) {
    this.surroundings = surroundings;
  }

  /** True while the hosts live in workers of their own. */
  get inWorkers(): boolean {
    return this.remote;
  }

  async open(scenario: Scenario): Promise<Result<LabUpdate, string>> {
    this.tap = new WireTap(WIRE_BYTES);
    this.furthest = START;
    return this.begin(scenario);
  }

  private async begin(scenario: Scenario): Promise<Result<LabUpdate, string>> {
    await this.close();
    const guest = await this.surroundings.loadGuest(scenario.vm);
    if (!guest.ok) return guest;
    const wiring = wire(scenario, guest.value);
    if (!wiring.ok) return wiring;
    await loadLabCode(wiring.value);
    this.wiring = wiring.value;
    this.scenario = scenario;
    this.core = new LabCore(scenario, wiring.value);
    this.marks.clear();
    this.lastReport = undefined;
    this.last = [HOST_A, HOST_B, NETWORK].map(() => ({ now: instant(0), sequence: 0 }));
    const hosts = await Promise.all(wiring.value.hosts.map((host) => this.placeHost(host)));
    this.ports = [...hosts, inThread(new NetworkParty(wiring.value.network))];
    this.remote = this.surroundings.spawnHost !== undefined;
    this.pace = { grants: 0, waitedMs: 0, virtualFrom: 0 };
    return this.goOn(instant(1));
  }

  async advance(until: Instant, stop?: StopBefore): Promise<Result<LabUpdate, string>> {
    const core = this.core;
    if (core === undefined) return err('no scenario is open');
    // What is known already must come again as it was: a death on the way there is none of its events.
    if (core.now < this.furthest && !(await this.hostsAnswer())) {
      const afresh = await this.rerun(core.now);
      if (!afresh.ok) return afresh;
    }
    return this.goOn(until, stop);
  }

  private async goOn(until: Instant, stop?: StopBefore): Promise<Result<LabUpdate, string>> {
    const core = this.core;
    if (core === undefined) return err('no scenario is open');
    const target = latest(until, core.now);
    if (stop !== undefined) return this.advanceTo(core, target, stop);
    const { chunks } = await this.run(core, target);
    return ok(await this.update(core, chunks));
  }

  /**
   * The guest finds where it stops; by then others may have gone further. So all go back to where they
   * were, and come to that very moment.
   */
  private async advanceTo(
    core: LabCore,
    until: Instant,
    stop: StopBefore,
  ): Promise<Result<LabUpdate, string>> {
    const from = await this.placeToReturn(core);
    const watch = { id: this.nextWatch++, from: core.now, stop };
    const met = await this.runParties(core, until, watch);
    if (met === undefined) {
      await this.forgetPlace(from);
      const { chunks } = await this.settle(core, until);
      return ok(await this.update(core, chunks));
    }
    // What was heard on the way there has not happened yet.
    this.furthest = latest(this.furthest, until);
    const returned = await this.returnTo(from, core.now);
    const { core: again } = this;
    if (!returned.ok || again === undefined) return returned.ok ? err('it was closed') : returned;
    const { chunks } = await this.run(again, met);
    return ok({ ...(await this.update(again, chunks)), met: true });
  }

  async pulse(): Promise<Result<LabUpdate | undefined, string>> {
    const core = this.core;
    if (core === undefined || core.now < this.furthest) return ok(undefined);
    return (await this.hostsAnswer()) ? ok(undefined) : this.goOn(instant(core.now + 1));
  }

  private async hostsAnswer(): Promise<boolean> {
    const asked = await Promise.allSettled(this.ports.map((port) => port.pulse()));
    return asked.every(({ status }) => status === 'fulfilled');
  }

  async step(kind: StepKind): Promise<Result<LabUpdate, string>> {
    const core = this.core;
    if (core === undefined) return err('no scenario is open');
    const all: TraceChunk[] = [];
    while (!core.finished) {
      const { chunks, settled } = await this.run(core, earliest(core.nextStop(), core.closingTime));
      all.push(...chunks);
      if (kind === 'round' ? settled.roundStarted || settled.migrationEnded : settled.notable)
        break;
    }
    return ok(await this.update(core, all));
  }

  async input(input: LabInput): Promise<Result<LabUpdate, string>> {
    const { core, wiring } = this;
    if (core === undefined || wiring === undefined) return err('no scenario is open');
    if (core.now < this.furthest) this.forgetFuture(core.now, wiring);
    core.input(input);
    return this.advance(instant(core.now + 1));
  }

  async rewind(at: Instant): Promise<Result<LabUpdate, string>> {
    const { core, scenario, wiring } = this;
    if (core === undefined || scenario === undefined || wiring === undefined) {
      return err('no scenario is open');
    }
    this.lastReport = undefined;
    const dead = this.ports.some((port) => port instanceof DeadParty);
    if (dead || !(await this.hostsAnswer())) return this.rerun(at);
    const { mark, forget } = this.marks.backTo(at);
    if (mark === undefined) return this.rerun(at);
    await Promise.all(this.ports.map((port) => port.forget(forget)));
    await Promise.all(this.ports.map((port) => port.rewind(mark.id)));
    this.core = new LabCore(scenario, wiring, core.replayAfter(mark.core));
    return silent(await this.goOn(at));
  }

  /** The same run from its beginning, with new hosts. */
  private async rerun(at: Instant): Promise<Result<LabUpdate, string>> {
    const { core, scenario } = this;
    if (core === undefined || scenario === undefined) return err('no scenario is open');
    const recorded = core.allInputs.map((entry) => ({ atNs: entry.at, input: entry.input }));
    const opened = await this.begin({ ...scenario, inputs: recorded });
    return opened.ok ? silent(await this.goOn(at)) : opened;
  }

  async inspect(question: Question): ReturnType<LabSession['inspect']> {
    if (this.core === undefined) return err('no scenario is open');
    const [a, b] = await Promise.all(
      [HOST_A, HOST_B].map((host) => this.ports[host].inspect(question).catch(unknown)),
    );
    return ok([a, b] as const);
  }

  async carried(question: WireQuestion): ReturnType<LabSession['carried']> {
    return this.core === undefined ? err('no scenario is open') : ok(this.tap.answer(question));
  }

  async finish(): Promise<Result<LabUpdate, string>> {
    const core = this.core;
    if (core === undefined) return err('no scenario is open');
    const all: TraceChunk[] = [];
    while (!core.finished) {
      const { chunks } = await this.run(
        core,
        earliest(instant(core.now + STRIDE_NS), core.closingTime),
      );
      all.push(...chunks);
    }
    return ok(await this.update(core, all));
  }

  async close(): Promise<void> {
    for (const port of this.ports) port.close();
    this.ports = [];
    this.core = undefined;
  }

  async checkpoint(): Promise<LabCheckpoint> {
    assert(this.core !== undefined, 'a lab is open');
    return {
      core: this.core.save(),
      parties: await Promise.all(this.ports.map((port) => port.checkpoint())),
    };
  }

  /** Brings the hosts into this thread: the same lab goes on, with the same trace. */
  async moveInThread(): Promise<void> {
    const { wiring } = this;
    // Of one that is dead nothing can be fetched: first its death takes its course.
    if (!this.remote || wiring === undefined || !(await this.hostsAnswer())) return;
    for (const party of [HOST_A, HOST_B]) {
      const port = this.ports[party];
      if (port instanceof DeadParty) continue;
      const host = new HostParty(wiring.hosts[party]);
      host.restore(await port.checkpoint());
      port.close();
      this.ports[party] = inThread(host);
    }
    this.remote = false;
    // What the workers kept is gone with them.
    this.marks.clear();
  }

  private async placeHost(wiring: HostWiring): Promise<PartyPort> {
    return this.surroundings.spawnHost
      ? this.surroundings.spawnHost(wiring)
      : inThread(new HostParty(wiring));
  }

  private async placeToReturn(core: LabCore): Promise<Place> {
    const id = this.marks.newId();
    await Promise.all(this.ports.map((port) => port.mark(id).catch(unknown)));
    return { id, ports: [...this.ports], core: core.save() };
  }

  private async forgetPlace({ id }: Place): Promise<void> {
    await Promise.all(this.ports.map((port) => port.forget([id]).catch(unknown)));
  }

  private async returnTo(place: Place, at: Instant): Promise<Result<unknown, string>> {
    const { core, scenario, wiring } = this;
    if (core === undefined || scenario === undefined || wiring === undefined)
      return err('no scenario is open');
    // A party that lives elsewhere by now, or nowhere, has no such place.
    const moved = this.ports.some((port, i) => port !== place.ports[i]);
    if (moved || !(await this.hostsAnswer())) return this.rewind(at);
    await Promise.all(this.ports.map((port) => port.rewind(place.id)));
    await this.forgetPlace(place);
    this.core = new LabCore(scenario, wiring, core.replayAfter(place.core));
    return ok(undefined);
  }

  private async run(
    core: LabCore,
    until: Instant,
  ): Promise<{ chunks: TraceChunk[]; settled: Settled }> {
    await this.runParties(core, until);
    return this.settle(core, until);
  }

  private async settle(core: LabCore, until: Instant) {
    const outcome = core.settle(until);
    this.furthest = latest(this.furthest, core.now);
    await this.markWhenDue(core);
    return outcome;
  }

  /**
   * Grants and reports until every party stands at `until`; or until a guest has met what is watched
   * for, whose moment is given.
   */
  private async runParties(
    core: LabCore,
    until: Instant,
    watch?: StopWatch,
  ): Promise<Instant | undefined> {
    let met: Instant | undefined;
    const started = this.surroundings.wallClock?.() ?? 0;
    while (!core.reached(until)) {
      await this.breathe();
      const grants = core.grants(until);
      if (grants.length === 0) {
        assert(core.reached(until), 'lock-step always lets someone run');
        break;
      }
      this.pace.grants += grants.length;
      const reports = await Promise.all(
        grants.map(({ party, grant }) => this.advanceParty(core, party, { ...grant, watch })),
      );
      reports.forEach((report, i) => {
        const { party } = grants[i];
        const pages = report.trace.pages;
        const lastPage = pages.count > 0 ? pages.sequence[pages.count - 1] : -1;
        const lastEvent = report.trace.events.at(-1)?.sequence ?? -1;
        this.last[party] = {
          now: report.now,
          sequence: Math.max(this.last[party].sequence, lastPage + 1, lastEvent + 1),
        };
        report.outgoing.forEach(this.tap.hear);
        core.accept(party, report);
        if (report.met !== undefined) met = earliest(met ?? NEVER, report.met);
      });
      if (met !== undefined && met < until) break;
    }
    this.pace.waitedMs += (this.surroundings.wallClock?.() ?? 0) - started;
    if (this.tooSlow(core)) await this.moveInThread();
    return met !== undefined && met < until ? met : undefined;
  }

  private async breathe(): Promise<void> {
    const { breathe, wallClock } = this.surroundings;
    const now = wallClock?.() ?? 0;
    if (this.remote || breathe === undefined || now - this.breathedAt < BREATH_MS) return;
    await breathe();
    this.breathedAt = now;
  }

  /** A change in the past: what crossed the cables after it never will. */
  private forgetFuture(now: Instant, { hosts }: LabWiring): void {
    const { lanLatency, linkLatency } = hosts[HOST_A];
    this.tap.cut(now, (kind) => (kind === 'frame' ? lanLatency : linkLatency));
    this.furthest = now;
  }

  private async markWhenDue(core: LabCore): Promise<void> {
    const started = this.surroundings.wallClock?.() ?? 0;
    if (!this.marks.isDue(core.now, started)) return;
    if (this.ports.some((port) => port instanceof DeadParty)) return;
    const id = this.marks.newId();
    const held = await Promise.all(this.ports.map((port) => port.mark(id).catch(unknown)));
    // A host that died meanwhile: its next grant finds that out.
    if (!held.every((count) => count !== undefined)) return;
    const bytes = held.reduce((sum, count) => sum + count, 0);
    const ended = this.surroundings.wallClock?.() ?? 0;
    const forget = this.marks.keep({ id, at: core.now, core: core.save(), bytes }, started, ended);
    if (forget.length > 0) await Promise.all(this.ports.map((port) => port.forget(forget)));
  }

  private async advanceParty(
    core: LabCore,
    party: number,
    grant: Parameters<PartyPort['advance']>[0],
  ) {
    try {
      return await this.ports[party].advance(grant);
    } catch (error) {
      if (party === NETWORK || !this.remote) throw error;
      return this.replaceDead(core, party, grant, error);
    }
  }

  /** A host's worker died: from its last report on, the host is off. The death is an input like others. */
  private async replaceDead(
    core: LabCore,
    party: number,
    grant: Parameters<PartyPort['advance']>[0],
    error: unknown,
  ) {
    const { now, sequence } = this.last[party];
    this.ports[party].close();
    const dead = new DeadParty(party, now, sequence);
    this.ports[party] = dead;
    const envelope = core.recordCrash(
      party,
      `its worker died: ${error instanceof Error ? error.message : String(error)}`.slice(0, 200),
    );
    return dead.advance({ until: grant.until, deliveries: [envelope, ...grant.deliveries] });
  }

  /**
   * Workers pay a message round trip for every slice, and a short link latency means short slices:
   * where that keeps the lab below a quarter of real time, one thread serves better.
   */
  private tooSlow(core: LabCore): boolean {
    const { grants, waitedMs, virtualFrom } = this.pace;
    if (!this.remote || grants < 500) return false;
    const virtualMs = (core.now - virtualFrom) / 1e6;
    this.pace = { grants: 0, waitedMs: 0, virtualFrom: core.now };
    return virtualMs < waitedMs / 4;
  }

  private async update(core: LabCore, chunks: readonly TraceChunk[]): Promise<LabUpdate> {
    const ended = core.migrationEnded;
    // Another migration is on its way: the report of the one before is not of it.
    if (!ended) this.lastReport = undefined;
    if (ended && (this.lastReport === undefined || core.finished))
      this.lastReport = await this.makeReport(core);
    const update = { now: core.now, chunks, inputs: core.allInputs, finished: core.finished };
    return this.lastReport ? { ...update, report: this.lastReport } : update;
  }

  private async makeReport(core: LabCore): Promise<MigrationReport> {
    const [source, destination] = await Promise.all([
      this.ports[HOST_A].testimony().catch(unknown),
      this.ports[HOST_B].testimony().catch(unknown),
    ]);
    return core.report(source, destination);
  }
}

/** Of a host that does not answer. */
const unknown = (): undefined => undefined;

/** The caller has what happened up to here. */
const silent = (answer: Result<LabUpdate, string>): Result<LabUpdate, string> =>
  answer.ok ? ok({ ...answer.value, chunks: [] }) : answer;
