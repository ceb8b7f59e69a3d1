/** Our monitor beside that of the installed QEMU: what both are asked, both answer alike. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ok } from '../../../src/base/result.ts';
import { NO_FIGURES } from '../../../src/trace/migration-figures.ts';
import { Monitor } from '../../../src/vmm/kvm/monitor.ts';
import { INFO_COMMANDS, MONITOR_COMMANDS, titleOf } from '../../../src/vmm/kvm/monitor-commands.ts';
import type { Registers } from '../../../src/vmm/kvm/monitor-text.ts';
import { Qemu, qemuVersion } from '../../support/qemu.ts';

const version = qemuVersion();
/** Texts change between versions; ours are those of 7.2. */
const isJudge = version === '7.2';
let qemu: Qemu;
let registers: Registers = {};

const monitor = (figures: typeof NO_FIGURES | undefined = undefined, arrived = false) =>
  new Monitor({
    status: () => 'running',
    figures: () => figures,
    arrived: () => arrived,
    registers: () => registers,
    migrate: () => ok(undefined),
    cancel() {},
    stop() {},
    cont() {},
  });

async function asked(command: string, of = qemu): Promise<string[]> {
  const answer = await of.ask('human-monitor-command', { 'command-line': command });
  return String(answer).replace(/\r/g, '').replace(/\n$/, '').split('\n');
}

describe.skipIf(!isJudge)(`the monitor of QEMU ${version ?? '(not installed)'}`, () => {
  beforeAll(async () => {
    qemu = await Qemu.start(['-M', 'isapc', '-cpu', '486', '-m', '4']);
  });
  afterAll(() => qemu.stop());

  it.each([
    ...MONITOR_COMMANDS.map(({ names }) => `help ${names[0]}`).filter(
      (text) => text !== 'help info',
    ),
    ...INFO_COMMANDS.map((command) => `help info ${titleOf(command)}`),
    'help frob',
    'help info frob',
    'frob',
    'info frob',
    'info -x',
    'info status now',
    'info migrate now',
    'info registers 1',
    'info registers x',
    'info registers -x',
    'stop now',
    's now',
    'cont -x',
    'migrate_cancel now',
    'migrate',
    'migrate -d',
    'migrate -x tcp:a:1',
    'migrate -- tcp:a:1',
    'migrate -dx tcp:a:1',
    'migrate a b',
    'migrate mars',
    'migrate foo:bar',
    'migrate tcp:x',
    'migrate tcp:',
  ])('answers “%s” as ours does', async (command) => {
    expect(monitor().run(command)).toEqual(await asked(command));
  });

  it('lists among others what ours lists', async () => {
    expect(await asked('help')).toEqual(expect.arrayContaining(monitor().run('help')));
    for (const command of ['info', 'help info'])
      expect(await asked(command)).toEqual(expect.arrayContaining(monitor().run(command)));
  });

  it('has one word for a VM that has arrived', async () => {
    const file = `exec:cat > ${qemu.folder}/stream`;
    const there = await Qemu.start(['-M', 'isapc', '-cpu', '486', '-m', '4', '-S']);
    try {
      await there.ask('migrate', { uri: file });
      expect(await there.migrated()).toBe('completed');
    } finally {
      await there.stop();
    }
    const machine = ['-M', 'isapc', '-cpu', '486', '-m', '4'];
    const here = await Qemu.start([...machine, '-incoming', `exec:cat ${qemu.folder}/stream`]);
    try {
      await here.loaded();
      expect(await asked('info migrate', here)).toEqual(
        monitor(undefined, true).run('info migrate'),
      );
    } finally {
      await here.stop();
    }
  });

  it('prints the registers as ours prints the same ones, FPU and SSE apart', async () => {
    await qemu.ask('stop');
    const theirs = await asked('info registers');
    registers = {
      ...(await qemu.registers()),
      halted: Number(/HLT=(\d)/.exec(theirs.join())?.[1]),
    };
    const ours = monitor().run('info registers');
    expect(ours).toHaveLength(19);
    expect(theirs.slice(0, ours.length)).toEqual(ours);
    expect(theirs[ours.length]).toMatch(/^FCW=/);
  });

  it('tells of a migration, while it goes on and at its end, in the lines that ours has', async () => {
    const names = (lines: readonly string[]) =>
      lines.map((line) => line.replace(/: .*/, '')).filter((name) => name !== 'dirty pages rate');
    const figures = { ...NO_FIGURES, precopyBytes: 4096 };
    await qemu.ask('cont');
    await qemu.ask('migrate-set-parameters', { 'max-bandwidth': 20_000 });
    expect(await asked('migrate -d "exec:cat > /dev/null"')).toEqual(['']);
    const active = monitor({ ...figures, status: 'active' }).run('info migrate');
    await expect.poll(() => asked('info migrate')).toContain('Migration status: active');
    await expect.poll(async () => names(await asked('info migrate'))).toEqual(names(active));
    expect(await asked('migrate tcp:a:1')).toEqual(
      monitor({ ...figures, status: 'active' }).run('migrate tcp:a:1'),
    );
    await qemu.ask('migrate-set-parameters', { 'max-bandwidth': 1 << 30 });
    expect(await qemu.migrated()).toBe('completed');
    const theirs = names(await asked('info migrate'));
    const done = { ...figures, status: 'completed', downtimeBytes: 4096 };
    const ours = names(monitor(done).run('info migrate'));
    // What little is sent while the VM stands still may be nothing.
    expect(ours.filter((name) => name !== 'downtime ram')).toEqual(
      theirs.filter((name) => name !== 'downtime ram'),
    );
  });
});
