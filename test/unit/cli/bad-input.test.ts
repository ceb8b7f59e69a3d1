import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vmferry-'));
  writeFileSync(join(folder, 'text.elf'), 'no program');
  writeFileSync(join(folder, 'broken.json'), '{ "seed": ');
  writeFileSync(join(folder, 'unknown-key.json'), '{ "network": { "bandwith": 5 } }');
  writeFileSync(join(folder, 'negative.json'), '{ "network": { "bandwidthMbps": -5 } }');
  writeFileSync(join(folder, 'polluting.json'), '{ "__proto__": { "seed": 2 } }');
  writeFileSync(join(folder, 'list.json'), '[]');
  writeFileSync(join(folder, 'no-own.json'), '{ "vm": { "program": "nop" } }');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('bad input to the headless tool', () => {
  it.each([
    ['an unknown command', ['sink'], /unknown command "sink"; commands are exec, migrate/],
    ['a missing argument', ['exec'], /exec needs a GUEST_OR_ELF/],
    ['an unknown option', ['migrate', 'default', '--sped'], /unknown option --sped/],
    ['a bad number', ['exec', 'idle', '--ram', 'much'], /--ram must be a whole number/],
    [
      'a missing program',
      ['exec', 'none.elf'],
      /none\.elf cannot be read: there is no such file or folder/,
    ],
    ['a folder', ['exec', '.'], /cannot be read: it is a folder/],
    ['a file that is no ELF', ['exec', 'text.elf'], /text\.elf: this is no ELF file/],
    ['no ELF under a VMM', ['exec', 'text.elf', '--host', 'kvm'], /text\.elf: this is no ELF file/],
    ['a VMM of later', ['exec', 'text.elf', '--host', 'xen-pv'], /not there yet/],
    ['a missing scenario', ['migrate', 'nothing'], /one of the presets default, converges/],
    ['broken JSON', ['migrate', 'broken.json'], /broken\.json is not JSON/],
    ['an unknown key', ['migrate', 'unknown-key.json'], /unknown key network\.bandwith/],
    ['a negative bandwidth', ['migrate', 'negative.json'], /network\.bandwidthMbps must be >=0\.1/],
    ['a polluting key', ['scenario', 'polluting.json'], /unknown key __proto__/],
    [
      'a program that its guest does not run',
      ['migrate', 'no-own.json'],
      /no-own\.json: vm\.program is there, but vm\.guest is not "own": say "guest": "own"/,
    ],
    ['a list as scenario', ['scenario', 'list.json'], /must be Object/],
    [
      'an unknown algorithm',
      ['migrate', 'default', '--algorithm', 'x'],
      /must be one of stop-and-copy/,
    ],
    [
      'an algorithm twice',
      ['compare', 'default', '--algorithms', 'pull,pull'],
      /pull is given twice/,
    ],
    ['an unknown one of a list', ['compare', 'default', '--algorithms', 'x'], /"x" is none of/],
  ])('%s ends with status 2 and one line on standard error alone', async (_, args, line) => {
    const run = await runCli(args, folder);
    expect(run.stderr).toMatch(line);
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(run).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('help', () => {
  it.each([['exec'], ['migrate'], ['compare'], ['scenario']])(
    'of %s names its options and ends well',
    async (name) => {
      const run = await runCli([name, '--help']);
      expect(run).toMatchObject({ status: 0, stderr: '' });
      expect(run.stdout).toMatch(new RegExp(`^vmferry ${name} [^]*--json`));
    },
  );

  it('lists the commands', async () => {
    const { status, stdout } = await runCli(['--help']);
    expect(status).toBe(0);
    for (const name of ['exec', 'migrate', 'compare', 'scenario']) expect(stdout).toContain(name);
  });

  it('is printed when no command is given, which is an error all the same', async () => {
    expect((await runCli([])).status).toBe(2);
  });
});
