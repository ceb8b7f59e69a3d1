/**
 * A host's network port: one queue and rate limiter for the guest's frames and the migration's
 * messages (frames first, at message boundaries), the cable to the other host, and the serial
 * gateway that stands for the VM on the network.
 */

import { after, duration, type Instant } from '../base/units.ts';
import { channelOfFrame } from '../migration/codec.ts';
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
import { HOST_A, NETWORK } from '../trace/event.ts';
import type { Direction } from './fault-names.ts';
import { LinkFaults, type LinkFaultsState, type Passage, typeOf } from './faults-link.ts';
import type { LinkFault } from './faults-schema.ts';
import type { HostParty } from './host-party.ts';
import type { Payload } from './party.ts';
import { VM_IP } from './wiring.ts';

const NOT_TAKEN = 'the network card is off, its ring is full, or the frame is for another';
/** The shortest frame on a wire, without its check sequence. */
const MIN_FRAME_BYTES = 60;

function padded(frame: Frame): Frame {
  if (frame.length >= MIN_FRAME_BYTES) return frame;
  const longer = new Uint8Array(MIN_FRAME_BYTES);
  longer.set(frame);
  return longer;
}

export interface HostPortState {
  readonly egress: EgressState<Payload>;
  readonly gateway: GatewayState;
  readonly dead: boolean;
  readonly link: LinkFaultsState;
  readonly bitsPerSecond: number;
  readonly envelopes: number;
  readonly frames: number;
}

export class HostPort {
  /** What befalls messages between the hosts, as far as it happens at this end. */
  readonly link: LinkFaults;
  bitsPerSecond: number;
  private readonly host: HostParty;
  private egress: Egress<Payload>;
  private gateway = new SerialGateway();
  private outgoing: Envelope<Payload>[] = [];
  private envelopes = 0;
  private frames = 0;
  private departed = false;
  /** The host died. */
  private dead = false;

  constructor(host: HostParty) {
    const { bitsPerSecond, seed } = host.wiring;
    this.host = host;
    this.bitsPerSecond = bitsPerSecond;
    this.egress = new Egress(bitsPerSecond);
    this.link = new LinkFaults(seed);
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
      else this.departMessage(moment, payload.bytes);
    }
  }

  /** Something came over the link. */
  receiveMessage(bytes: Uint8Array<ArrayBuffer>): void {
    const { host } = this;
    if (host.wiring.party !== HOST_A) {
      if (this.link.isUp('to-destination')) host.receive(bytes);
      return;
    }
    for (const arrival of this.passed('to-source', bytes)) {
      if (arrival.delay === 0) host.receive(arrival.bytes);
      else
        host.schedule(after(host.now, arrival.delay), { kind: 'delivery', bytes: arrival.bytes });
    }
  }

  private departMessage(moment: Instant, bytes: Uint8Array<ArrayBuffer>): void {
    const { party, peer } = this.host.wiring;
    if (party !== HOST_A) {
      if (this.link.isUp('to-source')) this.emit(peer, moment, { kind: 'message', bytes });
      return;
    }
    for (const { bytes: copy, delay } of this.passed('to-destination', bytes))
      this.emit(peer, moment, { kind: 'message', bytes: copy }, delay);
  }

  private passed(direction: Direction, bytes: Uint8Array<ArrayBuffer>): Passage['arrivals'] {
    const { host } = this;
    const { arrivals, struck } = this.link.pass(direction, bytes);
    if (struck !== undefined) {
      host.trace.event(host.now, 'fault.struck', {
        fault: struck,
        what: `${typeOf(bytes) ?? 'unknown'} ${direction}`,
      });
    }
    return arrivals;
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
      connection: channelOfFrame(bytes),
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
    if (host.wiring.guestHasNic && !this.gateway.isForConsole(frame)) {
      if (!host.frameInput(padded(frame)))
        host.trace.event(host.now, 'frame.dropped', { id, type, reason: NOT_TAKEN });
      return;
    }
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

  /** The guest's card sent a frame. */
  guestFrame(frame: Frame): void {
    this.sendFrame(frame);
  }

  serialOutput(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    for (const frame of this.gateway.transmit(bytes).frames) this.sendFrame(frame);
  }

  announce(round: number): void {
    const { host } = this;
    if (!host.running && !host.pausedByHand) return;
    const { announce, vmMac } = host.wiring;
    const frame = announceFrame(announce, { mac: mac(vmMac), ip: ip(VM_IP) });
    if (frame === undefined) return;
    if (host.faults.losesAnnouncement())
      host.trace.event(host.now, 'fault.struck', { fault: 'lose', what: 'announcement' });
    else this.sendFrame(frame);
    const delay = announceDelay(
      round + 1,
      announce === 'rarp' ? QEMU_SCHEDULE : FRONT_END_SCHEDULE,
    );
    if (delay !== undefined)
      host.schedule(after(host.now, delay), { kind: 'announce', round: round + 1 });
  }

  // ---- faults ----

  changeLink(change: LinkFault): void {
    const { host } = this;
    const outward: Direction = host.wiring.party === HOST_A ? 'to-destination' : 'to-source';
    const mine = change.direction === undefined || change.direction === outward;
    if (change.bandwidthMbps !== undefined && mine)
      this.setRate(Math.round(change.bandwidthMbps * 1e6));
    this.link.change(change);
    this.reportLink();
  }

  heal(): void {
    if (this.dead) return;
    this.link.heal();
    this.setRate(this.host.wiring.bitsPerSecond);
    this.reportLink();
  }

  private setRate(bitsPerSecond: number): void {
    this.bitsPerSecond = bitsPerSecond;
    this.egress.setRate(bitsPerSecond);
  }

  private reportLink(): void {
    const { host } = this;
    host.trace.event(host.now, 'link.changed', {
      link: 'migration',
      up: this.link.isUp('to-destination') && this.link.isUp('to-source'),
      bitsPerSecond: this.bitsPerSecond,
      latencyNs: host.wiring.linkLatency,
    });
  }

  /** The host died: what waits in its queue never leaves. */
  silence(): void {
    this.egress = new Egress(this.bitsPerSecond);
    this.gateway.detach();
    this.dead = true;
  }

  save(): HostPortState {
    return {
      egress: this.egress.save(),
      gateway: this.gateway.save(),
      dead: this.dead,
      link: this.link.save(),
      bitsPerSecond: this.bitsPerSecond,
      envelopes: this.envelopes,
      frames: this.frames,
    };
  }

  restore(state: HostPortState): void {
    this.egress = Egress.restore(state.egress);
    this.gateway = SerialGateway.restore(state.gateway);
    this.dead = state.dead;
    this.link.restore(state.link);
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

  private emit(to: number, departure: Instant, payload: Payload, delay = duration(0)): void {
    const { party, linkLatency, lanLatency } = this.host.wiring;
    const propagation = to === NETWORK ? lanLatency : linkLatency;
    const at = after(departure, duration(propagation + delay));
    this.outgoing.push({ from: party, to, at, sequence: this.envelopes++, payload });
    // The soonest that anything which follows from this could come back.
    const echo = to === NETWORK ? lanLatency : Math.min(linkLatency, 2 * lanLatency);
    this.host.lowerLimit(after(at, duration(echo)));
  }
}
