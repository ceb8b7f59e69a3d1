/** The machines of QEMU that streams are written for or read from, and what each can carry. */

import type { FieldTable } from '../../field-table.ts';
import type { QemuMachine } from '../../format.ts';
import { QEMU_NONE_FIELDS } from './field-table.ts';
import { CPU_SECTIONS } from './sections.ts';
import type { VmstateSection } from './vmstate.ts';

export interface StreamMachine {
  /** What a stream's configuration calls it. */
  readonly name: string;
  /** The memory block that is the guest's RAM. */
  readonly ramBlock: string;
  /** Blocks of firmware and screen, which a guest of the toy has no use for. */
  readonly otherBlocks: readonly RegExp[];
  /** What its state is made of, in the order of a stream. */
  readonly sections: readonly VmstateSection[];
  readonly fields: FieldTable;
}

const NONE: StreamMachine = {
  name: 'none',
  ramBlock: 'ram',
  otherBlocks: [],
  sections: CPU_SECTIONS,
  fields: QEMU_NONE_FIELDS,
};

/** By the id that writers take. */
export const WRITABLE_MACHINES: Partial<Record<QemuMachine, StreamMachine>> = { none: NONE };

export const READABLE_MACHINES: readonly StreamMachine[] = [NONE];

/** QEMU itself takes a name that is a prefix of its machine's; no name at all fits every machine. */
export function readableMachine(name: string): StreamMachine | undefined {
  return READABLE_MACHINES.find((machine) => machine.name === name);
}
