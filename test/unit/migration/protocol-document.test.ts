/** PROTOCOL.md and the code say the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DESTINATION_TABLE } from '../../../src/migration/destination-states.ts';
import { FAILURE_CODES, MESSAGE_NAMES, MESSAGE_TYPES } from '../../../src/migration/messages.ts';
import { tableAsMarkdown } from '../../../src/migration/phase-table.ts';
import { SOURCE_TABLE } from '../../../src/migration/source-states.ts';

const ROOM = new URL('../../../src/migration/', import.meta.url);
const TESTS = [new URL('./', import.meta.url), new URL('../lab/', import.meta.url)];
const read = (folder: URL, name: string): string => readFileSync(new URL(name, folder), 'utf8');
const sources = (folder: URL): string[] =>
  readdirSync(folder).filter((name) => name.endsWith('.ts'));
const DOCUMENT = read(ROOM, 'PROTOCOL.md');
const TEST_TEXTS = TESTS.flatMap((folder) => sources(folder).map((name) => read(folder, name)));
const RULES = [...DOCUMENT.matchAll(/^- ((?:PV|HS|CH|IT|SW|PF|RC|AB|TM)-\d+) /gm)].map(
  (match) => match[1],
);

describe('PROTOCOL.md', () => {
  it('shows both transition tables as they are', () => {
    expect(DOCUMENT).toContain(tableAsMarkdown(SOURCE_TABLE));
    expect(DOCUMENT).toContain(tableAsMarkdown(DESTINATION_TABLE));
  });

  it('lists every message under its number', () => {
    for (const name of MESSAGE_NAMES)
      expect(DOCUMENT).toContain(`| ${MESSAGE_TYPES[name]} | ${name.toUpperCase()} |`);
  });

  it('lists every code under its number', () => {
    const list = FAILURE_CODES.map((code, i) => `${i + 1} \`${code}\``).join(', ');
    expect(DOCUMENT).toContain(`count from 1: ${list}.`);
  });

  it('has a rule for each that its table of failures names', () => {
    const [, table = ''] = DOCUMENT.split('## Failures');
    const [failures = ''] = table.split('## Faults');
    const named = [...failures.matchAll(/[A-Z]{2}-\d+/g)].map(([rule]) => rule);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((rule) => !RULES.includes(rule))).toEqual([]);
  });

  it('has every rule that code and tests quote, and each once', () => {
    expect(new Set(RULES).size).toBe(RULES.length);
    const texts = [...sources(ROOM).map((name) => read(ROOM, name)), ...TEST_TEXTS];
    const quoted = new Set(
      texts.flatMap((text) =>
        [...text.matchAll(/\[((?:PV|HS|CH|IT|SW|PF|RC|AB|TM)-\d+)\]/g)].map((match) => match[1]),
      ),
    );
    expect(quoted.size).toBeGreaterThan(20);
    expect([...quoted].filter((rule) => !RULES.includes(rule))).toEqual([]);
  });

  it('has no rule that no test quotes', () => {
    const tests = TEST_TEXTS.join('\n');
    expect(RULES.filter((rule) => !tests.includes(`[${rule}]`))).toEqual([]);
  });
});
