import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  importsOf,
  parse,
  projectFiles,
  readProjectFile,
  SOURCES,
  TESTS,
  visit,
} from './sources.ts';

const MAX_LINES = 600;
const MAX_FUNCTION_LINES = 70;
/** Files that are one table of data or code and longer for it. */
const LONG_TABLES: readonly string[] = ['src/cpu/execute.ts'];
/** Functions that may be longer, as `file: first line`; none may join them. */
const LONG_FUNCTIONS: readonly string[] = [
  'src/cpu/execute.ts: function execute(cpu: Cpu, start: number): void {',
  'src/lab/report-builder.ts: (event: LabEvent): void {',
];

/** Where programs start; everything else in src must be reached from one of them. */
const ENTRIES = [
  'src/main.tsx',
  'src/cli/main.ts',
  ...SOURCES.filter((path) => path.startsWith('workers/')),
];
/** Reached only from tests, and kept in src because they are part of what the project offers. */
const PROOFS: readonly string[] = ['src/lab/twin.ts', 'src/bridge/node/thread-hosts.ts'];

const TEXT = /\.(tsx?|m?js|json|md|css|html|c|h|S|ld|py|sh|txt|ya?ml)$|^\.ci\/run$|Makefile$/;
/** The only file that may write what is forbidden. */
const SELF = 'test/tidy/files.test.ts';
const namersOf = (forbidden: RegExp) =>
  projectFiles().filter(
    (path) => TEXT.test(path) && path !== SELF && forbidden.test(readProjectFile(path)),
  );
const lines = (text: string) => text.split('\n').length - 1;

function reached(): Set<string> {
  const found = new Set<string>();
  const follow = (path: string): void => {
    if (found.has(path) || !SOURCES.includes(path)) return;
    found.add(path);
    for (const { target } of importsOf(path)) follow(target);
  };
  for (const path of [...ENTRIES, ...PROOFS]) follow(path);
  return found;
}

function longFunctions(path: string): string[] {
  const found: string[] = [];
  const text = readProjectFile(path);
  visit(parse(path).program, (node) => {
    if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type))
      return;
    const body = text.slice(node.start, Number(node.end));
    if (lines(body) >= MAX_FUNCTION_LINES) found.push(`${path}: ${body.split('\n')[0]}`);
  });
  return found;
}

describe('the files', () => {
  it(`have at most ${MAX_LINES} lines, a few tables aside`, () => {
    const long = [...SOURCES, ...TESTS].filter(
      (path) => lines(readProjectFile(path)) > MAX_LINES && !LONG_TABLES.includes(path),
    );
    expect(long).toEqual([]);
  });

  it(`have functions of at most ${MAX_FUNCTION_LINES} lines`, () => {
    const long = SOURCES.flatMap(longFunctions).filter((name) => !LONG_FUNCTIONS.includes(name));
    expect(long).toEqual([]);
  });

  it('have no exception that is not needed any more', () => {
    const long = SOURCES.flatMap(longFunctions);
    expect(LONG_FUNCTIONS.filter((name) => !long.includes(name))).toEqual([]);
    expect(LONG_TABLES.filter((path) => lines(readProjectFile(path)) <= MAX_LINES)).toEqual([]);
    expect(PROOFS.filter((path) => !SOURCES.includes(path))).toEqual([]);
  });

  it('are no barrels, and are named in kebab-case', () => {
    const names = [...SOURCES, ...TESTS].map((path) => basename(path));
    expect(names.filter((name) => /^index\./.test(name))).toEqual([]);
    expect(names.filter((name) => !/^[a-z0-9]+([.-][a-z0-9]+)*\.tsx?$/.test(name))).toEqual([]);
  });

  it('are all reached from an entry point', () => {
    const alive = reached();
    expect(SOURCES.filter((path) => !alive.has(path))).toEqual([]);
  });

  it('import only files that exist', () => {
    const all = new Set(projectFiles());
    const missing = SOURCES.flatMap((path) =>
      importsOf(path)
        .filter(({ isPackage, target }) => !isPackage && !all.has(target))
        .map(({ target }) => `${path} -> ${target}`),
    );
    expect(missing).toEqual([]);
  });

  it('say at their head what they are', () => {
    const headless = SOURCES.filter((path) => !/^(#!.*\n)?\/[*/]/.test(readProjectFile(path)));
    expect(headless).toEqual([]);
  });

  it('leave no promises behind', () => {
    const promise = /\b(TODO|FIXME|XXX|HACK)\b/;
    expect(namersOf(promise)).toEqual([]);
  });

  it('name no folder of anyone’s machine and no package registry', () => {
    const home = /(?<![\w.\]])\/(root|home|Users|work|workspace)\//;
    const host = /registry\.npmjs|npmmirror|yarnpkg|deb\.debian/;
    expect([...namersOf(home), ...namersOf(host)]).toEqual([]);
  });
});
