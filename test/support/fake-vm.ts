/**
 * A VM and a VMM without a processor, for tests of the migration engine: memory is a plain array,
 * and the "guest" is a function that says which page its n-th instruction writes. What memory must
 * look like after n instructions follows from that alone, so every run has an exact oracle.
 */

import { err, ok, type Result } from '../../src/base/result.ts';
import {
  type Duration,
  duration,
  type Gfn,
  type Instant,
  NEVER,
  PAGE_SIZE,
  START,
} from '../../src/base/units.ts';
import type { CommonState } from '../../src/image/model.ts';
import { USUAL_FEATURES } from '../../src/image/model.ts';
import type {
  DirtyPages,
  SuspendAnswer,
  Vm,
  VmCheckpoint,
  VmConfig,
  VmInspection,
  Vmm,
  VmmCheckpoint,
  VmmError,
  VmmKind,
  VmmOffer,
  VmOutput,
  VmRun,
} from '../../src/vmm/vmm.ts';
import { SAMPLE } from '../unit/image/sample-state.ts';

/** Page that instruction `n` writes. */
export type GuestScript = (n: number) => number;

export class FakeVm implements Vm {
  readonly config: VmConfig;
  memory: Uint8Array<ArrayBuffer>;
  retired = 0;
  readonly offeredFeatures = USUAL_FEATURES;
  asleep = true;
  logging = false;
  dirty = new Set<number>();
  missing = new Set<number>();
  held = new Set<number>();
  /** First writes that are still allowed. */
  allowed: number | undefined;
  /** Answers `asked` to `suspend`, as a paravirtual guest does. */
  paravirtual = false;

  constructor(config: VmConfig) {
    this.config = config;
    this.memory = new Uint8Array(config.pages * PAGE_SIZE);
  }

  get eip(): number {
    return 0x10_0000 + this.retired;
  }

  /** One instruction, unless the page it writes is missing, or the store has to wait. */
  execute(script: GuestScript): 'done' | 'missing' | 'held' {
    const page = script(this.retired);
    if (this.missing.has(page)) return 'missing';
    const first = this.logging && !this.dirty.has(page);
    if (this.held.has(page) || (first && this.allowed === 0)) return 'held';
    if (first && this.allowed !== undefined) this.allowed -= 1;
    store(this.memory, this.retired, page);
    if (this.logging) this.dirty.add(page);
    this.retired += 1;
    return 'done';
  }

  suspend(): SuspendAnswer {
    if (this.paravirtual) return 'asked';
    this.asleep = true;
    return 'suspended';
  }

  resume(): void {
    this.asleep = false;
  }

  readPage(gfn: Gfn, into: Uint8Array): void {
    into.set(this.page(gfn));
  }

  isZeroPage(gfn: Gfn): boolean {
    const end = (gfn + 1) * PAGE_SIZE;
    for (let i = gfn * PAGE_SIZE; i < end; i++) if (this.memory[i] !== 0) return false;
    return true;
  }

  installPage(gfn: Gfn, bytes: Uint8Array): void {
    this.memory.set(bytes, gfn * PAGE_SIZE);
    this.missing.delete(gfn);
  }

  installZeroPage(gfn: Gfn): void {
    this.page(gfn).fill(0);
    this.missing.delete(gfn);
  }

  startDirtyLog(): Duration {
    this.logging = true;
    this.dirty.clear();
    return duration(1000);
  }

  collectDirty(): DirtyPages {
    const frames = Uint32Array.from(this.dirty).sort();
    this.dirty.clear();
    const faults = frames.length;
    return { frames, faults, lost: duration(3000 * faults), cost: duration(500) };
  }

  clearDirty(): Duration {
    return duration(0);
  }

  peekDirty(gfn: Gfn): boolean {
    return this.dirty.has(gfn);
  }

  stopDirtyLog(): void {
    this.logging = false;
    this.allowed = undefined;
  }

  holdWrites(gfn: Gfn): void {
    this.held.add(gfn);
  }

  isHeld(gfn: Gfn): boolean {
    return this.held.has(gfn);
  }

  releaseWrites(): void {
    this.held.clear();
  }

  allowFirstWrites(count: number | undefined): void {
    this.allowed = count;
  }

  markMissing(frames: Uint32Array): void {
    for (const frame of frames) this.missing.add(frame);
  }

  isMissing(gfn: Gfn): boolean {
    return this.missing.has(gfn);
  }

  get missingPages(): number {
    return this.missing.size;
  }

  saveNative(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(this.retired), true);
    return bytes;
  }

  restoreNative(bytes: Uint8Array): Result<void, VmmError> {
    if (bytes.length !== 8) return err({ code: 'bad-state', message: 'eight bytes were expected' });
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.retired = Number(view.getBigUint64(0, true));
    return ok(undefined);
  }

  peekNative(): ReadonlyMap<string, bigint> {
    return new Map([['retired', BigInt(this.retired)]]);
  }

  saveCommon(): CommonState {
    const memory = [{ firstGfn: 0, pages: this.config.pages }];
    return { ...SAMPLE, memory, cpu: { ...SAMPLE.cpu, retired: BigInt(this.retired) } };
  }

  restoreCommon(state: CommonState): Result<void, VmmError> {
    this.retired = Number(state.cpu.retired);
    return ok(undefined);
  }

  checkpoint(): VmCheckpoint {
    const { retired, asleep, logging, paravirtual } = this;
    return {
      memory: this.memory.slice(),
      retired,
      asleep,
      logging,
      paravirtual,
      dirty: [...this.dirty],
      missing: [...this.missing],
      held: [...this.held],
      allowed: this.allowed,
    };
  }

  load(state: VmCheckpoint): void {
    this.memory = (state.memory as Uint8Array<ArrayBuffer>).slice();
    this.retired = state.retired as number;
    this.asleep = state.asleep as boolean;
    this.logging = state.logging as boolean;
    this.paravirtual = state.paravirtual as boolean;
    this.dirty = new Set(state.dirty as number[]);
    this.missing = new Set(state.missing as number[]);
    this.held = new Set(state.held as number[]);
    this.allowed = state.allowed as number | undefined;
  }

  run(now: Instant): VmRun {
    return { exit: { reason: 'budget' }, now };
  }

  nextDeviceEvent(): Instant {
    return NEVER;
  }

  takeOutput(): VmOutput {
    return { debug: new Uint8Array(0), serial: new Uint8Array(0), frames: [] };
  }

  receiveSerial(): boolean {
    return false;
  }

  receiveFrame(): boolean {
    return false;
  }

  writeMemory(address: number, bytes: Uint8Array): void {
    this.memory.set(bytes, address);
  }

  inspect(): VmInspection {
    return {
      memory: this.memory,
      frameOffset: (gfn) => gfn * PAGE_SIZE,
      registers: () => ({ eip: this.eip }),
      tlb: () => ({ read: false, write: false }),
      guestTime: () => START,
      devices: () => ({}),
    };
  }

  private page(gfn: number): Uint8Array {
    return this.memory.subarray(gfn * PAGE_SIZE, (gfn + 1) * PAGE_SIZE);
  }
}

function store(memory: Uint8Array, n: number, page: number): void {
  memory[page * PAGE_SIZE + ((n * 64) % PAGE_SIZE)] = (n & 0xff) | 1;
}

/** Memory at boot: every third page is all zeros. */
export function freshMemory(pages: number): Uint8Array<ArrayBuffer> {
  const memory = new Uint8Array(pages * PAGE_SIZE);
  for (let page = 0; page < pages; page++) {
    if (page % 3 !== 0) memory.fill((page % 250) + 1, page * PAGE_SIZE, page * PAGE_SIZE + 512);
  }
  return memory;
}

/** Memory of a VM that was never migrated, after `retired` instructions. */
export function twinMemory(pages: number, script: GuestScript, retired: number): Uint8Array {
  const memory = freshMemory(pages);
  for (let n = 0; n < retired; n++) store(memory, n, script(n));
  return memory;
}

export class FakeVmm implements Vmm {
  readonly kind: VmmKind;
  readonly offer: VmmOffer;
  readonly totalFrames: number;
  private guests: FakeVm[] = [];

  constructor(kind: VmmKind, algorithms: readonly string[], totalFrames: number) {
    this.kind = kind;
    this.offer = {
      kind,
      algorithms,
      nativeFormat: `${kind}-native`,
      features: USUAL_FEATURES,
      tscKhz: 1_000_000,
    };
    this.totalFrames = totalFrames;
  }

  get freeFrames(): number {
    return this.guests.reduce((free, vm) => free - vm.config.pages, this.totalFrames);
  }

  createVm(config: VmConfig): Result<FakeVm, VmmError> {
    if (config.pages > this.freeFrames) {
      const message = `${config.pages} frames are wanted, ${this.freeFrames} are free`;
      return err({ code: 'out-of-memory', message });
    }
    const vm = new FakeVm(config);
    this.guests.push(vm);
    return ok(vm);
  }

  boot(): Result<void, VmmError> {
    return err({ code: 'unsupported', message: 'a fake guest has no kernel' });
  }

  barred(): undefined {}

  destroyVm(vm: Vm): number {
    this.guests = this.guests.filter((guest) => guest !== vm);
    return vm.config.pages;
  }

  vms(): readonly FakeVm[] {
    return this.guests;
  }

  checkpoint(): VmmCheckpoint {
    const vms = this.guests.map((vm) => ({ config: vm.config, state: vm.checkpoint() }));
    return { memory: [], vmm: {}, vms };
  }

  restore(checkpoint: VmmCheckpoint): void {
    this.guests = checkpoint.vms.map(({ config, state }) => {
      const vm = new FakeVm(config);
      vm.load(state);
      return vm;
    });
  }
}
