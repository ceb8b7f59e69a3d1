import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../../src/lab/presets.ts';
import { decodeScenario } from '../../../src/lab/scenario-file.ts';
import { runCli } from './run-cli.ts';

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean;
  readonly minimum?: number;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
}

describe('vmferry scenario', () => {
  it('prints a JSON schema with limits, choices and defaults, closed against unknown keys', async () => {
    const { status, stdout } = await runCli(['scenario', '--schema']);
    const schema = JSON.parse(stdout) as SchemaNode;
    expect(status).toBe(0);
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties?.algorithm?.enum).toContain('pre-copy');
    expect(schema.properties?.network?.properties?.bandwidthMbps).toMatchObject({
      minimum: 0.1,
      default: 100,
    });
  });

  it('prints a preset in full, which is read back to the same value', async () => {
    const { stdout } = await runCli(['scenario', 'default']);
    const decoded = decodeScenario('printed', new TextEncoder().encode(stdout));
    expect(decoded).toEqual({ ok: true, value: PRESETS[0]?.scenario });
  });

  it('lists the presets', async () => {
    const { stdout } = await runCli(['scenario', '--json']);
    const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(PRESETS.map(({ name }) => name));
  });

  it('may carry the program of its guest, and says what is wrong with it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ferry-'));
    const file = join(folder, 'own.json');
    const run = async (program: string) => {
      const scenario = { vm: { guest: 'own', program }, migration: { startMs: 20 } };
      await writeFile(file, JSON.stringify(scenario));
      return runCli(['migrate', file, '--json']);
    };
    const wrong = await run('_start: inc eaz');
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('the program of custom:1:13: error: ');
    const right = await run('_start: inc dword [0x200000]\n jmp _start');
    expect(right.status).toBe(0);
    expect(JSON.parse(right.stdout)).toMatchObject({
      status: 'completed',
      verification: { memoryEqual: true, cpuEqual: true, devicesEqual: true },
    });
    await rm(folder, { recursive: true });
  });
});
