import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../../src/base/assert.ts';
import { arpReply, arpRequest, gratuitousArp } from '../../../src/net/arp.ts';
import { SerialGateway } from '../../../src/net/gateway.ts';
import { decodeUdpFrame, encodeUdpFrame, MAX_UDP_PAYLOAD_BYTES } from '../../../src/net/udp.ts';
import { bytes } from './arbitraries.ts';
import { CLIENT, CONSOLE, fromConsole, NEW_VM, toConsole, VM } from './stations.ts';

function attached(): SerialGateway {
  const gateway = new SerialGateway();
  gateway.attach(VM);
  return gateway;
}

describe('SerialGateway', () => {
  it("answers ARP for the VM's address and no other", () => {
    const gateway = attached();
    expect(gateway.receive(arpRequest(CLIENT, VM.ip)).replies).toEqual([arpReply(VM, CLIENT)]);
    expect(gateway.receive(arpRequest(VM, CLIENT.ip)).replies).toEqual([]);
    expect(gateway.receive(gratuitousArp(NEW_VM, 'request')).replies).toEqual([]);
  });

  it('hands UDP for the console to the UART', () => {
    const receipt = attached().receive(toConsole(0x68, 0x69, 0x81));
    expect(receipt).toEqual({ replies: [], serial: Uint8Array.of(0x68, 0x69, 0x81) });
  });

  it('ignores other ports, other IPs and other MACs', () => {
    const gateway = attached();
    const payload = Uint8Array.of(0x80);
    for (const to of [
      { ...CONSOLE, port: 7 },
      { ...CONSOLE, ip: CLIENT.ip },
      { ...CONSOLE, mac: NEW_VM.mac },
    ]) {
      expect(gateway.receive(encodeUdpFrame({ from: CLIENT, to, payload })).serial).toEqual(
        new Uint8Array(0),
      );
    }
    expect(gateway.peer).toBeUndefined();
  });

  it('sends what the UART sent to whoever asked last, text to the console too', () => {
    const gateway = attached();
    gateway.receive(toConsole(0x81));
    const { frames, text } = gateway.transmit(Uint8Array.of(0x81, 0x68, 0x69));
    expect(frames).toEqual([fromConsole(0x81, 0x68, 0x69)]);
    expect(text).toBe('hi');
  });

  it('has only the console to write to before anyone asked', () => {
    expect(attached().transmit(Uint8Array.of(0x81, 0x68))).toEqual({ frames: [], text: 'h' });
  });

  it('splits what is longer than a datagram', () => {
    const gateway = attached();
    gateway.receive(toConsole(0x81));
    const { frames } = gateway.transmit(new Uint8Array(MAX_UDP_PAYLOAD_BYTES + 1));
    const sizes = frames.map(decodeUdpFrame).map((frame) => frame.ok && frame.value.payload.length);
    expect(sizes).toEqual([MAX_UDP_PAYLOAD_BYTES, 1]);
  });

  it('is deaf and mute on the network without a VM', () => {
    const gateway = attached();
    gateway.receive(toConsole(0x81));
    gateway.detach();
    expect(gateway.receive(arpRequest(CLIENT, VM.ip)).replies).toEqual([]);
    expect(gateway.receive(toConsole(0x82)).serial).toEqual(new Uint8Array(0));
    expect(gateway.transmit(Uint8Array.of(0x81)).frames).toEqual([]);
  });

  it('takes the peer along with the VM, or learns it from the next request', () => {
    const source = attached();
    source.receive(toConsole(0x81));
    const along = new SerialGateway();
    along.attach(VM, source.peer);
    expect(along.transmit(Uint8Array.of(0x81)).frames).toEqual([fromConsole(0x81)]);

    const relearning = attached();
    expect(relearning.transmit(Uint8Array.of(0x81)).frames).toEqual([]);
    relearning.receive(toConsole(0x82));
    expect(relearning.transmit(Uint8Array.of(0x82)).frames).toEqual([fromConsole(0x82)]);
  });

  it('holds one VM at a time', () => {
    expect(() => attached().attach(NEW_VM)).toThrow(AssertionError);
  });

  it('passes over any bytes that are no frame for it', () => {
    fc.assert(
      fc.property(bytes(1600), (frame) => {
        expect(attached().receive(Uint8Array.from(frame)).replies).toEqual([]);
      }),
    );
  });

  it('goes on from its saved state', () => {
    const gateway = attached();
    gateway.receive(toConsole(0x81));
    const saved = structuredClone(gateway.save());
    const restored = SerialGateway.restore(saved);
    expect(restored.save()).toEqual(saved);
    expect(restored.transmit(Uint8Array.of(0x81)).frames).toEqual([fromConsole(0x81)]);
  });
});
