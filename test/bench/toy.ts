/** The toy PC in benchmarks: alone, and as a VM whose writes are logged. */
import { instant, START } from '../../src/base/units.ts';
import { Machine } from '../../src/machine/machine.ts';
import { loadMultiboot } from '../../src/machine/multiboot.ts';
import { PlainMemory } from '../../src/machine/plain-memory.ts';
import { createVmm } from '../../src/vmm/registry.ts';
import type { VmmKind } from '../../src/vmm/vmm.ts';
import { now, rate } from './measure.ts';

const PAGES = 4096;
const INSTRUCTION_NS = 50;
const SLICE = 1_000_000;
const SILENT = { event() {}, page() {} };

/** Instructions in a second, whole machine: devices, segments, interrupts as they come. */
export function startToy(elf: Uint8Array): (ms: number) => number {
  const machine = new Machine(new PlainMemory(PAGES), { instructionNs: INSTRUCTION_NS });
  const loaded = loadMultiboot(machine, elf);
  if (!loaded.ok) throw new Error(loaded.error.message);
  let at = START;
  return (ms) =>
    rate(ms, () => {
      const before = machine.retired;
      at = machine.run(at, instant(at + SLICE * INSTRUCTION_NS)).now;
      return machine.retired - before;
    });
}

export interface LoggedRun {
  /** Nanoseconds of real time for an instruction. */
  readonly perInstruction: number;
  readonly faultsPerMillion: number;
}

/** A VM, its log read every million instructions if `logs`. */
export function startVm(elf: Uint8Array, kind: VmmKind, logs: boolean): (ms: number) => LoggedRun {
  const vmm = createVmm(kind, { machineFrames: PAGES + 1024, seed: 1 }, { trace: SILENT });
  const created = vmm.createVm({ id: 'vm', pages: PAGES, instructionNs: INSTRUCTION_NS });
  if (!created.ok) throw new Error(created.error.message);
  const vm = created.value;
  const booted = vmm.boot(vm, elf);
  if (!booted.ok) throw new Error(booted.error.message);
  vm.resume();
  let at = START;
  if (logs) vm.startDirtyLog();
  return (ms) => {
    const start = now();
    const before = vm.retired;
    let faults = 0;
    while (now() - start < ms) {
      const last = vm.retired + SLICE;
      // Faults take virtual time: more is granted until the instructions are done.
      while (vm.retired < last)
        at = vm.run(at, instant(at + (last - vm.retired) * INSTRUCTION_NS)).now;
      if (logs) faults += vm.collectDirty().faults;
    }
    const retired = vm.retired - before;
    const perInstruction = ((now() - start) * 1e6) / retired;
    return { perInstruction, faultsPerMillion: (faults * 1e6) / retired };
  };
}
