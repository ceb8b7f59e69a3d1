import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildGuests, toolchain } from '../../../scripts/guests.mjs';

const BUILT = fileURLToPath(new URL('../../../public/guests/', import.meta.url));
const SOURCES = fileURLToPath(new URL('../../../guests/', import.meta.url));

const manifest = JSON.parse(readFileSync(join(BUILT, 'manifest.json'), 'utf8')) as {
  compiler: string;
  guests: { name: string; file: string; sha256: string; symbols?: object }[];
};

function presentToolchain(): string | undefined {
  try {
    return toolchain();
  } catch {
    return undefined;
  }
}

describe('the built guests', () => {
  it('are described as in guests.json', () => {
    const described = JSON.parse(readFileSync(join(SOURCES, 'guests.json'), 'utf8'));
    const built = manifest.guests.map(({ file: _, sha256: __, symbols: ___, ...guest }) => guest);
    expect(built).toEqual(described);
  });

  it('are all in the manifest', () => {
    const files = readdirSync(BUILT).filter((name) => name !== 'manifest.json');
    expect(files.sort()).toEqual(manifest.guests.map(({ file }) => file).sort());
  });

  // Needs the compiler and linker that the manifest names.
  it.skipIf(presentToolchain() !== manifest.compiler)(
    'come out of their sources, byte for byte',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'vm-ferry-rebuild-'));
      try {
        buildGuests(folder);
        for (const name of readdirSync(folder)) {
          const isEqual = readFileSync(join(folder, name)).equals(readFileSync(join(BUILT, name)));
          expect(isEqual, name).toBe(true);
        }
        expect(readdirSync(folder)).toEqual(readdirSync(BUILT));
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
