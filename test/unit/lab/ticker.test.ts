import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { instant } from '../../../src/base/units.ts';
import { ALGORITHM_IDS } from '../../../src/migration/algorithms/ids.ts';
import { finishedLab, KINDS_OF_COURSE, SMALL } from '../../support/labs.ts';

/** Pages below are the guest's own image; above it every page's first byte is counted up in turn. */
function firstBytes(memory: Uint8Array, from: number): number[] {
  return Array.from({ length: memory.length / 4096 - from }, (_, i) => memory[(from + i) * 4096]);
}

/** Places where a page's byte differs from its predecessor's: one, of exactly one less, is where the ticker stood. */
function steps(bytes: number[]): { at: number; by: number }[] {
  return bytes.flatMap((byte, i) =>
    i > 0 && byte !== bytes[i - 1] ? [{ at: i, by: (bytes[i - 1] - byte + 256) % 256 }] : [],
  );
}

describe('the ticker, moved at an arbitrary moment', () => {
  it.each(
    ALGORITHM_IDS.flatMap((algorithm) =>
      ((KINDS_OF_COURSE as readonly string[]).includes(algorithm) ? [31, 47.3, 83.9] : [47.3]).map(
        (startMs) => ({ algorithm, startMs }),
      ),
    ),
  )(
    'shows at most one step, of one, and goes on counting [case 2]: $algorithm at $startMs ms',
    ({ algorithm, startMs }) => {
      const lab = finishedLab({
        ...SMALL,
        algorithm,
        vm: { guest: 'ticker', memoryMiB: 2 },
        migration: { startMs, runOnMs: 20, limitMs: 5000, maxRounds: 4 },
      });
      expect(lab.report().status).toBe('completed');
      const vm = exists(lab.hosts[1].vm, 'the VM at the destination');
      const read = () => {
        const memory = new Uint8Array(vm.config.pages * 4096);
        for (let frame = 0; frame < vm.config.pages; frame++)
          vm.readPage(frame as never, memory.subarray(frame * 4096, (frame + 1) * 4096));
        return firstBytes(memory, 272);
      };
      const bytes = read();
      const found = steps(bytes);
      expect(found.length).toBeLessThanOrEqual(1);
      for (const { by } of found) expect(by).toBe(1);
      lab.advance(instant(lab.now + 10_000_000));
      expect(read()).not.toEqual(bytes);
    },
  );
});
