/**
 * A VM on either VMM: a toy PC on the VMM's frames, with the VMM's dirty log in front of its writes
 * and the VMM's native model for its state. What differs between VMMs comes in as `VmParts`.
 */
import { assert } from '../base/assert.ts';
import { ok, type Result } from '../base/result.ts';
import { type Duration, type Gfn, type Instant, latest, START } from '../base/units.ts';
import { BASE_FEATURE } from '../cpu/features.ts';
import type { InstructionWatch } from '../cpu/watch.ts';
import type { CommonState } from '../image/model.ts';
import { Machine } from '../machine/machine.ts';
import type { MachineState } from '../machine/machine-state.ts';
import type { MachineMemory } from '../memory/machine-memory.ts';
import { featureBits, featureNames } from './common-values.ts';
import { type FrameMap, GuestView } from './guest-view.ts';
import {
  type NativeModel,
  nativeToCommon,
  prepareCommon,
  prepareNative,
  type VmIdentity,
} from './native-model.ts';
import { featureRefusal, lackingFeatures, setTimeStamp } from './processor.ts';
import type { VmState } from './vm-state.ts';
import type {
  DirtyPages,
  HostProcessor,
  SuspendAnswer,
  Vm,
  VmConfig,
  VmInspection,
  VmmError,
  VmmServices,
  VmOutput,
  VmRun,
} from './vmm.ts';
import type { WriteLog, WriteLogState } from './write-log.ts';

export interface VmParts {
  readonly memory: MachineMemory;
  readonly frames: FrameMap;
  readonly log: WriteLog;
  readonly native: NativeModel;
  readonly processor: HostProcessor;
}

/** Everything but memory and its frames, as plain data. */
export interface GuestVmState {
  readonly machine: MachineState;
  /** When guest time stood there; undefined: it stands still until the next run. */
  readonly stoodAt: Instant | undefined;
  readonly suspended: boolean;
  readonly offered: number;
  readonly used: number;
  readonly tscKhz: bigint;
  readonly log: WriteLogState;
  readonly missing: readonly number[];
  readonly held: readonly number[];
  readonly [key: string]: unknown;
}

export class GuestVm implements Vm {
  readonly config: VmConfig;
  readonly machine: Machine;
  private readonly view: GuestView;
  private readonly log: WriteLog;
  private readonly native: NativeModel;
  private readonly services: VmmServices;
  private suspended = true;
  private inRun = false;
  private readonly processor: HostProcessor;

  constructor(config: VmConfig, parts: VmParts, services: VmmServices) {
    this.config = config;
    this.log = parts.log;
    this.native = parts.native;
    this.services = services;
    this.processor = parts.processor;
    this.view = new GuestView(parts.memory, parts.frames, (gfn) => this.firstWrite(gfn));
    this.machine = new Machine(this.view, config);
    const { features, tscKhz } = parts.processor;
    const shown = features.filter((name) => !config.masked?.includes(name));
    this.machine.offerFeatures(Number(featureBits(shown)), BASE_FEATURE);
    setTimeStamp(this.machine, BigInt(tscKhz), parts.processor);
  }

  get offeredFeatures(): readonly string[] {
    return featureNames(BigInt(this.machine.features.offered));
  }

  get retired(): number {
    return this.machine.retired;
  }

  get eip(): number {
    return this.machine.eip;
  }

  get missingPages(): number {
    return this.view.missing.size;
  }

  run(now: Instant, until: Instant, watch?: InstructionWatch): VmRun {
    assert(!this.suspended, 'a suspended VM does not run');
    this.inRun = true;
    try {
      return this.heldApart(this.machine.run(now, until, watch));
    } finally {
      this.inRun = false;
    }
  }

  suspend(): SuspendAnswer {
    assert(!this.inRun, 'a VM is suspended between two instructions');
    this.machine.pass(this.moment());
    this.machine.stopClock();
    this.suspended = true;
    return 'suspended';
  }

  resume(): void {
    this.suspended = false;
  }

  nextDeviceEvent(): Instant {
    return this.machine.nextDeviceEvent();
  }

  takeOutput(): VmOutput {
    return this.machine.takeOutput();
  }

  receiveSerial(byte: number): boolean {
    this.machine.pass(this.moment());
    return this.machine.receiveSerial(byte);
  }

  receiveFrame(frame: Uint8Array): boolean {
    this.machine.pass(this.moment());
    return this.machine.receiveFrame(frame);
  }

  writeMemory(address: number, bytes: Uint8Array): void {
    const last = Math.floor((address + Math.max(bytes.length, 1) - 1) / 4096);
    assert(address >= 0 && last < this.config.pages, 'a store outside of RAM');
    for (let gfn = Math.floor(address / 4096); gfn <= last; gfn++) {
      assert(!this.view.missing.has(gfn), `a store to frame ${gfn}, which has not arrived`);
      assert(!this.view.held.has(gfn), `a store to frame ${gfn}, whose writes are held`);
    }
    this.machine.writeMemory(address, bytes);
    for (let gfn = Math.floor(address / 4096); gfn <= last; gfn++) this.log.map(gfn);
  }

  readPage(gfn: Gfn, into: Uint8Array): void {
    this.view.read(gfn, into);
  }

  isZeroPage(gfn: Gfn): boolean {
    return this.view.isZero(gfn);
  }

  installPage(gfn: Gfn, bytes: Uint8Array): void {
    this.view.write(gfn, bytes);
    this.arrived(gfn);
  }

  installZeroPage(gfn: Gfn): void {
    this.view.clear(gfn);
    this.arrived(gfn);
  }

  startDirtyLog(): Duration {
    const cost = this.log.start();
    this.machine.revokeAllWrites();
    return cost;
  }

  collectDirty(final = false): DirtyPages {
    const dirty = this.log.collect(final);
    for (const gfn of dirty.frames) if (!this.log.isOpen(gfn)) this.machine.revokeWrite(gfn);
    return dirty;
  }

  clearDirty(gfn: Gfn): Duration {
    const { frames, cost } = this.log.clear(gfn);
    for (const frame of frames) this.machine.revokeWrite(frame);
    return cost;
  }

  peekDirty(gfn: Gfn): boolean {
    return this.log.peek(gfn);
  }

  stopDirtyLog(): void {
    this.log.stop();
  }

  holdWrites(gfn: Gfn): void {
    if (this.view.held.add(gfn)) this.machine.revokeWrite(gfn);
  }

  isHeld(gfn: Gfn): boolean {
    return this.view.held.has(gfn);
  }

  releaseWrites(): void {
    for (const gfn of this.view.held.toArray()) this.view.held.delete(gfn);
  }

  allowFirstWrites(count: number | undefined): void {
    this.log.allow(count);
  }

  markMissing(frames: Uint32Array): void {
    for (const gfn of frames) {
      this.view.missing.add(gfn);
      this.machine.revoke(gfn);
    }
  }

  isMissing(gfn: Gfn): boolean {
    return this.view.missing.has(gfn);
  }

  saveNative(): Uint8Array<ArrayBuffer> {
    return this.native.bytes.encode(this.native.save(this.state()), this.identity());
  }

  restoreNative(bytes: Uint8Array): Result<void, VmmError> {
    return this.apply(prepareNative(this.native, bytes, this.identity()));
  }

  saveCommon(): CommonState {
    const common = nativeToCommon(this.native, this.native.save(this.state()), this.identity());
    assert(common.ok, `own state does not translate: ${common.ok ? '' : common.error.message}`);
    return common.value;
  }

  restoreCommon(state: CommonState): Result<void, VmmError> {
    const [ram, ...more] = state.memory;
    if (ram?.firstGfn !== 0 || ram.pages !== this.config.pages || more.length > 0) {
      const message = `the state needs other RAM than the ${this.config.pages} pages reserved here`;
      return { ok: false, error: { code: 'bad-state', message } };
    }
    return this.apply(prepareCommon(this.native, state));
  }

  inspect(): VmInspection {
    return {
      memory: this.view.machine.bytes,
      frameOffset: (gfn) => this.view.offsetOf(gfn),
      registers: () => this.machine.registers(),
      tlb: (linear) => this.machine.tlb(linear),
      guestTime: () => this.machine.guestTime,
      devices: () => this.machine.devices(),
    };
  }

  peekNative(): ReadonlyMap<string, bigint> {
    return this.native.save(this.hardware());
  }

  checkpoint(): GuestVmState {
    return {
      machine: this.machine.save(),
      stoodAt: this.machine.clockRuns ? this.machine.now : undefined,
      suspended: this.suspended,
      ...this.machine.features,
      tscKhz: this.machine.tscKhz,
      log: this.log.save(),
      missing: this.view.missing.toArray(),
      held: this.view.held.toArray(),
    };
  }

  /** Pre: the VM is new and its frames hold what they held. */
  restoreCheckpoint(state: GuestVmState): void {
    this.machine.restore(state.machine);
    this.machine.offerFeatures(state.offered, state.used);
    setTimeStamp(this.machine, state.tscKhz, this.processor);
    if (state.stoodAt !== undefined) this.machine.startClock(state.stoodAt);
    this.suspended = state.suspended;
    this.log.restore(state.log);
    for (const gfn of state.missing) this.view.missing.add(gfn);
    for (const gfn of state.held) this.view.held.add(gfn);
  }

  private state(): VmState {
    assert(this.suspended, 'the state of a running VM has no meaning');
    return this.hardware();
  }

  private hardware(): VmState {
    const { offered, used } = this.machine.features;
    return {
      machine: this.machine.save(),
      offered: BigInt(offered),
      used: BigInt(used),
      tscKhz: this.machine.tscKhz,
    };
  }

  private apply(prepared: Result<VmState, VmmError>): Result<void, VmmError> {
    assert(this.suspended, 'state is put into a suspended VM');
    if (!prepared.ok) return prepared;
    const { machine, offered, used, tscKhz } = prepared.value;
    const lacking = lackingFeatures(offered, this.processor);
    if (lacking.length > 0)
      return { ok: false, error: { code: 'unsupported', message: featureRefusal(lacking) } };
    this.machine.restore(machine);
    this.machine.offerFeatures(Number(offered), Number(used));
    setTimeStamp(this.machine, tscKhz, this.processor);
    return ok(undefined);
  }

  private identity(): VmIdentity {
    const { id, pages } = this.config;
    return { identity: { id, name: id }, memory: [{ firstGfn: 0, pages }] };
  }

  /** What was decoded or translated from the old content must not be used any more. */
  private arrived(gfn: Gfn): void {
    this.view.missing.delete(gfn);
    this.machine.revoke(gfn);
  }

  /** False: the write has to wait. A store by the host is never to a held frame and needs no leave. */
  private firstWrite(gfn: number): boolean {
    if (this.view.held.has(gfn)) return false;
    if (this.inRun && this.log.refuses(gfn)) return false;
    if (!this.log.write(gfn, this.inRun)) return true;
    this.services.trace.page(this.moment(), 'dirtied', gfn, 0);
    if (this.inRun) this.machine.charge(this.log.charge());
    return true;
  }

  /** The processor knows only frames that it cannot have now; why is known here. */
  private heldApart({ exit, now }: VmRun): VmRun {
    if (exit.reason !== 'missing-page' || this.view.missing.has(exit.gfn)) return { exit, now };
    return { exit: { reason: 'held-write', gfn: exit.gfn }, now };
  }

  /** Between two runs the machine's last moment is that of its last instruction, the host's is now. */
  private moment(): Instant {
    return this.inRun ? this.machine.now : latest(this.machine.now, this.services.now?.() ?? START);
  }
}
