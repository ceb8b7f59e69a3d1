/** Runs one guest alone under a VMM, without lab or network: the same outcome as on a bare machine, seen through the VMM. */
import { assert } from '../base/assert.ts';
import { ok, type Result } from '../base/result.ts';
import { gfn, PAGE_SIZE } from '../base/units.ts';
import type { ImageFile } from '../image/codec.ts';
import { INSTRUCTION_NS, type RunAloneResult, runToEnd } from '../machine/run-alone.ts';
import { loneHost } from '../vmm/lone-host.ts';
import { createFromImage } from '../vmm/vm-image.ts';
import type { Vm, VmmKind } from '../vmm/vmm.ts';

export interface HostedOptions {
  readonly host: VmmKind;
  readonly ramMib: number;
  readonly maxInstructions: number;
}

type Outcome = Result<RunAloneResult, { readonly message: string }>;

export function runHosted(elf: Uint8Array, options: HostedOptions): Outcome {
  const pages = (options.ramMib << 20) / PAGE_SIZE;
  const vmm = loneHost(options.host, pages);
  const created = vmm.createVm({ id: 'vm', pages, instructionNs: INSTRUCTION_NS });
  if (!created.ok) return created;
  const booted = vmm.boot(created.value, elf);
  return booted.ok ? ok(finish(created.value, options.maxInstructions)) : booted;
}

/** Goes on where the image's VM stood. */
export function resumeHosted(
  image: ImageFile,
  options: {
    readonly host: VmmKind;
    readonly maxInstructions: number;
    /** CPU features that the host's processor has not. */
    readonly lacks?: readonly string[];
  },
): Outcome {
  const pages = image.state.memory.reduce((sum, ram) => sum + ram.pages, 0);
  const vm = createFromImage(loneHost(options.host, pages, options.lacks), image, {
    instructionNs: INSTRUCTION_NS,
  });
  return vm.ok ? ok(finish(vm.value, options.maxInstructions)) : vm;
}

/** `instructions` are those of this run. */
function finish(vm: Vm, maxInstructions: number): RunAloneResult {
  const before = vm.retired;
  vm.resume();
  const { exit, console } = runToEnd(vm, maxInstructions);
  vm.suspend();
  assert(exit.reason !== 'held-write', 'nobody holds a store of a VM that does not migrate');
  return {
    exit,
    exitCode: exit.reason === 'stopped' && exit.code > 0 ? exit.code : undefined,
    instructions: vm.retired - before,
    registers: vm.inspect().registers(),
    ram: ramOf(vm, vm.config.pages),
    console,
  };
}

function ramOf(vm: Vm, pages: number): Uint8Array {
  const ram = new Uint8Array(pages * PAGE_SIZE);
  for (let frame = 0; frame < pages; frame++) {
    vm.readPage(gfn(frame), ram.subarray(frame * PAGE_SIZE, (frame + 1) * PAGE_SIZE));
  }
  return ram;
}
