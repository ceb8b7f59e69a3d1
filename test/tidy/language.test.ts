import { describe, expect, it } from 'vitest';
import { CORE_ROOMS, roomOf } from './law.ts';
import { lineOf, type Node, parse, SOURCES, TESTS, visit } from './sources.ts';

/** What differs from machine to machine, or from run to run. The type fence catches most; this catches the language's own. */
const UNSTEADY = new Set([
  'Atomics',
  'Date',
  'FinalizationRegistry',
  'Intl',
  'SharedArrayBuffer',
  'WeakRef',
  'crypto',
  'globalThis',
  'performance',
  'process',
  'queueMicrotask',
  'setInterval',
  'setTimeout',
]);
/** Engines may round these differently, or follow the machine's language. */
const STEADY_MATH = new Set([
  'abs',
  'ceil',
  'clz32',
  'floor',
  'imul',
  'max',
  'min',
  'round',
  'sign',
  'trunc',
]);
const LOCALE_METHODS = /^(localeCompare|toLocale\w*)$/;

const nameOf = (node: unknown) => (node as Node | undefined)?.name;

/** An identifier that means the global: not a property's name, key or a member of a type. */
function isReference(node: Node, parent: Node | undefined): boolean {
  const isKey = parent !== undefined && (parent.property === node || parent.key === node);
  return node.type === 'Identifier' && !(isKey && parent.computed !== true);
}

function unsteadyUse(node: Node, parent: Node | undefined): string | undefined {
  if (isReference(node, parent) && UNSTEADY.has(String(node.name))) return String(node.name);
  if (node.type !== 'MemberExpression') return undefined;
  const property = String(nameOf(node.property));
  if (nameOf(node.object) === 'Math' && !STEADY_MATH.has(property)) return `Math.${property}`;
  return LOCALE_METHODS.test(property) ? property : undefined;
}

function finds(
  paths: readonly string[],
  look: (node: Node, parent: Node | undefined) => string | undefined,
): string[] {
  const found: string[] = [];
  for (const path of paths) {
    visit(parse(path).program, (node, parent) => {
      const what = look(node, parent);
      if (what !== undefined) found.push(`${path}:${lineOf(path, node.start)}: ${what}`);
    });
  }
  return found;
}

describe('the language of the sources', () => {
  it('keeps whatever differs between machines or runs out of the core', () => {
    const core = SOURCES.filter((path) => CORE_ROOMS.includes(roomOf(path)));
    expect(core.length).toBeGreaterThan(40);
    expect(finds(core, unsteadyUse)).toEqual([]);
  });

  it('has no any and no non-null assertion', () => {
    const banned = ['TSAnyKeyword', 'TSNonNullExpression'];
    const look = ({ type }: Node) => (banned.includes(type) ? type : undefined);
    expect(finds([...SOURCES, ...TESTS], look)).toEqual([]);
  });

  it('has no default export in src and no enum, namespace or parameter property', () => {
    const banned = [
      'ExportDefaultDeclaration',
      'TSEnumDeclaration',
      'TSModuleDeclaration',
      'TSParameterProperty',
    ];
    const look = ({ type }: Node) => (banned.includes(type) ? type : undefined);
    expect(finds(SOURCES, look)).toEqual([]);
  });

  it('does not silence the compiler', () => {
    const silencers = /@ts-(ignore|nocheck|expect-error)/;
    const silenced = [...SOURCES, ...TESTS].filter((path) =>
      parse(path).comments.some(({ value }) => silencers.test(value)),
    );
    expect(silenced).toEqual([]);
  });

  it('skips and singles out no test for good', () => {
    const look = (node: Node) => {
      if (node.type !== 'MemberExpression') return undefined;
      const isTest = ['it', 'test', 'describe'].includes(String(nameOf(node.object)));
      const word = String(nameOf(node.property));
      return isTest && ['only', 'skip', 'todo'].includes(word) ? word : undefined;
    };
    expect(finds(TESTS, look)).toEqual([]);
  });
});
