/** One guest in a real QEMU `isapc`: its console, its ports on the loopback address, its end. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const QEMU = 'qemu-system-i386';
const LOOPBACK = '127.0.0.1';
const PATIENCE_MS = 10_000;
const SOCKET_PATIENCE_MS = 20_000;
const GUESTS = fileURLToPath(new URL('../../public/guests/', import.meta.url));

/** Ports of the guest that are reached through QEMU's user network. */
const FORWARDED = { http: 80, echo: 7, game: 27960 } as const;
type Forwarded = keyof typeof FORWARDED;

export const isQemuPresent = (): boolean => spawnSync(QEMU, ['--version']).status === 0;

/**
 * Below the ports that the system gives to whoever asks for any, and apart for each process of the
 * tests: nobody takes a port between its choice and its use.
 */
let nextPort = 20_000 + 1_000 * (Number(process.env.VITEST_POOL_ID ?? 0) % 12);

/** A port that is free for TCP and UDP alike. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = nextPort++;
    if ((await isFreeForTcp(port)) && (await isFreeForUdp(port))) return port;
  }
}

const isFreeForTcp = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, LOOPBACK, () => server.close(() => resolve(true)));
  });

const isFreeForUdp = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind(port, LOOPBACK, () => socket.close(() => resolve(true)));
  });

function machine(guest: string, memoryMiB: number, serial: string, network: string): string[] {
  return [
    ...['-M', 'isapc', '-cpu', '486', '-m', `${memoryMiB}`, '-kernel', join(GUESTS, guest)],
    ...['-display', 'none', '-nodefaults', '-debugcon', 'stdio'],
    ...['-chardev', `socket,id=s,path=${serial},server=on,wait=off`, '-serial', 'chardev:s'],
    ...['-netdev', network, '-device', 'ne2k_isa,netdev=n,iobase=0x300,irq=9'],
    ...['-device', 'isa-debug-exit,iobase=0xf4'],
  ];
}

export class QemuGuest {
  private output = '';
  private readonly process: ChildProcess;
  private readonly folder: string;
  private readonly ports: Record<Forwarded, number>;

  private constructor(process: ChildProcess, folder: string, ports: Record<Forwarded, number>) {
    this.process = process;
    this.folder = folder;
    this.ports = ports;
    process.stdout?.on('data', (chunk) => {
      this.output += chunk;
    });
  }

  /** On QEMU's user network, as 10.0.0.5. */
  static async boot(file: string, memoryMiB: number): Promise<QemuGuest> {
    const ports = { http: await freePort(), echo: await freePort(), game: await freePort() };
    const forward = (protocol: string, name: Forwarded) =>
      `hostfwd=${protocol}:${LOOPBACK}:${ports[name]}-10.0.0.5:${FORWARDED[name]}`;
    const forwards = [forward('tcp', 'http'), forward('tcp', 'echo'), forward('udp', 'echo')];
    const network = ['user,id=n,net=10.0.0.0/24,dhcpstart=10.0.0.15', ...forwards];
    return QemuGuest.start(file, memoryMiB, [...network, forward('udp', 'game')].join(), ports);
  }

  /** With its Ethernet frames as datagrams between two ports of this machine. */
  static async bootOnWire(file: string, memoryMiB: number, own: number, peer: number) {
    const end = (side: string, port: number) =>
      `${side}.type=inet,${side}.host=${LOOPBACK},${side}.port=${port}`;
    const network = `dgram,id=n,${end('local', own)},${end('remote', peer)}`;
    return QemuGuest.start(file, memoryMiB, network, { http: 0, echo: 0, game: 0 });
  }

  private static start(
    file: string,
    memoryMiB: number,
    network: string,
    ports: Record<Forwarded, number>,
  ): QemuGuest {
    const folder = mkdtempSync(join(tmpdir(), 'vm-ferry-qemu-'));
    const args = machine(file, memoryMiB, join(folder, 'serial'), network);
    return new QemuGuest(
      spawn(QEMU, args, { stdio: ['ignore', 'pipe', 'inherit'] }),
      folder,
      ports,
    );
  }

  /** Waits for text on the debug port. */
  async prints(pattern: RegExp): Promise<RegExpMatchArray> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const match = this.output.match(pattern);
      if (match !== null) return match;
      const { exitCode } = this.process;
      if (exitCode !== null) throw new Error(`QEMU ended with status ${exitCode}`);
      if (Date.now() > end) throw new Error(`${pattern} never came; the console:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async get(path: string): Promise<{ status: number; body: Buffer }> {
    const signal = AbortSignal.timeout(SOCKET_PATIENCE_MS);
    const response = await fetch(`http://${LOOPBACK}:${this.ports.http}${path}`, { signal });
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
  }

  /** Sends one datagram and gives back the first `count` that come. */
  async ask(name: Forwarded, bytes: Buffer, count = 1): Promise<Buffer[]> {
    const socket = createSocket('udp4');
    try {
      return await new Promise((resolve, reject) => {
        const answers: Buffer[] = [];
        setTimeout(() => reject(new Error('no answer by UDP')), SOCKET_PATIENCE_MS).unref();
        socket.on('message', (answer) => {
          answers.push(answer);
          if (answers.length === count) resolve(answers);
        });
        socket.send(bytes, this.ports[name], LOOPBACK);
      });
    } finally {
      socket.close();
    }
  }

  /** Sends all of it to the echo service by TCP, closes, and reads to the end. */
  echoStream(bytes: Buffer): Promise<Buffer> {
    const socket = createConnection(this.ports.echo, LOOPBACK);
    socket.end(bytes);
    return readAll(socket);
  }

  /** Types into the serial line and reads until as many bytes of the upper half have come back. */
  async type(bytes: Buffer): Promise<Buffer> {
    const socket = createConnection(join(this.folder, 'serial'));
    socket.write(bytes);
    return readAll(socket, (received) => {
      const echo = received.filter((byte) => byte >= 0x80);
      if (echo.length < bytes.length) return undefined;
      socket.destroy();
      return Buffer.from(echo);
    });
  }

  async stop(): Promise<void> {
    // One that has ended by itself says so no second time.
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true });
  }
}

/** Up to the end of the stream, or until `isEnough` makes something of what has come. */
function readAll(
  socket: Socket,
  isEnough: (received: Buffer) => Buffer | undefined = () => undefined,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    socket.setTimeout(SOCKET_PATIENCE_MS, () => reject(new Error('the stream stands still')));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const result = isEnough(received);
      if (result !== undefined) resolve(result);
    });
    socket.on('end', () => resolve(received));
    socket.on('error', reject);
  });
}
