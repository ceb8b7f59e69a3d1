/** A stream that was read, as a VM: the last checks before anything is made of it. */
import { err, ok, type Result } from '../../../base/result.ts';
import { pagesProblem } from '../../../image/validate.ts';
import type { FormatError, LoadedFile } from '../../format.ts';
import type { QemuStream } from './reader.ts';
import { qemuToCommon } from './translate.ts';

/** A stream names its machine and not its VM. */
const IDENTITY = { id: 'qemu', name: 'qemu' };
export function loadStream(stream: QemuStream): Result<LoadedFile, FormatError> {
  const { machine, ram, devices, parts } = stream;
  const halt = runStateProblem(devices.places.get('globalstate.runstate'));
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

function runStateProblem(text: bigint | undefined): string | undefined {
  if (text === undefined) return undefined;
  const name = textOf(text);
  return LIVING.includes(name) ? undefined : `the VM was saved in state "${name}" and cannot go on`;
}

/** Up to the first NUL: newer versions keep flags behind it. */
function textOf(value: bigint): string {
  const digits = value.toString(16).padStart(200, '0');
  let text = '';
  for (let i = 0; i < digits.length; i += 2) {
    const code = Number.parseInt(digits.slice(i, i + 2), 16);
    if (code === 0) break;
    text += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '?';
  }
  return text;
}
