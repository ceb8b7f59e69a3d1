/**
 * A VMM on its host's machine memory: gives frames to VMs and takes them back, and keeps the list
 * of VMs. How frames are chosen and mapped, what a log costs and what native state looks like comes
 * from the VMM's own folder as `VmmParts`.
 */
import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { PAGE_SIZE } from '../base/units.ts';
import { loadMultiboot } from '../machine/multiboot.ts';
import type { MachineMemory } from '../memory/machine-memory.ts';
import { captureMemory, restoreMemory } from '../memory/memory-image.ts';
import type { FrameMap } from './guest-view.ts';
import { GuestVm, type GuestVmState } from './guest-vm.ts';
import type { NativeModel } from './native-model.ts';
import type {
  HostProcessor,
  MigrationPeer,
  Vm,
  VmConfig,
  Vmm,
  VmmCheckpoint,
  VmmError,
  VmmKind,
  VmmOffer,
  VmmServices,
} from './vmm.ts';
import type { WriteLog } from './write-log.ts';

/** The frames of one VM. */
export interface OwnedFrames extends FrameMap {
  /** Plain data from which `FrameOwner.adopt` makes the same again. */
  save(): unknown;
}

/** Who owns which frame of machine memory. */
export interface FrameOwner {
  readonly freeFrames: number;
  /** All frames of a VM, or nothing. */
  take(pages: number): OwnedFrames | undefined;
  give(frames: OwnedFrames): void;
  save(): { readonly [key: string]: unknown };
  /** Back to a saved state, in which no VM is known yet. */
  restore(state: { readonly [key: string]: unknown }): void;
  adopt(saved: unknown): OwnedFrames;
}

export interface VmmParts {
  readonly kind: VmmKind;
  readonly offer: VmmOffer;
  readonly processor: HostProcessor;
  readonly memory: MachineMemory;
  /** Frames that the VMM keeps for itself. */
  readonly ownFrames: number;
  readonly owner: FrameOwner;
  readonly native: NativeModel;
  createLog(pages: number): WriteLog;
  /** Absent: everyone may send here. */
  readonly barred?: Vmm['barred'];
}

interface Entry {
  readonly vm: GuestVm;
  readonly frames: OwnedFrames;
}

export class EmulatedVmm implements Vmm {
  readonly kind: VmmKind;
  readonly offer: VmmOffer;
  private readonly parts: VmmParts;
  private readonly services: VmmServices;
  private entries: Entry[] = [];

  constructor(parts: VmmParts, services: VmmServices) {
    this.kind = parts.kind;
    this.offer = parts.offer;
    this.parts = parts;
    this.services = services;
  }

  get freeFrames(): number {
    return this.parts.owner.freeFrames;
  }

  get totalFrames(): number {
    return this.parts.memory.frames;
  }

  createVm(config: VmConfig): Result<Vm, VmmError> {
    assert(Number.isInteger(config.pages) && config.pages > 0, 'a VM has at least one page');
    if (this.entries.some(({ vm }) => vm.config.id === config.id)) {
      return err({ code: 'bad-state', message: `there is a VM ${config.id} already` });
    }
    const frames = this.parts.owner.take(config.pages);
    if (frames === undefined) {
      const message = `${config.pages} frames are needed for ${config.id}, ${this.freeFrames} are free`;
      return err({ code: 'out-of-memory', message });
    }
    const entry = this.enter(config, frames);
    this.checkBalance();
    return ok(entry.vm);
  }

  boot(vm: Vm, elf: Uint8Array): Result<void, VmmError> {
    const { machine } = this.entryOf(vm).vm;
    const loaded = loadMultiboot(machine, elf);
    return loaded.ok ? ok(undefined) : err({ code: 'unsupported', message: loaded.error.message });
  }

  destroyVm(vm: Vm): number {
    const entry = this.entryOf(vm);
    this.entries = this.entries.filter((other) => other !== entry);
    const { bytes } = this.parts.memory;
    for (let gfn = 0; gfn < vm.config.pages; gfn++) {
      const offset = entry.frames.offsetOf(gfn);
      bytes.fill(0, offset, offset + PAGE_SIZE);
    }
    this.parts.owner.give(entry.frames);
    this.checkBalance();
    return vm.config.pages;
  }

  vms(): readonly Vm[] {
    return this.entries.map(({ vm }) => vm);
  }

  barred(peer: MigrationPeer): string | undefined {
    return this.parts.barred?.(peer);
  }

  checkpoint(previous?: VmmCheckpoint): VmmCheckpoint {
    return {
      memory: captureMemory(this.parts.memory, previous?.memory),
      vmm: this.parts.owner.save(),
      vms: this.entries.map(({ vm, frames }) => ({
        config: vm.config,
        state: { ...vm.checkpoint(), frames: frames.save() },
      })),
    };
  }

  restore(checkpoint: VmmCheckpoint): void {
    restoreMemory(this.parts.memory, checkpoint.memory);
    this.parts.owner.restore(checkpoint.vmm);
    this.entries = [];
    for (const { config, state } of checkpoint.vms) {
      const { vm } = this.enter(config, this.parts.owner.adopt(state.frames));
      vm.restoreCheckpoint(state as unknown as GuestVmState);
    }
    this.checkBalance();
  }

  private enter(config: VmConfig, frames: OwnedFrames): Entry {
    const { memory, native, processor } = this.parts;
    const log = this.parts.createLog(config.pages);
    const vm = new GuestVm(config, { memory, frames, log, native, processor }, this.services);
    const entry = { vm, frames };
    this.entries.push(entry);
    return entry;
  }

  private entryOf(vm: Vm): Entry {
    const entry = this.entries.find((candidate) => candidate.vm === vm);
    assert(entry !== undefined, `VM ${vm.config.id} is not here`);
    return entry;
  }

  /** No frame is ever lost or owned twice. */
  private checkBalance(): void {
    const used = this.entries.reduce((sum, { vm }) => sum + vm.config.pages, 0);
    const { ownFrames, owner, memory } = this.parts;
    assert(owner.freeFrames + used + ownFrames === memory.frames, 'frames do not add up');
  }
}
