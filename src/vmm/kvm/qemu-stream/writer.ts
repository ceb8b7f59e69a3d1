/**
 * QEMU's migration stream, version 3, big-endian: magic, configuration, sections, an end mark and
 * the description. A section that is sent in parts has START, PART and END; a device has FULL. The
 * pieces are written one by one, so that a live migration can send them as its rounds go.
 */
import { ByteWriter } from '../../../base/bytes.ts';
import type { LivePage } from '../../live-format.ts';
import type { NativeState } from '../../native-layout.ts';
import type { StreamMachine } from './machines.ts';
import {
  RAM_SECTION,
  RAM_VERSION,
  writeName,
  writePage,
  writeRamEnd,
  writeRamSizes,
} from './ram.ts';
import { GLOBAL_STATE } from './sections.ts';
import { writeVmdesc } from './vmdesc.ts';
import {
  subsectionsOf,
  type VmstateSection,
  type VmstateSubsection,
  writeFields,
} from './vmstate.ts';

/** "QEVM" */
export const MAGIC = 0x5145_564d;
export const STREAM_VERSION = 3;

export const RECORD = {
  end: 0x00,
  start: 0x01,
  part: 0x02,
  last: 0x03,
  full: 0x04,
  subsection: 0x05,
  description: 0x06,
  configuration: 0x07,
  command: 0x08,
  footer: 0x7e,
} as const;

export type RunState = 'running' | 'paused';

const RAM_ID = 2;
/** Ids of the sections behind RAM: any that differ. */
const FIRST_DEVICE_ID = 3;
const RUN_STATE_BYTES = 100;

const bigEndian = (): ByteWriter => new ByteWriter('big');

/** Magic, configuration, and what RAM there will be. */
export function streamHead(machine: StreamMachine, ramBytes: number): Uint8Array<ArrayBuffer> {
  const writer = bigEndian().u32(MAGIC).u32(STREAM_VERSION);
  const name = new TextEncoder().encode(machine.name);
  writer.u8(RECORD.configuration).u32(name.length).bytes(name);
  writer.u8(RECORD.start).u32(RAM_ID);
  writeName(writer, RAM_SECTION);
  writer.u32(0).u32(RAM_VERSION);
  writeRamSizes(writer, machine.ramBlock, ramBytes);
  return footer(writer, RAM_ID).finish();
}

/** A round's pages; `last` for those sent while the VM stands still. */
export function streamPages(
  machine: StreamMachine,
  pages: Iterable<LivePage>,
  last: boolean,
): Uint8Array<ArrayBuffer> {
  const writer = bigEndian()
    .u8(last ? RECORD.last : RECORD.part)
    .u32(RAM_ID);
  for (const { frame, data } of pages) writePage(writer, machine.ramBlock, frame, data);
  writeRamEnd(writer);
  return footer(writer, RAM_ID).finish();
}

/** State of processor and devices, the end mark, and the description. */
export function streamTail(
  machine: StreamMachine,
  state: NativeState,
  runState: RunState,
): Uint8Array<ArrayBuffer> {
  const writer = bigEndian();
  const all = new Map([...state, ...globalState(runState)]);
  const sections = [...machine.sections, GLOBAL_STATE].filter(
    ({ needed }) => needed?.(all) ?? true,
  );
  sections.forEach((section, i) => {
    writeFull(writer, section, FIRST_DEVICE_ID + i, all);
  });
  writer.u8(RECORD.end);
  const description = writeVmdesc(sections, all);
  return writer.u8(RECORD.description).u32(description.length).bytes(description).finish();
}

function writeFull(
  writer: ByteWriter,
  section: VmstateSection,
  id: number,
  state: NativeState,
): void {
  writer.u8(RECORD.full).u32(id);
  writeName(writer, section.name);
  writer.u32(section.instance).u32(section.version);
  writeFields(writer, section.fields, section.key, state);
  for (const subsection of subsectionsOf(section)) {
    if (subsection.needed(state)) writeSubsection(writer, subsection, state);
  }
  footer(writer, id);
}

function writeSubsection(
  writer: ByteWriter,
  { name, version, fields }: VmstateSubsection,
  state: NativeState,
): void {
  writer.u8(RECORD.subsection);
  writeName(writer, name);
  writer.u32(version);
  writeFields(writer, fields, name, state);
}

const footer = (writer: ByteWriter, id: number): ByteWriter => writer.u8(RECORD.footer).u32(id);

/** The length counts the NUL; the text is padded with more of them. */
export function globalState(runState: RunState): NativeState {
  let text = 0n;
  for (let i = 0; i < RUN_STATE_BYTES; i++)
    text = (text << 8n) | BigInt(runState.charCodeAt(i) || 0);
  return new Map([
    ['globalstate.size', BigInt(runState.length + 1)],
    ['globalstate.runstate', text],
  ]);
}

/** One after another. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
