/** Guests on a PC that nobody here built: QEMU's `isapc`, with its own devices and its own TCP. */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeArp, encodeArp } from '../../src/net/arp.ts';
import { internetChecksum } from '../../src/net/checksum.ts';
import {
  BROADCAST_MAC,
  decodeEthernet,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  encodeEthernet,
  type Mac,
  ZERO_MAC,
} from '../../src/net/ethernet.ts';
import type { Ip } from '../../src/net/ipv4.ts';
import { freePort, isQemuPresent, QemuGuest } from '../support/qemu-guest.ts';

interface ListedGuest {
  readonly name: string;
  readonly file: string;
  readonly memoryMiB: number;
  readonly devices: 'none' | 'pc';
}

const manifest = JSON.parse(
  readFileSync(new URL('../../public/guests/manifest.json', import.meta.url), 'utf8'),
) as { guests: ListedGuest[] };

const withDevices = (devices: 'none' | 'pc') =>
  manifest.guests.filter((guest) => guest.devices === devices);

function listed(name: string): ListedGuest {
  const guest = manifest.guests.find((candidate) => candidate.name === name);
  if (guest === undefined) throw new Error(`no guest ${name} in the manifest`);
  return guest;
}

async function inQemu(
  { file, memoryMiB }: ListedGuest,
  judge: (guest: QemuGuest) => Promise<void>,
): Promise<void> {
  const guest = await QemuGuest.boot(file, memoryMiB);
  try {
    await judge(guest);
  } finally {
    await guest.stop();
  }
}

/** The file that every guest serves as `/file/length`; guests/file-bytes.h. */
const fileBytes = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, i) => (Math.imul(i, 2654435761) + length) >>> 24));

async function statistics(guest: QemuGuest): Promise<Map<string, number>> {
  const { body } = await guest.get('/stats');
  const lines = body.toString().trim().split('\n');
  return new Map(lines.map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])]));
}

/** A guest on a wire of UDP datagrams, one for each Ethernet frame, and this end of it. */
class Wire {
  private readonly socket = createSocket('udp4');
  private readonly guestPort: number;
  private again: NodeJS.Timeout | undefined;

  constructor(guestPort: number) {
    this.guestPort = guestPort;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.socket.bind(port, '127.0.0.1', resolve));
  }

  /** Sends until the answer of this type comes; the first frames may find a guest still booting. */
  ask(frame: Uint8Array, etherType: number): Promise<Uint8Array> {
    return new Promise((resolve) => {
      const send = () => this.socket.send(frame, this.guestPort, '127.0.0.1');
      this.again = setInterval(send, 100);
      this.socket.on('message', (bytes) => {
        const decoded = decodeEthernet(bytes);
        if (!decoded.ok || decoded.value.etherType !== etherType) return;
        clearInterval(this.again);
        resolve(decoded.value.payload);
      });
      send();
    });
  }

  close(): void {
    clearInterval(this.again);
    this.socket.close();
  }
}

const OWN = { mac: '02:00:00:00:00:09' as Mac, ip: '10.0.0.9' as Ip };
const GUEST_IP = '10.0.0.5' as Ip;
/** QEMU's first card. */
const GUEST_MAC = '52:54:00:12:34:56' as Mac;

const arpRequest = encodeEthernet({
  destination: BROADCAST_MAC,
  source: OWN.mac,
  etherType: ETHERTYPE_ARP,
  payload: encodeArp({
    operation: 'request',
    senderMac: OWN.mac,
    senderIp: OWN.ip,
    targetMac: ZERO_MAC,
    targetIp: GUEST_IP,
  }),
});

/** IPv4 header and ICMP echo request, both with their checksums. */
function echoRequest(dataLength: number): Uint8Array {
  const packet = Buffer.alloc(28 + dataLength, 'ferry');
  packet.set([0x45, 0, 0, 0, 0, 1, 0, 0, 64, 1, 0, 0, 10, 0, 0, 9, 10, 0, 0, 5]);
  packet.writeUInt16BE(packet.length, 2);
  packet.writeUInt16BE(internetChecksum(packet.subarray(0, 20)), 10);
  packet.set([8, 0, 0, 0, 0x12, 0x34, 0, 7], 20);
  packet.writeUInt16BE(internetChecksum(packet.subarray(20)), 22);
  return encodeEthernet({
    destination: GUEST_MAC,
    source: OWN.mac,
    etherType: ETHERTYPE_IPV4,
    payload: packet,
  });
}

describe.skipIf(!isQemuPresent())('guests in a real QEMU', () => {
  it.each(withDevices('none'))('$name greets and echoes the serial line', (guest) =>
    inQemu(guest, async (running) => {
      await running.prints(new RegExp(`^${guest.name}: .*\n`));
      const typed = Buffer.from([0x81, 0x9f, 0xff]);
      expect(await running.type(typed)).toEqual(typed);
    }),
  );

  it.each(withDevices('pc'))('$name works, is reached, and serves exact bytes', (guest) =>
    inQemu(guest, async (running) => {
      await running.prints(new RegExp(`^kernel: ${guest.memoryMiB} MiB, .* ${guest.name}\n`));
      await running.prints(/^kernel: 10\.0\.0\.5 at 52:54:00:12:34:56\n/m);
      expect(await running.ask('echo', Buffer.from('ahoy'))).toEqual([Buffer.from('ahoy')]);
      expect(await running.get('/')).toMatchObject({ status: 200 });
      for (const length of [0, 1, 5000, 200_000])
        expect(await running.get(`/file/${length}`)).toEqual({
          status: 200,
          body: fileBytes(length),
        });
      const [, count] = await running.prints(new RegExp(`^${guest.name}: (\\d+) \\w+ at `, 'm'));
      expect(Number(count)).toBeGreaterThan(0);
    }),
  );

  it('the kernel serves a megabyte, refuses what it does not have, and counts', () =>
    inQemu(listed('idle-pc'), async (running) => {
      await running.prints(/10\.0\.0\.5/);
      const { body } = await running.get('/file/1048576');
      expect(body.equals(fileBytes(1048576))).toBe(true);
      expect(await running.get('/nothing')).toMatchObject({ status: 404 });
      const counted = await statistics(running);
      expect(counted.get('requests')).toBe(3);
      expect(counted.get('nic_resets')).toBe(0);
      expect(counted.get('segments_sent')).toBeGreaterThan(1048576 / 1460);
    }));

  it('a stream through the TCP echo comes back whole', () =>
    inQemu(listed('ticker-pc'), async (running) => {
      await running.prints(/10\.0\.0\.5/);
      const stream = Buffer.from(Uint8Array.from({ length: 100_000 }, (_, i) => i + (i >> 8)));
      expect((await running.echoStream(stream)).equals(stream)).toBe(true);
    }));

  it('the serial line is echoed by interrupts', () =>
    inQemu(listed('muncher-pc'), async (running) => {
      await running.prints(/10\.0\.0\.5/);
      const typed = Buffer.from(Uint8Array.from({ length: 100 }, (_, i) => 0x80 | i));
      expect(await running.type(typed)).toEqual(typed);
    }));

  it('a player of the game hears every 50 ms of the guest’s time', () =>
    inQemu(listed('game'), async (running) => {
      await running.prints(/10\.0\.0\.5/);
      const updates = await running.ask('game', Buffer.from('JOIN'), 5);
      const first = updates[0]?.readUInt32BE(8) ?? 0;
      expect(updates.map((update) => update.toString('latin1', 0, 4))).toEqual(
        Array(5).fill('UPDT'),
      );
      expect(updates.map((update) => update.readUInt32BE(8) - first)).toEqual([
        0, 50, 100, 150, 200,
      ]);
    }));

  it('answers ARP and ping on a bare wire', async () => {
    const [guestPort, ownPort] = [await freePort(), await freePort()];
    const wire = new Wire(guestPort);
    await wire.listen(ownPort);
    const { file, memoryMiB } = listed('idle-pc');
    const guest = await QemuGuest.bootOnWire(file, memoryMiB, guestPort, ownPort);
    try {
      await guest.prints(/10\.0\.0\.5/);
      const arp = decodeArp(await wire.ask(arpRequest, ETHERTYPE_ARP));
      expect(arp).toMatchObject({
        value: { operation: 'reply', senderMac: GUEST_MAC, senderIp: GUEST_IP },
      });
      const request = echoRequest(1472);
      const reply = await wire.ask(request, ETHERTYPE_IPV4);
      expect(reply[20]).toBe(0);
      expect(internetChecksum(reply.subarray(20))).toBe(0);
      expect(Buffer.compare(reply.subarray(24), request.subarray(14 + 24))).toBe(0);
    } finally {
      wire.close();
      await guest.stop();
    }
  });
});
