import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../src/lab/presets.ts';
import { ALGORITHM_IDS } from '../../src/migration/algorithms/ids.ts';
import { ALGORITHMS } from '../../src/migration/algorithms/registry.ts';
import { VMM_KINDS } from '../../src/vmm/vmm.ts';
import { importsOf, SOURCES } from './sources.ts';

const FOLDER = 'src/migration/algorithms/';
/** What the algorithms stand on. */
const GROUND = ['ids.ts', 'algorithm.ts', 'registry.ts'];

describe('the registries', () => {
  it('have every algorithm that has a file', () => {
    const files = SOURCES.filter((path) => path.startsWith(FOLDER)).filter(
      (path) => !GROUND.includes(path.slice(FOLDER.length)),
    );
    const registered = importsOf(`${FOLDER}registry.ts`).map(({ target }) => target);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((path) => !registered.includes(path))).toEqual([]);
  });

  it('have an algorithm for every id, under that id', () => {
    expect(Object.keys(ALGORITHMS).sort()).toEqual([...ALGORITHM_IDS].sort());
    for (const id of ALGORITHM_IDS) expect(ALGORITHMS[id].id).toBe(id);
  });

  it('have a folder for every VMM', () => {
    const folders = SOURCES.flatMap((path) => /^src\/vmm\/([^/]+)\//.exec(path)?.[1] ?? []);
    expect([...new Set(folders)].sort()).toEqual([...VMM_KINDS].sort());
  });

  it('have presets of different names', () => {
    const names = PRESETS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
