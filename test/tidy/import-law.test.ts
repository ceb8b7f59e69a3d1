import { describe, expect, it } from 'vitest';
import { DEBT, LAW, roomOf } from './law.ts';
import { type ImportOf, importsOf, SOURCES } from './sources.ts';

const matches = (entries: readonly string[], target: string) =>
  entries.includes(roomOf(target)) || entries.includes(target.replace(/^src\//, ''));

/** A worker's address is no import of its code: `?worker&url` gives text. */
const isWorkerAddress = (found: ImportOf) => found.request.endsWith('?worker&url');

function packageAllowed(packages: readonly string[], target: string): boolean {
  return packages.some((name) => target === name || target.startsWith(`${name}/`));
}

function isLawful(path: string, found: ImportOf): boolean {
  const room = roomOf(path);
  const law = LAW[room];
  if (law === undefined) return false;
  if (found.isPackage) return packageAllowed(law.packages ?? [], found.target);
  if (isWorkerAddress(found)) return room === 'bridge' || room === 'workers';
  // Style sheets belong to the room they stand in.
  if (roomOf(found.target) === room || matches(law.rooms, found.target)) return true;
  return found.typeOnly && matches(law.types ?? [], found.target);
}

const breaches = (path: string) =>
  importsOf(path)
    .filter((found) => !isLawful(path, found))
    .map((found) => `${path} -> ${found.target}`)
    .filter((breach) => !DEBT.includes(breach));

describe('the import law', () => {
  it('sees the sources', () => {
    expect(SOURCES.length).toBeGreaterThan(50);
    expect(SOURCES.flatMap(importsOf).length).toBeGreaterThan(200);
  });

  it('holds in every file', () => {
    expect(SOURCES.flatMap(breaches)).toEqual([]);
  });

  it('has no debt that was paid already', () => {
    const all = SOURCES.flatMap((path) =>
      importsOf(path).map(({ target }) => `${path} -> ${target}`),
    );
    expect(DEBT.filter((entry) => !all.includes(entry))).toEqual([]);
  });

  it('lets only the registries know which VMMs there are', () => {
    const knowing = SOURCES.filter((path) => !/^src\/vmm\/(xen|kvm)\//.test(path)).filter((path) =>
      importsOf(path).some(({ target }) => /^src\/vmm\/(xen|kvm)\//.test(target)),
    );
    const registries = ['src/vmm/consoles.ts', 'src/vmm/formats.ts', 'src/vmm/registry.ts'];
    expect(knowing.filter((path) => !registries.includes(path))).toEqual([]);
  });

  it('refuses an upward import, a sideways one and an unlisted package', () => {
    const file = (target: string, isPackage = false): ImportOf => {
      return { request: target, target, isPackage, typeOnly: false };
    };
    expect(isLawful('src/cpu/cpu.ts', file('src/machine/machine.ts'))).toBe(false);
    expect(isLawful('src/vmm/xen/vmm.ts', file('src/vmm/kvm/vmm.ts'))).toBe(false);
    expect(isLawful('src/migration/source-daemon.ts', file('src/vmm/registry.ts'))).toBe(false);
    expect(isLawful('src/base/bytes.ts', file('node:fs', true))).toBe(false);
    expect(isLawful('src/ui/app.tsx', file('src/lab/lab.ts'))).toBe(false);
    expect(isLawful('src/cpu/cpu.ts', file('src/memory/guest-memory.ts'))).toBe(true);
  });

  it('writes every relative import with its extension', () => {
    const bare = SOURCES.flatMap((path) =>
      importsOf(path)
        .filter(({ isPackage, target }) => !isPackage && !/\.(tsx?|css)$/.test(target))
        .map(({ request }) => `${path}: ${request}`),
    );
    expect(bare).toEqual([]);
  });
});
