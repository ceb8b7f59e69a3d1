/** The bytes of a socket for a reader that asks for so many of them, and a writer that waits its turn. */
import type { Socket } from 'node:net';
import type { Reading, Want } from '../vmm/live-format.ts';

/** A peer that says nothing for so long is taken for gone. */
const SILENCE_MS = 60_000;

export class SocketBytes {
  private readonly socket: Socket;
  private chunks: Uint8Array[] = [];
  private buffered = 0;
  private ended = false;
  private wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(new Uint8Array(chunk));
      this.buffered += chunk.length;
      this.wake?.();
    });
    for (const event of ['end', 'close', 'error'] as const) {
      socket.on(event, () => {
        this.ended = true;
        this.wake?.();
      });
    }
  }

  /** Drives a reader; the end of the connection is the end of its input. */
  async read<T>(reading: Reading<T>): Promise<T> {
    let step = reading.next();
    while (!step.done) {
      while (!this.has(step.value)) await this.change();
      step = reading.next(this.take(step.value));
    }
    return step.value;
  }

  /** False: the peer is gone. */
  async send(bytes: Uint8Array): Promise<boolean> {
    const { socket } = this;
    if (this.ended && socket.destroyed) return false;
    if (!socket.write(bytes)) {
      await new Promise<void>((resolve) => {
        socket.once('drain', resolve);
        socket.once('close', () => resolve());
      });
    }
    return !socket.destroyed;
  }

  /** Without waiting: for the few bytes of an answer. */
  post(bytes: Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  /** After everything sent has left. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.destroyed) resolve();
      else this.socket.end(resolve);
    });
  }

  private has(want: Want): boolean {
    if (this.ended) return true;
    return want === 'more' ? this.buffered > 0 : this.buffered >= want.exactly;
  }

  private change(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private take(want: Want): Uint8Array {
    const count = Math.min(want === 'more' ? this.buffered : want.exactly, this.buffered);
    const taken = new Uint8Array(count);
    let at = 0;
    while (at < count) {
      const [first] = this.chunks;
      const part = first.subarray(0, count - at);
      taken.set(part, at);
      at += part.length;
      if (part.length === first.length) this.chunks.shift();
      else this.chunks[0] = first.subarray(part.length);
    }
    this.buffered -= count;
    return taken;
  }
}
