import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assemble-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PROGRAM = `; says hello and ends
_start: mov     esi, text
.next:  lodsb
        test    al, al
        jz      .end
        out     0xe9, al
        jmp     .next
.end:   out     0xf4, al
        hlt
text:   db      'hello', 0
`;

describe('vmferry assemble', () => {
  it('writes a guest that exec runs', async () => {
    writeFileSync(join(folder, 'hello.asm'), PROGRAM);
    const assembled = await runCli(['assemble', 'hello.asm', '-o', 'hello.elf'], folder);
    expect(assembled).toMatchObject({ status: 0, stderr: '' });
    expect(assembled.stdout).toContain('hello.elf: 119 bytes, entry 0x102000, .text 23 bytes');
    const run = await runCli(['exec', 'hello.elf', '--json'], folder);
    expect(run.status).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ exitCode: 1, console: 'hello' });
  });

  it('prints a listing with addresses and bytes', async () => {
    writeFileSync(join(folder, 'hello.asm'), PROGRAM);
    const { stdout } = await runCli(['assemble', 'hello.asm', '--listing'], folder);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe(`    1${' '.repeat(28)}; says hello and ends`);
    expect(lines[1]).toBe('    2 00102000 BE11201000        _start: mov     esi, text');
    expect(lines[9]).toBe("   10 00102011 68656C6C6F00      text:   db      'hello', 0");
  });

  it('writes the bytes alone, as nasm -f bin, which begin at 0', async () => {
    writeFileSync(join(folder, 'flat.asm'), 'dd $\nnop\ndd $\n');
    const { status } = await runCli(
      ['assemble', 'flat.asm', '--format', 'bin', '-o', 'flat.bin'],
      folder,
    );
    expect(status).toBe(0);
    expect(readFileSync(join(folder, 'flat.bin')).toString('hex')).toBe('000000009005000000');
  });

  it('tells every error with its place, writes nothing, and fails', async () => {
    writeFileSync(join(folder, 'wrong.asm'), 'mov eax, ebz\nnop\n  mvo eax, 1\n');
    const run = await runCli(['assemble', 'wrong.asm', '-o', 'wrong.elf'], folder);
    expect(run.status).toBe(2);
    expect(run.stdout).toBe('');
    const lines = run.stderr.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^wrong\.asm:1:10: error: "ebz" is not defined: /);
    expect(lines[1]).toMatch(/^wrong\.asm:3:3: error: unknown instruction "mvo": .*"mov"/);
    expect(lines[2]).toBe('vmferry: wrong.asm has 2 errors; nothing was assembled');
    expect(() => readFileSync(join(folder, 'wrong.elf'))).toThrow(/ENOENT/);
  });

  it('refuses what is no text', async () => {
    writeFileSync(join(folder, 'binary.asm'), Uint8Array.of(0xff, 0xfe, 0x80));
    const run = await runCli(['assemble', 'binary.asm'], folder);
    expect(run).toMatchObject({
      status: 2,
      stderr: 'vmferry: binary.asm is not text in UTF-8\n',
    });
  });
});

describe('a guest of one’s own', () => {
  const QUICK = JSON.stringify({
    name: 'quick',
    network: { bandwidthMbps: 1000 },
    migration: { startMs: 5, runOnMs: 20, limitMs: 1000, maxRounds: 2 },
  });

  it('migrates: an example by its name, a program, and the ELF file that was made of it', async () => {
    writeFileSync(join(folder, 'quick.json'), QUICK);
    writeFileSync(join(folder, 'loop.asm'), '_start: inc dword [0x200000]\njmp _start\n');
    await runCli(['assemble', 'loop.asm', '-o', 'loop.elf'], folder);
    const hashes: unknown[] = [];
    for (const guest of ['paging', 'loop.asm', 'loop.elf']) {
      const run = await runCli(['migrate', 'quick.json', '--guest', guest, '--json'], folder);
      const report = JSON.parse(run.stdout);
      expect(report).toMatchObject({ status: 'completed', verification: { memoryEqual: true } });
      expect(run.status).toBe(0);
      hashes.push(report.traceHash);
    }
    // The program and its file are one guest, and the example another.
    expect(hashes[2]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it('can be one that comes with the project, and is saved like it', async () => {
    writeFileSync(join(folder, 'quick.json'), QUICK);
    const args = ['save', 'quick.json', '--guest', 'counter', '--at', '2', '--format', 'common'];
    const run = await runCli([...args, '-o', 'counter.vmcf'], folder);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(join(folder, 'counter.vmcf')).length).toBeGreaterThan(4096);
  });

  it.each([
    ['missing.elf', undefined, /there is no such file .*one of the examples every-third-page/],
    ['text.elf', 'hello', /text\.elf cannot be the guest: this is no ELF file/],
    ['wrong.asm', 'nop\nmvo', /^wrong\.asm:2:1: error: unknown instruction "mvo"/],
    ['high.asm', 'org 0x10000000\nnop', /high\.asm cannot be the guest: a segment .* outside/],
    ['own', undefined, /wants a guest of your own; give it with --guest FILE/],
  ])('%s is refused with its reason', async (name, contents, reason) => {
    writeFileSync(join(folder, 'quick.json'), QUICK);
    if (contents !== undefined) writeFileSync(join(folder, name), contents);
    const run = await runCli(['migrate', 'quick.json', '--guest', name], folder);
    expect(run.stderr).toMatch(reason);
    expect(run).toMatchObject({ status: 2, stdout: '' });
  });
});
