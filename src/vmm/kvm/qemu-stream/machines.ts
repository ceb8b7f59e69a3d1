/** The machines of QEMU that streams are written for or read from, and what each can carry. */

import type { FieldTable } from '../../field-table.ts';
import type { QemuMachine } from '../../format.ts';
import { QEMU_ISAPC_FIELDS, QEMU_NONE_FIELDS } from './field-table.ts';
import { type FrameSpan, PC_HIDDEN } from './hidden-frames.ts';
import { PC_SECTIONS } from './pc-sections.ts';
import { CPU_SECTIONS, SERIAL } from './sections.ts';
import type { VmstateSection } from './vmstate.ts';

export interface StreamMachine {
  /** What a stream's configuration calls it. */
  readonly name: string;
  /** The memory block that is the guest's RAM. */
  readonly ramBlock: string;
  /** Blocks of firmware and screen, which a guest of the toy has no use for. */
  readonly otherBlocks: readonly RegExp[];
  /** Where its guest does not see its RAM. */
  readonly hidden: readonly FrameSpan[];
  /** What its state is made of, in the order of a stream. */
  readonly sections: readonly VmstateSection[];
  readonly fields: FieldTable;
}

const NONE: StreamMachine = {
  name: 'none',
  ramBlock: 'ram',
  otherBlocks: [],
  hidden: [],
  sections: CPU_SECTIONS,
  fields: QEMU_NONE_FIELDS,
};

const ISAPC: StreamMachine = {
  name: 'isapc',
  ramBlock: 'pc.ram',
  otherBlocks: [/^(pc\.bios|pc\.rom|vga\.vram)$/],
  hidden: PC_HIDDEN,
  sections: [...CPU_SECTIONS, ...PC_SECTIONS, SERIAL],
  fields: QEMU_ISAPC_FIELDS,
};

/** A small board without slots, for a QEMU whose machine none cannot be saved. */
const MICROVM: StreamMachine = {
  ...ISAPC,
  name: 'microvm',
  ramBlock: 'microvm.ram',
  otherBlocks: [/^pc\.bios$/, /^\/rom@/],
};

/** By the id that writers take. */
export const WRITABLE_MACHINES: Readonly<Record<QemuMachine, StreamMachine>> = {
  none: NONE,
  isapc: ISAPC,
};

export const READABLE_MACHINES: readonly StreamMachine[] = [NONE, ISAPC, MICROVM];
