// Builds the guest programs with the machine's own gcc: guests/*.c into public/guests/*.elf and their manifest.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const GUESTS = JSON.parse(readFileSync(`${root}guests/guests.json`, 'utf8'));
const output = process.argv[2] ?? `${root}public/guests`;

// No CMOV, CMPXCHG8B or PAE: a 486 runs them. Debian's gcc would take i686 by default.
const FLAGS = [
  '-m32 -march=i486 -O2 -std=gnu11 -Wall -Wextra -Werror',
  '-ffreestanding -nostdlib -static -fno-pic -fno-pie -no-pie -fno-stack-protector',
  '-fno-asynchronous-unwind-tables -mno-sse -mno-mmx',
  '-Wl,--build-id=none -Wl,-z,noexecstack -Wl,-T,guests/link.ld -s -Iguests',
]
  .join(' ')
  .split(' ');

mkdirSync(output, { recursive: true });
const guests = GUESTS.map((/** @type {{ name: string }} */ guest) => {
  const file = `${output}/${guest.name}.elf`;
  const sources = ['guests/boot.S', 'guests/guest.c', `guests/${guest.name}.c`];
  execFileSync('gcc', [...FLAGS, ...sources, '-o', file], { cwd: root, stdio: 'inherit' });
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  return { ...guest, file: `${guest.name}.elf`, sha256 };
});
const compiler = execFileSync('gcc', ['-dumpfullversion'], { encoding: 'utf8' }).trim();
const manifest = { compiler: `gcc ${compiler}`, guests };
writeFileSync(`${output}/manifest.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);
console.log(`built ${guests.length} guests with gcc ${compiler}`);
