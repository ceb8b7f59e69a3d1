/** Runs one kernel on a machine of its own, without host or VMM, to its end or an instruction limit. */
import { ok, type Result } from '../base/result.ts';
import { instant, PAGE_SIZE, START } from '../base/units.ts';
import type { LoadError } from './elf.ts';
import { Machine, type MachineExit } from './machine.ts';
import { loadMultiboot } from './multiboot.ts';
import { PlainMemory } from './plain-memory.ts';

export interface RunAloneOptions {
  readonly ramMib: number;
  readonly maxInstructions: number;
}

export interface RunAloneResult {
  /** 'halted' waits for an interrupt that no device will send; 'budget': the limit was reached. */
  readonly exit: MachineExit;
  /** Value × 2 + 1 after a write to the exit port. */
  readonly exitCode: number | undefined;
  readonly instructions: number;
  readonly registers: Record<string, number | bigint>;
  /** The whole RAM, in the order of guest-physical addresses. */
  readonly ram: Uint8Array;
  /** Bytes of the debug port. */
  readonly console: Uint8Array;
}

const INSTRUCTION_NS = 1;

export function runAlone(
  elf: Uint8Array,
  options: RunAloneOptions,
): Result<RunAloneResult, LoadError> {
  const memory = new PlainMemory((options.ramMib << 20) / PAGE_SIZE);
  const machine = new Machine(memory, { instructionNs: INSTRUCTION_NS });
  const loaded = loadMultiboot(machine, elf);
  if (!loaded.ok) return loaded;
  const until = instant(options.maxInstructions * INSTRUCTION_NS);
  const console: Uint8Array[] = [];
  let run = machine.run(START, until);
  while (run.exit.reason === 'output') {
    console.push(machine.takeOutput().debug);
    run = machine.run(run.now, until);
  }
  const { exit } = run;
  return ok({
    exit,
    exitCode: exit.reason === 'stopped' && exit.code > 0 ? exit.code : undefined,
    instructions: machine.retired,
    registers: machine.registers(),
    ram: memory.machine.bytes.subarray(0, memory.frames * PAGE_SIZE),
    console: concatenate(console),
  });
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
