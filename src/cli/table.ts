/** Plain text tables: columns as wide as their widest cell, numbers to the right. */

const NUMBER = /^[\d.,–-]+$/;

export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => align(cell, widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

const align = (cell: string, width: number): string =>
  NUMBER.test(cell) ? cell.padStart(width) : cell.padEnd(width);

/** Milliseconds with three digits behind the point: microseconds can be told apart. */
export const ms = (value: number): string => value.toFixed(3);
