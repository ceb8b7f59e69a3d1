/** A real QEMU judges: our streams load and go on in it, and its streams go on here. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gfn, instant, START } from '../../../src/base/units.ts';
import { QEMU_FORMAT } from '../../../src/vmm/kvm/qemu-stream/format.ts';
import { loneHost } from '../../../src/vmm/lone-host.ts';
import { createFromImage } from '../../../src/vmm/vm-image.ts';
import { VMM_KINDS, type Vm } from '../../../src/vmm/vmm.ts';
import { Qemu, qemuVersion } from '../../support/qemu.ts';
import { runCli } from '../cli/run-cli.ts';
import { tickerHolds } from './ticker-memory.ts';

const MIB = 1 << 20;
const NONE = ['-M', 'none', '-cpu', '486,apic-id=0'];
const version = qemuVersion();

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vmferry-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function vmferry(...args: string[]): Promise<Record<string, unknown>> {
  const run = await runCli([...args, '--json'], folder);
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
  return JSON.parse(run.stdout) as Record<string, unknown>;
}

/** The VM of a stream of ours, suspended, as the reader understands it. */
function vmOf(bytes: Uint8Array, host: 'xen' | 'kvm' = 'kvm'): Vm {
  const loaded = QEMU_FORMAT.read(bytes);
  if (!loaded.ok) throw new Error(loaded.error.message);
  const { image } = loaded.value;
  const vm = createFromImage(loneHost(host, image.state.memory[0].pages), image, {
    instructionNs: 50,
  });
  if (!vm.ok) throw new Error(vm.error.message);
  return vm.value;
}

function memoryOf(vm: Vm): Uint8Array {
  const memory = new Uint8Array(vm.config.pages * 4096);
  for (let frame = 0; frame < vm.config.pages; frame++)
    vm.readPage(gfn(frame), memory.subarray(frame * 4096, (frame + 1) * 4096));
  return memory;
}

/** What QEMU has, without what it keeps in other ways: the busy bit of TR. */
function comparable(registers: Readonly<Record<string, number | bigint>>, names: string[]) {
  const plain = Object.fromEntries(names.map((name) => [name, Number(registers[name])]));
  return { ...plain, 'tr.access': plain['tr.access'] & ~2 };
}

describe.skipIf(version === undefined)(`with QEMU ${version ?? '(not installed)'}`, () => {
  it.each([0, 37, 500])('the default scenario’s VM at %i ms is the same in QEMU', async (at) => {
    await vmferry('save', 'default', '--at', `${at}`, '--format', 'qemu', '-o', `a${at}.mig`);
    const file = join(folder, `a${at}.mig`);
    const qemu = await Qemu.start([...NONE, '-m', '4M', '-S', '-incoming', `exec:cat ${file}`]);
    try {
      await qemu.loaded();
      const vm = vmOf(new Uint8Array(readFileSync(file)));
      const theirs = await qemu.registers();
      const names = Object.keys(theirs);
      expect(names).toContain('eip');
      expect(names).toContain('cs.access');
      expect(comparable(theirs, names)).toEqual(comparable(vm.inspect().registers(), names));
      expect(Buffer.compare(await qemu.memory(4 * MIB), memoryOf(vm))).toBe(0);
    } finally {
      await qemu.stop();
    }
  });

  it('a ticker goes on in QEMU, comes back by its stream, and goes on here on both hosts', async () => {
    const scenario = join(folder, 'ticker.json');
    writeFileSync(scenario, JSON.stringify({ vm: { guest: 'ticker', memoryMiB: 4 } }));
    await vmferry('save', scenario, '--at', '20', '--format', 'qemu', '-o', 't.mig');
    const sent = vmOf(new Uint8Array(readFileSync(join(folder, 't.mig'))));
    expect(tickerHolds(memoryOf(sent))).toBe(true);
    const incoming = `exec:cat ${join(folder, 't.mig')}`;
    const qemu = await Qemu.start([...NONE, '-m', '4M', '-incoming', incoming]);
    try {
      await qemu.loaded();
      expect(await qemu.status()).toBe('running');
      await new Promise((resolve) => setTimeout(resolve, 100));
      await qemu.ask('migrate', { uri: `exec:cat>${join(folder, 'back.mig')}` });
      expect(await qemu.migrated()).toBe('completed');
    } finally {
      await qemu.stop();
    }
    const back = new Uint8Array(readFileSync(join(folder, 'back.mig')));
    for (const host of VMM_KINDS) {
      const vm = vmOf(back, host);
      const before = memoryOf(vm);
      expect(Buffer.compare(before, memoryOf(sent))).not.toBe(0);
      expect(tickerHolds(before)).toBe(true);
      vm.resume();
      vm.run(START, instant(50_000_000));
      vm.suspend();
      const later = memoryOf(vm);
      expect(Buffer.compare(before, later)).not.toBe(0);
      expect(tickerHolds(later)).toBe(true);
      const run = await vmferry(
        'resume',
        'back.mig',
        '--host',
        host,
        '--max-instructions',
        '100000',
      );
      expect(run).toMatchObject({ exit: 'limit', instructions: 100_000 });
    }
  });
});
