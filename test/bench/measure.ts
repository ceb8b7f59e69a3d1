/** Timing: rounds of everything in turn, so that what disturbs the machine disturbs all alike; medians. */
export const now = (): number => performance.now();

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Units in a second, over at least `ms`: `work` does some and tells how many. */
export function rate(ms: number, work: () => number): number {
  const start = now();
  let units = 0;
  let elapsed = 0;
  do {
    units += work();
    elapsed = now() - start;
  } while (elapsed < ms);
  return (units / elapsed) * 1000;
}

/** The medians of `rounds` rounds, each of all the measurements in turn. */
export async function interleaved<Name extends string>(
  rounds: number,
  measurements: Readonly<Record<Name, () => number | Promise<number>>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(measurements) as Name[];
  const found = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const name of names) found.get(name)?.push(await measurements[name]());
  const medians = names.map((name) => [name, median(found.get(name) ?? [])] as const);
  return Object.fromEntries(medians) as Record<Name, number>;
}
