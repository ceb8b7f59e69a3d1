/** Plain text tables: columns as wide as their widest cell, columns of numbers to the right. */

const NUMBER = /^≥?[\d.,–-]+$/;

/** Pre: every row has as many cells as the first, which may be a head. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = (rows[0] ?? []).map((_, i) => alignColumn(rows.map((row) => row[i] ?? '')));
  const lines = rows.map((_, i) => columns.map((cells) => cells[i]).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function alignColumn(cells: readonly string[]): readonly string[] {
  const width = Math.max(...cells.map((cell) => cell.length));
  const numbers = cells.length > 1 && cells.slice(1).every((cell) => NUMBER.test(cell));
  return cells.map((cell) => (numbers ? cell.padStart(width) : cell.padEnd(width)));
}

/** Milliseconds with three digits behind the point: microseconds can be told apart. */
export const ms = (value: number): string => value.toFixed(3);
