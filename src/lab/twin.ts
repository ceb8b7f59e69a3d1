/**
 * A twin: the same guest, never migrated, on a machine of its own. It is given what the original was
 * given, each thing at the same moment of its life; then both must be equal. What counts is retired
 * instructions, or, for a guest that halts and is interrupted, guest time.
 */
import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { earliest, type Instant, instant, PAGE_SIZE } from '../base/units.ts';
import { Machine, type MachineConfig } from '../machine/machine.ts';
import { loadMultiboot } from '../machine/multiboot.ts';
import { PlainMemory } from '../machine/plain-memory.ts';
import type { GuestInput } from './party.ts';
import { namedValues } from './values.ts';

export interface TwinState {
  readonly memory: Uint8Array;
  readonly registers: Readonly<Record<string, string>>;
  readonly devices: Readonly<Record<string, string>>;
  readonly retired: number;
  /** Everything printed since boot. */
  readonly console: string;
}

/** Runs a twin to exactly `retired` instructions: for guests that neither halt nor take interrupts. */
export function runTwin(
  guest: Uint8Array<ArrayBuffer>,
  pages: number,
  instructionNs: number,
  inputs: readonly GuestInput[],
  retired: number,
): Result<TwinState, string> {
  return runWith({ guest, pages, instructionNs }, (machine, printed) => {
    for (const input of inputs) {
      if (input.retired > retired) break;
      runTo(machine, input.retired, instructionNs, printed);
      tell(machine, input);
    }
    runTo(machine, retired, instructionNs, printed);
  });
}

/**
 * Runs a twin of any guest to a moment of guest time. Pre: nothing but instructions and HLT took
 * time from the original: no dirty log, no waiting for pages, no throttle.
 */
export function runTwinUntil(
  config: TwinConfig,
  inputs: readonly GuestInput[],
  time: Instant,
): Result<TwinState, string> {
  return runWith(config, (machine, printed) => {
    for (const input of inputs) {
      if (input.time > time) break;
      liveTo(machine, input.time, printed);
      tell(machine, input);
    }
    liveTo(machine, time, printed);
  });
}

export interface TwinConfig extends MachineConfig {
  readonly guest: Uint8Array<ArrayBuffer>;
  readonly pages: number;
}

function runWith(
  { guest, pages, ...config }: TwinConfig,
  live: (machine: Machine, printed: number[]) => void,
): Result<TwinState, string> {
  const memory = new PlainMemory(pages);
  const machine = new Machine(memory, config);
  const loaded = loadMultiboot(machine, guest);
  if (!loaded.ok) return err(loaded.error.message);
  const printed: number[] = [];
  live(machine, printed);
  return ok({
    memory: memory.machine.bytes.slice(0, pages * PAGE_SIZE),
    registers: namedValues(machine.registers()),
    devices: namedValues(machine.devices()),
    retired: machine.retired,
    console: String.fromCharCode(...printed),
  });
}

function tell(machine: Machine, input: GuestInput): void {
  if (input.kind === 'serial') machine.receiveSerial(input.byte);
  else if (input.kind === 'frame') machine.receiveFrame(Uint8Array.from(input.bytes));
  else machine.writeMemory(input.address, Uint8Array.from(input.bytes));
}

/** To the first boundary at or after a moment; a halted guest sleeps up to it. */
function liveTo(machine: Machine, time: Instant, printed: number[]): void {
  for (let { now } = machine; now < time; ) {
    const { exit, now: end } = machine.run(now, time);
    now = end;
    if (exit.reason === 'output') printed.push(...machine.takeOutput().debug);
    else if (exit.reason === 'halted') now = earliest(time, machine.nextDeviceEvent());
    else assert(exit.reason === 'budget', `the twin stopped: ${exit.reason}`);
  }
  if (time > machine.now) machine.pass(time);
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
