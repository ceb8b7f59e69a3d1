/** Streams of QEMU to damage, with the places of their numbers and sections. */
import type { QemuMachine } from '../../src/vmm/format.ts';
import { loaded, streamOf } from '../unit/vmm/qemu-stream/small-stream.ts';
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

function golden(machine: QemuMachine): Golden {
  const bytes = streamOf(undefined, machine);
  const { parts } = loaded(bytes);
  return {
    bytes,
    numbers: [...HEAD, ...parts.flatMap((part) => numbersOf(part.offset, part.bytes))],
    parts: [0, ...parts.map(({ offset }) => offset)],
  };
}
export const QEMU_GOLDENS: readonly Golden[] = [golden('none'), golden('isapc')];
