import '../../support/all-code.ts';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../../src/base/assert.ts';
import { duration, type Instant, instant } from '../../../src/base/units.ts';
import { arpReply, arpRequest, gratuitousArp, rarpAnnouncement } from '../../../src/net/arp.ts';
import { Client, type ClientAction } from '../../../src/net/client.ts';
import { type Frame, ZERO_MAC } from '../../../src/net/ethernet.ts';
import { probeTimeout } from '../../../src/net/prober.ts';
import { SERIAL_PORT } from '../../../src/net/serial-port.ts';
import { decodeUdpFrame, encodeUdpFrame } from '../../../src/net/udp.ts';
import { type LabEvent, NETWORK } from '../../../src/trace/event.ts';
import { Recorder, SILENT } from '../../../src/trace/recorder.ts';
import {
  CLIENT,
  CLIENT_CONFIG,
  fromConsole,
  MILLISECOND,
  NEW_VM,
  toConsole,
  VM,
} from './stations.ts';

const ms = (count: number): Instant => instant(count * MILLISECOND);

/** A client whose timers fire when the test lets time pass, and whose frames are only collected. */
class Bench {
  readonly recorder = new Recorder(NETWORK);
  client = new Client(CLIENT_CONFIG, this.recorder);
  sent: { at: Instant; frame: Frame }[] = [];
  private timers: Extract<ClientAction, { kind: 'timer' }>[] = [];

  start(): this {
    return this.apply(ms(0), this.client.start(ms(0)));
  }

  /** Started, and the VM's MAC is known at `at` ms. */
  resolved(at = 0): this {
    return this.start().deliver(at, arpReply(VM, CLIENT));
  }

  deliver(at: number, frame: Frame): this {
    return this.pass(at).apply(ms(at), this.client.receive(ms(at), frame));
  }

  /** Lets the timers up to and including `until` ms fire. */
  pass(until: number): this {
    for (;;) {
      this.timers.sort((a, b) => a.at - b.at);
      const next = this.timers[0];
      if (next === undefined || next.at > ms(until)) return this;
      this.timers.shift();
      this.apply(next.at, this.client.timer(next.at, next.timer));
    }
  }

  probes(): number[] {
    return this.sent
      .map(({ frame }) => decodeUdpFrame(frame))
      .flatMap((udp) => (udp.ok ? [...udp.value.payload] : []));
  }

  events(): readonly LabEvent[] {
    return this.recorder.take().events;
  }

  private apply(at: Instant, actions: readonly ClientAction[]): this {
    for (const action of actions) {
      if (action.kind === 'send') this.sent.push({ at, frame: action.frame });
      else this.timers.push(action);
    }
    return this;
  }
}

describe('Client looking for the VM', () => {
  it('asks by ARP once a second until it is answered', () => {
    const bench = new Bench().start().pass(2500);
    expect(bench.sent.map(({ at }) => at)).toEqual([ms(0), ms(1000), ms(2000)]);
    expect(bench.sent[0].frame).toEqual(arpRequest(CLIENT, VM.ip));
  });

  it('sends the first probe when it is answered, and asks no more', () => {
    const bench = new Bench().start().deliver(5, arpReply(VM, CLIENT)).pass(1006);
    expect(bench.sent[1]).toEqual({ at: ms(5), frame: toConsole(0x80) });
    expect(bench.sent.filter(({ frame }) => !decodeUdpFrame(frame).ok).length).toBe(1);
  });

  it('takes no answer that is meant for another', () => {
    const other = { mac: NEW_VM.mac, ip: CLIENT.ip };
    const bench = new Bench().start().deliver(1, arpReply(VM, other));
    expect(bench.client.arpTable()).toEqual([]);
  });
});

describe("Client's ARP cache", () => {
  it('moves an entry on either form of gratuitous ARP, and says so on the trace', () => {
    for (const form of ['request', 'reply'] as const) {
      const bench = new Bench().resolved();
      bench.events();
      bench.deliver(1, gratuitousArp(NEW_VM, form));
      expect(bench.client.arpTable()).toEqual([{ ip: VM.ip, mac: NEW_VM.mac }]);
      const update = { ip: VM.ip, mac: NEW_VM.mac, previousMac: VM.mac };
      expect(bench.events()).toMatchObject([{ kind: 'arp.updated', ...update }]);
    }
  });

  it('adds none on a gratuitous ARP for an address that it does not hold', () => {
    const bench = new Bench().start().deliver(1, gratuitousArp(VM, 'request'));
    expect(bench.client.arpTable()).toEqual([]);
    expect(bench.events()).toEqual([]);
  });

  it('learns nothing from RARP', () => {
    const bench = new Bench().resolved().deliver(1, rarpAnnouncement(NEW_VM.mac));
    expect(bench.client.arpTable()).toEqual([{ ip: VM.ip, mac: VM.mac }]);
  });

  it('is silent when told what it knows', () => {
    const bench = new Bench().resolved();
    bench.events();
    bench.deliver(1, gratuitousArp(VM, 'request'));
    expect(bench.events()).toEqual([]);
  });

  it('answers who asks for the client, and learns the asker', () => {
    const bench = new Bench().start().deliver(1, arpRequest(VM, CLIENT.ip));
    expect(bench.sent[1].frame).toEqual(arpReply(CLIENT, VM));
    expect(bench.client.arpTable()).toEqual([{ ip: VM.ip, mac: VM.mac }]);
  });
});

describe("Client's probes", () => {
  it('go out at every interval with bytes that come round after 128', () => {
    const bench = new Bench().resolved().pass(1290);
    expect(bench.probes().length).toBe(130);
    expect(bench.probes().slice(126)).toEqual([0xfe, 0xff, 0x80, 0x81]);
  });

  it('are answered by their byte, in any order', () => {
    const bench = new Bench().resolved().pass(10);
    bench.events();
    bench.deliver(12, fromConsole(0x81)).deliver(13, fromConsole(0x80));
    expect(bench.events()).toMatchObject([
      { kind: 'probe.answered', probe: 1, roundTripNs: 2 * MILLISECOND },
      { kind: 'probe.answered', probe: 0, roundTripNs: 13 * MILLISECOND },
    ]);
  });

  it('find their answers among console text', () => {
    const bench = new Bench().resolved().pass(10);
    bench.deliver(11, fromConsole(0x68, 0x80, 0x69, 0x81, 0x0a));
    expect(bench.client.counts).toMatchObject({ sent: 2, answered: 2, unexpected: 0 });
  });

  it('are lost after a second without an answer', () => {
    const bench = new Bench().resolved().pass(999);
    expect(bench.client.counts.lost).toBe(0);
    bench.pass(1000);
    expect(bench.client.counts.lost).toBe(1);
    const lost = bench.events().filter(({ kind }) => kind === 'probe.lost');
    expect(lost).toMatchObject([{ at: ms(1000), probe: 0 }]);
  });

  it('count an answer after that as late, once, and it is on the trace', () => {
    const bench = new Bench().resolved().pass(1005);
    bench.events();
    bench.deliver(1006, fromConsole(0x80)).deliver(1007, fromConsole(0x80));
    expect(bench.client.counts).toMatchObject({ answered: 0, lost: 1, late: 1, unexpected: 1 });
    expect(bench.events()).toMatchObject([
      { kind: 'probe.answered', probe: 0, roundTripNs: 1006 * MILLISECOND },
    ]);
  });

  it('match the younger of two probes with one byte when the older was given up', () => {
    const bench = new Bench().resolved().deliver(1281, fromConsole(0x80));
    expect(bench.client.counts).toMatchObject({ answered: 1, late: 0 });
    expect(bench.events().findLast(({ kind }) => kind === 'probe.answered')).toMatchObject({
      probe: 128,
    });
  });

  it('take no answer from a stranger, from another port, or for another machine', () => {
    const bench = new Bench().resolved();
    const serial = { ...VM, port: SERIAL_PORT };
    const payload = Uint8Array.of(0x80);
    bench.deliver(1, encodeUdpFrame({ from: { ...serial, ip: CLIENT.ip }, to: CLIENT, payload }));
    bench.deliver(1, encodeUdpFrame({ from: { ...serial, port: 7 }, to: CLIENT, payload }));
    bench.deliver(1, encodeUdpFrame({ from: serial, to: { ...CLIENT, port: 1 }, payload }));
    bench.deliver(1, encodeUdpFrame({ from: serial, to: { ...CLIENT, mac: ZERO_MAC }, payload }));
    expect(bench.client.counts).toMatchObject({ answered: 0, unexpected: 0 });
  });

  it('go to the new MAC from the moment the cache has it', () => {
    const bench = new Bench().resolved().deliver(5, gratuitousArp(NEW_VM, 'request')).pass(10);
    const last = bench.sent.map(({ frame }) => decodeUdpFrame(frame)).at(-1);
    expect(last).toMatchObject({ ok: true, value: { to: { mac: NEW_VM.mac } } });
  });

  it('are given up before their byte comes round, whatever the interval', () => {
    expect(probeTimeout(duration(1 * MILLISECOND))).toBe(100 * MILLISECOND);
    expect(probeTimeout(duration(10 * MILLISECOND))).toBe(1000 * MILLISECOND);
    expect(probeTimeout(duration(10_000 * MILLISECOND))).toBe(1000 * MILLISECOND);
    expect(() => probeTimeout(duration(0))).toThrow(AssertionError);
  });
});

describe("Client's outage", () => {
  /** Every probe sent in [from, to) ms is answered 1 ms later. */
  function answering(bench: Bench, from: number, to: number): Bench {
    for (let at = from; at < to; at += 10)
      bench.deliver(at + 1, fromConsole(0x80 | ((at / 10) & 0x7f)));
    return bench;
  }

  it('is 0 while answers come at the normal interval', () => {
    const bench = answering(new Bench().resolved(), 0, 500);
    expect(bench.client.outage(ms(495))).toMatchObject({ outage: 0, open: false });
  });

  it('is the longest silence less one interval', () => {
    const bench = new Bench().resolved();
    answering(answering(answering(bench, 0, 100), 200, 300), 600, 700);
    expect(bench.client.outage(ms(695))).toEqual({
      outage: 300 * MILLISECOND,
      gap: { from: ms(291), to: ms(601) },
      open: false,
    });
  });

  it('grows while nothing answers, and says that it is open', () => {
    const bench = answering(new Bench().resolved(), 0, 100).pass(1000);
    expect(bench.client.outage(ms(1000))).toEqual({
      outage: (1000 - 91 - 10) * MILLISECOND,
      gap: { from: ms(91), to: ms(1000) },
      open: true,
    });
  });

  it('ends with a late answer: the VM was there again', () => {
    const bench = answering(new Bench().resolved(), 0, 10).pass(1015);
    bench.deliver(1015, fromConsole(0x81));
    expect(bench.client.counts.late).toBe(1);
    expect(bench.client.outage(ms(1015))).toMatchObject({
      gap: { from: ms(1), to: ms(1015) },
      open: false,
    });
  });

  it('is unknown before the first answer', () => {
    const bench = new Bench().resolved().pass(500);
    expect(bench.client.outage(ms(500))).toEqual({ outage: 0, gap: undefined, open: false });
  });
});

describe("Client's state", () => {
  it('goes on from where it was saved, with probes out, lost and late', () => {
    const bench = new Bench().resolved().deliver(5, fromConsole(0x80)).pass(1100);
    bench.deliver(1101, fromConsole(0x81));
    const saved = structuredClone(bench.client.save());
    const restored = Client.restore(saved, SILENT);
    expect(restored.save()).toEqual(saved);
    const next = [ms(1110), { kind: 'probe' }] as const;
    expect(restored.timer(...next)).toEqual(bench.client.timer(...next));
    expect(restored.save()).toEqual(bench.client.save());
  });
});
