/**
 * A machine on the network that uses the VM: finds its MAC by ARP, then probes it at a fixed interval
 * and, if it is told to, downloads from it. It can also type at the VM's console.
 */
import { assert } from '../base/assert.ts';
import { after, type Duration, type Instant, milliseconds } from '../base/units.ts';
import type { Tracer } from '../trace/recorder.ts';
import { arpReply, arpRequest, decodeArp, type Station } from './arp.ts';
import { ArpCache, type ArpEntry } from './arp-cache.ts';
import {
  decodeEthernet,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  type EthernetFrame,
  type Frame,
  isGroupMac,
} from './ethernet.ts';
import {
  type FetchCounts,
  Fetcher,
  type FetcherState,
  type FetcherStep,
  type FetchPlan,
  type FetchTimer,
} from './fetcher.ts';
import type { HttpFetchState } from './http-fetch.ts';
import { decodeIpFrame, encodeIpFrame } from './ip-frame.ts';
import { type Ip, PROTOCOL_TCP } from './ipv4.ts';
import type { Outage, ProbeBookState, ProbeCounts } from './probe-book.ts';
import { type ProbeKind, Prober, probeTimeout } from './prober.ts';
import { isProbeByte, SERIAL_PORT } from './serial-port.ts';
import { decodeTcp, encodeTcp } from './tcp.ts';
import { encodeUdpFrame, type Peer } from './udp.ts';

export interface ClientConfig {
  readonly self: Peer;
  readonly vmIp: Ip;
  readonly interval: Duration;
  /** `serial` if absent. */
  readonly probe?: ProbeKind;
  readonly fetch?: FetchPlan;
}

export const DEFAULT_PROBE_INTERVAL = milliseconds(10);
const ARP_RETRY = milliseconds(1000);

/** A typed text goes out in pieces that a UART's receive FIFO holds with room for probes. */
const TYPED_BYTES = 8;
const TYPING_PAUSE = milliseconds(2);

/**
 * `probe`: the next one is due. `timeout`: that probe is given up. `resolve`: ask again for the MAC.
 * `type`: the rest of what is typed at the VM's console. The others are the downloads'.
 */
export type ClientTimer =
  | { readonly kind: 'type'; readonly text: string }
  | { readonly kind: 'resolve' }
  | { readonly kind: 'probe' }
  | { readonly kind: 'timeout'; readonly probe: number }
  | FetchTimer;

export type ClientAction =
  | { readonly kind: 'send'; readonly frame: Frame }
  | { readonly kind: 'timer'; readonly at: Instant; readonly timer: ClientTimer };

export interface ClientState {
  readonly config: ClientConfig;
  readonly arp: readonly ArpEntry[];
  readonly probing: boolean;
  readonly book: ProbeBookState;
  readonly fetcher: FetcherState | undefined;
}

export class Client {
  private readonly config: ClientConfig;
  private readonly trace: Tracer;
  private readonly timeout: Duration;
  private readonly arp: ArpCache;
  private readonly prober: Prober;
  private readonly fetcher: Fetcher | undefined;
  private probing: boolean;

  constructor(config: ClientConfig, trace: Tracer, state?: ClientState) {
    this.config = config;
    this.trace = trace;
    this.timeout = probeTimeout(config.interval);
    this.arp = new ArpCache(config.self.ip, state?.arp);
    this.prober = new Prober(config.probe ?? 'serial', config.self, trace, state?.book);
    this.fetcher = config.fetch && new Fetcher(config.vmIp, config.fetch, trace, state?.fetcher);
    this.probing = state?.probing ?? false;
  }

  static restore(state: ClientState, trace: Tracer): Client {
    return new Client(state.config, trace, state);
  }

  save(): ClientState {
    const { config, probing, prober, fetcher } = this;
    const book = prober.book.save();
    return { config, arp: this.arp.entries(), probing, book, fetcher: fetcher?.save() };
  }

  arpTable(): readonly ArpEntry[] {
    return this.arp.entries();
  }

  get counts(): ProbeCounts {
    return this.prober.book.counts;
  }

  get fetchCounts(): FetchCounts | undefined {
    return this.fetcher?.counts;
  }

  /** The download that runs or ran last. */
  get latestFetch(): HttpFetchState | undefined {
    return this.fetcher?.latest;
  }

  outage(now: Instant): Outage {
    return this.prober.book.outage(now, this.config.interval);
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
        this.prober.giveUp(now, timer.probe);
        return [];
      default:
        return this.fetcher === undefined ? [] : this.fetching(this.fetcher.timer(now, timer));
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
    return etherType === ETHERTYPE_IPV4 ? this.receiveIp(now, frame) : [];
  }

  private resolve(now: Instant): ClientAction[] {
    return [
      { kind: 'send', frame: arpRequest(this.config.self, this.config.vmIp) },
      { kind: 'timer', at: after(now, ARP_RETRY), timer: { kind: 'resolve' } },
    ];
  }

  private probe(now: Instant): ClientAction[] {
    const { probe, frame } = this.prober.send(now, this.vm());
    return [
      { kind: 'send', frame },
      { kind: 'timer', at: after(now, this.timeout), timer: { kind: 'timeout', probe } },
      { kind: 'timer', at: after(now, this.config.interval), timer: { kind: 'probe' } },
    ];
  }

  private vm(): Station {
    const { vmIp } = this.config;
    const mac = this.arp.lookup(vmIp);
    assert(mac !== undefined, 'the VM is used when its MAC is known, and no entry is ever removed');
    return { mac, ip: vmIp };
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
      if (this.fetcher !== undefined) actions.push(...this.fetching(this.fetcher.start(now)));
    }
    return actions;
  }

  private receiveIp(now: Instant, frame: Frame): ClientAction[] {
    const packet = decodeIpFrame(frame);
    const { self, vmIp } = this.config;
    if (!packet.ok || packet.value.from.ip !== vmIp || packet.value.to.ip !== self.ip) return [];
    const { protocol, payload } = packet.value;
    if (protocol !== PROTOCOL_TCP) {
      this.prober.receive(now, frame);
      return [];
    }
    const segment = decodeTcp(payload, vmIp, self.ip);
    if (this.fetcher === undefined || !this.probing || !segment.ok) return [];
    return this.fetching(this.fetcher.receive(now, segment.value));
  }

  /** Each segment goes to where the cache has the VM now. */
  private fetching({ segments, timers }: FetcherStep): ClientAction[] {
    const { self } = this.config;
    const sent = segments.map((segment): ClientAction => {
      const to = this.vm();
      const payload = encodeTcp(segment, self.ip, to.ip);
      const frame = encodeIpFrame({ from: self, to, protocol: PROTOCOL_TCP, payload });
      return { kind: 'send', frame };
    });
    return [...sent, ...timers.map((timer): ClientAction => ({ kind: 'timer', ...timer }))];
  }
}
