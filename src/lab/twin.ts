/**
 * A twin: the same guest, never migrated, on a machine of its own. It is given what the original was
 * given, each thing after as many retired instructions as there; then both must be equal.
 */
import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { instant, PAGE_SIZE } from '../base/units.ts';
import { Machine } from '../machine/machine.ts';
import { loadMultiboot } from '../machine/multiboot.ts';
import { PlainMemory } from '../machine/plain-memory.ts';
import type { GuestInput } from './party.ts';

export interface TwinState {
  readonly memory: Uint8Array;
  readonly registers: Readonly<Record<string, string>>;
  /** Everything printed since boot. */
  readonly console: string;
}

/** Runs a twin to exactly `retired` instructions. */
export function runTwin(
  guest: Uint8Array<ArrayBuffer>,
  pages: number,
  instructionNs: number,
  inputs: readonly GuestInput[],
  retired: number,
): Result<TwinState, string> {
  const memory = new PlainMemory(pages);
  const machine = new Machine(memory, { instructionNs });
  const loaded = loadMultiboot(machine, guest);
  if (!loaded.ok) return err(loaded.error.message);
  const printed: number[] = [];
  for (const input of inputs) {
    if (input.retired > retired) break;
    runTo(machine, input.retired, instructionNs, printed);
    if (input.kind === 'serial') machine.receiveSerial(input.byte);
    else if (input.kind === 'frame') machine.receiveFrame(Uint8Array.from(input.bytes));
    else machine.writeMemory(input.address, Uint8Array.from(input.bytes));
  }
  runTo(machine, retired, instructionNs, printed);
  const registers = Object.entries(machine.registers()).map(([name, value]) => [
    name,
    String(value),
  ]);
  return ok({
    memory: memory.machine.bytes.slice(0, pages * PAGE_SIZE),
    registers: Object.fromEntries(registers),
    console: String.fromCharCode(...printed),
  });
}

/** A twin has no dirty faults, so its time is its instructions. */
function runTo(machine: Machine, retired: number, instructionNs: number, printed: number[]): void {
  while (machine.retired < retired) {
    const before = machine.retired;
    const until = instant(machine.now + (retired - before) * instructionNs);
    const { exit } = machine.run(machine.now, until);
    if (exit.reason === 'output') printed.push(...machine.takeOutput().debug);
    assert(
      machine.retired > before || exit.reason === 'output',
      `the twin stopped: ${exit.reason}`,
    );
  }
  assert(machine.retired === retired, 'the twin stands where the original stood');
}
