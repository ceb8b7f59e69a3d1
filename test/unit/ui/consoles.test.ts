import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { ok } from '../../../src/base/result.ts';
import { instant } from '../../../src/base/units.ts';
import { figuresAt, followStories } from '../../../src/trace/host-story.ts';
import type { TraceChunk } from '../../../src/trace/recorder.ts';
import { type Typed, terminalLines } from '../../../src/ui/inside/consoles/console-log.ts';
import { type ConsoleHost, consoleOf } from '../../../src/vmm/consoles.ts';
import { newLab, type ScenarioInput, SMALL } from '../../support/labs.ts';

function run(input: ScenarioInput) {
  const lab = newLab(input);
  const chunks: TraceChunk[] = [];
  while (!lab.finished) chunks.push(...lab.advance(instant(lab.now + 50e6)).chunks);
  return { lab, chunks, stories: followStories().of(chunks).list };
}

const calls: string[] = [];
const HOST: ConsoleHost = {
  name: 'host-a',
  peer: 'host-b',
  vm: { name: 'vm1', pages: 512, state: 'running', cpuMilliseconds: 1234 },
  cpuKhz: 1_000_000,
  cpuFeatures: 0x815c,
  totalPages: 704,
  freePages: 192,
  figures: undefined,
  arrived: false,
  registers: { eip: 0x100000, eflags: 2 },
  migrate: () => {
    calls.push('migrate');
    return ok(undefined);
  },
  cancel: () => calls.push('cancel'),
  pause: () => calls.push('pause'),
  unpause: () => calls.push('unpause'),
};
const printed = (kind: 'xen' | 'kvm', text: string, host = HOST) =>
  consoleOf(kind, host)
    .run(text)
    .map((line) => line.text);

describe('a whole migration on the terminals', () => {
  const { lab, chunks, stories } = run(SMALL);
  const report = lab.report();

  it('has one story, whose rounds are the report’s', () => {
    expect(stories).toHaveLength(1);
    const rounds = stories[0].steps.flatMap(({ step }) => (step.kind === 'round' ? [step] : []));
    expect(rounds.map(({ sentPages }) => sentPages)).toEqual(
      report.iterations.map(({ sentPages }) => sentPages),
    );
    expect(rounds.map(({ paused }) => paused)).toEqual(
      rounds.map((_, i) => i === rounds.length - 1),
    );
  });

  it('stands on the Xen-like host as xl prints it, up to the moment shown', () => {
    const console = consoleOf('xen', HOST);
    const typed: Typed[] = [
      {
        at: 29e6,
        party: 0,
        text: 'xl migrate vm1 host-b',
        prompt: '#',
        lines: [],
        migrates: true,
      },
    ];
    const all = terminalLines(console, typed, stories, lab.now).map(({ text }) => text);
    expect(all[0]).toBe('# xl migrate vm1 host-b');
    expect(all).toContain('xc: info: Saving domain 1, type x86 HVM');
    expect(all).toContain('xc: progress: Frames iteration 0: 512/512  100%');
    expect(all.at(-1)).toBe('Migration successful.');
    const { steps } = stories[0];
    const paused = steps.find(({ step }) => step.kind === 'suspended')?.at ?? 0;
    const then = terminalLines(console, typed, stories, paused).map(({ text }) => text);
    expect(then.length).toBeLessThan(all.length);
    expect(then).toEqual(all.slice(0, then.length));
    expect(then.join()).not.toContain('Domain now suspended');
  });

  it('says of a migration that a button began how it would be typed', () => {
    const lines = terminalLines(consoleOf('kvm', HOST), [], stories, lab.now);
    expect(lines.slice(0, 2).map(({ kind }) => kind)).toEqual(['note', 'command']);
    expect(lines[1].text).toBe(
      'root@host-a:~# virsh migrate --live --verbose vm1 qemu+ssh://host-b/system',
    );
    expect(lines.slice(-2).map(({ text }) => text)).toEqual(['Migration: [100 %]', '']);
  });

  it('has the figures of the report in `info migrate` at its end', () => {
    const figures = figuresAt(chunks, lab.now, 0);
    expect(figures).toMatchObject({
      status: 'completed',
      remainingPages: 0,
      totalPages: 512,
      normalPages: report.normalPages,
      duplicatePages: report.duplicatePages,
      transferredBytes: report.transferredBytes,
    });
    expect((figures?.totalTimeNs ?? 0) / 1e6).toBeCloseTo(report.totalTimeMs, 6);
    expect((figures?.setupTimeNs ?? 0) / 1e6).toBeCloseTo(report.setupMs, 6);
    expect(figuresAt(chunks, instant(20e6), 0)).toBeUndefined();
    const lines = figures && printed('kvm', 'info migrate', { ...HOST, figures });
    expect(lines).toContain('Migration status: completed');
    expect(lines).toContain(`normal: ${report.normalPages} pages`);
  });
});

describe('a migration with what QEMU can add to it', () => {
  const added = (addOns: NonNullable<NonNullable<ScenarioInput['migration']>['addOns']>) =>
    run({
      ...SMALL,
      algorithm: 'pre-copy',
      vm: { memoryMiB: 2, workload: { workingSetPercent: 40, writesPerSecond: 5000 } },
      network: { bandwidthMbps: 20 },
      migration: { ...SMALL.migration, maxRounds: 8, addOns },
    });
  const monitor = (chunks: readonly TraceChunk[], at: number) =>
    printed('kvm', 'info migrate', { ...HOST, figures: figuresAt(chunks, instant(at), 0) });

  it('says in `info migrate` how far the guest is held back, as long as it is', () => {
    const { lab, chunks } = added({ autoConverge: true });
    const throttled = chunks
      .flatMap(({ events }) => events)
      .flatMap((event) => (event.kind === 'vm.throttled' ? [event] : []));
    expect(throttled.map(({ percent }) => percent)).toEqual(
      [20, 30, 40, 50, 60, 70].slice(0, throttled.length),
    );
    expect(throttled.length).toBeGreaterThan(1);
    for (const { at, percent } of throttled)
      expect(monitor(chunks, at + 1)).toContain(`cpu throttle percentage: ${percent}`);
    const paused = chunks.flatMap(({ events }) => events).find(({ kind }) => kind === 'vm.paused');
    for (const at of [exists(paused, 'the pause').at + 1, lab.now])
      expect(monitor(chunks, at).join()).not.toContain('throttle');
  });

  it('has the report’s figures of XBZRLE and compression there at its end', () => {
    const { lab, chunks } = added({ xbzrleCacheKiB: 1024, compression: 'deflate' });
    const report = lab.report();
    expect(report.error).toBeNull();
    const { xbzrleCache, compression } = report;
    const lines = monitor(chunks, lab.now);
    expect(xbzrleCache?.pages).toBeGreaterThan(0);
    expect(compression?.pages).toBeGreaterThan(0);
    expect(lines).toContain(`xbzrle pages: ${xbzrleCache?.pages} pages`);
    expect(lines).toContain(`xbzrle cache miss rate: ${xbzrleCache?.cacheMissRate.toFixed(2)}`);
    expect(lines).toContain(`compression pages: ${compression?.pages} pages`);
    expect(lines).toContain(`normal: ${report.normalPages} pages`);
  });
});

describe('a terminal', () => {
  it('lists and describes what is on the host', () => {
    expect(printed('xen', 'xl list')[2]).toMatch(/^vm1 +1 +2 +1 +r----- +1\.2$/);
    expect(printed('xen', 'xl info')).toContain('free_memory            : 0');
    expect(printed('kvm', 'virsh list')[2]).toBe(' 1    vm1    running');
    expect(printed('kvm', 'info status')).toEqual(['VM status: running']);
    expect(printed('kvm', 'info registers').join('\n')).toContain('EIP=00100000');
  });

  it('drives the host', () => {
    calls.length = 0;
    for (const text of ['xl migrate vm1 host-b', 'xl pause vm1', 'xl unpause vm1'])
      expect(printed('xen', text)).toEqual([]);
    for (const text of ['migrate -d tcp:host-b:4444', 'stop', 'cont', 'migrate_cancel'])
      expect(printed('kvm', text)).toEqual([]);
    expect(calls).toEqual(['migrate', 'pause', 'unpause', 'migrate', 'pause', 'unpause', 'cancel']);
  });

  it('knows no host but the other one, and no VM that is not here', () => {
    calls.length = 0;
    expect(printed('xen', 'xl migrate vm1 mars')[0]).toContain('Could not resolve hostname mars');
    expect(printed('kvm', 'migrate tcp:mars:1')).toEqual([
      'qemu-system-i386: address resolution failed for mars:1: Name or service not known',
    ]);
    expect(printed('kvm', 'virsh migrate vm1 qemu+ssh://mars/system')).toEqual([
      'error: Cannot recv data: ssh: Could not resolve hostname mars: Name or service not known: Connection reset by peer',
      '',
    ]);
    expect(printed('kvm', 'virsh migrate vm1 host-b')[0]).toBe(
      'error: no connection driver available for host-b',
    );
    const empty = { ...HOST, vm: undefined };
    expect(printed('xen', 'xl migrate vm1 host-b', empty)[0]).toContain('invalid domain');
    expect(printed('kvm', 'virsh migrate vm1 qemu+ssh://host-b/system', empty)[0]).toContain(
      'failed to get domain',
    );
    expect(calls).toEqual([]);
  });

  it('calls a VM that is being received as the tools do', () => {
    const vm = { name: 'vm1', pages: 512, state: 'incoming', cpuMilliseconds: 0 } as const;
    expect(printed('xen', 'xl list', { ...HOST, vm })[2]).toMatch(/^vm1--incoming .*--p---/);
    expect(printed('kvm', 'info status', { ...HOST, vm })).toEqual([
      'VM status: paused (inmigrate)',
    ]);
  });
});

describe('a Xen-like destination that lets nobody in', () => {
  it.each([
    ['xend-relocation-server', { server: false }, "Error: can't connect: Connection refused"],
    ['xend-relocation-port', { port: 8003 }, "Error: can't connect: Connection refused"],
    [
      'xend-relocation-address',
      { address: '10.9.9.9' },
      "Error: can't connect: Connection refused",
    ],
    [
      ...(['xend-relocation-hosts-allow', { hostsAllow: '^localhost$' }] as const),
      "Error: (104, 'Connection reset by peer')",
    ],
  ] as const)(
    'names %s in its log, and xm at the source says what xm says',
    (key, relocation, said) => {
      const hosts = { source: 'xen', destination: 'xen', relocation } as const;
      const [story] = run({ ...SMALL, hosts }).stories;
      const steps = story.steps.map(({ step }) => step);
      const follow = (command: string) => consoleOf('xen', HOST).follow(command, steps).flat();
      const xm = follow('xm migrate --live vm1 host-b');
      expect(xm.slice(0, 2).map(({ place }) => place)).toEqual(['target xend.log', '']);
      expect(xm[0].text).toContain(`refused by (${key}`);
      expect(xm.slice(1, 3).map(({ text }) => text)).toEqual([
        said,
        'Usage: xm migrate <Domain> <Host>',
      ]);
      const [why, end] = follow('xl migrate vm1 host-b').map(({ text }) => text);
      expect(why).toContain(`migration target: refused by (${key}`);
      expect(end).toBe('Migration failed, resuming at sender.');
    },
  );
});
