/**
 * A QEMU that is led by the hand: single steps, registers with their hidden parts, memory, over its
 * gdb stub (GDB manual, appendix "Remote Serial Protocol") and the monitor behind it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PATIENCE_MS = 20_000;
/** Interrupts are taken while it is stepped; the stub's own default holds them back. */
const STEP_WITH_INTERRUPTS = 'Qqemu.sstep=0x1';
/** In the order in which the stub numbers them. */
export const GENERAL = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const;

export class GdbStub {
  private readonly qemu: ChildProcess;
  private readonly folder: string;
  private socket: Socket | undefined;
  private received = '';
  private wake: () => void = () => undefined;

  private constructor(qemu: ChildProcess, folder: string) {
    this.qemu = qemu;
    this.folder = folder;
  }

  /** Starts QEMU with the kernel, stopped before its first instruction. */
  static async start(kernel: string, machine: readonly string[]): Promise<GdbStub> {
    const folder = mkdtempSync(join(tmpdir(), 'gdb-stub-'));
    const path = join(folder, 'gdb');
    const stub = [
      '-S',
      '-chardev',
      `socket,id=g,path=${path},server=on,wait=off`,
      '-gdb',
      'chardev:g',
    ];
    const qemu = spawn('qemu-system-i386', [...machine, ...stub, '-kernel', kernel], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const client = new GdbStub(qemu, folder);
    await client.connect(path);
    await client.ask(STEP_WITH_INTERRUPTS);
    // Only whoever has read the description of the registers may write them.
    await client.ask('qXfer:features:read:target.xml:0,fff');
    return client;
  }

  /** Lets it run up to an address. */
  async runTo(address: number): Promise<void> {
    await this.ask(`Z1,${address.toString(16)},1`);
    await this.ask('c');
    await this.ask(`z1,${address.toString(16)},1`);
  }

  async step(): Promise<void> {
    await this.ask('s');
  }

  async setRegister(name: (typeof GENERAL)[number], value: number): Promise<void> {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value >>> 0);
    await this.ask(`P${GENERAL.indexOf(name).toString(16)}=${bytes.toString('hex')}`);
  }

  async readMemory(address: number, length: number): Promise<Buffer> {
    return Buffer.from(await this.ask(`m${address.toString(16)},${length.toString(16)}`), 'hex');
  }

  /** What the monitor answers. */
  async monitor(command: string): Promise<string> {
    this.send(`qRcmd,${Buffer.from(command).toString('hex')}`);
    let text = '';
    for (;;) {
      const answer = await this.packet();
      if (answer === 'OK') return text;
      if (!answer.startsWith('O')) throw new Error(`the monitor answers ${answer}`);
      text += Buffer.from(answer.slice(1), 'hex').toString('latin1');
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.qemu.once('exit', resolve));
    this.socket?.destroy();
    this.qemu.kill('SIGKILL');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async connect(path: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (this.socket === undefined) {
      try {
        this.socket = await open(path);
      } catch (error) {
        if (Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    this.socket.on('data', (bytes) => {
      this.received += bytes.toString('latin1');
      this.wake();
    });
  }

  private async ask(command: string): Promise<string> {
    this.send(command);
    const answer = await this.packet();
    if (answer.startsWith('E') && answer.length === 3)
      throw new Error(`the stub refuses ${command}: ${answer}`);
    return answer;
  }

  private send(command: string): void {
    this.socket?.write(`$${command}#${checksum(command)}`, 'latin1');
  }

  private async packet(): Promise<string> {
    for (;;) {
      const match = /\$([^#]*)#[0-9a-f]{2}/.exec(this.received);
      if (match !== null) {
        this.received = this.received.slice(match.index + match[0].length);
        this.socket?.write('+');
        return match[1] ?? '';
      }
      await this.more();
    }
  }

  private more(): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the stub is silent')), PATIENCE_MS);
      this.wake = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

function checksum(text: string): string {
  let sum = 0;
  for (const byte of Buffer.from(text, 'latin1')) sum += byte;
  return (sum & 0xff).toString(16).padStart(2, '0');
}
