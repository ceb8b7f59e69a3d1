/** `vmferry simulate`: what it prints, and with which status it ends. */
import { describe, expect, it } from 'vitest';
import { failureText } from '../../../src/cli/seed-failure.ts';
import { findCanary } from '../../../src/lab/simulation/canaries/canaries.ts';
import { expand } from '../../../src/lab/simulation/expand.ts';
import { judgeScenario } from '../../../src/lab/simulation/seed.ts';
import { guestImage, SMALL, scenario } from '../../support/labs.ts';
import { runCli } from './run-cli.ts';

/** In this one the VM is paused, and the migration then fails. */
const SEED = 12;
const BUG = 'never-resumed';

describe('a seed that fails', () => {
  it('prints commit, seed, the first broken invariant, virtual time, last events, the faults that are enough, and the command that repeats it', () => {
    const enough = { when: { stage: 3, afterMs: 20 }, input: { kind: 'cancel' } } as const;
    const faults = [
      { when: { atMs: 1 }, input: { kind: 'announcements', lose: 1 } } as const,
      enough,
      { when: { stage: 2 }, input: { kind: 'messages', effect: 'duplicate' } } as const,
    ];
    const failing = scenario({ ...SMALL, seed: 77, algorithm: 'stop-and-copy', faults });
    const plant = findCanary(BUG)?.make;
    const verdict = judgeScenario(failing, { guests: guestImage, plant, shrink: true });
    if (!verdict.ok) throw new Error(verdict.error);
    const lines = failureText(verdict.value, 'c0ffee').split('\n');
    expect(lines[0]).toMatch(
      /^seed 77 breaks S1 at \d+\.\d{6} ms: the source is "cancelling", owns the VM/,
    );
    expect(lines[1]).toBe('  commit c0ffee');
    expect(lines[2]).toBe('  stop-and-copy; faults that are enough: 1');
    expect(JSON.parse(lines[3] ?? '')).toEqual(enough);
    const events = lines.slice(5, -2);
    expect(events).toHaveLength(15);
    // What broke it comes last, at that very moment.
    const at = Number(/ at (\d+\.\d+) ms/.exec(lines[0] ?? '')?.[1]) * 1e6;
    expect(events.at(-1)).toContain('migration.status');
    expect(Number.parseInt(events.at(-1) ?? '', 10)).toBe(Math.round(at));
    expect(lines.at(-2)).toBe('  again: npm run -s vmferry -- simulate --seeds 77');
  });

  it('as the planted bug makes it is found by the command, which says how to see it again', async () => {
    const { status, stdout } = await runCli(['simulate', '--canary', BUG, '--seeds', `${SEED}`]);
    expect(status).toBe(0);
    expect(stdout).toContain('1 of 1 planted bugs found within seeds 12..12');
    expect(stdout).toContain(
      'again: npm run -s vmferry -- simulate --seeds 12 --canary never-resumed',
    );
  });
});

describe('seeds that hold', () => {
  it('end with 0 and a table of what struck where, and with 1 where that is not enough', async () => {
    const good = await runCli(['simulate', '--seeds', `${SEED}`]);
    expect(good.status).toBe(0);
    expect(good.stdout).toContain('violations: 0');
    expect(good.stdout).toMatch(/^fault +before +0 +1 +2 +3 +4 +5 +6 +after$/m);
    const few = await runCli(['simulate', '--seeds', `${SEED}`, '--hits', '20']);
    expect(few.status).toBe(1);
    expect(few.stdout).toMatch(/^"link down" struck stage 0 \d+ times, not 20$/m);
  });

  it('are printed in full, as a scenario that a file can hold', async () => {
    const { status, stdout } = await runCli(['simulate', `${SEED}`]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(expand(SEED));
  });
});
