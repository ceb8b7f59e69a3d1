/**
 * The verifier's eyes at one host. It shares no code with the migration engine: it reads machine
 * memory through the VMM's inspection view and copies what it sees, at the moments that matter:
 * at the source when the VM is frozen, at the destination just before the first instruction, and
 * in the pull phase each page as it is installed, before the guest can write to it.
 */
import { gfn, PAGE_SIZE } from '../base/units.ts';
import type { Vm } from '../vmm/vmm.ts';
import type { Testimony } from './party.ts';
import { namedValues } from './values.ts';

export class Witness {
  private memory = new Uint8Array(0);
  private seen = new Uint8Array(0);
  private values: Pick<Testimony, 'registers' | 'devices'> | undefined;

  /** Copies all memory that is there, the CPU and the devices. */
  freeze(vm: Vm): void {
    const { pages } = vm.config;
    this.memory = new Uint8Array(pages * PAGE_SIZE);
    this.seen = new Uint8Array(pages);
    for (let frame = 0; frame < pages; frame++) {
      if (!vm.isMissing(gfn(frame))) this.copy(vm, frame);
    }
    const view = vm.inspect();
    this.values = {
      registers: namedValues({ ...view.registers(), retired: vm.retired }),
      devices: namedValues(view.devices()),
    };
  }

  /** A page arrived after the freeze. */
  pageInstalled(vm: Vm, frame: number): void {
    if (this.values !== undefined && this.seen[frame] === 0) this.copy(vm, frame);
  }

  forget(): void {
    this.memory = new Uint8Array(0);
    this.seen = new Uint8Array(0);
    this.values = undefined;
  }

  testimony(): Testimony | undefined {
    const { memory, seen, values } = this;
    return values === undefined ? undefined : { memory, seen, ...values };
  }

  restore(testimony: Testimony | undefined): void {
    this.memory = testimony ? testimony.memory.slice() : new Uint8Array(0);
    this.seen = testimony ? testimony.seen.slice() : new Uint8Array(0);
    this.values = testimony && { registers: testimony.registers, devices: testimony.devices };
  }

  private copy(vm: Vm, frame: number): void {
    const view = vm.inspect();
    const offset = view.frameOffset(gfn(frame));
    this.memory.set(view.memory.subarray(offset, offset + PAGE_SIZE), frame * PAGE_SIZE);
    this.seen[frame] = 1;
  }
}
