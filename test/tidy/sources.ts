/** The project's own text files and what they import, read with the parser that also builds them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Tracked files and new ones that are not ignored; POSIX paths from the project's root. */
export function projectFiles(): readonly string[] {
  const flags = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', flags, { cwd: ROOT, encoding: 'utf8' });
  const paths = [...new Set(listed.split('\0'))].filter((path) => path !== '');
  return paths.filter((path) => existsSync(join(ROOT, path))).sort();
}

const isCode = (path: string) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts');

export const SOURCES = projectFiles().filter(
  (path) => isCode(path) && /^(src|workers)\//.test(path),
);
export const TESTS = projectFiles().filter((path) => isCode(path) && path.startsWith('test/'));

export const readProjectFile = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export interface ImportOf {
  /** As written. */
  readonly request: string;
  /** Path from the project's root, or the package's name with its subpath. */
  readonly target: string;
  readonly isPackage: boolean;
  readonly typeOnly: boolean;
}

type Program = ReturnType<typeof parseSync>;

const parsed = new Map<string, Program>();

export function parse(path: string): Program {
  const known = parsed.get(path);
  if (known !== undefined) return known;
  const program = parseSync(path, readProjectFile(path));
  if (program.errors.length > 0) throw new Error(`${path}: ${program.errors[0]?.message}`);
  parsed.set(path, program);
  return program;
}

/** Every import, re-export, dynamic import and `import()` type of a file. */
export function importsOf(path: string): readonly ImportOf[] {
  const { module, program } = parse(path);
  const found: ImportOf[] = [];
  const add = (request: string, typeOnly: boolean) =>
    found.push({ request, typeOnly, ...resolve(path, request) });
  for (const { moduleRequest, entries } of module.staticImports) {
    const isType = entries.length > 0 && entries.every((entry) => entry.isType);
    add(moduleRequest.value, isType);
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) {
      if (moduleRequest !== null) add(moduleRequest.value, isType);
    }
  }
  visit(program, (node) => {
    if (node.type === 'ImportExpression') add(literal(node.source), false);
    if (node.type === 'TSImportType') add(literal(node.source ?? node.argument), true);
  });
  return found;
}

function resolve(from: string, request: string): { target: string; isPackage: boolean } {
  const bare = request.replace(/\?.*$/, '');
  if (!bare.startsWith('.')) return { target: bare, isPackage: true };
  return { target: posix.normalize(posix.join(dirname(from), bare)), isPackage: false };
}

/** A node of the syntax tree, as loosely as this program needs it. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

function literal(value: unknown): string {
  if (!isNode(value)) return 'an import whose address is not known';
  if (value.type === 'TSLiteralType') return literal(value.literal);
  return typeof value.value === 'string' ? value.value : 'an import whose address is computed';
}

/** Calls `act` for a node and every node inside it, parents first. */
export function visit(root: unknown, act: (node: Node, parent: Node | undefined) => void): void {
  const walk = (value: unknown, parent: Node | undefined): void => {
    if (Array.isArray(value)) {
      for (const item of value) walk(item, parent);
    } else if (isNode(value)) {
      act(value, parent);
      for (const field of Object.values(value)) walk(field, value);
    }
  };
  walk(root, undefined);
}

export const lineOf = (path: string, offset: number): number =>
  readProjectFile(path).slice(0, offset).split('\n').length;
