/** A real QEMU beside a test: started with a stream, asked over its control socket, stopped. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Another one by the environment, as when a release is tried that the system does not have. */
const PROGRAM = process.env.VMFERRY_QEMU ?? 'qemu-system-i386';
const START_TRIES = 200;
const POLL_MS = 20;
const MIGRATION_TRIES = 500;

/** The version, or undefined: there is none on this machine. */
export function qemuVersion(): string | undefined {
  const { stdout, status } = spawnSync(PROGRAM, ['--version'], { encoding: 'utf8' });
  return status === 0 ? /version (\d+\.\d+)/.exec(stdout)?.[1] : undefined;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

type Answer = { readonly return?: unknown; readonly error?: { readonly desc: string } };

export class Qemu {
  readonly folder: string;
  private readonly process: ChildProcess;
  private readonly waiting: ((answer: Answer) => void)[] = [];
  private socket: Socket | undefined;
  private errors = '';

  private constructor(args: readonly string[]) {
    this.folder = mkdtempSync(join(tmpdir(), 'vmferry-qemu-'));
    const control = ['-qmp', `unix:${join(this.folder, 'qmp')},server=on,wait=off`];
    this.process = spawn(PROGRAM, [...args, ...control], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stderr?.on('data', (chunk: Buffer) => {
      this.errors += chunk.toString();
    });
  }

  /** Machine options; display, devices and accelerator are given here. */
  static async start(options: readonly string[]): Promise<Qemu> {
    const quiet = ['-display', 'none', '-nodefaults', '-accel', 'tcg'];
    const qemu = new Qemu([...quiet, ...options]);
    await qemu.open();
    return qemu;
  }

  private async open(): Promise<void> {
    for (let i = 0; i < START_TRIES && this.socket === undefined; i++) {
      if (this.process.exitCode !== null) throw new Error(`QEMU ended: ${this.errors}`);
      this.socket = await connected(join(this.folder, 'qmp'));
      if (this.socket === undefined) await pause(POLL_MS);
    }
    let text = '';
    this.socket?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) this.heard(JSON.parse(line) as Answer);
    });
    this.socket?.once('close', () => {
      for (const tell of this.waiting.splice(0)) tell({ error: { desc: 'QEMU has ended' } });
    });
    await this.ask('qmp_capabilities');
  }

  private heard(answer: Answer): void {
    if ('return' in answer || 'error' in answer) this.waiting.shift()?.(answer);
  }

  async ask(execute: string, args: object = {}): Promise<unknown> {
    const { socket } = this;
    if (socket === undefined) throw new Error(`QEMU did not start: ${this.errors}`);
    if (socket.destroyed) throw new Error(`${execute}: QEMU has ended ${this.errors}`);
    const answered = new Promise<Answer>((resolve) => this.waiting.push(resolve));
    socket.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    const answer = await answered;
    if (answer.error) throw new Error(`${execute}: ${answer.error.desc} ${this.errors}`);
    return answer.return;
  }

  async status(): Promise<string> {
    return ((await this.ask('query-status')) as { readonly status: string }).status;
  }

  /** Until an incoming migration has ended, or failed loudly. */
  async loaded(): Promise<void> {
    for (let i = 0; i < MIGRATION_TRIES; i++) {
      if (this.process.exitCode !== null) throw new Error(`QEMU ended: ${this.errors}`);
      if ((await this.status()) !== 'inmigrate') return;
      await pause(POLL_MS);
    }
    throw new Error(`the incoming migration does not end: ${this.errors}`);
  }

  /** Until an outgoing migration has ended. */
  async migrated(): Promise<string> {
    for (let i = 0; i < MIGRATION_TRIES; i++) {
      const { status } = (await this.ask('query-migrate')) as { readonly status: string };
      if (status === 'completed' || status === 'failed') return status;
      await pause(POLL_MS);
    }
    throw new Error(`the migration does not end: ${this.errors}`);
  }

  async memory(bytes: number): Promise<Uint8Array> {
    const filename = join(this.folder, 'memory');
    await this.ask('pmemsave', { val: 0, size: bytes, filename });
    return new Uint8Array(readFileSync(filename));
  }

  /** As `info registers` gives them, by the names of the toy PC's inspector. */
  async registers(): Promise<Record<string, number>> {
    const line = { 'command-line': 'info registers' };
    return parseRegisters(String(await this.ask('human-monitor-command', line)));
  }

  get complaints(): string {
    return this.errors;
  }

  /** What came out of `-serial stdio` or `-debugcon stdio`. */
  onOutput(hear: (text: string) => void): void {
    this.process.stdout?.on('data', (chunk: Buffer) => hear(chunk.toString()));
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    if (this.process.exitCode === null) {
      this.process.kill('SIGKILL');
      await ended;
    }
    this.socket?.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function connected(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

function parseRegisters(text: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [, name, value] of text.matchAll(/\b(E[A-Z]{2}|CR[0234]|DR[0-367])=([0-9a-f]+)/g))
    found[name === 'EFL' ? 'eflags' : name.toLowerCase()] = Number.parseInt(value, 16);
  const segment =
    /^([CDEFGS]S|LDT|TR) *= *([0-9a-f]{4}) ([0-9a-f]{8}) ([0-9a-f]{8}) ([0-9a-f]{8})/gm;
  for (const [, name, ...parts] of text.matchAll(segment)) {
    const [selector, base, limit, flags] = parts.map((part) => Number.parseInt(part, 16));
    const key = name === 'LDT' ? 'ldtr' : name.toLowerCase();
    found[key] = selector;
    found[`${key}.base`] = base;
    found[`${key}.limit`] = limit;
    found[`${key}.access`] = ((flags >>> 8) & 0xff) | ((flags >>> 12) & 0xf00);
  }
  for (const [, name, base, limit] of text.matchAll(/^(GDT|IDT)= *([0-9a-f]+) ([0-9a-f]+)/gm)) {
    found[`${name.toLowerCase()}r.base`] = Number.parseInt(base, 16);
    found[`${name.toLowerCase()}r.limit`] = Number.parseInt(limit, 16);
  }
  return found;
}
