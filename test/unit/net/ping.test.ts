import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/base/units.ts';
import { describeFrame } from '../../../src/net/describe.ts';
import { decodeEcho, encodeEcho } from '../../../src/net/icmp.ts';
import { decodeIpFrame, encodeIpFrame } from '../../../src/net/ip-frame.ts';
import { PROTOCOL_ICMP } from '../../../src/net/ipv4.ts';
import { CLIENT, MILLISECOND, VM } from './stations.ts';
import { WebVm } from './web-vm.ts';

const ms = (count: number) => instant(count * MILLISECOND);

function pinged(vm: WebVm): number[] {
  return vm.frames.flatMap((frame) => {
    const packet = decodeIpFrame(frame);
    const echo = packet.ok ? decodeEcho(packet.value.payload) : packet;
    return echo.ok ? [echo.value.sequence] : [];
  });
}

function reply(sequence: number, identifier: number, payload: Uint8Array) {
  const echo = encodeEcho({ kind: 'reply', identifier, sequence, payload });
  return encodeIpFrame({ from: VM, to: CLIENT, protocol: PROTOCOL_ICMP, payload: echo });
}

describe("Client's pings", () => {
  it('go out at every interval with numbers that count up, and are answered', () => {
    const vm = new WebVm({ probe: 'ping' }).pass(45);
    expect(pinged(vm)).toEqual([0, 1, 2, 3, 4]);
    expect(vm.client.counts).toMatchObject({ sent: 5, answered: 5, lost: 0 });
    expect(vm.events('probe.answered')[0]).toMatchObject({ probe: 0, roundTripNs: MILLISECOND });
  });

  it('are told apart: lost, late, answered twice', () => {
    const vm = new WebVm({ probe: 'ping' });
    vm.answers = (sequence) => (sequence === 2 ? 3 : sequence === 5 ? 0 : 1);
    vm.pass(1500);
    expect(vm.client.counts).toMatchObject({ lost: 1, late: 0, duplicate: 2, unexpected: 2 });
    expect(vm.events('probe.lost').map(({ probe }) => probe)).toEqual([5]);
    expect(vm.events('probe.duplicate').map(({ probe }) => probe)).toEqual([2, 2]);
    const payload = Uint8Array.from({ length: 56 }, (_, i) => i);
    vm.client.receive(ms(1500), reply(5, CLIENT.port, payload));
    expect(vm.client.counts).toMatchObject({ lost: 1, late: 1 });
  });

  it('take no answer of another pinger, a changed one, or one to a ping not sent yet', () => {
    const vm = new WebVm({ probe: 'ping' });
    vm.answers = () => 0;
    vm.pass(12);
    const payload = Uint8Array.from({ length: 56 }, (_, i) => i);
    vm.client.receive(ms(13), reply(1, CLIENT.port + 1, payload));
    vm.client.receive(ms(13), reply(1, CLIENT.port, payload.with(3, 0)));
    expect(vm.client.counts).toMatchObject({ sent: 2, answered: 1, unexpected: 0 });
    vm.client.receive(ms(13), reply(9, CLIENT.port, payload));
    expect(vm.client.counts).toMatchObject({ answered: 1, unexpected: 1, duplicate: 0 });
  });

  it('measure the outage of a VM that is away', () => {
    const vm = new WebVm({ probe: 'ping' });
    vm.isGone = (now) => now > ms(100) && now < ms(400);
    vm.pass(1000);
    const { outage } = vm.client.outage(ms(1000));
    expect(Math.abs(outage - 300 * MILLISECOND)).toBeLessThanOrEqual(10 * MILLISECOND);
    expect(vm.client.counts.lost).toBe(0);
    expect(vm.pass(1500).client.counts.lost).toBeGreaterThan(25);
  });

  it('are named on the trace', () => {
    const frame = new WebVm({ probe: 'ping' }).pass(15).frames.at(-1);
    expect(describeFrame(frame ?? new Uint8Array(0))).toEqual({
      type: 'ICMP',
      from: CLIENT.ip,
      to: VM.ip,
      summary: 'Ping 1',
    });
  });
});
