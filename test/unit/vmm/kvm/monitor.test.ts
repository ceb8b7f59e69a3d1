import { describe, expect, it } from 'vitest';
import { err, ok } from '../../../../src/base/result.ts';
import type { MigrationFigures } from '../../../../src/trace/migration-figures.ts';
import { Monitor, type MonitorHost } from '../../../../src/vmm/kvm/monitor.ts';
import { type Registers, registerLines } from '../../../../src/vmm/kvm/monitor-text.ts';
import { Virsh, type VirshHost } from '../../../../src/vmm/kvm/virsh.ts';
import { ADD_ONS } from '../../../support/add-ons.ts';

const FIGURES: MigrationFigures = {
  status: 'active',
  reason: '',
  totalTimeNs: 606_000_000,
  setupTimeNs: 29_000_000,
  downtimeNs: 12_000_000,
  expectedDowntimeNs: 300_000_000,
  transferredBytes: 71_680,
  precopyBytes: 71_680,
  downtimeBytes: 0,
  postcopyBytes: 0,
  multifdBytes: 40_960,
  remainingPages: 16_177,
  totalPages: 16_448,
  duplicatePages: 254,
  normalPages: 17,
  dirtySyncCount: 1,
  postcopyRequests: 0,
  postcopyBlocktimeNs: 0,
  pagesPerSecond: 39,
  dirtyPagesPerSecond: 0,
  cpuThrottlePercent: 0,
  addOns: undefined,
};

function hostWith(
  figures: MigrationFigures | undefined,
  more: Partial<MonitorHost> = {},
): MonitorHost {
  return {
    status: () => 'running',
    figures: () => figures,
    arrived: () => false,
    registers: () => PROTECTED,
    migrate: () => ok(undefined),
    cancel() {},
    stop() {},
    cont() {},
    ...more,
  };
}

const flat = { base: 0, limit: 0xffff_ffff };
const PROTECTED: Registers = registers({
  eax: 0x1e0,
  ebx: 5,
  edx: 0xfef4d,
  esi: 0x400,
  ebp: 0xd2c0,
  esp: 0x6e84,
  eip: 0x02ff_da79,
  eflags: 0x46,
  es: { selector: 0x10, ...flat, access: 0xc93 },
  cs: { selector: 8, ...flat, access: 0xc9b },
  ss: { selector: 0x10, ...flat, access: 0xc93 },
  ds: { selector: 0x10, ...flat, access: 0xc93 },
  fs: { selector: 0x10, ...flat, access: 0xc93 },
  gs: { selector: 0x10, ...flat, access: 0xc93 },
  ldtr: { selector: 0, base: 0, limit: 0xffff, access: 0x82 },
  tr: { selector: 0, base: 0, limit: 0xffff, access: 0x8b },
  gdtr: { base: 0xf_6ee0, limit: 0x37 },
  idtr: { base: 0xf_6f1e, limit: 0 },
  cr0: 0x11,
  dr6: 0xffff_0ff0,
  dr7: 0x400,
});

type Segment = { selector: number; base: number; limit: number; access: number };

function registers(values: Record<string, number | Partial<Segment>>): Registers {
  const flatNames = Object.entries(values).flatMap(([name, value]): [string, number][] => {
    if (typeof value === 'number') return [[name, value]];
    const { selector, ...parts } = value;
    const whole: [string, number][] = selector === undefined ? [] : [[name, selector]];
    return [
      ...whole,
      ...Object.entries(parts).map(([part, n]): [string, number] => [`${name}.${part}`, n]),
    ];
  });
  return Object.fromEntries(flatNames);
}

describe('info migrate', () => {
  const lines = (figures?: MigrationFigures) => new Monitor(hostWith(figures)).run('info migrate');

  it('has nothing to tell before the first migration', () => {
    expect(lines()).toEqual([
      'globals:',
      'store-global-state: on',
      'only-migratable: off',
      'send-configuration: on',
      'send-section-footer: on',
      'decompress-error-check: on',
      'clear-bitmap-shift: 18',
    ]);
  });

  it('says of a VM that has arrived no more than that', () => {
    const arrived = new Monitor(hostWith(undefined, { arrived: () => true })).run('info migrate');
    expect(arrived.slice(7)).toEqual(['Migration status: completed', 'total time: 0 ms']);
  });

  it('reads like QEMU 7.2 while one is active', () => {
    expect(lines(FIGURES).slice(7)).toEqual([
      'Migration status: active',
      'total time: 606 ms',
      'expected downtime: 300 ms',
      'setup: 29 ms',
      'transferred ram: 70 kbytes',
      'throughput: 0.99 mbps',
      'remaining ram: 64708 kbytes',
      'total ram: 65792 kbytes',
      'duplicate: 254 pages',
      'skipped: 0 pages',
      'normal: 17 pages',
      'normal bytes: 68 kbytes',
      'dirty sync count: 1',
      'page size: 4 kbytes',
      'multifd bytes: 40 kbytes',
      'pages-per-second: 39',
      'precopy ram: 70 kbytes',
    ]);
  });

  it('tells the downtime when it is over, and what the pull phase took', () => {
    const done = {
      ...FIGURES,
      status: 'completed',
      postcopyRequests: 7,
      postcopyBlocktimeNs: 3_900_000,
      dirtyPagesPerSecond: 250,
      downtimeBytes: 2048,
      postcopyBytes: 4096,
    };
    expect(lines(done)).toContain('downtime: 12 ms');
    expect(lines(done).slice(-6)).toEqual([
      'dirty pages rate: 250 pages',
      'postcopy request count: 7',
      'precopy ram: 70 kbytes',
      'downtime ram: 2 kbytes',
      'postcopy ram: 4 kbytes',
      'postcopy blocktime: 3',
    ]);
  });

  it('tells of the throttle while it is on, and what XBZRLE and compression did', () => {
    expect(lines({ ...FIGURES, cpuThrottlePercent: 30 }).at(-1)).toBe(
      'cpu throttle percentage: 30',
    );
    const addOns = { ...ADD_ONS, compressedPages: 10, compressedBytes: 10_240 };
    const before = lines({ ...FIGURES, status: 'completed' });
    const after = lines({ ...FIGURES, status: 'completed', addOns });
    // The formats of QEMU 7.2's hmp_info_migrate (monitor/hmp-cmds.c).
    expect(after.slice(before.length)).toEqual([
      'cache size: 65536 bytes',
      'xbzrle transferred: 20 kbytes',
      'xbzrle pages: 36 pages',
      'xbzrle cache miss: 8 pages',
      'xbzrle cache miss rate: 0.03',
      'xbzrle encoding rate: 7.20',
      'xbzrle overflow: 2',
      'compression pages: 10 pages',
      'compression busy: 0',
      'compression busy rate: 0.00',
      'compressed size: 10 kbytes',
      'compression rate: 4.00',
    ]);
  });

  it.each([
    ['cancelled', '', 'Migration status: cancelled'],
    ['failed', 'Unable to write to socket', 'Migration status: failed (Unable to write to socket)'],
  ])('says of one that %s no more than that', (status, reason, text) => {
    expect(lines({ ...FIGURES, status, reason }).slice(7)).toEqual([text, 'total time: 0 ms']);
  });
});

describe('info status and info registers', () => {
  it('name the status as QEMU does', () => {
    const paused = hostWith(undefined, { status: () => 'paused (postmigrate)' });
    expect(new Monitor(paused).run('info status')).toEqual(['VM status: paused (postmigrate)']);
  });

  it('show a processor in protected mode as QEMU 7.2 showed the same one', () => {
    expect(new Monitor(hostWith(undefined)).run('info registers')).toEqual([
      '',
      'CPU#0',
      'EAX=000001e0 EBX=00000005 ECX=00000000 EDX=000fef4d',
      'ESI=00000400 EDI=00000000 EBP=0000d2c0 ESP=00006e84',
      'EIP=02ffda79 EFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=0',
      'ES =0010 00000000 ffffffff 00cf9300 DPL=0 DS   [-WA]',
      'CS =0008 00000000 ffffffff 00cf9b00 DPL=0 CS32 [-RA]',
      'SS =0010 00000000 ffffffff 00cf9300 DPL=0 DS   [-WA]',
      'DS =0010 00000000 ffffffff 00cf9300 DPL=0 DS   [-WA]',
      'FS =0010 00000000 ffffffff 00cf9300 DPL=0 DS   [-WA]',
      'GS =0010 00000000 ffffffff 00cf9300 DPL=0 DS   [-WA]',
      'LDT=0000 00000000 0000ffff 00008200 DPL=0 LDT',
      'TR =0000 00000000 0000ffff 00008b00 DPL=0 TSS32-busy',
      'GDT=     000f6ee0 00000037',
      'IDT=     000f6f1e 00000000',
      'CR0=00000011 CR2=00000000 CR3=00000000 CR4=00000000',
      'DR0=00000000 DR1=00000000 DR2=00000000 DR3=00000000 ',
      'DR6=ffff0ff0 DR7=00000400',
      'EFER=0000000000000000',
    ]);
  });

  it('leave the kinds of segments out in real mode, as QEMU does', () => {
    const real = registers({
      cr0: 0x10,
      halted: 1,
      cs: { selector: 0xf000, base: 0xf_0000, limit: 0xffff, access: 0x9b },
    });
    const lines = registerLines(real);
    expect(lines).toContain('CS =f000 000f0000 0000ffff 00009b00');
    expect(lines.find((line) => line.startsWith('EIP'))).toContain('HLT=1');
  });
});

describe('migrate and migrate_cancel', () => {
  it('drive the host and print nothing', () => {
    const calls: string[] = [];
    const host = hostWith(undefined, {
      migrate(uri) {
        calls.push(uri);
        return ok(undefined);
      },
      cancel: () => calls.push('cancel'),
    });
    const monitor = new Monitor(host);
    expect(monitor.run('migrate -d "tcp:kvm-b:4444"')).toEqual([]);
    expect(monitor.run('migrate_cancel')).toEqual([]);
    expect(calls).toEqual(['tcp:kvm-b:4444', 'cancel']);
  });

  it.each([
    ['migrate', 'migrate: string expected'],
    ['migrate -d foo:bar', "Error: Parameter 'uri' expects a valid migration protocol"],
    ['migrate tcp', "Error: Parameter 'uri' expects a valid migration protocol"],
    ['info foo', "unknown command: 'info foo'"],
    ['foo', "unknown command: 'foo'"],
  ])('answer %s as QEMU does', (command, text) => {
    expect(new Monitor(hostWith(undefined)).run(command)[0]).toBe(text);
  });

  it('refuse a second migration at a time, and one after the VM is gone', () => {
    const [busy] = new Monitor(hostWith(FIGURES)).run('migrate tcp:b:1');
    expect(busy).toBe("Error: There's a migration process in progress");
    const gone = hostWith(
      { ...FIGURES, status: 'completed' },
      { status: () => 'paused (postmigrate)' },
    );
    const [answer] = new Monitor(gone).run('migrate tcp:b:1');
    expect(answer).toBe("Error: Can't migrate the vm that was paused due to previous migration");
  });

  it('pass on why the host does not begin', () => {
    const host = hostWith(undefined, { migrate: () => err('no such host') });
    expect(new Monitor(host).run('migrate tcp:b:1')).toEqual(['no such host']);
  });
});

describe('stop and cont', () => {
  it('drive the host and print nothing', () => {
    const calls: string[] = [];
    const host = hostWith(undefined, {
      stop: () => calls.push('stop'),
      cont: () => calls.push('cont'),
    });
    const monitor = new Monitor(host);
    expect([...monitor.run('stop'), ...monitor.run('cont')]).toEqual([]);
    expect(calls).toEqual(['stop', 'cont']);
  });
});

describe('virsh', () => {
  const calls: string[] = [];
  const HOST: VirshHost = {
    domains: () => [{ id: 12, name: 'web', state: 'paused' }],
    migrate: () => ok(undefined),
    suspend: () => calls.push('suspend'),
    resume: () => calls.push('resume'),
    abort: () => calls.push('abort'),
  };
  const run = (command: string) => new Virsh(HOST).run(command);

  it('lists domains in libvirt’s table', () => {
    expect(run('virsh list --all')).toEqual([
      ' Id   Name   State',
      '---------------------',
      ' 12   web    paused',
      '',
    ]);
    expect(new Virsh({ ...HOST, domains: () => [] }).run('virsh list')).toEqual([
      ' Id   Name   State',
      '--------------------',
      '',
    ]);
  });

  it('pauses, resumes and aborts, and says so as libvirt does', () => {
    expect(run('virsh suspend web')).toEqual(["Domain 'web' suspended", '']);
    expect(run('virsh resume 12')).toEqual(["Domain 'web' resumed", '']);
    expect(run('virsh domstate web')).toEqual(['paused', '']);
    expect(run('virsh domjobabort web')).toEqual(['']);
    expect(calls).toEqual(['suspend', 'resume', 'abort']);
    expect(run('virsh suspend')).toEqual(["error: command 'suspend' requires <domain> option"]);
    expect(run('virsh resume nobody')).toEqual(["error: failed to get domain 'nobody'", '']);
    expect(run('virsh list --tree')).toEqual([
      "error: command 'list' doesn't support option --tree",
    ]);
    expect(run('virsh domstate web now')).toEqual(["error: unexpected data 'now'"]);
  });
});

describe('virsh migrate', () => {
  const HOST: VirshHost = {
    domains: () => [{ id: 1, name: 'web', state: 'running' }],
    migrate: () => ok(undefined),
    suspend() {},
    resume() {},
    abort() {},
  };
  const begun = (command: string) => {
    const virsh = new Virsh(HOST);
    expect(virsh.run(command)).toEqual([]);
    return virsh;
  };

  it('prints nothing when all goes well', () => {
    const virsh = begun('virsh migrate --live web qemu+ssh://kvm-b/system');
    expect(virsh.observe(FIGURES)).toEqual([]);
    expect(virsh.observe({ ...FIGURES, status: 'completed' })).toEqual(['']);
  });

  it('shows how far it is when it is asked to', () => {
    const virsh = begun('virsh migrate --live --verbose web qemu+ssh://kvm-b/system');
    expect(virsh.observe(FIGURES)).toEqual(['Migration: [  1 %]']);
    expect(virsh.observe(FIGURES)).toEqual([]);
    expect(virsh.observe({ ...FIGURES, remainingPages: 0 })).toEqual(['Migration: [ 99 %]']);
    expect(virsh.observe({ ...FIGURES, status: 'completed' })).toEqual(['Migration: [100 %]', '']);
  });

  it.each([
    ['cancelled', 'error: operation aborted: migration out job: canceled by client'],
    ['failed', 'error: operation failed: migration out job: unexpectedly failed'],
  ])('says when it %s', (status, text) => {
    const virsh = begun('virsh migrate --live web qemu+ssh://kvm-b/system');
    expect(virsh.observe({ ...FIGURES, status })).toEqual([text, '']);
    expect(virsh.observe({ ...FIGURES, status })).toEqual([]);
  });

  it.each([
    ['virsh migrate --live web', ["error: command 'migrate' requires <desturi> option"]],
    [
      'virsh migrate',
      [
        "error: command 'migrate' requires <domain> option",
        "error: command 'migrate' requires <desturi> option",
      ],
    ],
    ['virsh migrate --live nobody qemu:///system', ["error: failed to get domain 'nobody'", '']],
    ['virsh migrate --fast web b', ["error: command 'migrate' doesn't support option --fast"]],
    ['virsh dance', ["error: unknown command: 'dance'"]],
  ])('answers %s with its error', (command, lines) => {
    expect(new Virsh(HOST).run(command)).toEqual(lines);
  });
});
