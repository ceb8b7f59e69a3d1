/**
 * A machine on the network that uses the VM: finds its MAC by ARP, then sends a probe of one byte at
 * a fixed interval to the VM's serial console and waits for the guest to send it back.
 */
import { assert } from '../base/assert.ts';
import { after, type Duration, type Instant, milliseconds } from '../base/units.ts';
import type { Tracer } from '../trace/recorder.ts';
import { arpReply, arpRequest, decodeArp } from './arp.ts';
import { ArpCache, type ArpEntry } from './arp-cache.ts';
import {
  decodeEthernet,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  type EthernetFrame,
  type Frame,
  isGroupMac,
} from './ethernet.ts';
import type { Ip } from './ipv4.ts';
import { type Outage, ProbeBook, type ProbeBookState, type ProbeCounts } from './probe-book.ts';
import { isProbeByte, PROBE_BYTES, probeByte, SERIAL_PORT } from './serial-port.ts';
import { decodeUdpFrame, encodeUdpFrame, type Peer } from './udp.ts';

export interface ClientConfig {
  readonly self: Peer;
  readonly vmIp: Ip;
  readonly interval: Duration;
}

export const DEFAULT_PROBE_INTERVAL = milliseconds(10);
const ARP_RETRY = milliseconds(1000);
const LONGEST_PROBE_TIMEOUT = milliseconds(1000);
const TIMEOUT_INTERVALS = 100;

/** A typed text goes out in pieces that a UART's receive FIFO holds with room for probes. */
const TYPED_BYTES = 8;
const TYPING_PAUSE = milliseconds(2);

/**
 * `probe`: the next one is due. `timeout`: that probe is given up. `resolve`: ask again for the MAC.
 * `type`: the rest of what is typed at the VM's console.
 */
export type ClientTimer =
  | { readonly kind: 'type'; readonly text: string }
  | { readonly kind: 'resolve' }
  | { readonly kind: 'probe' }
  | { readonly kind: 'timeout'; readonly probe: number };

export type ClientAction =
  | { readonly kind: 'send'; readonly frame: Frame }
  | { readonly kind: 'timer'; readonly at: Instant; readonly timer: ClientTimer };

export interface ClientState {
  readonly config: ClientConfig;
  readonly arp: readonly ArpEntry[];
  readonly probing: boolean;
  readonly book: ProbeBookState;
}

/** A probe is lost after this long: always before its byte comes round again. */
export function probeTimeout(interval: Duration): Duration {
  const timeout = Math.min(LONGEST_PROBE_TIMEOUT, TIMEOUT_INTERVALS * interval);
  assert(interval > 0 && timeout < PROBE_BYTES * interval, `a probe interval of ${interval} ns`);
  return timeout as Duration;
}

export class Client {
  private readonly config: ClientConfig;
  private readonly trace: Tracer;
  private readonly timeout: Duration;
  private readonly arp: ArpCache;
  private readonly book: ProbeBook;
  private probing: boolean;

  constructor(config: ClientConfig, trace: Tracer, state?: ClientState) {
    this.config = config;
    this.trace = trace;
    this.timeout = probeTimeout(config.interval);
    this.arp = new ArpCache(config.self.ip, state?.arp);
    this.book = new ProbeBook(state?.book);
    this.probing = state?.probing ?? false;
  }

  static restore(state: ClientState, trace: Tracer): Client {
    return new Client(state.config, trace, state);
  }

  save(): ClientState {
    const { config, probing } = this;
    return { config, arp: this.arp.entries(), probing, book: this.book.save() };
  }

  arpTable(): readonly ArpEntry[] {
    return this.arp.entries();
  }

  get counts(): ProbeCounts {
    return this.book.counts;
  }

  outage(now: Instant): Outage {
    return this.book.outage(now, this.config.interval);
  }

  start(now: Instant): ClientAction[] {
    return this.resolve(now);
  }

  timer(now: Instant, timer: ClientTimer): ClientAction[] {
    switch (timer.kind) {
      case 'resolve':
        return this.probing ? [] : this.resolve(now);
      case 'probe':
        return this.probe(now);
      case 'type':
        return this.type(now, timer.text);
      case 'timeout':
        if (this.book.giveUp(timer.probe)) {
          this.trace.event(now, 'probe.lost', { probe: timer.probe });
        }
        return [];
    }
  }

  /** Text for the VM's serial console; only ASCII passes, since the upper half is the probes'. */
  type(now: Instant, text: string): ClientAction[] {
    const { self, vmIp } = this.config;
    const mac = this.arp.lookup(vmIp);
    if (mac === undefined || text.length === 0) return [];
    const payload = new TextEncoder()
      .encode(text.slice(0, TYPED_BYTES))
      .filter((byte) => !isProbeByte(byte));
    const rest = text.slice(TYPED_BYTES);
    const to = { mac, ip: vmIp, port: SERIAL_PORT };
    const frame = encodeUdpFrame({ from: self, to, payload });
    const later: ClientAction[] =
      rest === ''
        ? []
        : [{ kind: 'timer', at: after(now, TYPING_PAUSE), timer: { kind: 'type', text: rest } }];
    return [{ kind: 'send', frame }, ...later];
  }

  /** A frame from the switch. Flooded frames for others, and what does not decode, are ignored. */
  receive(now: Instant, frame: Frame): ClientAction[] {
    const decoded = decodeEthernet(frame);
    if (!decoded.ok) return [];
    const { destination, etherType } = decoded.value;
    if (destination !== this.config.self.mac && !isGroupMac(destination)) return [];
    if (etherType === ETHERTYPE_ARP) return this.receiveArp(now, decoded.value);
    if (etherType === ETHERTYPE_IPV4) this.receiveAnswer(now, frame);
    return [];
  }

  private resolve(now: Instant): ClientAction[] {
    return [
      { kind: 'send', frame: arpRequest(this.config.self, this.config.vmIp) },
      { kind: 'timer', at: after(now, ARP_RETRY), timer: { kind: 'resolve' } },
    ];
  }

  private probe(now: Instant): ClientAction[] {
    const { self, vmIp, interval } = this.config;
    const mac = this.arp.lookup(vmIp);
    assert(mac !== undefined, 'probing starts when the MAC is known, and no entry is ever removed');
    const probe = this.book.send(now);
    this.trace.event(now, 'probe.sent', { probe });
    const to = { mac, ip: vmIp, port: SERIAL_PORT };
    const payload = Uint8Array.of(probeByte(probe));
    return [
      { kind: 'send', frame: encodeUdpFrame({ from: self, to, payload }) },
      { kind: 'timer', at: after(now, this.timeout), timer: { kind: 'timeout', probe } },
      { kind: 'timer', at: after(now, interval), timer: { kind: 'probe' } },
    ];
  }

  private receiveArp(now: Instant, { payload }: EthernetFrame): ClientAction[] {
    const decoded = decodeArp(payload);
    if (!decoded.ok) return [];
    const packet = decoded.value;
    const update = this.arp.merge(packet);
    if (update !== undefined) {
      const { ip, mac, previousMac = '' } = update;
      this.trace.event(now, 'arp.updated', { ip, mac, previousMac });
    }
    const { self, vmIp } = this.config;
    const actions: ClientAction[] = [];
    if (
      packet.operation === 'request' &&
      packet.targetIp === self.ip &&
      packet.senderIp !== self.ip
    ) {
      const asker = { mac: packet.senderMac, ip: packet.senderIp };
      actions.push({ kind: 'send', frame: arpReply(self, asker) });
    }
    if (!this.probing && this.arp.lookup(vmIp) !== undefined) {
      this.probing = true;
      actions.push(...this.probe(now));
    }
    return actions;
  }

  private receiveAnswer(now: Instant, frame: Frame): void {
    const decoded = decodeUdpFrame(frame);
    if (!decoded.ok) return;
    const { from, to, payload } = decoded.value;
    const { self, vmIp } = this.config;
    if (from.ip !== vmIp || from.port !== SERIAL_PORT) return;
    if (to.ip !== self.ip || to.port !== self.port) return;
    for (const byte of payload) if (isProbeByte(byte)) this.answered(now, byte);
  }

  /** A late answer is on the trace too, after its `probe.lost`, with a round trip above the timeout. */
  private answered(now: Instant, byte: number): void {
    const { sent } = this.book.answer(now, byte);
    if (sent === undefined) return;
    this.trace.event(now, 'probe.answered', { probe: sent.probe, roundTripNs: now - sent.at });
  }
}
