/** A stream that was read, as a VM: the last checks before anything is made of it. */
import { bigToBytes } from '../../../base/big-bytes.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { pagesProblem } from '../../../image/validate.ts';
import type { FormatError, LoadedFile } from '../../format.ts';
import type { QemuStream } from './reader.ts';
import { qemuToCommon } from './translate.ts';

/** A stream names its machine and not its VM. */
const IDENTITY = { id: 'qemu', name: 'qemu' };
export function loadStream(stream: QemuStream): Result<LoadedFile, FormatError> {
  const { machine, ram, devices, parts } = stream;
  const halt = runStateProblem(devices.places);
  if (halt !== undefined) return err({ code: 'unsupported', message: halt });
  if (!devices.places.has('cpu.env.eip'))
    return err({ code: 'missing', message: 'the stream has no section cpu' });
  const memory = [{ firstGfn: 0, pages: ram.frames }];
  const state = qemuToCommon(devices, machine, { identity: IDENTITY, memory });
  if (!state.ok) return state;
  const pages = ram.runs();
  const problem = pagesProblem(pages, memory);
  if (problem !== undefined) return err({ code: 'invalid', message: problem });
  const notes = [...state.value.notes, ...skippedNotes(stream)];
  return ok({ image: { state: state.value.value, pages }, parts, notes });
}

function skippedNotes({ machine, ram, devices }: QemuStream): string[] {
  const skipped = [...devices.skipped, ...ram.otherBlocks.map((name) => `memory ${name}`)];
  const notes = [`saved from machine ${machine.name}`];
  if (skipped.length > 0) notes.push(`skipped: ${[...new Set(skipped)].join(', ')}`);
  return notes;
}

/** Run states of a VM that could go on. */
const LIVING = ['running', 'paused', 'prelaunch', 'postmigrate', 'finish-migrate', 'debug'];

function runStateProblem(places: ReadonlyMap<string, bigint>): string | undefined {
  const runstate = places.get('globalstate.runstate');
  if (runstate === undefined) return undefined;
  const suspended = places.get('globalstate.vm_was_suspended');
  if (suspended) return 'the VM was suspended to RAM, from which the toy PC cannot wake it';
  const name = textOf(bigToBytes(runstate, suspended === undefined ? 100 : 32).reverse());
  return LIVING.includes(name) ? undefined : `the VM was saved in state "${name}" and cannot go on`;
}

/** Up to the first NUL: newer versions keep flags behind it. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const text = String.fromCharCode(...(end < 0 ? bytes : bytes.subarray(0, end)));
  return text.replaceAll(/[^ -~]/g, '?');
}
