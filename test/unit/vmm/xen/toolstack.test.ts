import { describe, expect, it } from 'vitest';
import { ok } from '../../../../src/base/result.ts';
import { RELOCATION_SHIPPED, relocationRefusal } from '../../../../src/vmm/xen/relocation.ts';
import {
  type MigrateRequest,
  nameDuring,
  Toolstack,
  type ToolstackHost,
} from '../../../../src/vmm/xen/toolstack.ts';
import type { MigrationEvent, RoundEvent } from '../../../../src/vmm/xen/toolstack-events.ts';
import { XM_MIGRATE_USAGE } from '../../../../src/vmm/xen/usage.ts';

const requests: MigrateRequest[] = [];
const held: string[] = [];
const HOST: ToolstackHost = {
  domains: () => [
    {
      name: 'Domain-0',
      domid: 0,
      memoryMiB: 4,
      vcpus: 1,
      state: 'running',
      cpuMilliseconds: 12_345,
    },
    { name: 'web', domid: 3, memoryMiB: 64, vcpus: 1, state: 'blocked', cpuMilliseconds: 950 },
  ],
  info: () => ({
    name: 'xen-a',
    cpuKhz: 1_000_000,
    cpuFeatures: 0x8150,
    totalPages: 32_768,
    freePages: 16_000,
  }),
  guestType: () => 'x86 HVM',
  migrate(request) {
    requests.push(request);
    return ok(undefined);
  },
  pause: (domid) => held.push(`pause ${domid}`),
  unpause: (domid) => held.push(`unpause ${domid}`),
};

const round = (index: number, sentPages: number, paused = false): RoundEvent => ({
  kind: 'round',
  index,
  paused,
  sentPages,
  skippedPages: 2,
  dirtiedPages: 102,
  milliseconds: 812,
  dom0Percent: 55,
  guestPercent: 1,
});

const STORY: readonly MigrationEvent[] = [
  { kind: 'begun', optionalBytes: 900 },
  round(0, 3000),
  round(1, 100),
  { kind: 'suspended', sharedInfoFrame: 0xabc },
  round(2, 10, true),
  { kind: 'saved', totalPages: 3000, sentPages: 3110 },
  { kind: 'restored', storeFrame: 0xfeffc, storeEvent: 1, consoleFrame: 0xfefff, consoleEvent: 2 },
  { kind: 'permitted' },
  { kind: 'started' },
];

const printed = (toolstack: Toolstack, events: readonly MigrationEvent[]): string[] =>
  events.flatMap((event) => toolstack.observe(event)).map(({ from, text }) => `${from}: ${text}`);

const texts = (command: string, host = HOST): string[] =>
  new Toolstack(host).run(command).map(({ text }) => text);

describe('xl migrate', () => {
  it('prints what the real one prints, from both ends', () => {
    const toolstack = new Toolstack(HOST);
    expect(toolstack.run('xl migrate web xen-b')).toEqual([]);
    expect(printed(toolstack, STORY)).toEqual([
      'target: migration target: Ready to receive domain.',
      'source: Saving to migration stream new xl format (info 0x3/0x0/900)',
      'target: Loading new save file <incoming migration stream> (new xl fmt info 0x3/0x0/900)',
      'target:  Savefile contains xl domain config in JSON format',
      'target: Parsing config from <saved>',
      'source: xc: info: Saving domain 3, type x86 HVM',
      'target: xc: info: Found x86 HVM domain from Xen 4.17',
      'target: xc: info: Restoring domain',
      'source: xc: progress: Frames iteration 0: 1024/3000   34%',
      'source: xc: progress: Frames iteration 0: 2048/3000   68%',
      'source: xc: progress: Frames iteration 0: 3000/3000  100%',
      'source: xc: progress: Frames iteration 1: 0/100    0%',
      'source: xc: progress: Frames iteration 1: 100/100  100%',
      'source: xc: progress: Domain now suspended: 0/0    0%',
      'source: xc: progress: Frames iteration 2: 10/10  100%',
      'source: xc: progress: End of stream: 0/0    0%',
      'target: xc: info: Restore successful',
      'target: xc: info: XenStore: mfn 0xfeffc, dom 0, evt 1',
      'target: xc: info: Console: mfn 0xfefff, dom 0, evt 2',
      'target: migration target: Transfer complete, requesting permission to start domain.',
      'source: migration sender: Target has acknowledged transfer.',
      'source: migration sender: Giving target permission to start.',
      'target: migration target: Got permission, starting domain.',
      'target: migration target: Domain started successsfully.',
      'source: migration sender: Target reports successful startup.',
      'source: Migration successful.',
    ]);
  });

  it.each([
    ['before-permission', 'Migration failed, resuming at sender.'],
    ['suspend', 'Migration failed, failed to suspend at sender.'],
    ['at-target', 'Migration failed due to problems at target.'],
    ['handshake', '** Migration failed during final handshake **'],
  ] as const)('says what a failure %s leaves behind', (when, text) => {
    const toolstack = new Toolstack(HOST);
    toolstack.run('xl migrate web xen-b');
    expect(printed(toolstack, [{ kind: 'failed', when, reason: '' }])).toContain(`source: ${text}`);
    expect(toolstack.observe({ kind: 'started' })).toEqual([]);
  });

  it('understands its options, and takes --live as what it always does', () => {
    requests.length = 0;
    texts('xl migrate --live --debug -s ssh -p 3 xen-b');
    expect(requests).toEqual([
      { tool: 'xl', domid: 3, target: 'xen-b', live: true, verify: true, paused: true, port: 8002 },
    ]);
  });

  it.each([
    ['xl migrate web', "'xl migrate' requires at least 2 arguments."],
    ['xl migrate -x web xen-b', "option `x' not supported."],
    ['xl list nobody', 'nobody is an invalid domain identifier (rc=-6)'],
    ['xl migrate nobody xen-b', 'nobody is an invalid domain identifier (rc=-6)'],
    ['xl migrate 0 xen-b', '0 is an invalid domain identifier (rc=-6)'],
    ['xl dance', 'command not implemented'],
    ['ls', 'ls: command not found'],
    ['xm dance', 'Error: Sub Command dance not found!'],
    ['xm migrate --live nobody xen-b', "Error: Domain 'nobody' does not exist."],
    ['xm migrate --live -p x 3 xen-b', 'Error: Invalid argument.'],
  ])('answers %s with its error', (command, text) => {
    expect(texts(command)[0]).toBe(text);
  });
});

describe('xl pause and unpause', () => {
  it('drive the host and print nothing', () => {
    expect([...texts('xl pause web'), ...texts('xm unpause 3')]).toEqual([]);
    expect(held).toEqual(['pause 3', 'unpause 3']);
    expect(texts('xl pause nobody')).toEqual(['nobody is an invalid domain identifier (rc=-6)']);
    expect(texts('xl unpause')).toEqual([
      "'xl unpause' requires at least 1 argument.",
      '',
      'Usage: xl [-vf] unpause <Domain>',
      '',
      'Unpause a paused domain.',
      '',
    ]);
  });
});

describe('xm migrate --live', () => {
  it('prints nothing, and leaves its story in xend.log', () => {
    const toolstack = new Toolstack(HOST);
    expect(toolstack.run('xm migrate --live 3 xen-b')).toEqual([]);
    const lines = printed(toolstack, STORY);
    expect(lines.filter((text) => text.startsWith('source: '))).toEqual([]);
    expect(lines).toEqual([
      'source xend.log: [xc_save]: /usr/lib/xen/bin/xc_save 22 3 0 0 5',
      'target xend.log: Reloading memory pages:   0%',
      'source xend.log: Saving memory pages: iter 1   0%',
      'source xend.log:  1: sent 3000, skipped 2, delta 812ms, dom0 55%, target 1%, sent 121Mb/s, dirtied 4Mb/s 102 pages',
      'source xend.log: Saving memory pages: iter 2   0%',
      'source xend.log:  2: sent 100, skipped 2, delta 812ms, dom0 55%, target 1%, sent 4Mb/s, dirtied 4Mb/s 102 pages',
      'source xend.log: Start last iteration',
      'source xend.log: suspend',
      'source xend.log: SUSPEND shinfo 00000abc',
      'source xend.log: Saving memory pages: iter 3   0%',
      'source xend.log:  3: sent 10, skipped 2, delta 812ms, dom0 55%, target 1%, sent 0Mb/s, dirtied 4Mb/s 102 pages',
      'source xend.log: Total pages sent= 3110 (1.03x)',
      'source xend.log: (of which 0 were fixups)',
      'source xend.log: All memory is saved',
      'target xend.log: Received all pages (0 races)',
      'target xend.log: Memory reloaded (3000 pages)',
      'source xend.log: Save exit rc=0',
    ]);
  });

  it('prints an error and how it is used when it fails', () => {
    const toolstack = new Toolstack(HOST);
    toolstack.run('xm migrate 3 xen-b');
    expect(
      printed(toolstack, [{ kind: 'failed', when: 'before-permission', reason: 'link lost' }]),
    ).toEqual([
      'source xend.log: Save exit rc=1',
      'source: Error: /usr/lib/xen/bin/xc_save 22 3 0 0 4 failed',
      ...XM_MIGRATE_USAGE.map((text) => `source: ${text}`),
    ]);
  });

  it('learns no more than a closed connection from a xend that does not let it in', () => {
    const refusal = relocationRefusal(RELOCATION_SHIPPED, {
      name: 'xen-a.lab',
      address: '10.0.0.1',
      toAddress: '10.0.0.2',
      toPort: 8002,
    });
    if (refusal === undefined) throw new Error('the shipped file lets only localhost in');
    const migrate = () => ({ ok: false, error: { reason: 'relocation', refusal } }) as const;
    expect(texts('xm migrate --live 3 xen-b', { ...HOST, migrate })).toEqual([
      "Error: (104, 'Connection reset by peer')",
      ...XM_MIGRATE_USAGE,
    ]);
  });
});

describe('xl list and xl info', () => {
  it('line up as in the real ones', () => {
    expect(texts('xl list')).toEqual([
      'Name                                        ID   Mem VCPUs\tState\tTime(s)',
      'Domain-0                                     0     4     1     r-----      12.3',
      'web                                          3    64     1     -b----       1.0',
    ]);
  });

  it('list as xm does, and what is named', () => {
    expect(texts('xm list')).toEqual([
      'Name                                        ID   Mem VCPUs      State   Time(s)',
      'Domain-0                                     0     4     1     r-----     12.3',
      'web                                          3    64     1     -b----      1.0',
    ]);
    expect(texts('xl list web').slice(1)).toEqual(texts('xl list').slice(2));
  });

  it('explain how they are used', () => {
    expect(texts('xl help info')).toContain('Usage: xl [-v] info [-n, --numa]');
    expect(texts('xl migrate -h').slice(0, 5)).toEqual([
      'Usage: xl [-vf] migrate [options] <Domain> <host>',
      '',
      'Migrate a domain to another host.',
      '',
      'Options:',
    ]);
    expect(texts('xl help')).toContain(' migrate             Migrate a domain to another host');
  });

  it('describe the host', () => {
    const lines = texts('xl info');
    expect(lines).toContain('host                   : xen-a');
    expect(lines).toContain('cpu_mhz                : 1000.000');
    expect(lines).toContain('total_memory           : 128');
    expect(lines).toContain('free_memory            : 62');
    expect(lines.find((text) => text.startsWith('hw_caps'))).toContain('00008150:00000000');
  });
});

describe('the name of a domain on its way', () => {
  it('tells both ends apart', () => {
    expect(nameDuring('xl', 'web', 'source')).toBe('web');
    expect(nameDuring('xl', 'web', 'source after permission')).toBe('web--migratedaway');
    expect(nameDuring('xl', 'web', 'target')).toBe('web--incoming');
    expect(nameDuring('xm', 'web', 'source')).toBe('migrating-web');
  });
});
