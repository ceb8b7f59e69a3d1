import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMAT_CHOICES } from '../../../src/cli/state-files.ts';
import type { ImageFile } from '../../../src/image/codec.ts';
import { digestOf } from '../../../src/trace/hash.ts';
import { XL_FORMAT } from '../../../src/vmm/xen/formats.ts';
import { runCli } from './run-cli.ts';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vmferry-'));
  writeFileSync(join(folder, 'text'), 'no state');
  const program = '_start: inc dword [0xa5000]\n        jmp _start\n';
  writeFileSync(join(folder, 'screen.json'), JSON.stringify({ vm: { guest: 'own', program } }));
  writeFileSync(join(folder, 'cut.mig'), Uint8Array.of(0x51, 0x45, 0x56, 0x4d, 0, 0, 0, 3, 7));
});
afterAll(() => rmSync(folder, { recursive: true }));

const json = async (...args: string[]) => {
  const run = await runCli([...args, '--json'], folder);
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
  return JSON.parse(run.stdout) as Record<string, unknown>;
};
const at = ['--at', '50'];

describe('vmferry save, inspect and resume', () => {
  it.each(FORMAT_CHOICES)(
    'keep a running guest in format %s, and let it go on [case 37]',
    async (format) => {
      const saved = await json('save', 'default', ...at, '--format', format, '-o', `a.${format}`);
      expect(saved).toMatchObject({ format, file: `a.${format}` });
      const seen = await json('inspect', `a.${format}`);
      expect(seen).toMatchObject({ format, memory: [{ firstGfn: 0, pages: 1024 }] });
      const runs = [];
      for (const host of ['xen', 'kvm']) {
        const args = ['resume', `a.${format}`, '--host', host, '--max-instructions', '5000'];
        runs.push(await json(...args));
      }
      expect(runs[0]).toMatchObject({ exit: 'limit', instructions: 5000 });
      expect(runs[1].ramSha256).toBe(runs[0].ramSha256);
    },
  );

  it('refuse a host that lacks a CPU feature of the VM, by its name', async () => {
    await json('save', 'default', ...at, '--format', 'common', '-o', 'features.vmcf');
    const resume = (lacks: string) =>
      runCli(['resume', 'features.vmcf', '--lacks', lacks, '--max-instructions', '100'], folder);
    const refused = await resume('cx8,cmov');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/^vmferry: features\.vmcf: .*CPU feature cx8 and cmov/);
    expect(refused.stdout).toBe('');
    const unknown = await resume('sse');
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toMatch(/"sse" is no CPU feature: cpuid, tsc, pae, cx8, cmov/);
  });

  it('tell what is in a file in words', async () => {
    await json('save', 'default', ...at, '--format', 'qemu', '-o', 'words.mig');
    const { stdout } = await runCli(['inspect', 'words.mig'], folder);
    expect(stdout).toMatch(/^format +QEMU migration stream$/m);
    expect(stdout).toMatch(/cpu +instance 0, version 12, read/);
    expect(stdout).toMatch(/^eip +0x0010/m);
  });
});

describe('vmferry convert', () => {
  it('goes from xl by way of QEMU’s stream to xl again with the same pages and processor [case 36]', async () => {
    await json('save', 'default', ...at, '--format', 'xl', '-o', 'start.xl');
    let last = 'start.xl';
    for (const to of ['common', 'qemu', 'common', 'xl'] as const) {
      const next = `${last}.${to}`;
      expect(await json('convert', last, '--to', to, '-o', next)).toMatchObject({ to, file: next });
      last = next;
    }
    const [first, end] = [imageIn('start.xl'), imageIn(last)];
    expect(first.pages.length).toBeGreaterThan(0);
    expect(digests(end)).toEqual(digests(first));
    expect(end.state.cpu).toEqual({ ...first.state.cpu, retired: 0n });
    expect(end.state.memory).toEqual(first.state.memory);
    expect(end.state.clock).toEqual(first.state.clock);
  });
});

function imageIn(name: string): ImageFile {
  const file = XL_FORMAT.read(readFileSync(join(folder, name)));
  if (!file.ok) throw new Error(file.error.message);
  return file.value.image;
}

const digests = ({ pages }: ImageFile) =>
  pages.map(({ firstGfn, count, data }) => [firstGfn, count, digestOf(data ?? new Uint8Array(0))]);

describe('bad input to the commands of state files', () => {
  it.each([
    ['no format', ['save', 'default', '-o', 'x'], /save needs --format common\|/],
    ['no output', ['save', 'default', '--format', 'qemu'], /save needs -o FILE/],
    [
      'a machine for another format',
      ['save', 'default', '--format', 'common', '--machine', 'none', '-o', 'x'],
      /--machine is for --format qemu/,
    ],
    [
      'an unknown format',
      ['save', 'default', '--format', 'zip', '-o', 'x'],
      /--format must be one/,
    ],
    ['a missing file', ['inspect', 'nothing'], /nothing cannot be read/],
    ['no state file', ['inspect', 'text'], /text: this is no state file; known are: common VM/],
    [
      'a stream cut off',
      ['resume', 'cut.mig'],
      /QEMU migration stream.* needs 4 bytes, 0 are left/,
    ],
    ['no target', ['convert', 'cut.mig', '-o', 'x'], /convert needs --to common\|/],
    ['nobody there', ['send', 'default', '--to', 'unix:nobody'], /unix:.*nobody cannot be reached/],
    [
      'data where isapc has its screen, before anybody is called',
      ['send', 'screen.json', '--machine', 'isapc', '--at', '5', '--to', 'unix:nobody'],
      /page 165 holds data, but isapc has its screen/,
    ],
    [
      'a guest that lives by interrupts for machine none, before anybody is called',
      ['send', 'default-pc', '--to', 'unix:nobody'],
      /machine none (lacks|has no interrupt controller)/,
    ],
    ['another machine', ['send', 'default', '--to', 'tcp:10.0.0.1:5'], /only this machine/],
    ['no address', ['receive', 'somewhere'], /an address is tcp:127\.0\.0\.1:PORT or unix:PATH/],
    ['a port too high', ['receive', 'tcp:localhost:70000'], /a port is at most 65535/],
  ])(
    '%s ends with status 2 and one line on standard error alone [case 16]',
    async (_, args, line) => {
      const run = await runCli(args, folder);
      expect(run.stderr).toMatch(line);
      expect(run.stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(run).toMatchObject({ status: 2, stdout: '' });
    },
  );
});
