import { describe, expect, it } from 'vitest';
import { table } from '../../../src/cli/table.ts';

describe('a text table', () => {
  it('sets words to the left and columns of numbers, with their head, to the right', () => {
    expect(
      table([
        ['name', 'ms'],
        ['pull', '3.2'],
        ['pre-copy', '35.5'],
      ]),
    ).toBe('name        ms\npull       3.2\npre-copy  35.5\n');
  });
});
