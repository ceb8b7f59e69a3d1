/**
 * A lab session that plays a script instead of emulating hosts: for tests of the picture, the player
 * and the panels, which need a whole migration's trace quickly and with known contents. Never part
 * of the page.
 */
import { Prng } from '../../src/base/prng.ts';
import { err, ok, type Result } from '../../src/base/result.ts';
import { type Instant, instant } from '../../src/base/units.ts';
import type { MigrationReport } from '../../src/lab/report.ts';
import type { LabInput, Scenario } from '../../src/lab/scenario.ts';
import type { LabSession, LabUpdate, StepKind } from '../../src/lab/session.ts';
import {
  type EventFields,
  type EventKind,
  HOST_A,
  HOST_B,
  type MigrationStatus,
  NETWORK,
  type PageEventKind,
  type PageReason,
  packPageDetail,
  STAGE_NAMES,
} from '../../src/trace/event.ts';
import { Recorder, type TraceChunk } from '../../src/trace/recorder.ts';

type Row =
  | { at: number; party: number; order: number; kind: EventKind; fields: EventFields[EventKind] }
  | { at: number; party: number; order: number; page: PageEventKind; gfn: number; detail: number };

const MS = 1e6;
const VM = 'vm1';
const MAC = '52:54:00:12:34:56';

/** Writes the rows of one migration; times in nanoseconds. */
class Script {
  readonly rows: Row[] = [];
  readonly steps: number[] = [];
  readonly rounds: number[] = [];
  end = 0;
  private at = 0;
  private readonly scenario: Scenario;
  private readonly prng: Prng;
  private readonly pages: number;
  private readonly perPage: number;
  private readonly latency: number;
  private dirty = new Set<number>();
  private nextWrite = 0;
  private id = 1;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.prng = Prng.stream(scenario.seed, 'script');
    this.pages = scenario.vm.memoryMiB * 256;
    this.perPage = Math.ceil((4140 * 8 * 1000) / scenario.network.bandwidthMbps);
    this.latency = scenario.network.latencyMs * MS;
    this.write();
    this.rows.sort((a, b) => a.at - b.at || a.party - b.party || a.order - b.order);
  }

  private event<Kind extends EventKind>(
    party: number,
    kind: Kind,
    fields: EventFields[Kind],
    at = this.at,
  ): void {
    this.rows.push({ at, party, order: this.rows.length, kind, fields });
    if (party !== NETWORK) this.steps.push(at);
  }

  private page(party: number, page: PageEventKind, gfn: number, detail: number, at: number): void {
    this.rows.push({ at, party, order: this.rows.length, page, gfn, detail });
  }

  private message(from: number, type: string, bytes: number, summary: string): void {
    const id = this.id++;
    this.event(from, 'message.sent', { type, id, bytes, summary });
    const at = this.at + this.latency;
    this.event(1 - from, 'message.received', { type, id, bytes, summary }, at);
    this.at = at;
  }

  private status(role: 'source' | 'destination', status: MigrationStatus): void {
    this.event(role === 'source' ? HOST_A : HOST_B, 'migration.status', {
      role,
      status,
      reason: '',
    });
  }

  private stage(stage: number): void {
    if (stage > 0)
      this.event(HOST_A, 'stage.left', { stage: stage - 1, name: STAGE_NAMES[stage - 1] });
    this.event(HOST_A, 'stage.entered', { stage, name: STAGE_NAMES[stage] });
  }

  /** The guest's first writes to clean pages until `until`. */
  private guestWrites(until: number): void {
    const { workingSetPercent, writesPerSecond } = this.scenario.vm.workload;
    const first = Math.floor(this.pages * 0.25);
    const size = Math.max(1, Math.floor((this.pages * workingSetPercent) / 100));
    for (
      ;
      this.nextWrite < until;
      this.nextWrite += writesPerSecond > 0 ? 1e9 / writesPerSecond : 1e12
    ) {
      const gfn = first + this.prng.below(size);
      if (this.dirty.has(gfn) || gfn >= this.pages) continue;
      this.dirty.add(gfn);
      this.page(HOST_A, 'dirtied', gfn, 0, Math.floor(this.nextWrite));
    }
  }

  private send(
    frames: readonly number[],
    round: number,
    reason: PageReason,
    writing: boolean,
  ): void {
    for (const gfn of frames) {
      const zero = round === 1 && gfn > this.pages * 0.9;
      const detail = packPageDetail(round, reason, zero);
      this.page(HOST_A, 'sent', gfn, detail, this.at);
      this.page(HOST_B, 'installed', gfn, detail, this.at + this.latency + 30 * this.perPage);
      this.at += zero ? 400 : this.perPage;
      if (writing) this.guestWrites(this.at);
    }
  }

  private readLog(): number[] {
    const frames = [...this.dirty].sort((a, b) => a - b);
    this.dirty.clear();
    this.event(HOST_A, 'dirty-log.read', {
      dirty: frames.length,
      faults: frames.length,
      costNs: 1000,
    });
    return frames;
  }

  private write(): void {
    const { scenario } = this;
    const { algorithm, hosts, seed, name, network } = scenario;
    this.event(NETWORK, 'lab.ready', { scenario: name, seed });
    this.event(HOST_A, 'vm.created', { vm: VM, vmm: hosts.source, pages: this.pages });
    this.event(HOST_A, 'vm.started', { vm: VM, retired: 0, eip: 0x100000 });
    this.event(HOST_A, 'console.output', { vm: VM, text: 'muncher: writing\n' });
    this.at = MS;
    this.event(NETWORK, 'switch.learned', { mac: MAC, port: 0, previousPort: -1 });
    this.event(NETWORK, 'arp.updated', { ip: '10.0.0.5', mac: MAC, previousMac: '' });
    this.at = (scenario.migration.startMs ?? 100) * MS;
    this.nextWrite = this.at;
    this.status('source', 'setup');
    this.stage(0);
    this.message(HOST_A, 'hello', 40, 'protocol versions 1 to 1');
    this.event(HOST_A, 'migration.negotiated', { algorithm, format: 'vmcf', offered: algorithm });
    this.stage(1);
    this.event(HOST_B, 'vm.created', { vm: VM, vmm: hosts.destination, pages: this.pages });
    this.message(HOST_A, 'reserve', 60, `${this.pages} pages for ${VM}`);
    this.status('source', 'active');
    let left = Array.from({ length: this.pages }, (_, gfn) => gfn);
    if (algorithm === 'pre-copy') left = this.preCopy(left);
    this.stage(3);
    this.status('source', 'device');
    const paused = this.at;
    this.event(HOST_A, 'vm.paused', { vm: VM, retired: 1e6, eip: 0x100020 });
    const rest = algorithm === 'pull' ? [] : left;
    this.event(HOST_A, 'round.started', { round: 99, pending: rest.length });
    this.send(rest, 99, algorithm === 'pre-copy' ? 'again' : 'first', false);
    this.event(HOST_A, 'round.ended', {
      round: 99,
      pending: rest.length,
      sent: rest.length,
      zero: 0,
      bytes: rest.length * 4140,
      dirtied: 0,
    });
    this.message(HOST_A, 'state', 1204, 'CPU and devices, vmcf, 1,204 bytes');
    this.at += 31 * this.perPage;
    this.stage(4);
    this.message(HOST_B, 'ready', 24, 'the image is whole');
    this.message(HOST_A, 'go', 24, 'the VM is yours: point of no return');
    this.stage(5);
    const clockBehindNs = 70 * this.perPage;
    this.event(HOST_B, 'vm.activated', { vm: VM, retired: 1e6, eip: 0x100020, clockBehindNs });
    const activated = this.at;
    this.at += 0.4 * MS;
    this.event(NETWORK, 'switch.learned', { mac: MAC, port: 1, previousPort: 0 });
    if (algorithm === 'pull') this.pull(left);
    this.event(HOST_A, 'vm.destroyed', { vm: VM, framesFreed: this.pages });
    this.event(HOST_A, 'stage.left', { stage: 5, name: STAGE_NAMES[5] });
    this.status('source', 'completed');
    this.event(NETWORK, 'verified', {
      memoryEqual: true,
      cpuEqual: true,
      devicesEqual: true,
      pagesCompared: this.pages,
    });
    this.end = this.at + scenario.migration.runOnMs * MS;
    this.probes(paused, activated, network.probeIntervalMs * MS);
  }

  private preCopy(all: readonly number[]): number[] {
    const { thresholdPages, maxRounds } = this.scenario.migration;
    let left = [...all];
    this.stage(2);
    for (let round = 1; ; round++) {
      const bytes = left.length * 4140;
      this.rounds.push(this.at);
      this.event(HOST_A, 'round.started', { round, pending: left.length });
      this.send(left, round, round === 1 ? 'first' : 'again', true);
      const sent = left.length;
      left = this.readLog();
      const dirtied = left.length;
      this.event(HOST_A, 'round.ended', { round, pending: dirtied, sent, zero: 0, bytes, dirtied });
      const stop = dirtied <= thresholdPages || round === maxRounds;
      const reason = stop
        ? `${dirtied} pages are left: short enough to pause for`
        : `${dirtied} pages are left, the threshold is ${thresholdPages}`;
      this.event(HOST_A, 'decision', {
        action: stop ? 'pause and switch over' : 'next round',
        reason,
      });
      if (stop) return left;
    }
  }

  private pull(all: readonly number[]): void {
    this.status('source', 'postcopy-active');
    for (const [i, gfn] of all.entries()) {
      const wanted = i % 37 === 5;
      if (wanted) this.page(HOST_B, 'missing', gfn, 0, this.at);
      this.send([gfn], 1, wanted ? 'demand' : 'push', false);
    }
    this.at += this.latency + 31 * this.perPage;
  }

  private probes(paused: number, activated: number, interval: number): void {
    let probe = 0;
    for (let at = 2 * MS; at < this.end; at += interval) {
      probe += 1;
      const down = at + 0.5 * MS > paused && at < activated + 0.4 * MS;
      this.event(NETWORK, 'probe.sent', { probe }, at);
      if (down) this.event(NETWORK, 'probe.lost', { probe }, at + 5 * interval);
      else this.event(NETWORK, 'probe.answered', { probe, roundTripNs: 0.8 * MS }, at + 0.8 * MS);
    }
  }
}

export class ScriptedSession implements LabSession {
  private script: Script | undefined;
  private scenario: Scenario | undefined;
  private next = 0;
  private sequence = 0;
  private now = 0;
  private readonly inputs: { at: Instant; input: LabInput }[] = [];

  async open(scenario: Scenario): Promise<Result<LabUpdate, string>> {
    this.script = new Script(scenario);
    this.scenario = scenario;
    this.next = 0;
    this.sequence = 0;
    this.now = 0;
    this.inputs.length = 0;
    return this.advance(instant(1));
  }

  async advance(until: Instant): Promise<Result<LabUpdate, string>> {
    const { script } = this;
    if (!script) return err('no scenario is open');
    const recorders = [HOST_A, HOST_B, NETWORK].map((party) => new Recorder(party, this.sequence));
    const { rows } = script;
    this.now = Math.max(this.now, Math.min(until, script.end));
    for (; this.next < rows.length && rows[this.next].at < this.now; this.next++) {
      const row = rows[this.next];
      const at = instant(Math.floor(row.at));
      if ('page' in row) recorders[row.party].page(at, row.page, row.gfn, row.detail);
      else recorders[row.party].event(at, row.kind, row.fields);
    }
    this.sequence += rows.length;
    return ok(this.update(recorders.map((recorder) => recorder.take())));
  }

  async step(kind: StepKind): Promise<Result<LabUpdate, string>> {
    const { script } = this;
    if (!script) return err('no scenario is open');
    const stops =
      kind === 'round' ? [...script.rounds, script.end] : script.steps.toSorted((a, b) => a - b);
    const stop = stops.find((at) => at >= this.now) ?? script.end;
    return this.advance(instant(Math.floor(stop) + 1));
  }

  async input(input: LabInput): Promise<Result<LabUpdate, string>> {
    this.inputs.push({ at: instant(this.now), input });
    return this.advance(instant(this.now + 1));
  }

  async rewind(at: Instant): Promise<Result<LabUpdate, string>> {
    if (!this.scenario) return err('no scenario is open');
    await this.open(this.scenario);
    const answer = await this.advance(at);
    return answer.ok ? ok({ ...answer.value, chunks: [] }) : answer;
  }

  async inspect(): ReturnType<LabSession['inspect']> {
    return ok([undefined, undefined] as const);
  }

  async carried(): ReturnType<LabSession['carried']> {
    return ok([]);
  }

  async pulse(): Promise<Result<undefined, string>> {
    return ok(undefined);
  }

  async finish(): Promise<Result<LabUpdate, string>> {
    return this.advance(instant(this.script?.end ?? 0));
  }

  async close(): Promise<void> {
    this.script = undefined;
  }

  private update(chunks: TraceChunk[]): LabUpdate {
    const finished = this.now >= (this.script?.end ?? 0);
    const update = { now: instant(this.now), chunks, inputs: [...this.inputs], finished };
    return finished && this.scenario ? { ...update, report: REPORT(this.scenario) } : update;
  }
}

const REPORT = (scenario: Scenario): MigrationReport => ({
  status: 'completed',
  algorithm: scenario.algorithm,
  seed: scenario.seed,
  source: scenario.hosts.source,
  destination: scenario.hosts.destination,
  startMs: 1,
  totalTimeMs: 1,
  setupMs: 1,
  downtimeMs: 1,
  downtimeSplit: { lastRoundMs: 0, stateMs: 0.5, sendMs: 0.25, resumeMs: 0.25 },
  guestClockBehindMs: 1,
  expectedDowntimeMs: 1,
  clientOutageMs: 1,
  clientOutageOpen: false,
  probesLost: 0,
  iterations: [],
  transferredBytes: 1,
  normalPages: 1,
  duplicatePages: 0,
  pagesResent: 0,
  choice: { by: 'user', reason: '', predicted: null, held: null, missed: [], candidates: [] },
  xbzrleCache: null,
  compression: null,
  ram: { precopyBytes: 1, downtimeBytes: 0, postcopyBytes: 0, multifdBytes: 0 },
  addOns: {
    xbzrleCachePages: 0,
    xbzrlePages: 0,
    xbzrleBytes: 0,
    xbzrleCacheMiss: 0,
    xbzrleOverflow: 0,
    xbzrleUnchanged: 0,
    compressedPages: 0,
    compressedBytes: 0,
    cpuThrottlePercent: 0,
  },
  downtimeLimitMs: 300,
  downtimeLimitKept: true,
  decision: { action: '', reason: '' },
  guestSlowdown: { percent: 0, dirtyFaultsMs: 0, throttledMs: 0, stalledMs: 0, blockedMs: 0 },
  postcopyRequests: 0,
  postcopyBlocktimeMs: 0,
  translation: { format: 'vmcf', bytes: 1204, costMs: 1 },
  stages: [],
  verification: {
    memoryEqual: true,
    cpuEqual: true,
    devicesEqual: true,
    pagesCompared: scenario.vm.memoryMiB * 256,
    differing: [],
  },
  traceHash: 'scripted',
  error: null,
  vm: { place: 'destination', says: 'runs at the destination, with all its pages' },
  earlier: [],
});
