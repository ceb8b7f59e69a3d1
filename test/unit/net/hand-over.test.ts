/** The rooms' parts together: one client, one switch, two hosts, and a VM that moves from A to B. */
import { describe, expect, it } from 'vitest';
import { type Instant, instant } from '../../../src/base/units.ts';
import { type AnnounceKind, announceFrame } from '../../../src/net/announce.ts';
import type { Station } from '../../../src/net/arp.ts';
import { Client, type ClientAction, type ClientTimer } from '../../../src/net/client.ts';
import type { Frame } from '../../../src/net/ethernet.ts';
import { SerialGateway } from '../../../src/net/gateway.ts';
import { LearningSwitch, PORT_A, PORT_B, PORT_CLIENT } from '../../../src/net/switch.ts';
import { SILENT } from '../../../src/trace/recorder.ts';
import { CLIENT_CONFIG, MILLISECOND, NEW_VM, toConsole, VM } from './stations.ts';

/** A network without delays whose guest echoes at once; only the client's timers take time. */
class Lan {
  readonly lan = new LearningSwitch();
  readonly gateways = [new SerialGateway(), new SerialGateway()];
  readonly client = new Client(CLIENT_CONFIG, SILENT);
  private timers: { at: Instant; timer: ClientTimer }[] = [];

  constructor() {
    this.gateways[PORT_A].attach(VM);
    this.apply(instant(0), this.client.start(instant(0)));
  }

  pass(until: number): void {
    for (;;) {
      this.timers.sort((a, b) => a.at - b.at);
      const next = this.timers[0];
      if (next === undefined || next.at > until * MILLISECOND) return;
      this.timers.shift();
      this.apply(next.at, this.client.timer(next.at, next.timer));
    }
  }

  /** Paused at A from now to `until` ms, when it runs at B. */
  migrate(until: number, vm: Station, announce: AnnounceKind): void {
    this.gateways[PORT_A].detach();
    this.pass(until);
    this.gateways[PORT_B].attach(vm);
    const frame = announceFrame(announce, vm);
    if (frame !== undefined) this.carry(instant(until * MILLISECOND), PORT_B, frame);
  }

  private apply(now: Instant, actions: readonly ClientAction[]): void {
    for (const action of actions) {
      if (action.kind === 'timer') this.timers.push(action);
      else this.carry(now, PORT_CLIENT, action.frame);
    }
  }

  private carry(now: Instant, ingress: number, frame: Frame): void {
    for (const { port } of this.lan.receive(now, ingress, frame).forwards) {
      if (port === PORT_CLIENT) this.apply(now, this.client.receive(now, frame));
      else this.host(now, port, frame);
    }
  }

  private host(now: Instant, port: number, frame: Frame): void {
    const gateway = this.gateways[port];
    const { replies, serial } = gateway.receive(frame);
    const echoes = gateway.transmit(serial).frames;
    for (const reply of [...replies, ...echoes]) this.carry(now, port, reply);
  }
}

/** Paused at 95 ms, activated at 145 ms, watched until 400 ms. */
function outageMs(vm: Station, announce: AnnounceKind): { ms: number; open: boolean } {
  const lan = new Lan();
  lan.pass(95);
  lan.migrate(145, vm, announce);
  lan.pass(400);
  const { outage, open } = lan.client.outage(instant(400 * MILLISECOND));
  return { ms: outage / MILLISECOND, open };
}

describe('hand-over', () => {
  it('is seen by the client as an outage of the pause, to one interval, with either announcement', () => {
    expect(outageMs(VM, 'rarp')).toEqual({ ms: 50, open: false });
    expect(outageMs(VM, 'garp')).toEqual({ ms: 50, open: false });
  });

  it('goes unnoticed by the switch without an announcement: probes go on to the old host', () => {
    expect(outageMs(VM, 'none')).toEqual({ ms: 300, open: true });
  });

  it('with a new MAC needs gratuitous ARP: RARP cannot move the cache', () => {
    expect(outageMs(NEW_VM, 'garp')).toEqual({ ms: 50, open: false });
    expect(outageMs(NEW_VM, 'rarp')).toEqual({ ms: 300, open: true });
  });

  it('leaves the switch and the cache pointing to one host', () => {
    const lan = new Lan();
    lan.pass(95);
    lan.migrate(145, VM, 'rarp');
    lan.pass(400);
    expect(lan.lan.table()).toContainEqual({ mac: VM.mac, port: PORT_B });
    expect(lan.client.arpTable()).toEqual([{ ip: VM.ip, mac: VM.mac }]);
    expect(
      lan.lan.receive(instant(400 * MILLISECOND), PORT_CLIENT, toConsole(0x80)).forwards,
    ).toMatchObject([{ port: PORT_B }]);
  });
});
