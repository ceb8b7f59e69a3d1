/** A few mutants for each parser as `npm run harden` has them by the hundred thousand. */
import { describe, expect, it } from 'vitest';
import { harden, isSound } from '../hardening/main.ts';
import { type Parser, parsers } from '../hardening/parsers.ts';

const RUNS = 300;
const PARSERS = await parsers();

describe('the hardening command', () => {
  it.each(PARSERS)('finds nothing in the reader of: $name', async (parser) => {
    const tally = await harden(parser, RUNS, 2);
    expect([...tally.broken.keys()]).toEqual([]);
    expect(tally.accepted + tally.refused).toBe(RUNS);
    expect(tally.largestBytes).toBeLessThanOrEqual(tally.capBytes);
    expect(Math.min(tally.accepted, tally.refused)).toBeGreaterThan(0);
  });

  it('finds a reader that throws, and one that believes a length', async () => {
    const [real] = PARSERS;
    const throwing: Parser = {
      ...real,
      parse() {
        throw new RangeError('offset out of range');
      },
    };
    expect([...(await harden(throwing, 3, 1)).broken.keys()].join()).toContain('RangeError');
    const greedy: Parser = {
      ...real,
      parse: () => (new Uint8Array(real.capBytes + 1).length > 0 ? 'accepted' : 'refused'),
    };
    const tally = await harden(greedy, 3, 1);
    expect(tally.largestBytes).toBe(real.capBytes + 1);
    expect(isSound(tally)).toBe(false);
  });
});
