/** Field tables as Markdown, so that the documents in `src/vmm` cannot differ from the code. */
import type { FieldRow, FieldTable } from '../../src/vmm/field-table.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');
const places = (names: readonly string[]): string =>
  names.length === 0 ? '–' : names.map((name) => `\`${name}\``).join(', ');

function ruleOf(row: FieldRow): string {
  switch (row.rule) {
    case 'dropped': {
      const comesBack = row.defaults.map((value) => `0x${value.toString(16)}`).join(', ');
      return row.ignorable === true
        ? `ignored, written as ${comesBack}`
        : `refused unless ${comesBack}`;
    }
    case 'absent':
      return `absent, reads as 0x${(row.defaults[0] ?? 0n).toString(16)}`;
    case 'recomputed':
    case 'derived':
      return `${row.rule}: ${row.formula.text}`;
    default:
      return row.rule;
  }
}

export function fieldRows(table: FieldTable): string {
  const lines = table.map(
    (row) =>
      `| ${places(row.native)} | ${places(row.common)} | ${cell(ruleOf(row))} | ${cell(row.note)} |`,
  );
  return ['| native place | common field | rule | note |', '|---|---|---|---|', ...lines].join(
    '\n',
  );
}
