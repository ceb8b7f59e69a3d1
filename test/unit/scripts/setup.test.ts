import { describe, expect, it } from 'vitest';
import { nodeTrouble, packagesMatchLock } from '../../../scripts/setup.mjs';

describe('set-up', () => {
  it.each(['20.19.0', '20.20.2', '22.12.0', '24.0.0'])('accepts Node.js %s', (version) => {
    expect(nodeTrouble(version)).toBeUndefined();
  });

  it.each(['18.20.0', '20.18.3', '21.7.0', '22.11.0'])(
    'refuses Node.js %s and says what to do',
    (version) => {
      expect(nodeTrouble(version)).toMatch(/too old.*Install Node\.js/);
    },
  );

  it('finds that the packages these tests run on are those of the lock file', () => {
    expect(packagesMatchLock()).toBe(true);
  });
});
