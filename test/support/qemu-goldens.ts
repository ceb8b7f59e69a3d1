/** Streams of QEMU to damage, with the places of their numbers and sections. */
import { commonToValues } from '../../src/vmm/common-values.ts';
import { toNative } from '../../src/vmm/field-table.ts';
import type { QemuMachine } from '../../src/vmm/format.ts';
import { KVM_FIELDS } from '../../src/vmm/kvm/field-table.ts';
import { encode } from '../../src/vmm/kvm/native-bytes.ts';
import { NATIVE_MACHINE } from '../../src/vmm/kvm/qemu-stream/native-machine.ts';
import { readStream } from '../../src/vmm/kvm/qemu-stream/reader.ts';
import { readWhole } from '../../src/vmm/kvm/qemu-stream/stream-cursor.ts';
import { loaded, QUIET, streamOf } from '../unit/vmm/qemu-stream/small-stream.ts';
import type { Golden, NumberAt } from './mutator.ts';

const HEAD: readonly NumberAt[] = [
  { at: 0, bytes: 4 },
  { at: 4, bytes: 4 },
  { at: 8, bytes: 1 },
  { at: 9, bytes: 4 },
];

/** Every word near the start of a section: mark, id, name, instance, version, first fields. */
function numbersOf(offset: number, length: number): NumberAt[] {
  const reach = Math.min(length, 64);
  const bytes = Array.from({ length: reach }, (_, i): NumberAt => ({ at: offset + i, bytes: 1 }));
  const words = Array.from(
    { length: Math.max(0, reach - 4) },
    (_, i): NumberAt => ({
      at: offset + i,
      bytes: 4,
    }),
  );
  return [...bytes, ...words];
}

interface Part {
  readonly offset: number;
  readonly bytes: number;
}

function golden(bytes: Uint8Array, parts: readonly Part[]): Golden {
  return {
    bytes,
    numbers: [...HEAD, ...parts.flatMap((part) => numbersOf(part.offset, part.bytes))],
    parts: [0, ...parts.map(({ offset }) => offset)],
  };
}

function fileGolden(machine: QemuMachine): Golden {
  const bytes = streamOf(undefined, machine);
  return golden(bytes, loaded(bytes).parts);
}

export const QEMU_GOLDENS: readonly Golden[] = [fileGolden('none'), fileGolden('isapc')];

export const KVM_ABOUT = { identity: QUIET.identity, memory: QUIET.memory };

/** What a KVM-like host sends another. */
function stateGolden(): Golden {
  const values = commonToValues(QUIET);
  if (!values.ok) throw new Error(values.error.message);
  const bytes = encode(toNative(KVM_FIELDS, values.value), KVM_ABOUT);
  return golden(bytes, readWhole(bytes, readStream({ machines: [NATIVE_MACHINE] })).parts);
}

export const KVM_GOLDENS: readonly Golden[] = [stateGolden()];
