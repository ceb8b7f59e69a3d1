import { describe, expect, it } from 'vitest';
import { totalsOf } from '../../../scripts/test.mjs';

const file = (status: string, ...statuses: string[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: statuses.map((one, i) => ({ fullName: `test ${i}`, status: one })),
});

describe('the totals of a test run', () => {
  it('add up over files, with skipped tests by name', () => {
    const testResults = [file('passed', 'passed', 'skipped'), file('failed', 'failed', 'passed')];
    expect(totalsOf({ testResults })).toEqual({ passed: 2, failed: 1, skipped: ['test 1'] });
  });

  it('count a file that could not be loaded as a failure', () => {
    expect(totalsOf({ testResults: [file('failed')] })).toMatchObject({ passed: 0, failed: 1 });
  });
});
