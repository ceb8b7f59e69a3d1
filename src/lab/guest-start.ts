/** How a host's guest comes to be: its kernel boots, or it goes on from a state that a file had. */
import { assert } from '../base/assert.ts';
import { err, type Result } from '../base/result.ts';
import type { ImageFile } from '../image/codec.ts';
import type { Vm, Vmm } from '../vmm/vmm.ts';
import { STATE_BOOT } from './late-state.ts';
import { type HostWiring, macBytes, VM_ID } from './wiring.ts';

export class GuestStart {
  private readonly wiring: HostWiring;
  /** Read when the host is made, since a running host is expected to answer soon. */
  private readonly image: Result<ImageFile, string> | undefined;

  constructor(wiring: HostWiring) {
    this.wiring = wiring;
    const { guest, guestFile } = wiring;
    if (guest !== undefined && guestFile?.kind === 'state')
      this.image = STATE_BOOT.now.readState(guest);
  }

  /** False: it has been running before, and knows its workload. */
  get boots(): boolean {
    return this.image === undefined;
  }

  /** Suspended. On failure the host has no VM to go on with. */
  make(vmm: Vmm): Result<Vm, string> {
    return this.image === undefined ? this.fromKernel(vmm) : this.fromState(vmm, this.image);
  }

  private fromState(vmm: Vmm, image: Result<ImageFile, string>): Result<Vm, string> {
    if (!image.ok) return image;
    const { instructionNs, vmPages } = this.wiring;
    const vm = STATE_BOOT.now.standFrom(vmm, image.value, { id: VM_ID, instructionNs });
    if (!vm.ok || vm.value.config.pages === vmPages) return vm;
    const { pages } = vm.value.config;
    return err(`the file's VM has ${pages} pages of RAM, and the scenario gives it ${vmPages}`);
  }

  private fromKernel(vmm: Vmm): Result<Vm, string> {
    const { guest, vmPages, instructionNs, vmMac, masked } = this.wiring;
    assert(guest !== undefined, 'only the source boots a guest');
    const config = { id: VM_ID, pages: vmPages, instructionNs, mac: macBytes(vmMac), masked };
    const created = vmm.createVm(config);
    if (!created.ok) return err(created.error.message);
    const booted = vmm.boot(created.value, guest);
    return booted.ok ? created : err(booted.error.message);
  }
}
