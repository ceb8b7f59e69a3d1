/**
 * One host: a VMM with its guest, the migration daemons, the network port and the serial gateway,
 * advanced through virtual time by grants. The guest runs between events; events are handled at
 * instruction boundaries; nothing here depends on how the time was cut into grants.
 */
import { assert } from '../base/assert.ts';
import { earliest, gfn, type Instant, instant, latest, NEVER, START } from '../base/units.ts';
import type { DaemonServices } from '../migration/daemon.ts';
import { DestinationDaemon } from '../migration/destination-daemon.ts';
import { SourceDaemon } from '../migration/source-daemon.ts';
import { EventQueue } from '../sim/event-queue.ts';
import type { MigrationRole } from '../trace/event.ts';
import { Recorder } from '../trace/recorder.ts';
import { createVmm } from '../vmm/registry.ts';
import type { Vm, Vmm } from '../vmm/vmm.ts';
import { HostFaults } from './faults-host.ts';
import { GuestBrake } from './guest-brake.ts';
import { GuestStart } from './guest-start.ts';
import { lookInside } from './host-insight.ts';
import { HostPort } from './host-port.ts';
import { HostServices } from './host-services.ts';
import type { HostEvent, HostState } from './host-state.ts';
import { HostTracer } from './host-tracer.ts';
import { HostWatch } from './host-watch.ts';
import { askDaemons, type Daemons, daemonFor } from './migration-input.ts';
import {
  type GuestInput,
  type Insight,
  type LabParty,
  OUTSIDE,
  type PartyCheckpoint,
  type PartyGrant,
  type PartyReport,
  type Question,
  type Testimony,
} from './party.ts';
import type { PlantedBug } from './planted.ts';
import type { LabInput } from './scenario.ts';
import { type HostWiring, isNotedBy, VM_ID } from './wiring.ts';
import { Witness } from './witness.ts';
import { Workload } from './workload.ts';

/** After so many instructions a slice gives the thread back; the trace does not show it. */
const SLICE_INSTRUCTIONS = 250_000;

export class HostParty implements LabParty {
  readonly wiring: HostWiring;
  readonly vmm: Vmm;
  readonly trace: HostTracer;
  readonly port: HostPort;
  readonly faults: HostFaults;
  /** The VM that lives here or is being received, if any. */
  vm: Vm | undefined;
  /** The guest is on this host and not suspended. */
  running = false;
  /** Somebody has paused the VM by hand: it does not run before somebody lets it. */
  pausedByHand = false;
  /** It stands still for a migration. */
  private frozen = false;
  now: Instant = START;
  private readonly planted: PlantedBug | undefined;
  private readonly guestStart: GuestStart;
  private readonly witness = new Witness();
  private readonly watch = new HostWatch();
  readonly brake: GuestBrake;
  private readonly services: HostServices;
  private readonly workload: Workload;
  private readonly recorder: Recorder;
  private queue = new EventQueue<HostEvent>();
  private eventSequence = 0;
  private source: SourceDaemon;
  private destination: DestinationDaemon;
  private blocked: { readonly frame: number; readonly since: Instant } | undefined;
  private failed = false;
  /** Why the guest here will never run again. */
  ended: string | undefined;
  private console = '';
  private inputs: GuestInput[] = [];
  /** End of the present slice; sending something lowers it to when an answer could come back. */
  private limit: Instant = START;

  constructor(wiring: HostWiring, planted?: PlantedBug) {
    this.wiring = wiring;
    this.planted = planted;
    this.guestStart = new GuestStart(wiring);
    this.recorder = new Recorder(wiring.party);
    this.trace = new HostTracer(this.recorder, {
      happened: (at, kind, fields) => this.faults.notice(at, kind, fields),
      pageInstalled: (frame) => this.vm && this.witness.pageInstalled(this.vm, frame),
    });
    const services = { trace: this.trace, now: () => this.now };
    this.vmm = createVmm(wiring.vmmKind, wiring, services);
    this.faults = new HostFaults(this);
    this.port = new HostPort(this);
    this.brake = new GuestBrake(this);
    this.services = new HostServices(this);
    this.workload = new Workload(wiring.workload);
    this.source = new SourceDaemon(this.servicesFor('source'));
    this.destination = new DestinationDaemon(this.servicesFor('destination'));
    if (wiring.guest !== undefined) {
      this.schedule(START, { kind: 'boot' });
      if (wiring.migration.startAt < NEVER)
        this.schedule(wiring.migration.startAt, { kind: 'start-migration' });
    }
  }

  advance(grant: PartyGrant): PartyReport {
    this.watch.look(grant.watch, { retired: this.vm?.retired ?? -1, now: this.now });
    for (const { at, from, sequence, payload } of grant.deliveries) {
      this.queue.push({ at, origin: from, sequence, event: payload });
    }
    this.limit = grant.until;
    const stopAt = (this.vm?.retired ?? 0) + SLICE_INSTRUCTIONS;
    let yielded = false;
    while (this.step()) {
      yielded =
        this.watch.met !== undefined ||
        (this.running && this.vm !== undefined && this.vm.retired >= stopAt);
      if (yielded) break;
    }
    const nextEvent = this.nextEvent();
    return {
      done: yielded ? earliest(this.now, this.limit) : this.limit,
      now: this.now,
      met: this.watch.met,
      nextEvent,
      couldSend: this.guestRuns() ? earliest(this.guestTime(), nextEvent) : nextEvent,
      outgoing: this.port.takeOutgoing(),
      trace: this.recorder.take(),
    };
  }

  /** Lets events and guest run on; false when nothing more may happen before the limit. */
  private step(): boolean {
    const next = this.nextEvent();
    if (this.guestRuns() && this.guestTime() < earliest(next, this.limit)) {
      this.now = this.guestTime();
      this.runGuest(earliest(next, this.limit));
      this.refill();
      return true;
    }
    if (next >= this.limit) return false;
    this.now = latest(this.now, next);
    if (this.port.nextDeparture() <= this.nextHandled()) this.port.departDue();
    else this.handleNext();
    this.refill();
    return true;
  }

  /** What left the port made room: the daemons may send more. */
  private refill(): void {
    if (this.failed || this.now < this.faults.pausedUntil || !this.port.takeDrained()) return;
    this.source.drained();
    this.destination.drained();
    this.afterEvent();
  }

  private nextEvent(): Instant {
    return earliest(this.nextHandled(), this.port.nextDeparture());
  }

  /** A host that is paused handles what came meanwhile when the pause is over. */
  private nextHandled(): Instant {
    const next = this.queue.nextAt();
    return next >= NEVER || this.failed ? next : latest(next, this.faults.pausedUntil);
  }

  /** Where the guest goes on. */
  private guestTime(): Instant {
    return latest(this.now, this.faults.pausedUntil);
  }

  private guestRuns(): boolean {
    return this.running && this.blocked === undefined && !this.brake.on;
  }

  private runGuest(until: Instant): void {
    const vm = this.vm;
    assert(vm !== undefined, 'a running guest has a VM');
    const budget = instant(this.now + SLICE_INSTRUCTIONS * this.wiring.instructionNs);
    const { exit, now } = vm.run(this.now, earliest(until, budget), this.watch.instructions);
    this.now = now;
    switch (exit.reason) {
      case 'budget':
        break;
      case 'output': {
        const { debug, serial, frames } = vm.takeOutput();
        this.printConsole(debug);
        this.port.serialOutput(serial);
        for (const frame of frames) this.port.guestFrame(frame);
        break;
      }
      case 'halted':
        this.now = latest(now, earliest(until, vm.nextDeviceEvent()));
        break;
      case 'watched':
        this.watch.met = now;
        break;
      case 'missing-page':
        this.blocked = { frame: exit.gfn, since: now };
        this.trace.event(now, 'vm.blocked', {
          vm: vm.config.id,
          gfn: exit.gfn,
          retired: vm.retired,
        });
        this.destination.missingPage(exit.gfn);
        break;
      case 'held-write':
        this.brake.heldWrite(vm, exit.gfn);
        if (vm.isHeld(exit.gfn)) this.source.heldWrite(exit.gfn);
        break;
      case 'stopped':
        this.stopGuest(exit.cause, exit.code);
        break;
    }
  }

  private handleNext(): void {
    const item = this.queue.pop();
    assert(item !== undefined, 'an event was due');
    if (this.failed && item.event.kind !== 'input') return;
    this.handle(item.event);
    this.afterEvent();
  }

  private handle(event: HostEvent): void {
    switch (event.kind) {
      case 'boot':
        this.boot();
        break;
      case 'start-migration':
        this.startMigration();
        break;
      case 'timer':
        (event.role === 'source' ? this.source : this.destination).timer(event.timer);
        break;
      case 'triggered':
        if (!this.faults.disarmed) this.applyInput(event.input);
        break;
      case 'wake':
        break;
      case 'brake':
        this.brake.handle(event, this.vm);
        break;
      case 'delivery':
        this.receive(event.bytes);
        break;
      case 'send':
        this.services.sendDelayed(event.bytes);
        break;
      case 'activate':
        this.services.activateNow(event.vm, event.pausedByHand);
        break;
      case 'announce':
        this.port.announce(event.round);
        break;
      case 'message':
        this.port.receiveMessage(event.bytes);
        break;
      case 'frame':
        this.port.receiveFrame(event.id, event.frame);
        break;
      case 'input':
        this.applyInput(event.input);
        break;
    }
  }

  /** The page a blocked guest waited for may have come; parameters may wait for theirs. */
  private afterEvent(): void {
    const vm = this.vm;
    if (vm === undefined) return;
    if (this.blocked && !vm.isMissing(gfn(this.blocked.frame))) {
      this.trace.event(this.now, 'vm.unblocked', {
        vm: vm.config.id,
        gfn: this.blocked.frame,
        waitedNs: this.now - this.blocked.since,
      });
      this.blocked = undefined;
    }
    if (this.running) this.workload.apply(this, vm);
  }

  /** A migration message has come. */
  receive(bytes: Uint8Array<ArrayBuffer>): void {
    const daemon = daemonFor(bytes, this.daemons);
    for (const message of this.planted?.receive?.(bytes, daemon.role) ?? [bytes])
      daemon.receive(message);
  }

  private get daemons(): Daemons {
    const { source, destination, wiring } = this;
    return { source, destination, first: wiring.guest !== undefined };
  }

  private servicesFor(role: MigrationRole): DaemonServices {
    const services = this.services.forRole(role);
    return this.planted?.services?.(services, role) ?? services;
  }

  private boot(): void {
    const { guestFile, paused } = this.wiring;
    const made = this.guestStart.make(this.vmm);
    if (!made.ok) {
      this.fail(made.error);
      return;
    }
    const vm = made.value;
    this.vm = vm;
    const { retired, eip } = vm;
    const { vmmKind, vmPages, vmMac } = this.wiring;
    this.trace.event(this.now, 'vm.created', { vm: VM_ID, vmm: vmmKind, pages: vmPages });
    if (guestFile !== undefined) {
      const { digest } = guestFile;
      const clockBehindNs = this.clockBehind(vm);
      this.trace.event(this.now, 'vm.loaded', { vm: VM_ID, digest, retired, eip, clockBehindNs });
    }
    if (this.guestStart.boots) this.workload.initialise(this, vm);
    this.port.attach(vmMac);
    if (paused) {
      this.pausedByHand = true;
      this.trace.event(this.now, 'vm.paused-by-hand', { vm: VM_ID, retired });
      return;
    }
    vm.resume();
    this.running = true;
    this.trace.event(this.now, 'vm.started', { vm: VM_ID, retired, eip });
  }

  private startMigration(): void {
    const { algorithm, settings, choice } = this.wiring.migration;
    const { bitsPerSecond } = this.port;
    if (this.destination.underWay) {
      const reason = 'the VM is still being received here: it can move on when it is whole';
      this.trace.event(this.now, 'decision', { action: 'refused', reason });
      return;
    }
    this.source.start({ vm: VM_ID, algorithm, settings: { ...settings, bitsPerSecond }, choice });
  }

  private applyInput(text: string): void {
    const input = JSON.parse(text) as LabInput;
    if (isNotedBy(input, this.wiring.party, this.failed))
      this.trace.event(this.now, 'lab.input', { input: text });
    if (this.failed || askDaemons(input, this.daemons)) return;
    switch (input.kind) {
      case 'migrate':
        this.startMigration();
        break;
      case 'workload':
        this.workload.change(input);
        break;
      case 'suspend-vm':
        if (this.running && this.vm !== undefined) this.pauseByHand(this.vm);
        break;
      case 'resume-vm':
        this.resumeByHand();
        break;
      case 'link':
        this.port.changeLink(input);
        break;
      case 'crash':
        this.fail(input.cause);
        break;
      case 'console':
        assert(false, 'console input goes to the client');
        break;
      case 'messages':
        this.port.link.order(input);
        break;
      default:
        this.faults.apply(input);
        if (input.kind === 'heal') this.port.heal();
    }
  }

  /** The host is gone: it neither runs, sends nor hears from now on. */
  private fail(cause: string): void {
    this.failed = true;
    this.running = false;
    this.port.silence();
    this.trace.event(this.now, 'party.failed', { cause });
  }

  private stopGuest(cause: string, code: number): void {
    const vm = this.vm;
    assert(vm !== undefined, 'a stopping guest has a VM');
    this.running = false;
    this.ended = cause;
    this.port.detach();
    this.trace.event(this.now, 'vm.stopped', {
      vm: vm.config.id,
      cause,
      code,
      retired: vm.retired,
    });
    this.source.guestEnded(cause);
  }

  private printConsole(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.console += String.fromCharCode(byte);
      if (byte === 10 || this.console.length >= 120) this.flushConsole();
    }
  }

  /** Also when the VM stands still: the rest of a line may be printed elsewhere. */
  private flushConsole(): void {
    if (this.console === '') return;
    this.trace.event(this.now, 'console.output', { vm: VM_ID, text: this.console });
    this.console = '';
  }

  schedule(at: Instant, event: HostEvent): void {
    this.queue.push({
      at,
      origin: event.kind === 'input' ? OUTSIDE : this.wiring.party,
      sequence: this.eventSequence++,
      event,
    });
  }

  /** An answer to what was just sent could come back at `moment`: the slice ends there. */
  lowerLimit(moment: Instant): void {
    this.limit = earliest(this.limit, moment);
  }

  // ---- what the services do to the guest ----

  /** As `virsh suspend`. It stays on the network, and answers nothing. */
  private pauseByHand(vm: Vm): void {
    this.pausedByHand = true;
    this.running = false;
    vm.suspend();
    this.flushConsole();
    this.trace.event(this.now, 'vm.paused-by-hand', { vm: vm.config.id, retired: vm.retired });
  }

  private resumeByHand(): void {
    const { vm } = this;
    if (!this.pausedByHand) return;
    this.pausedByHand = false;
    if (vm === undefined || this.frozen) return;
    vm.resume();
    this.running = true;
    this.trace.event(this.now, 'vm.resumed-by-hand', { vm: vm.config.id, retired: vm.retired });
  }

  freeze(vm: Vm): void {
    this.frozen = true;
    this.running = false;
    this.flushConsole();
    this.port.detach();
    this.trace.event(this.now, 'vm.paused', { vm: vm.config.id, retired: vm.retired, eip: vm.eip });
    this.witness.freeze(vm);
  }

  thaw(vm: Vm): void {
    this.frozen = false;
    this.witness.forget();
    vm.resume();
    this.running = true;
    this.port.attach(this.wiring.vmMac);
    this.trace.event(this.now, 'vm.resumed', {
      vm: vm.config.id,
      retired: vm.retired,
      eip: vm.eip,
    });
    if (this.pausedByHand) this.pauseByHand(vm);
  }

  private clockBehind(vm: Vm): number {
    return this.now - vm.inspect().guestTime();
  }

  awaken(vm: Vm, pausedByHand: boolean): void {
    this.vm = vm;
    this.frozen = false;
    this.witness.freeze(vm);
    vm.resume();
    this.running = true;
    this.port.attach(this.wiring.vmMac);
    const clockBehindNs = this.clockBehind(vm);
    const { retired, eip } = vm;
    this.trace.event(this.now, 'vm.activated', { vm: vm.config.id, retired, eip, clockBehindNs });
    this.port.announce(0);
    if (pausedByHand) this.pauseByHand(vm);
  }

  dismiss(vm: Vm): void {
    const freed = this.vmm.destroyVm(vm);
    if (this.vm === vm) this.leave();
    this.trace.event(this.now, 'vm.destroyed', { vm: vm.config.id, framesFreed: freed });
  }

  private leave(): void {
    this.vm = undefined;
    this.frozen = false;
    this.pausedByHand = false;
  }

  /** A byte for the guest's UART. */
  serialInput(byte: number): boolean {
    const vm = this.vm;
    if (vm === undefined || !this.running) return false;
    const taken = vm.receiveSerial(byte);
    this.inputs.push({ ...momentOf(vm), kind: 'serial', byte });
    return taken;
  }

  /** A frame for the guest's network card. */
  frameInput(frame: Uint8Array): boolean {
    const vm = this.vm;
    if (vm === undefined || !this.running) return false;
    const taken = vm.receiveFrame(frame);
    this.inputs.push({ ...momentOf(vm), kind: 'frame', bytes: [...frame] });
    return taken;
  }

  storeIntoGuest(vm: Vm, address: number, bytes: Uint8Array): void {
    vm.writeMemory(address, bytes);
    this.inputs.push({ ...momentOf(vm), kind: 'memory', address, bytes: [...bytes] });
  }

  testimony(): Testimony | undefined {
    return this.witness.testimony();
  }

  guestInputs(): readonly GuestInput[] {
    return this.inputs;
  }

  inspect(question: Question): Insight | undefined {
    return lookInside(question, this);
  }

  framesInUse(): number {
    return this.vmm.totalFrames - this.vmm.freeFrames;
  }

  checkpoint(previous?: PartyCheckpoint): HostState {
    return {
      now: this.now,
      eventSequence: this.eventSequence,
      traceSequence: this.recorder.nextSequence,
      queue: this.queue.save(),
      vmm: this.vmm.checkpoint((previous as HostState | undefined)?.vmm),
      vm: this.vm ? this.vmm.vms().indexOf(this.vm) : -1,
      running: this.running,
      pausedByHand: this.pausedByHand,
      frozen: this.frozen,
      blocked: this.blocked,
      failed: this.failed,
      ended: this.ended,
      console: this.console,
      source: this.source.checkpoint(),
      destination: this.destination.checkpoint(),
      port: this.port.save(),
      services: this.services.save(),
      faults: this.faults.save(),
      brake: this.brake.save(),
      workload: this.workload.save(),
      guestInputs: [...this.inputs],
      testimony: this.witness.testimony(),
    };
  }

  restore(checkpoint: PartyCheckpoint): void {
    const state = checkpoint as HostState;
    this.now = state.now;
    this.eventSequence = state.eventSequence;
    this.recorder.restart(state.traceSequence);
    this.queue = EventQueue.restore(state.queue);
    this.vmm.restore(state.vmm);
    this.vm = this.vmm.vms()[state.vm];
    this.running = state.running;
    this.pausedByHand = state.pausedByHand;
    this.frozen = state.frozen;
    this.blocked = state.blocked;
    this.failed = state.failed;
    this.ended = state.ended;
    this.console = state.console;
    this.port.restore(state.port);
    this.services.restore(state.services);
    this.faults.restore(state.faults);
    this.brake.restore(state.brake);
    this.workload.restore(state.workload);
    this.source = SourceDaemon.restore(this.servicesFor('source'), state.source as never);
    this.destination = DestinationDaemon.restore(
      this.servicesFor('destination'),
      state.destination as never,
    );
    this.inputs = [...state.guestInputs];
    this.witness.restore(state.testimony);
  }
}

const momentOf = (vm: Vm) => ({ retired: vm.retired, time: vm.inspect().guestTime() });
