import { describe, expect, it } from 'vitest';
import { lockTroubles, looseVersions, projectLockTroubles } from '../../scripts/check-lock.mjs';

const integrity = 'sha512-x';

describe('the lock file', () => {
  it('is complete, checksummed and free of addresses and install scripts', () => {
    expect(projectLockTroubles()).toEqual([]);
  });

  it('is refused when a platform package is missing', () => {
    const packages = {
      'node_modules/tool': { integrity, optionalDependencies: { '@tool/other-system': '1.0.0' } },
    };
    expect(lockTroubles({ packages })).toEqual([
      'node_modules/tool needs @tool/other-system 1.0.0, which the lock file lacks',
    ]);
  });

  it('is refused for a missing checksum, an address, an install script and a foreign source', () => {
    const packages = {
      'node_modules/a': { resolved: 'https://example.org/a.tgz', hasInstallScript: true },
      'node_modules/b': { integrity, dependencies: { a: 'github:someone/a' } },
    };
    expect(lockTroubles({ packages }).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual(
      [
        'node_modules/a has no',
        'node_modules/a names where',
        'node_modules/a runs a',
        'node_modules/b takes a',
      ],
    );
  });

  it('finds packages nested under the one that needs them', () => {
    const packages = {
      'node_modules/a': { integrity, dependencies: { b: '1.0.0' } },
      'node_modules/a/node_modules/b': { integrity },
      'node_modules/c': { integrity, dependencies: { b: '1.0.0' } },
    };
    expect(lockTroubles({ packages })).toEqual([
      'node_modules/c needs b 1.0.0, which the lock file lacks',
    ]);
  });

  it('wants exact versions in package.json', () => {
    expect(looseVersions({ dependencies: { a: '^1.0.0', b: '1.0.0' } })).toEqual([
      'package.json: a ^1.0.0 is not one exact version',
    ]);
  });
});
