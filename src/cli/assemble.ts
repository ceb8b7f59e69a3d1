/** `vmferry assemble`: a program in assembly language → a guest that the toy PC starts. */
import type { Program } from '../asm/assemble.ts';
import { elfImage, flatImage } from '../asm/image.ts';
import { listedLines, listingText } from '../asm/listing.ts';
import { ok } from '../base/result.ts';
import { assembleSource, EXAMPLE_NAMES } from './assemble-source.ts';
import { defineCommand } from './define-command.ts';
import { writeOutput } from './files.ts';

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const IMAGES = { elf: elfImage, bin: flatImage };

export const assemble = defineCommand({
  name: 'assemble',
  summary: 'Assembles a program (NASM’s dialect, 32-bit) into a guest; every error with its line.',
  argument: {
    name: 'FILE',
    help: `The source, as a text file, or an example: ${EXAMPLE_NAMES}.`,
    required: true,
  },
  options: {
    output: {
      kind: 'text',
      value: 'FILE',
      short: 'o',
      help: 'Where to write it; without, it is only checked.',
    },
    format: {
      kind: 'choice',
      value: 'FORMAT',
      choices: ['elf', 'bin'],
      help: 'A guest, or nothing but the bytes, as nasm -f bin;',
    },
    listing: { kind: 'flag', help: 'Print each line with its address and bytes.' },
    json: { kind: 'flag', help: 'Print addresses, bytes and symbols as JSON.' },
  },
  async run({ argument, options }, surroundings) {
    const { output, format = 'elf', listing, json } = options;
    // A flat file has no address of its own: without an `org` it begins at 0, as with NASM.
    const origin = format === 'bin' ? 0 : undefined;
    const program = await assembleSource(argument, surroundings, origin);
    if (!program.ok) return program;
    const image = IMAGES[format](program.value);
    if (output !== undefined) {
      const written = await writeOutput(output, image, surroundings);
      if (!written.ok) return written;
    }
    if (json) surroundings.stdout(`${JSON.stringify(answer(program.value), undefined, 2)}\n`);
    else if (listing) surroundings.stdout(listingText(program.value));
    else surroundings.stdout(`${output ?? argument}: ${sizes(program.value, image.length)}\n`);
    return ok(0);
  },
});

function sizes({ sections, entry }: Program, length: number): string {
  const parts = sections.map(
    ({ name, address, size }) => `${name} ${size} bytes at 0x${address.toString(16)}`,
  );
  return [`${length} bytes`, `entry 0x${entry.toString(16)}`, ...parts].join(', ');
}

function answer(program: Program) {
  const { origin, entry, sections, symbols } = program;
  return {
    origin,
    entry,
    sections: sections.map(({ name, address, size, bytes }) => ({
      name,
      address,
      size,
      bytes: hex(bytes),
    })),
    symbols,
    lines: listedLines(program).map((line) => ({ ...line, bytes: hex(line.bytes) })),
  };
}
