import { describe, expect, it } from 'vitest';
import type { MigrationPeer } from '../../../../src/vmm/vmm.ts';
import {
  parseRelocationConfig,
  RELOCATION_DEFAULTS,
  RELOCATION_OPEN,
  RELOCATION_SHIPPED,
  type RelocationConfig,
  relocationProblem,
  relocationRefusal,
} from '../../../../src/vmm/xen/relocation.ts';

const PEER: MigrationPeer = {
  name: 'xen-a.lab',
  address: '10.0.0.1',
  toAddress: '10.0.0.2',
  toPort: 8002,
};
const refused = (config: Partial<RelocationConfig>, peer: Partial<MigrationPeer> = {}) =>
  relocationRefusal({ ...RELOCATION_OPEN, ...config }, { ...PEER, ...peer });

describe('the relocation keys of xend', () => {
  it.each([
    ['xend-relocation-server', { server: false }],
    ['xend-relocation-port', { port: 8003 }],
    ['xend-relocation-address', { address: '10.0.0.3' }],
    ['xend-relocation-hosts-allow', { hostsAllow: '^localhost$' }],
  ] as const)('refuse by the name of %s', (key, config) => {
    const refusal = refused(config);
    expect(refusal?.key).toBe(key);
    expect(refusal?.message).toContain(key);
    expect(refusal?.atSource).toMatch(/^Error: /);
  });

  it.each([
    ['everyone by default', {}],
    ['the address they name', { address: '10.0.0.2' }],
    ['the name they match', { hostsAllow: '^localhost$ ^xen-[a-z]\\.lab$' }],
    ['the address they match', { hostsAllow: '^10\\.0\\.0\\.[0-9]+$' }],
    ['the start of a name, as Python’s match does', { hostsAllow: 'xen' }],
  ] as const)('let in %s', (_who, config) => {
    expect(refused(config)).toBeUndefined();
  });

  it('match from the start of a name only', () => {
    expect(refused({ hostsAllow: 'lab' })?.key).toBe('xend-relocation-hosts-allow');
  });

  it('are closed in the code, and open to the host itself in the shipped file', () => {
    expect(relocationRefusal(RELOCATION_DEFAULTS, PEER)?.key).toBe('xend-relocation-server');
    expect(relocationRefusal(RELOCATION_SHIPPED, PEER)?.key).toBe('xend-relocation-hosts-allow');
    expect(relocationRefusal(RELOCATION_SHIPPED, { ...PEER, name: 'localhost' })).toBeUndefined();
  });
});

describe('xend-config.sxp', () => {
  it('is read line by line, comments and other keys apart', () => {
    const text = [
      '# (xend-relocation-port 1)',
      '(xend-http-server no)',
      '(xend-relocation-server yes)',
      '(xend-relocation-port 8102)',
      "(xend-relocation-address '')",
      "(xend-relocation-hosts-allow '^localhost$ ^localhost\\\\.localdomain$')",
    ].join('\n');
    const result = parseRelocationConfig(text);
    expect(result).toEqual({ ok: true, value: { ...RELOCATION_SHIPPED, port: 8102 } });
  });

  it('says what it cannot use', () => {
    expect(parseRelocationConfig('(xend-relocation-server maybe)').ok).toBe(false);
    expect(parseRelocationConfig('(xend-relocation-port 99999)').ok).toBe(false);
  });

  it.each(['(a+)+$', 'a*b*c*d*', '[', 'a'.repeat(81), '\\1', '*'])(
    'takes no pattern like %s, which fails or may take long',
    (hostsAllow) => {
      expect(relocationProblem({ ...RELOCATION_OPEN, hostsAllow })).toContain('hosts-allow');
    },
  );
});
