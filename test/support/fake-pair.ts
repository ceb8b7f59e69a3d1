/**
 * Two hosts, a link between them and a guest, on one small event loop: the surroundings in which
 * tests play whole migrations and break them. Everything pending is data, so the whole can be saved
 * in mid-round and restored.
 */
import './all-code.ts';
import { assert, exists } from '../../src/base/assert.ts';
import {
  after,
  type Duration,
  gfn,
  type Instant,
  instant,
  latest,
  milliseconds,
  START,
  transmissionTime,
} from '../../src/base/units.ts';
import { ALGORITHM_IDS } from '../../src/migration/algorithms/ids.ts';
import type { DaemonServices, DaemonTimer, WriteLimit } from '../../src/migration/daemon.ts';
import { DestinationDaemon } from '../../src/migration/destination-daemon.ts';
import { lowWaterBytes } from '../../src/migration/limits.ts';
import {
  type AlgorithmChoice,
  defaultSettings,
  type MigrationSettings,
} from '../../src/migration/settings.ts';
import { SourceDaemon } from '../../src/migration/source-daemon.ts';
import { EventQueue, type Scheduled } from '../../src/sim/event-queue.ts';
import type { LabEvent, PageEvent } from '../../src/trace/event.ts';
import { PAGE_EVENTS } from '../../src/trace/event.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import type { Vm, VmmCheckpoint, VmmKind } from '../../src/vmm/vmm.ts';
import { type FakeVm, FakeVmm, freshMemory, type GuestScript, twinMemory } from './fake-vm.ts';

export interface PairOptions {
  readonly pages: number;
  readonly kinds: readonly [VmmKind, VmmKind];
  readonly algorithms: readonly [readonly string[], readonly string[]];
  readonly destinationFrames: number;
  readonly bitsPerSecond: number;
  readonly latency: Duration;
  readonly settings: Partial<MigrationSettings>;
  /** Time one instruction of the guest takes; each writes one page. */
  readonly instruction: Duration;
  readonly script: GuestScript;
  readonly paravirtual: boolean;
  /** Both daemons are on host 0. */
  readonly toItself: boolean;
}

const DEFAULTS: PairOptions = {
  pages: 96,
  kinds: ['xen', 'kvm'],
  algorithms: [ALGORITHM_IDS, ALGORITHM_IDS],
  destinationFrames: 200,
  bitsPerSecond: 100_000_000,
  latency: milliseconds(1),
  settings: {},
  instruction: milliseconds(0.2),
  // Wanders over a quarter of memory, and back and forth within it.
  script: (n) => (n * 7 + (n >> 3)) % 24,
  paravirtual: false,
  toItself: false,
};

type PairEvent =
  | { readonly kind: 'instruction' }
  | { readonly kind: 'timer'; readonly host: number; readonly timer: DaemonTimer }
  | { readonly kind: 'send'; readonly host: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'departure'; readonly host: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'arrival'; readonly host: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'write-allowed' }
  | { readonly kind: 'activation'; readonly host: number };

interface HostState {
  backlog: number;
  wireFree: Instant;
  busyUntil: Instant;
  running: boolean;
}

interface PairState {
  readonly now: Instant;
  readonly sequence: number;
  readonly queue: readonly Scheduled<PairEvent>[];
  readonly hosts: readonly HostState[];
  readonly vmms: readonly VmmCheckpoint[];
  readonly linkUp: boolean;
  readonly byHand: boolean;
  readonly blocked: number | undefined;
  readonly waits: boolean;
  readonly limit: WriteLimit | undefined;
  readonly throttle: readonly number[];
  readonly recorded: readonly number[];
  readonly source: { readonly [key: string]: unknown };
  readonly destination: { readonly [key: string]: unknown };
}

/** What becomes of a message on its way: the messages that arrive in its place. */
export type Tamper = (
  bytes: Uint8Array<ArrayBuffer>,
  from: number,
) => readonly Uint8Array<ArrayBuffer>[];

export class FakePair {
  readonly options: PairOptions;
  readonly vmms: [FakeVmm, FakeVmm];
  /** Why the destination lets the source not in. */
  barred: string | undefined;
  source: SourceDaemon;
  destination: DestinationDaemon;
  now: Instant = START;
  linkUp = true;
  tamper: Tamper = (bytes) => [bytes];
  /** How much later than others a message arrives. */
  lag: (bytes: Uint8Array<ArrayBuffer>, from: number) => Duration = () => milliseconds(0);
  readonly events: LabEvent[] = [];
  readonly pageEvents: PageEvent[] = [];
  private recorders: readonly Recorder[] = [new Recorder(0), new Recorder(1)];
  private collected = [0, 0];
  private queue = new EventQueue<PairEvent>();
  private sequence = 0;
  private hosts: HostState[] = [0, 1].map(() => ({
    backlog: 0,
    wireFree: START,
    busyUntil: START,
    running: false,
  }));
  private blocked: number | undefined;
  private waits = false;
  private limit: WriteLimit | undefined;
  throttled = 0;
  /** Somebody has paused the VM. */
  private byHand = false;
  guestEnded: string | undefined;
  private throttleTurn = 0;

  constructor(options: Partial<PairOptions> = {}) {
    this.options = { ...DEFAULTS, ...options };
    const { kinds, algorithms, pages, destinationFrames } = this.options;
    this.vmms = [
      new FakeVmm(kinds[0], algorithms[0], pages),
      new FakeVmm(kinds[1], algorithms[1], destinationFrames),
    ];
    const created = this.vmms[0].createVm({ id: 'vm1', pages, instructionNs: 50 });
    assert(created.ok, 'the source has room');
    created.value.memory = freshMemory(pages);
    created.value.paravirtual = this.options.paravirtual;
    created.value.resume();
    this.hosts[0].running = true;
    this.source = new SourceDaemon(this.services(0));
    this.destination = new DestinationDaemon(this.services(1));
    this.schedule(START, { kind: 'instruction' });
  }

  start(algorithm: string, choice: AlgorithmChoice = { by: 'user' }): this {
    const { bitsPerSecond, settings } = this.options;
    const small = { maxRounds: 8, thresholdPages: 6, samplingTime: milliseconds(3) };
    const all = { ...defaultSettings(bitsPerSecond), ...small, ...settings };
    this.source.start({ vm: 'vm1', algorithm, settings: all, choice });
    return this;
  }

  /** Handles one event. */
  step(): void {
    const { at, event } = exists(this.queue.pop(), 'the guest always has a next instruction');
    this.now = latest(this.now, at);
    this.handle(event);
    if (this.blocked !== undefined && !this.vm(1).isMissing(gfn(this.blocked)))
      this.blocked = undefined;
    this.collect();
  }

  runUntil(reached: (pair: this) => boolean): this {
    const limit = after(this.now, milliseconds(120_000));
    while (!reached(this)) {
      assert(
        this.now < limit,
        `not reached: source ${this.source.phase}, destination ${this.destination.phase}`,
      );
      this.step();
    }
    return this;
  }

  runFor(milli: number): this {
    const end = after(this.now, milliseconds(milli));
    return this.runUntil(() => this.queue.nextAt() > end);
  }

  /** Until both daemons rest and what they sent has arrived, and a little longer. */
  finish(): this {
    return this.runUntil(
      () => !UNDER_WAY.has(this.source.phase) && !UNDER_WAY.has(this.destination.phase),
    ).runFor(20);
  }

  vm(host: number): FakeVm {
    return exists(this.vmms[host].vms()[0], `a VM on host ${host}`);
  }

  running(): readonly boolean[] {
    return this.hosts.map((host) => host.running);
  }

  backlog(host: number): number {
    return this.hosts[host].backlog;
  }

  /** Compares the memory with that of a VM that never moved, at the same instruction. */
  equalsTwin(host: number): boolean {
    const vm = this.vm(host);
    const twin = twinMemory(this.options.pages, this.options.script, vm.retired);
    return vm.memory.every((byte, i) => byte === twin[i] || vm.missing.has(i >> 12));
  }

  kinds(kind: LabEvent['kind']): LabEvent[] {
    return this.events.filter((event) => event.kind === kind);
  }

  cancel(): this {
    this.source.cancel();
    this.collect();
    return this;
  }

  /** Delivers bytes to a daemon as if they had just come in. */
  deliver(host: number, bytes: Uint8Array): void {
    (host === 0 ? this.source : this.destination).receive(bytes);
    this.collect();
  }

  save(): PairState {
    return {
      now: this.now,
      sequence: this.sequence,
      queue: this.queue.save(),
      hosts: this.hosts.map((host) => ({ ...host })),
      vmms: this.vmms.map((vmm) => vmm.checkpoint()),
      linkUp: this.linkUp,
      byHand: this.byHand,
      blocked: this.blocked,
      waits: this.waits,
      limit: this.limit,
      throttle: [this.throttled, this.throttleTurn],
      recorded: this.recorders.map((recorder) => recorder.nextSequence),
      source: this.source.checkpoint(),
      destination: this.destination.checkpoint(),
    };
  }

  static restore(options: Partial<PairOptions>, state: PairState): FakePair {
    const pair = new FakePair(options);
    pair.now = state.now;
    pair.sequence = state.sequence;
    pair.queue = EventQueue.restore(state.queue);
    pair.hosts = state.hosts.map((host) => ({ ...host }));
    for (const [i, vmm] of pair.vmms.entries()) vmm.restore(state.vmms[i]);
    pair.linkUp = state.linkUp;
    pair.byHand = state.byHand;
    pair.blocked = state.blocked;
    pair.waits = state.waits;
    pair.limit = state.limit;
    [pair.throttled, pair.throttleTurn] = state.throttle;
    pair.recorders = state.recorded.map((sequence, party) => new Recorder(party, sequence));
    pair.source = SourceDaemon.restore(pair.services(0), state.source);
    pair.destination = DestinationDaemon.restore(pair.services(1), state.destination);
    return pair;
  }

  private handle(event: PairEvent): void {
    switch (event.kind) {
      case 'instruction':
        this.schedule(after(this.now, this.options.instruction), event);
        this.executeGuest();
        break;
      case 'timer':
        (event.host === 0 ? this.source : this.destination).timer(event.timer);
        break;
      case 'send':
        this.transmit(event.host, event.bytes);
        break;
      case 'departure':
        this.depart(event.host, event.bytes);
        break;
      case 'arrival':
        if (this.linkUp) this.deliver(event.host, event.bytes);
        break;
      case 'write-allowed':
        this.waits = false;
        if (this.hosts[0].running) this.vm(0).allowFirstWrites(1);
        break;
      case 'activation':
        this.runUnlessPaused(event.host);
        break;
    }
  }

  private executeGuest(): void {
    const host = this.hosts.findIndex(({ running }) => running);
    if (host < 0 || this.blocked !== undefined || this.withheld()) return;
    const vm = this.vm(host);
    const page = this.options.script(vm.retired);
    switch (vm.execute(this.options.script)) {
      case 'done':
        this.waits = false;
        break;
      case 'missing':
        this.blocked = page;
        this.destination.missingPage(gfn(page));
        break;
      case 'held':
        this.waitForWrite(vm, page);
        break;
    }
  }

  /** A held page is told once; a guest over its limit may write one page more after its stall. */
  private waitForWrite(vm: FakeVm, page: number): void {
    if (this.waits) return;
    this.waits = true;
    if (vm.isHeld(gfn(page))) this.source.heldWrite(gfn(page));
    else if (this.limit !== undefined)
      this.schedule(after(this.now, this.limit.stall), { kind: 'write-allowed' });
  }

  /** A throttled guest executes only so many of each hundred instructions. */
  private withheld(): boolean {
    this.throttleTurn = (this.throttleTurn + 37) % 100;
    return this.throttleTurn < this.throttled;
  }

  private transmit(host: number, bytes: Uint8Array<ArrayBuffer>): void {
    const state = this.hosts[host];
    state.wireFree = after(
      latest(state.wireFree, this.now),
      transmissionTime(bytes.length, this.options.bitsPerSecond),
    );
    this.schedule(state.wireFree, { kind: 'departure', host, bytes });
  }

  private depart(host: number, bytes: Uint8Array<ArrayBuffer>): void {
    const state = this.hosts[host];
    state.backlog -= bytes.length;
    if (this.linkUp) {
      for (const arriving of this.tamper(bytes, host)) {
        const late = after(this.now, this.lag(arriving, host));
        this.schedule(after(late, this.options.latency), {
          kind: 'arrival',
          host: 1 - host,
          bytes: arriving,
        });
      }
    }
    if (state.backlog <= lowWaterBytes(this.options.bitsPerSecond)) {
      (host === 0 ? this.source : this.destination).drained();
    }
  }

  private services(host: number): DaemonServices {
    const stop = (vm: Vm) => {
      const answer = vm.suspend();
      if (answer === 'suspended') this.hosts[host].running = false;
      return answer;
    };
    return {
      vmm: this.vmms[this.options.toItself ? 0 : host],
      // Looked up at each call: a restored pair has new recorders.
      trace: {
        event: (at, kind, fields) => this.recorders[host].event(at, kind, fields),
        page: (at, kind, frame, detail) => this.recorders[host].page(at, kind, frame, detail),
      },
      now: () => this.now,
      send: (bytes) => {
        this.hosts[host].backlog += bytes.length;
        this.schedule(latest(this.hosts[host].busyUntil, this.now), { kind: 'send', host, bytes });
      },
      backlog: () => this.hosts[host].backlog,
      setTimer: (delay, timer) =>
        this.schedule(after(this.now, delay), { kind: 'timer', host, timer }),
      spend: (cost) => {
        this.hosts[host].busyUntil = after(latest(this.hosts[host].busyUntil, this.now), cost);
      },
      throttle: (_, percent) => {
        this.throttled = percent;
      },
      limitWrites: (vm, limit) => {
        this.limit = limit;
        this.waits = false;
        vm.allowFirstWrites(limit?.writes);
      },
      ended: () => this.guestEnded,
      suspend: stop,
      resume: () => this.runUnlessPaused(host),
      pausedByHand: () => this.byHand,
      activate: (_, pausedByHand) => {
        this.byHand = pausedByHand;
        this.schedule(latest(this.hosts[host].busyUntil, this.now), { kind: 'activation', host });
      },
      barred: () => this.barred,
      destroy: (vm) => {
        this.vmms[host].destroyVm(vm);
      },
    };
  }

  /** An equal pair that shares nothing with this one. */
  copy(): FakePair {
    return FakePair.restore(this.options, this.save());
  }

  /** A paravirtual guest does what it was asked to. */
  guestSuspendsItself(): void {
    this.vm(0).paravirtual = false;
    this.vm(0).suspend();
    this.hosts[0].running = false;
    this.source.suspended();
    this.collect();
  }

  /** Another host is at the other end of the cable, of another kind and with nothing on it. */
  changeDestination(kind: VmmKind): this {
    const { algorithms, destinationFrames } = this.options;
    this.vmms[1] = new FakeVmm(kind, algorithms[1], destinationFrames);
    this.destination = new DestinationDaemon(this.services(1));
    return this;
  }

  /** By hand, as `virsh suspend` and `virsh resume` do; the migration goes on meanwhile. */
  pauseByHand(host: number): this {
    this.byHand = true;
    this.vm(host).suspend();
    this.hosts[host].running = false;
    return this;
  }

  resumeByHand(host: number): this {
    this.byHand = false;
    this.runUnlessPaused(host);
    return this;
  }

  private runUnlessPaused(host: number): void {
    this.hosts[host].running = !this.byHand;
    if (!this.byHand) this.vm(host).resume();
  }

  private schedule(at: Instant, event: PairEvent): void {
    this.queue.push({ at, origin: 0, sequence: this.sequence++, event });
  }

  private collect(): void {
    for (const [i, recorder] of this.recorders.entries()) {
      if (recorder.nextSequence === this.collected[i]) continue;
      this.collected[i] = recorder.nextSequence;
      const { party, pages, events } = recorder.take();
      this.events.push(...events);
      for (let i = 0; i < pages.count; i++) {
        this.pageEvents.push({
          at: instant(pages.at[i]),
          party,
          sequence: pages.sequence[i],
          kind: PAGE_EVENTS[pages.kind[i]],
          gfn: pages.gfn[i],
          detail: pages.detail[i],
        });
      }
    }
  }
}

const UNDER_WAY: ReadonlySet<string> = new Set([
  'greeting',
  'offering',
  'surveying',
  'choosing',
  'reserving',
  'sampling',
  'iterating',
  'suspending',
  'stopping',
  'verifying',
  'preparing',
  'committed',
  'pull',
  'recovering',
  'cancelling',
  'greeted',
  'offered',
  'chosen',
  'reserved',
  'receiving',
  'switching',
  'verifying',
  'ready',
]);
