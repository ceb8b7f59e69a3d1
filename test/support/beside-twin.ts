/** A lab's VM, wherever it is by now, beside a twin that was given the same and never moved. */
import { exists } from '../../src/base/assert.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { runTwin } from '../../src/lab/twin.ts';
import { guestImage } from './labs.ts';

interface Standing {
  readonly retired: number;
  readonly memory: Uint8Array;
  readonly registers: Readonly<Record<string, string>>;
}

/** Registers but the time-stamp counter: a migration takes time that is not the twin's. */
function withoutTime({ tsc: _, ...registers }: Readonly<Record<string, string>>) {
  return registers;
}

function standing(lab: Lab, host: 0 | 1): Standing {
  const vm = exists(lab.hosts[host].vm, `a VM on host ${host}`);
  const memory = new Uint8Array(vm.config.pages * 4096);
  for (let frame = 0; frame < vm.config.pages; frame++)
    vm.readPage(frame as never, memory.subarray(frame * 4096, (frame + 1) * 4096));
  const values = Object.entries(vm.inspect().registers());
  const registers = Object.fromEntries(values.map(([name, value]) => [name, String(value)]));
  return { memory, registers: withoutTime(registers), retired: vm.retired };
}

/** Both as they stand at the same retired instruction, and in which pages they differ. */
export function besideTwin(lab: Lab, host: 0 | 1) {
  const { vm, instructionNs } = { ...lab.core.scenario.vm, vm: exists(lab.hosts[host].vm, 'a VM') };
  const mine = standing(lab, host);
  const inputs = lab.hosts
    .flatMap((party) => party.guestInputs())
    .toSorted((a, b) => a.retired - b.retired || a.time - b.time);
  const guest = guestImage(lab.core.scenario.vm.guest);
  const twin = runTwin(guest, vm.config.pages, instructionNs, inputs, mine.retired);
  if (!twin.ok) throw new Error(twin.error);
  const differing = Array.from({ length: vm.config.pages }, (_, page) => page).filter((page) => {
    const [from, to] = [page * 4096, (page + 1) * 4096];
    return Buffer.compare(mine.memory.subarray(from, to), twin.value.memory.subarray(from, to));
  });
  const registers = [mine.registers, withoutTime(twin.value.registers)] as const;
  return { differing, registers, inputs: inputs.length, retired: mine.retired };
}
