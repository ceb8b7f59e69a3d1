import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MigrationReport } from '../../../src/lab/report.ts';
import { ALGORITHM_IDS } from '../../../src/migration/algorithms/ids.ts';
import { runCli } from './run-cli.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vmferry-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('vmferry exec', () => {
  const exec = async (...options: string[]) => {
    const limit = ['--max-instructions', '200000', '--json'];
    const { status, stdout } = await runCli(['exec', 'ticker', ...limit, ...options]);
    return { status, answer: JSON.parse(stdout) as Record<string, unknown> };
  };

  it('stops at the instruction limit and tells registers, RAM hash and console', async () => {
    const { status, answer } = await exec();
    expect(status).toBe(0);
    expect(answer).toMatchObject({ exit: 'limit', exitCode: null, instructions: 200_000 });
    expect(answer.ramSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(answer.registers as object)).toEqual(
      expect.arrayContaining(['eax', 'esp', 'eip', 'eflags', 'cr0', 'cs']),
    );
  });

  it.each(['xen', 'kvm'])('ends alike under %s as on a bare machine', async (host) => {
    const bare = await exec();
    const hosted = await exec('--host', host);
    expect(hosted.answer.ramSha256).toBe(bare.answer.ramSha256);
    expect(hosted.answer.instructions).toBe(bare.answer.instructions);
  });
});

describe('vmferry migrate', () => {
  it('prints the report as JSON and writes trace and capture', async () => {
    const files = ['--trace', 'run.txt', '--pcap', 'run.pcap'];
    const { status, stdout } = await runCli(['migrate', 'pull', '--json', ...files], folder);
    const report = JSON.parse(stdout) as MigrationReport;
    expect(status).toBe(0);
    expect(report).toMatchObject({
      status: 'completed',
      verification: { memoryEqual: true, cpuEqual: true, pagesCompared: 1024 },
    });
    expect(readFileSync(join(folder, 'run.txt'), 'utf8')).toMatch(/vm\.activated/);
    const capture = readFileSync(join(folder, 'run.pcap'));
    expect(capture.readUInt32LE(0)).toBe(0xa1b23c4d);
    expect(capture.length).toBeGreaterThan(1000);
  });

  it('refuses a file that it cannot write', async () => {
    const run = await runCli(['migrate', 'pull', '--trace', 'no/such/folder.txt'], folder);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toMatch(/folder\.txt cannot be written: there is no such file/);
  });
});

describe('vmferry compare', () => {
  it('gives a row for each algorithm, in the order asked for', async () => {
    const { status, stdout } = await runCli([
      'compare',
      'pull',
      '--algorithms',
      'pull,stop-and-copy',
    ]);
    const rows = stdout.trimEnd().split('\n');
    expect(status).toBe(0);
    expect(rows.map((row) => row.split(' ')[0])).toEqual(['algorithm', 'pull', 'stop-and-copy']);
  });

  it('takes every algorithm there is when none is named', async () => {
    const { stdout } = await runCli(['compare', 'pull', '--json']);
    const reports = JSON.parse(stdout) as MigrationReport[];
    expect(reports.map(({ algorithm }) => algorithm)).toEqual(ALGORITHM_IDS);
  });
});
