import { describe, expect, it } from 'vitest';
import { readerTexts } from './reader-texts.ts';
import { lineOf, readProjectFile, SOURCES } from './sources.ts';

/** The page's texts, and those of its state, which the views only show. */
const CATALOG = /^src\/(ui\/strings\/|store\/strings\.ts$)/;
/** Names of columns, for other programs. */
const FOR_PROGRAMS = 'src/store/csv.ts';
const VIEWS = SOURCES.filter(
  (path) => /^src\/(ui|store)\//.test(path) && !CATALOG.test(path) && path !== FOR_PROGRAMS,
);

/** What looks like a text for readers and is none. */
const ALLOWED: readonly string[] = [
  // Selectors.
  'input, select, textarea, dialog, .code-editor, [contenteditable]',
  'button, a, summary',
  '.sr, [role="status"]',
  // Part of a run's data, and so of its fingerprint: the same in any language.
  'own program',
  'switched off',
  // Names of the system’s colours.
  'Canvas',
  'CanvasText',
  'Highlight',
  'GrayText',
];

const textsIn = (path: string) =>
  readerTexts(path, readProjectFile(path)).map(({ offset, text }) => ({
    text,
    place: `${path}:${lineOf(path, offset)}: ${text}`,
  }));

type Modules = Record<string, Record<string, unknown>>;
const catalog = import.meta.glob(['../../src/ui/strings/**/*.ts', '../../src/store/strings.ts'], {
  eager: true,
}) as Modules;

/** Texts, functions that make them, and tables of both; a lesson's table has a scale and what is right beside them. */
function isWords(value: unknown, inTable = false): boolean {
  if (typeof value === 'string' || typeof value === 'function') return true;
  if (typeof value === 'number' || typeof value === 'boolean') return inTable;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((part) => isWords(part, true));
}

function countOf(value: unknown): number {
  if (typeof value === 'string' || typeof value === 'function') return 1;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, part) => sum + countOf(part), 0);
}

describe('the texts of the page', () => {
  it('stand in the catalog and in no view', () => {
    expect(VIEWS.length).toBeGreaterThan(80);
    const strays = VIEWS.flatMap(textsIn).filter(({ text }) => !ALLOWED.includes(text));
    expect(strays.map(({ place }) => place)).toEqual([]);
  });

  it('have no allowance that is not needed any more', () => {
    const all = VIEWS.flatMap(textsIn).map(({ text }) => text);
    expect(ALLOWED.filter((text) => !all.includes(text))).toEqual([]);
  });

  it('are texts, functions that make texts, or tables of these', () => {
    const odd = Object.entries(catalog).flatMap(([path, module]) =>
      Object.entries(module)
        .filter(([, value]) => !isWords(value))
        .map(([name]) => `${path}: ${name}`),
    );
    expect(odd).toEqual([]);
    const texts = Object.values(catalog).reduce((sum, module) => sum + countOf(module), 0);
    console.log(`${texts} texts in ${Object.keys(catalog).length} modules`);
    expect(texts).toBeGreaterThan(1000);
  });
});

describe('the search for texts', () => {
  const found = (code: string) => readerTexts('view.tsx', code).map(({ text }) => text);

  it.each([
    ['words of an element', 'const v = <p>Pages left</p>;', ['Pages left']],
    ['a single word of an element', 'const v = <h2>Rounds</h2>;', ['Rounds']],
    [
      'words chosen in an element',
      "const v = <p>{on ? 'running' : 'off'}</p>;",
      ['running', 'off'],
    ],
    ['words with values', `const v = <p>{\`\${n} pages\`}</p>;`, ['… pages']],
    ['a label', 'const v = <button aria-label="close" />;', ['close']],
    ['a title of a component', 'const v = <Fold title="charts" />;', ['charts']],
    ['a sentence anywhere', "const why = 'it is gone';", ['it is gone']],
    ['a name anywhere', "const main = playing ? 'Pause' : 'Play';", ['Pause', 'Play']],
    ['a field that is read', "const t = [{ label: 'seed' }];", ['seed']],
    ['a noun that is counted', "const t = plural(n, 'page');", ['page']],
  ])('finds %s', (_, code, texts) => {
    expect(found(code)).toEqual(texts);
  });

  it.each([
    ['class names', 'const v = <p class="notice part" />;'],
    ['the drawing', `const v = <path d="M2 3h4" transform={\`translate(\${x} \${y})\`} />;`],
    ['what is compared', "const is = state === 'not sent';"],
    [
      'selectors and media queries',
      "box.closest('.left, .controls'); matchMedia('(min-width: 9px)');",
    ],
    ['keys', "const k = ['ArrowLeft', 'Shift+ArrowLeft', 'Home'];"],
    ['identifiers', "const kind = on ? 'in-flight' : 'paused';"],
    ['types and imports', "import { a } from './a b.ts'; type T = 'not sent';"],
    ['programmers’ errors', "throw new Error('this view needs an app');"],
  ])('leaves %s alone', (_, code) => {
    expect(found(code)).toEqual([]);
  });
});
