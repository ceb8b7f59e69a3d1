import { describe, expect, it } from 'vitest';
import { assembleGuest } from '../../../src/asm/guest.ts';
import { ok, type Result } from '../../../src/base/result.ts';
import { instant } from '../../../src/base/units.ts';
import { unpackFile } from '../../../src/lab/carried-file.ts';
import { type ExportRequest, exportFile } from '../../../src/lab/export.ts';
import { lookAtFile } from '../../../src/lab/file-look.ts';
import { Lab } from '../../../src/lab/lab.ts';
import { LabRunner } from '../../../src/lab/lab-runner.ts';
import type { Scenario } from '../../../src/lab/scenario.ts';
import { vmFromFile } from '../../../src/lab/vm-from-file.ts';
import { FORMAT_IDS } from '../../../src/vmm/format.ts';
import { guestImage, SMALL, scenario } from '../../support/labs.ts';

function value<T>(result: Result<T, string>): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
const HOST = { kind: 'kvm', lacks: [], memoryMiB: 4 } as const;
const AT = 25e6;

const saved = (kind: ExportRequest['kind'], guest: 'muncher' | 'muncher-pc' = 'muncher') => {
  const settings = scenario({ ...SMALL, vm: { ...SMALL.vm, guest } });
  return value(exportFile({ scenario: settings, atNs: AT, kind }, guestImage(guest))).bytes;
};

/** A run that begins with the file, paused, at a host of the other kind than it was saved at. */
function begun(bytes: Uint8Array, name = 'a.file'): Scenario {
  const { vm } = value(vmFromFile(name, bytes, HOST));
  const base = scenario({ ...SMALL, hosts: { source: 'kvm', destination: 'xen' } });
  const migration = { ...base.migration, startMs: null };
  return scenario({ ...base, vm: { ...base.vm, ...vm, paused: true }, migration });
}
const guestOf = async (run: Scenario) =>
  value(await unpackFile(run.vm.file ?? expect.fail('it carries a file')));
const labOf = async (run: Scenario): Promise<Lab> => value(Lab.create(run, await guestOf(run)));

async function fingerprintAt(run: Scenario, atNs: number): Promise<string | undefined> {
  const guest = await guestOf(run);
  const made = value(exportFile({ scenario: run, atNs, kind: 'common' }, guest));
  return value(lookAtFile('made', made.bytes)).fingerprint;
}

describe('a run that begins with a state file', () => {
  it('has the file’s VM, standing still with the file’s fingerprint, until somebody lets it run', async () => {
    for (const kind of FORMAT_IDS) {
      const bytes = saved(kind);
      const run = begun(bytes);
      const print = value(lookAtFile('saved', bytes)).fingerprint;
      expect([await fingerprintAt(run, 1), await fingerprintAt(run, 40e6)], kind).toEqual([
        print,
        print,
      ]);
      expect(run.vm.workload, kind).toEqual(SMALL.vm?.workload);
    }
  });

  it('runs on from the very next instruction, and moves whole', async () => {
    for (const [kind, guest] of [
      ['common', 'muncher-pc'],
      ['qemu', 'muncher'],
    ] as const) {
      const run = begun(saved(kind, guest));
      expect(run.vm.file?.nic).toBe(guest === 'muncher-pc');
      const lab = await labOf(run);
      lab.advance(instant(1e6));
      const stood = lab.hosts[0].vm?.retired ?? 0;
      lab.input({ kind: 'resume-vm' });
      lab.advance(instant(20e6));
      expect(lab.hosts[0].vm?.retired).toBeGreaterThan(stood + 100);
      lab.input({ kind: 'migrate' });
      lab.finish();
      const { status, verification, downtimeMs, guestClockBehindMs } = lab.report();
      // It came with a clock 25 ms ahead of the hosts'; what it lost is what it stood here.
      expect(guestClockBehindMs).toBeCloseTo(1 + downtimeMs, 1);
      expect([status, verification.memoryEqual, verification.cpuEqual]).toEqual([
        'completed',
        true,
        true,
      ]);
      expect(lab.traceText()).toContain(`digest="${run.vm.file?.digest}"`);
    }
  });

  it('goes back and comes again as it was', async () => {
    const run = begun(saved('xl'));
    const loadGuest = async () => ok(await guestOf(run));
    const runner = new LabRunner({ loadGuest });
    await runner.open(run);
    await runner.advance(instant(2e6));
    await runner.input({ kind: 'resume-vm' });
    await runner.advance(instant(9e6));
    await runner.input({ kind: 'migrate' });
    const first = value(await runner.finish()).report?.traceHash;
    await runner.rewind(instant(5e6));
    const again = value(await runner.finish());
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(again.report?.traceHash).toBe(first);
    const recorded = again.inputs.map(({ at, input }) => ({ atNs: at, input }));
    const elsewhere = await labOf(scenario({ ...run, inputs: recorded }));
    elsewhere.finish();
    expect(elsewhere.report().traceHash).toBe(first);
    await runner.close();
  });
});

describe('a run that begins with an ELF file', () => {
  it('boots it, paused at its first instruction', async () => {
    const elf = value(assembleGuest('own', '_start: inc dword [0x200000]\n jmp _start'));
    const lab = await labOf(begun(elf, 'own.elf'));
    lab.advance(instant(30e6));
    expect([lab.hosts[0].vm?.retired, lab.hosts[0].vm?.eip]).toEqual([0, 0x102000]);
    lab.input({ kind: 'resume-vm' });
    lab.advance(instant(31e6));
    expect(lab.hosts[0].vm?.retired).toBeGreaterThan(10_000);
  });
});

describe('a file that can begin no run', () => {
  it('is refused with what, where and why', () => {
    const cut = saved('qemu').subarray(0, 5000);
    const small = { ...HOST, lacks: ['cmov'] };
    const cases = [
      [cut, HOST, /^cut \(QEMU migration stream\): .+ \(at byte \d+\)$/],
      [Uint8Array.of(1, 2), HOST, /no state file.+ \(at byte 0\)/],
      [guestImage('muncher').subarray(0, 60), HOST, /\(ELF\) cannot be a guest: /],
      [saved('common'), small, /cmov/],
    ] as const;
    for (const [bytes, host, error] of cases)
      expect(vmFromFile('cut', bytes, host)).toEqual({
        ok: false,
        error: expect.stringMatching(error),
      });
  });

  it('or that a scenario carries damaged, or not at all', async () => {
    const { file } = begun(saved('common')).vm;
    if (file?.data === undefined) throw new Error('it carries a file');
    const { data, ...without } = file;
    expect(await unpackFile(without)).toMatchObject({
      error: expect.stringContaining('open that file'),
    });
    for (const broken of ['', `${data.slice(0, -8)}AAAAAAAA`, `?${data.slice(1)}`, 'AAAA'])
      expect(await unpackFile({ ...file, data: broken })).toMatchObject({ ok: false });
    expect(await unpackFile({ ...file, bytes: file.bytes - 1 })).toMatchObject({ ok: false });
    expect(await unpackFile(file)).toEqual(ok(expect.any(Uint8Array)));
  });

  it('is not taken where the scenario’s VM has another guest', () => {
    const run = begun(saved('common'));
    const vm = { ...run.vm, guest: 'idle' } as const;
    expect(Lab.create({ ...run, vm }, guestImage('idle'))).toMatchObject({
      error: expect.stringContaining('vm.file'),
    });
  });
});
