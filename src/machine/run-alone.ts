/** Runs one kernel on a machine of its own, without host or VMM, to its end or an instruction limit. */
import { ok, type Result } from '../base/result.ts';
import { type Instant, instant, PAGE_SIZE, START } from '../base/units.ts';
import type { LoadError } from './elf.ts';
import { Machine, type MachineExit } from './machine.ts';
import { loadMultiboot } from './multiboot.ts';
import { PlainMemory } from './plain-memory.ts';

export interface RunAloneOptions {
  readonly ramMib: number;
  readonly maxInstructions: number;
}

export interface RunAloneResult {
  /** 'halted': asleep when the limit was reached; 'budget': the limit was reached. */
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

/** 20 MIPS, as a lab's guests. */
export const INSTRUCTION_NS = 50;

/** A machine or a VM on a host. */
export interface Runner<Exit> {
  readonly retired: number;
  run(now: Instant, until: Instant): { readonly exit: Exit; readonly now: Instant };
  takeOutput(): { readonly debug: Uint8Array };
  nextDeviceEvent(): Instant;
}

export function runAlone(
  elf: Uint8Array,
  options: RunAloneOptions,
): Result<RunAloneResult, LoadError> {
  const memory = new PlainMemory((options.ramMib << 20) / PAGE_SIZE);
  const machine = new Machine(memory, { instructionNs: INSTRUCTION_NS });
  const loaded = loadMultiboot(machine, elf);
  if (!loaded.ok) return loaded;
  const { exit, console } = runToEnd(machine, options.maxInstructions);
  return ok({
    exit,
    exitCode: exit.reason === 'stopped' && exit.code > 0 ? exit.code : undefined,
    instructions: machine.retired,
    registers: machine.registers(),
    ram: memory.machine.bytes.subarray(0, memory.frames * PAGE_SIZE),
    console,
  });
}

/**
 * Time asleep in HLT counts as the instructions that it would have been; what a first write costs the
 * guest under a VMM does not count.
 */
export function runToEnd<Exit extends { readonly reason: string }>(
  guest: Runner<Exit>,
  maxInstructions: number,
): { readonly exit: Exit; readonly console: Uint8Array } {
  const console: Uint8Array[] = [];
  let left = maxInstructions;
  let now = START;
  for (;;) {
    const before = guest.retired;
    const until = instant(now + left * INSTRUCTION_NS);
    const { exit, now: end } = guest.run(now, until);
    now = end;
    left -= guest.retired - before;
    console.push(guest.takeOutput().debug);
    const wakesAt = guest.nextDeviceEvent();
    const goesOn = exit.reason === 'output' || (exit.reason === 'budget' && left > 0);
    if (exit.reason === 'halted' && wakesAt < until) {
      left -= Math.ceil((wakesAt - now) / INSTRUCTION_NS);
      now = wakesAt;
    } else if (!goesOn) return { exit, console: concatenate(console) };
  }
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
