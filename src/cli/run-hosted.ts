/** Runs one guest alone under a VMM, without lab or network: the same outcome as on a bare machine, seen through the VMM. */
import { ok, type Result } from '../base/result.ts';
import { gfn, type Instant, PAGE_SIZE, START } from '../base/units.ts';
import type { RunAloneResult } from '../machine/run-alone.ts';
import { createVmm } from '../vmm/registry.ts';
import type { Vm, VmExit, VmmKind } from '../vmm/vmm.ts';

/** The VMM's own use of machine memory, generously. */
const SPARE_FRAMES = 1024;
const INSTRUCTION_NS = 1;
const SILENT = { event() {}, page() {} };

export interface HostedOptions {
  readonly host: VmmKind;
  readonly ramMib: number;
  readonly maxInstructions: number;
}

export function runHosted(
  elf: Uint8Array,
  options: HostedOptions,
): Result<RunAloneResult, { readonly message: string }> {
  const pages = (options.ramMib << 20) / PAGE_SIZE;
  const config = { machineFrames: pages + SPARE_FRAMES, seed: 1 };
  const vmm = createVmm(options.host, config, { trace: SILENT });
  const created = vmm.createVm({ id: 'vm', pages, instructionNs: INSTRUCTION_NS });
  if (!created.ok) return created;
  const vm = created.value;
  const booted = vmm.boot(vm, elf);
  if (!booted.ok) return booted;
  vm.resume();
  const { exit, console } = runToEnd(vm, options.maxInstructions);
  vm.suspend();
  return ok({
    exit,
    exitCode: exit.reason === 'stopped' && exit.code > 0 ? exit.code : undefined,
    instructions: vm.retired,
    registers: vm.inspect().registers(),
    ram: ramOf(vm, pages),
    console,
  });
}

/** A first write may cost the guest virtual time, so time is granted until the instructions are done. */
function runToEnd(vm: Vm, maxInstructions: number): { exit: VmExit; console: Uint8Array } {
  const console: number[] = [];
  let now = START;
  let exit: VmExit = { reason: 'budget' };
  do {
    const left = maxInstructions - vm.retired;
    const run = vm.run(now, (now + left * INSTRUCTION_NS) as Instant);
    for (const byte of vm.takeOutput().debug) console.push(byte);
    ({ exit, now } = run);
  } while (vm.retired < maxInstructions && (exit.reason === 'output' || exit.reason === 'budget'));
  return { exit, console: Uint8Array.from(console) };
}

function ramOf(vm: Vm, pages: number): Uint8Array {
  const ram = new Uint8Array(pages * PAGE_SIZE);
  for (let frame = 0; frame < pages; frame++) {
    vm.readPage(gfn(frame), ram.subarray(frame * PAGE_SIZE, (frame + 1) * PAGE_SIZE));
  }
  return ram;
}
