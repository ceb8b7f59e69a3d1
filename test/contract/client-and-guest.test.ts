/** Our client against a guest in a real QEMU: ping, and downloads over the guest's own TCP. */
import '../support/all-code.ts';
import { createSocket, type Socket } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import { type Instant, instant, latest, milliseconds } from '../../src/base/units.ts';
import { Client, type ClientAction } from '../../src/net/client.ts';
import { type Frame, mac } from '../../src/net/ethernet.ts';
import type { FetchPlan } from '../../src/net/fetcher.ts';
import { ip } from '../../src/net/ipv4.ts';
import { SILENT } from '../../src/trace/recorder.ts';
import { freePort, isQemuPresent, QemuGuest } from '../support/qemu-guest.ts';

const PATIENCE_MS = 20_000;

/** The client in real time, its frames as datagrams; `loses` names those of either side that are lost. */
class LiveClient {
  readonly client: Client;
  private readonly began = process.hrtime.bigint();
  private readonly socket: Socket;
  private readonly guestPort: number;
  private readonly loses: (frame: number) => boolean;
  private readonly pending = new Set<NodeJS.Timeout>();
  private frames = 0;

  constructor(
    socket: Socket,
    guestPort: number,
    fetch: FetchPlan,
    loses: (frame: number) => boolean,
  ) {
    this.socket = socket;
    this.guestPort = guestPort;
    this.loses = loses;
    const self = { mac: mac('52:54:00:00:00:09'), ip: ip('10.0.0.9'), port: 50_000 };
    const config = { self, vmIp: ip('10.0.0.5'), interval: milliseconds(10) };
    this.client = new Client({ ...config, probe: 'ping', fetch }, SILENT);
    socket.on('message', (bytes) => {
      if (!this.isLost()) this.perform(this.client.receive(this.now(), Uint8Array.from(bytes)));
    });
    this.perform(this.client.start(this.now()));
  }

  async until(isReached: () => boolean): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!isReached() && Date.now() < end) await new Promise((next) => setTimeout(next, 10));
    for (const timer of this.pending) clearTimeout(timer);
  }

  private now(): Instant {
    return instant(Number(process.hrtime.bigint() - this.began));
  }

  private isLost(): boolean {
    return this.loses(this.frames++);
  }

  private perform(actions: readonly ClientAction[]): void {
    for (const action of actions) {
      if (action.kind === 'send') this.transmit(action.frame);
      else this.wait(action);
    }
  }

  private transmit(frame: Frame): void {
    if (!this.isLost()) this.socket.send(frame, this.guestPort, '127.0.0.1');
  }

  private wait({ at, timer }: Extract<ClientAction, { kind: 'timer' }>): void {
    const due = setTimeout(
      () => {
        this.pending.delete(due);
        this.perform(this.client.timer(latest(this.now(), at), timer));
      },
      Math.max(0, (at - this.now()) / 1e6),
    );
    this.pending.add(due);
  }
}

async function withGuest(
  path: string,
  loses: (frame: number) => boolean,
  judge: (live: LiveClient) => Promise<void>,
): Promise<void> {
  const [guestPort, ownPort] = [await freePort(), await freePort()];
  const socket = createSocket('udp4');
  await new Promise<void>((bound) => socket.bind(ownPort, '127.0.0.1', bound));
  const guest = await QemuGuest.bootOnWire('idle-pc.elf', 2, guestPort, ownPort);
  try {
    await guest.prints(/10\.0\.0\.5/);
    const plan = { path, startAt: instant(0), pause: milliseconds(10) };
    await judge(new LiveClient(socket, guestPort, plan, loses));
  } finally {
    socket.close();
    await guest.stop();
  }
}

describe.skipIf(!isQemuPresent())("the client and a guest's own TCP, in a real QEMU", () => {
  it('downloads again and again with every byte right, and is answered its pings', () =>
    withGuest(
      '/file/300000',
      () => false,
      async (live) => {
        await live.until(() => (live.client.fetchCounts?.complete ?? 0) >= 3);
        expect(live.client.fetchCounts).toMatchObject({ failed: 0 });
        expect(live.client.fetchCounts?.complete).toBeGreaterThanOrEqual(3);
        expect(live.client.counts.answered).toBeGreaterThan(0);
        expect(live.client.counts.unexpected).toBe(0);
      },
    ));

  it('downloads every byte though one frame of twenty is lost', () =>
    withGuest(
      '/file/60000',
      (frame) => frame > 2 && frame % 20 === 7,
      async (live) => {
        await live.until(() => (live.client.fetchCounts?.complete ?? 0) >= 2);
        expect(live.client.fetchCounts?.complete).toBeGreaterThanOrEqual(2);
        expect(live.client.fetchCounts?.failed).toBe(0);
      },
    ));

  it('reads the statistics of the guest', () =>
    withGuest(
      '/stats',
      () => false,
      async (live) => {
        await live.until(() => (live.client.fetchCounts?.complete ?? 0) >= 1);
        expect(live.client.latestFetch?.text).toMatch(/^connections_accepted \d+$/m);
      },
    ));
});
