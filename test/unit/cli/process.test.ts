import { execFileSync, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../../scripts/vmferry.mjs', import.meta.url));
const env = { ...process.env, INIT_CWD: tmpdir() };

describe('vmferry as a process', () => {
  it('builds itself, writes only its answer to standard output and ends with status 0', () => {
    const output = execFileSync(process.execPath, [SCRIPT, 'scenario', 'pull'], {
      env,
      encoding: 'utf8',
    });
    expect(JSON.parse(output)).toMatchObject({ name: 'pull', algorithm: 'pull' });
  });

  it('ends with status 2 and one line for bad input', () => {
    const run = spawnSync(process.execPath, [SCRIPT, 'exec', 'nowhere.elf'], {
      env,
      encoding: 'utf8',
    });
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toMatch(/^vmferry: nowhere\.elf cannot be read: [^\n]*\n$/);
  });
});
