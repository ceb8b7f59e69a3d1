import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/base/units.ts';
import { arpRequest, rarpAnnouncement } from '../../../src/net/arp.ts';
import { encodeEthernet, isGroupMac, type Mac, mac } from '../../../src/net/ethernet.ts';
import {
  LearningSwitch,
  NO_PORT,
  PORT_A,
  PORT_B,
  PORT_CLIENT,
  TABLE_CAPACITY,
} from '../../../src/net/switch.ts';
import { anyMac, bytes } from './arbitraries.ts';
import { CLIENT, toConsole, VM } from './stations.ts';

const frameOf = (source: Mac, destination: Mac) =>
  encodeEthernet({ source, destination, etherType: 0x88b5, payload: new Uint8Array(0) });

const NOW = instant(0);

const ports = (result: { forwards: readonly { port: number }[] }) =>
  result.forwards.map(({ port }) => port);

describe('LearningSwitch', () => {
  it('floods a broadcast and learns who sent it', () => {
    const result = new LearningSwitch().receive(NOW, PORT_CLIENT, arpRequest(CLIENT, VM.ip));
    expect(ports(result)).toEqual([PORT_A, PORT_B]);
    expect(result.flooded).toBe(true);
    expect(result.learned).toEqual({ mac: CLIENT.mac, port: PORT_CLIENT, previousPort: NO_PORT });
  });

  it('sends to the one port it has learned', () => {
    const lan = new LearningSwitch();
    lan.receive(NOW, PORT_A, rarpAnnouncement(VM.mac));
    const result = lan.receive(NOW, PORT_CLIENT, toConsole(0x80));
    expect(result).toMatchObject({ forwards: [{ port: PORT_A }], flooded: false });
  });

  it('moves an entry when the VM speaks behind another port', () => {
    const lan = new LearningSwitch();
    lan.receive(NOW, PORT_A, rarpAnnouncement(VM.mac));
    const { learned } = lan.receive(NOW, PORT_B, rarpAnnouncement(VM.mac));
    expect(learned).toEqual({ mac: VM.mac, port: PORT_B, previousPort: PORT_A });
    expect(lan.table()).toEqual([{ mac: VM.mac, port: PORT_B }]);
  });

  it('sends to the old port while nothing was heard from the new one', () => {
    const lan = new LearningSwitch();
    lan.receive(NOW, PORT_A, rarpAnnouncement(VM.mac));
    expect(ports(lan.receive(NOW, PORT_B, frameOf(CLIENT.mac, VM.mac)))).toEqual([PORT_A]);
  });

  it('says nothing of learning what it knew', () => {
    const lan = new LearningSwitch();
    lan.receive(NOW, PORT_A, rarpAnnouncement(VM.mac));
    expect(lan.receive(NOW, PORT_A, rarpAnnouncement(VM.mac)).learned).toBeUndefined();
  });

  it('drops a frame for the port it came from, with its reason', () => {
    const lan = new LearningSwitch();
    lan.receive(NOW, PORT_A, rarpAnnouncement(VM.mac));
    const result = lan.receive(NOW, PORT_A, frameOf(CLIENT.mac, VM.mac));
    expect(result).toMatchObject({
      forwards: [],
      dropped: expect.stringContaining('port it came from'),
    });
  });

  it('drops runts and frames from group addresses and learns nothing from them', () => {
    const lan = new LearningSwitch();
    expect(lan.receive(NOW, PORT_A, new Uint8Array(20)).dropped).toContain('runt');
    const group = mac('01:00:5e:00:00:01');
    expect(lan.receive(NOW, PORT_A, frameOf(group, VM.mac)).dropped).toContain('group address');
    expect(lan.table()).toEqual([]);
  });

  it('learns no more when its table is full, and floods instead', () => {
    const lan = new LearningSwitch();
    for (let n = 0; n <= TABLE_CAPACITY; n++) {
      const source = mac(
        `52:54:01:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`,
      );
      lan.receive(NOW, PORT_A, frameOf(source, VM.mac));
    }
    expect(lan.table().length).toBe(TABLE_CAPACITY);
    expect(lan.receive(NOW, PORT_B, frameOf(CLIENT.mac, mac('52:54:01:00:04:00'))).flooded).toBe(
      true,
    );
  });

  it('never forwards to the ingress port and floods what it does not know, for any traffic', () => {
    const arrival = fc.record({ port: fc.nat(2), source: anyMac, destination: anyMac });
    const few = fc.record({
      port: fc.nat(2),
      source: fc.constantFrom(VM.mac, CLIENT.mac),
      destination: fc.constantFrom(VM.mac, CLIENT.mac),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(arrival, few), { minLength: 1 }), (arrivals) => {
        const lan = new LearningSwitch();
        for (const { port, source, destination } of arrivals) {
          const result = lan.receive(NOW, port, frameOf(source, destination));
          expect(ports(result)).not.toContain(port);
          const known = lan.table().find((entry) => entry.mac === destination);
          const open = known === undefined || isGroupMac(destination);
          if (!isGroupMac(source)) expect(result.flooded).toBe(open);
          if (!isGroupMac(source) && !open)
            expect(ports(result)).toEqual(known.port === port ? [] : [known.port]);
        }
      }),
    );
  });

  it('answers for any bytes', () => {
    fc.assert(
      fc.property(fc.nat(2), bytes(1600), (port, frame) => {
        expect(
          ports(new LearningSwitch().receive(NOW, port, Uint8Array.from(frame))),
        ).not.toContain(port);
      }),
    );
  });

  it('goes on from its saved state', () => {
    const lan = new LearningSwitch();
    lan.receive(NOW, PORT_CLIENT, arpRequest(CLIENT, VM.ip));
    lan.receive(NOW, PORT_A, rarpAnnouncement(VM.mac));
    const saved = structuredClone(lan.save());
    const restored = LearningSwitch.restore(saved);
    expect(restored.save()).toEqual(saved);
    expect(ports(restored.receive(NOW, PORT_CLIENT, toConsole(0x80)))).toEqual([PORT_A]);
  });
});
