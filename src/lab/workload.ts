/**
 * The workload sliders' way into the guest: what was asked for, and when it can be stored into the
 * guest's parameter page. A change that comes while the VM is paused or its parameter page has not
 * arrived waits until it can be made without losing it.
 */
import { gfn, PAGE_SIZE } from '../base/units.ts';
import type { Vm } from '../vmm/vmm.ts';
import type { HostParty } from './host-party.ts';
import {
  hasParameters,
  PARAMETER_PAGE_FRAME,
  type ParameterName,
  parameterAddress,
  parameterBytes,
  readParameter,
} from './parameter-page.ts';

export interface WorkloadSettings {
  readonly workingSetPercent: number;
  readonly writesPerSecond: number;
}

export interface WorkloadState {
  readonly wanted: WorkloadSettings;
  readonly pending: boolean;
}

export class Workload {
  private wanted: WorkloadSettings;
  private pending = false;

  constructor(settings: WorkloadSettings) {
    this.wanted = settings;
  }

  /** At boot, before the first instruction. */
  initialise(host: HostParty, vm: Vm): void {
    const { instructionNs, vmPages, seed } = host.wiring;
    this.store(host, vm, {
      instructionsPerSecond: Math.floor(1e9 / instructionNs),
      memoryPages: vmPages,
      seed,
      ...this.parameters(vm),
    });
  }

  change(change: {
    readonly workingSetPercent?: number | undefined;
    readonly writesPerSecond?: number | undefined;
  }): void {
    this.wanted = {
      workingSetPercent: change.workingSetPercent ?? this.wanted.workingSetPercent,
      writesPerSecond: change.writesPerSecond ?? this.wanted.writesPerSecond,
    };
    this.pending = true;
  }

  /** Stores what is wanted, if something waits and the parameter page is there. */
  apply(host: HostParty, vm: Vm): void {
    const frame = gfn(PARAMETER_PAGE_FRAME);
    if (!this.pending || vm.isMissing(frame) || vm.isHeld(frame)) return;
    this.pending = false;
    this.store(host, vm, this.parameters(vm));
  }

  save(): WorkloadState {
    return { wanted: this.wanted, pending: this.pending };
  }

  restore(state: WorkloadState): void {
    this.wanted = state.wanted;
    this.pending = state.pending;
  }

  private parameters(vm: Vm): Partial<Record<ParameterName, number>> {
    const { workingSetPercent, writesPerSecond } = this.wanted;
    return {
      workingSetPages: Math.max(1, Math.floor((vm.config.pages * workingSetPercent) / 100)),
      writesPerSecond,
    };
  }

  private store(host: HostParty, vm: Vm, values: Partial<Record<ParameterName, number>>): void {
    const page = new Uint8Array(PAGE_SIZE);
    vm.readPage(gfn(PARAMETER_PAGE_FRAME), page);
    if (!hasParameters(page)) return;
    for (const [name, value] of Object.entries(values) as [ParameterName, number][]) {
      if (readParameter(page, name) === value) continue;
      host.storeIntoGuest(vm, parameterAddress(name), parameterBytes(value));
      host.trace.event(host.now, 'parameter.changed', { name, value });
    }
  }
}
