import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

function smallScenario(): string {
  const file = join(folder, 'small.json');
  const vm = { memoryMiB: 2, workload: { workingSetPercent: 40, writesPerSecond: 900 } };
  const migration = { startMs: 20, runOnMs: 10 };
  writeFileSync(file, JSON.stringify({ vm, network: { bandwidthMbps: 200 }, migration }));
  return file;
}

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
    const [rows, claim] = stdout
      .trimEnd()
      .split('\n\n')
      .map((part) => part.split('\n'));
    expect(status).toBe(0);
    expect(rows.map((row) => row.split(' ')[0])).toEqual(['algorithm', 'pull', 'stop-and-copy']);
    const columns = rows[0].split(/ {2,}/);
    for (const column of [
      'total ms',
      'downtime ms',
      'limit',
      'outage ms',
      'pages sent',
      'resent',
      'bytes',
      'slowdown %',
      'stalled ms',
      'requests',
    ])
      expect(columns).toContain(column);
    // Both send no page twice: what that costs each stands below.
    expect(claim.map((row) => row.split(/ {2,}/)[0])).toEqual([
      'no page twice',
      'pull',
      'stop-and-copy',
    ]);
  });

  it('compares what the retransmission-free push pays with what plain pull and stop-and-copy pay', async () => {
    const algorithms = 'retransmission-free,pull,stop-and-copy,pre-copy';
    const { stdout } = await runCli(
      ['compare', smallScenario(), '--algorithms', algorithms, '--json'],
      folder,
    );
    const [push, pull, stop, pre] = JSON.parse(stdout) as MigrationReport[];
    expect([push, pull, stop].map(({ pagesResent }) => pagesResent)).toEqual([0, 0, 0]);
    expect(pre.pagesResent).toBeGreaterThan(0);
    expect(push.downtimeMs).toBeLessThan(stop.downtimeMs);
    expect(push.downtimeMs + push.guestSlowdown.stalledMs).toBeGreaterThan(0);
    expect(pull.guestSlowdown.blockedMs).toBeGreaterThan(0);
    for (const { downtimeLimitKept, downtimeMs, downtimeLimitMs } of [push, pull, stop])
      expect(downtimeLimitKept).toBe(downtimeMs <= downtimeLimitMs);
  });

  it('runs the algorithm of each row, whoever the scenario lets choose', async () => {
    const file = join(folder, 'chooses.json');
    writeFileSync(
      file,
      JSON.stringify({ vm: { memoryMiB: 2 }, migration: { choice: 'random', runOnMs: 30 } }),
    );
    const { stdout } = await runCli(
      ['compare', file, '--algorithms', 'stop-and-copy,pull', '--json'],
      folder,
    );
    const reports = JSON.parse(stdout) as MigrationReport[];
    expect(reports.map(({ algorithm }) => algorithm)).toEqual(['stop-and-copy', 'pull']);
  });
});

describe('vmferry migrate by a choice', () => {
  it('prints who chose, what was expected of each candidate, and whether the targets held', async () => {
    const file = join(folder, 'qos.json');
    const migration = {
      choice: 'qos',
      targets: { downtimeMs: 8, bytes: 10 },
      runOnMs: 30,
      addOns: { xbzrleCacheKiB: 1024 },
    };
    writeFileSync(file, JSON.stringify({ vm: { memoryMiB: 2 }, migration }));
    const { status, stdout } = await runCli(['migrate', file], folder);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^chosen +by its expected cost: none of/m);
    expect(stdout).toMatch(/^predicted +downtime [\d.]+ ms, total time/m);
    expect(stdout).toMatch(/^targets +missed: .*bytes/m);
    expect(stdout).toMatch(/^downtime split +last round [\d.]+ ms, state/m);
    expect(stdout).toMatch(/^downtime limit +300.000 ms, (kept|missed)$/m);
    expect(stdout).toMatch(/^xbzrle cache miss rate +\d/m);
    const candidates = stdout.split('\n\n')[1].split('\n').slice(1);
    expect(candidates.map((row) => row.split(' ')[0])).toEqual(
      expect.arrayContaining(['pull', 'stop-and-copy', 'hybrid']),
    );
  });
});

describe('vmferry compare of everything', () => {
  it('takes every algorithm there is when none is named', async () => {
    const { stdout } = await runCli(['compare', smallScenario(), '--json'], folder);
    const reports = JSON.parse(stdout) as MigrationReport[];
    expect(reports.map(({ algorithm }) => algorithm)).toEqual(ALGORITHM_IDS);
  });
});
