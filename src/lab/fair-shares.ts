/** A link's rate among several that want at most so much each: evenly, and what one leaves is the others'. */
export function fairShares(rate: number, wanted: readonly number[]): number[] {
  const shares = wanted.map(() => 0);
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  let left = rate;
  order.forEach((index, served) => {
    shares[index] = Math.min(wanted[index], left / (wanted.length - served));
    left -= shares[index];
  });
  return shares;
}
