/**
 * A host's network port: one queue and rate limiter for the guest's frames and the migration's
 * messages (frames first, at message boundaries), the cable to the other host, and the serial
 * gateway that stands for the VM on the network.
 */

import { after, duration, type Instant } from '../base/units.ts';
import { lowWaterBytes } from '../migration/limits.ts';
import {
  announceDelay,
  announceFrame,
  FRONT_END_SCHEDULE,
  QEMU_SCHEDULE,
} from '../net/announce.ts';
import { describeFrame } from '../net/describe.ts';
import { type Frame, mac, wireBytes } from '../net/ethernet.ts';
import { type GatewayState, SerialGateway } from '../net/gateway.ts';
import { ip } from '../net/ipv4.ts';
import { Egress, type EgressState } from '../net/shaper.ts';
import type { Envelope } from '../sim/lockstep.ts';
import { NETWORK } from '../trace/event.ts';
import type { HostParty } from './host-party.ts';
import type { Payload } from './party.ts';
import { VM_IP } from './wiring.ts';

export interface HostPortState {
  readonly egress: EgressState<Payload>;
  readonly gateway: GatewayState;
  readonly linkUp: boolean;
  readonly bitsPerSecond: number;
  readonly envelopes: number;
  readonly frames: number;
}

export class HostPort {
  linkUp = true;
  bitsPerSecond: number;
  private readonly host: HostParty;
  private egress: Egress<Payload>;
  private gateway = new SerialGateway();
  private outgoing: Envelope<Payload>[] = [];
  private envelopes = 0;
  private frames = 0;
  private departed = false;

  constructor(host: HostParty) {
    const { bitsPerSecond } = host.wiring;
    this.host = host;
    this.bitsPerSecond = bitsPerSecond;
    this.egress = new Egress(bitsPerSecond);
  }

  nextDeparture(): Instant {
    return this.egress.nextDeparture();
  }

  /** Everything whose last bit has left by now goes on its way, each at its own moment. */
  departDue(): void {
    const { host } = this;
    for (let moment = this.nextDeparture(); moment <= host.now; moment = this.nextDeparture()) {
      const { content: payload } = this.egress.depart(moment);
      this.departed = true;
      if (payload.kind !== 'message') this.emit(NETWORK, moment, payload);
      else if (this.linkUp) this.emit(host.wiring.peer, moment, payload);
    }
  }

  /** Something left since the last call, and the daemon may send more. */
  takeDrained(): boolean {
    const drained = this.departed && this.migrationBacklog() <= lowWaterBytes(this.bitsPerSecond);
    this.departed = false;
    return drained;
  }

  sendMessage(bytes: Uint8Array<ArrayBuffer>): void {
    this.departDue();
    this.egress.enqueue(this.host.now, {
      traffic: 'message',
      bytes: bytes.length,
      content: { kind: 'message', bytes },
    });
  }

  migrationBacklog(): number {
    return this.egress.backlogBytes('message');
  }

  takeOutgoing(): readonly Envelope<Payload>[] {
    const { outgoing } = this;
    this.outgoing = [];
    return outgoing;
  }

  // ---- the VM on the network ----

  attach(address: string): void {
    this.gateway.attach({ mac: mac(address), ip: ip(VM_IP) });
  }

  detach(): void {
    this.gateway.detach();
  }

  receiveFrame(id: number, frame: Frame): void {
    const { host } = this;
    const { type, summary } = describeFrame(frame);
    if (this.gateway.attached === undefined) {
      host.trace.event(host.now, 'frame.dropped', {
        id,
        type,
        reason: 'the VM does not run on this host',
      });
      return;
    }
    host.trace.event(host.now, 'frame.received', { id, type, summary });
    const { replies, serial } = this.gateway.receive(frame);
    for (const reply of replies) this.sendFrame(reply);
    for (const byte of serial) {
      if (!host.serialInput(byte)) {
        host.trace.event(host.now, 'frame.dropped', {
          id,
          type,
          reason: 'the receive FIFO of the UART is full',
        });
      }
    }
  }

  serialOutput(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    for (const frame of this.gateway.transmit(bytes).frames) this.sendFrame(frame);
  }

  announce(round: number): void {
    const { host } = this;
    if (!host.running) return;
    const { announce, vmMac } = host.wiring;
    const frame = announceFrame(announce, { mac: mac(vmMac), ip: ip(VM_IP) });
    if (frame === undefined) return;
    this.sendFrame(frame);
    const delay = announceDelay(
      round + 1,
      announce === 'rarp' ? QEMU_SCHEDULE : FRONT_END_SCHEDULE,
    );
    if (delay !== undefined)
      host.schedule(after(host.now, delay), { kind: 'announce', round: round + 1 });
  }

  // ---- faults ----

  changeLink(change: {
    readonly up?: boolean | undefined;
    readonly bandwidthMbps?: number | undefined;
  }): void {
    const { host } = this;
    if (change.up !== undefined) this.linkUp = change.up;
    if (change.bandwidthMbps !== undefined) {
      this.bitsPerSecond = Math.round(change.bandwidthMbps * 1e6);
      this.egress.setRate(this.bitsPerSecond);
    }
    host.trace.event(host.now, 'link.changed', {
      link: 'migration',
      up: this.linkUp,
      bitsPerSecond: this.bitsPerSecond,
      latencyNs: host.wiring.linkLatency,
    });
  }

  /** The host died: what waits in its queue never leaves. */
  silence(): void {
    this.egress = new Egress(this.bitsPerSecond);
    this.gateway.detach();
    this.linkUp = false;
  }

  save(): HostPortState {
    return {
      egress: this.egress.save(),
      gateway: this.gateway.save(),
      linkUp: this.linkUp,
      bitsPerSecond: this.bitsPerSecond,
      envelopes: this.envelopes,
      frames: this.frames,
    };
  }

  restore(state: HostPortState): void {
    this.egress = Egress.restore(state.egress);
    this.gateway = SerialGateway.restore(state.gateway);
    this.linkUp = state.linkUp;
    this.bitsPerSecond = state.bitsPerSecond;
    this.envelopes = state.envelopes;
    this.frames = state.frames;
    this.outgoing = [];
  }

  private sendFrame(frame: Frame): void {
    const { host } = this;
    const id = this.frames++ * 4 + host.wiring.party;
    const { type, from, to, summary } = describeFrame(frame);
    host.trace.event(host.now, 'frame.sent', { id, type, from, to, bytes: frame.length, summary });
    this.departDue();
    this.egress.enqueue(host.now, {
      traffic: 'frame',
      bytes: wireBytes(frame),
      content: { kind: 'frame', id, frame },
    });
  }

  private emit(to: number, departure: Instant, payload: Payload): void {
    const { party, linkLatency, lanLatency } = this.host.wiring;
    const at = after(departure, to === NETWORK ? lanLatency : linkLatency);
    this.outgoing.push({ from: party, to, at, sequence: this.envelopes++, payload });
    // The soonest that anything which follows from this could come back.
    const echo = to === NETWORK ? lanLatency : Math.min(linkLatency, 2 * lanLatency);
    this.host.lowerLimit(after(at, duration(echo)));
  }
}
