/** What somebody may have meant: the nearest of the names there are. */
const MAX_DISTANCE = 2;

/** How many letters must be added, removed, changed or swapped with the next (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}

export function similar(word: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.min(MAX_DISTANCE, word.length - 1) + 1;
  for (const name of names) {
    if (Math.abs(name.length - word.length) > least) continue;
    const far = distance(word.toLowerCase(), name.toLowerCase());
    // Of two that are as near, the one that begins alike.
    const begins =
      far === least && best !== undefined && best[0] !== word[0] && name[0] === word[0];
    if (far < least || begins) [best, least] = [name, far];
  }
  return best;
}
