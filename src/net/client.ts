/**
 * A machine on the network that uses the VM: finds its MAC by ARP, then probes it at a fixed interval
 * and, if it is told to, downloads from it. It can also type at the VM's console.
 */
import { Late } from '../base/late.ts';
import { after, type Duration, type Instant, milliseconds } from '../base/units.ts';
import type { Tracer } from '../trace/recorder.ts';
import { arpReply, arpRequest, decodeArp, type Station } from './arp.ts';
import { ArpCache, type ArpCacheState, type ArpEntry } from './arp-cache.ts';
import {
  addressTo,
  decodeEthernet,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  type EthernetFrame,
  type Frame,
  isGroupMac,
  type Mac,
  ZERO_MAC,
} from './ethernet.ts';
import type {
  FetchCounts,
  Fetcher,
  FetcherState,
  FetcherStep,
  FetchPlan,
  FetchTimer,
} from './fetcher.ts';
import type { HttpFetchState } from './http-fetch.ts';
import { decodeIpFrame, encodeIpFrame } from './ip-frame.ts';
import { type Ip, PROTOCOL_TCP } from './ipv4.ts';
import { ARP_TIMES, type TableTimes } from './learned-table.ts';
import type { Outage, ProbeBookState, ProbeCounts } from './probe-book.ts';
import { type ProbeKind, Prober, probeTimeout } from './prober.ts';
import { consoleText, isProbeByte, SERIAL_PORT } from './serial-port.ts';
import { decodeTcp, encodeTcp } from './tcp.ts';
import { decodeUdpFrame, encodeUdpFrame, type Peer } from './udp.ts';

export interface ClientConfig {
  readonly self: Peer;
  readonly vmIp: Ip;
  readonly interval: Duration;
  /** `serial` if absent. */
  readonly probe?: ProbeKind;
  readonly fetch?: FetchPlan;
  /** How long its ARP cache keeps what it knows; the usual times if absent. */
  readonly arp?: TableTimes;
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
  readonly arp: ArpCacheState;
  readonly askedAt: Instant | undefined;
  readonly waiting: Frame | undefined;
  readonly probing: boolean;
  readonly book: ProbeBookState;
  readonly fetcher: FetcherState | undefined;
  readonly typed: boolean;
}

/** HTTP over TCP, for scenarios whose client downloads. */
export const FETCHING = new Late(() => import('./fetcher.ts'));

export class Client {
  private readonly config: ClientConfig;
  private readonly trace: Tracer;
  private readonly timeout: Duration;
  private readonly arp: ArpCache;
  private readonly prober: Prober;
  private readonly fetcher: Fetcher | undefined;
  private probing: boolean;
  /** When the VM's MAC was asked for, while nobody has answered. */
  private askedAt: Instant | undefined;
  /** What waits for the answer: the latest packet only (RFC 1122 §2.3.2.2). */
  private waiting: Frame | undefined;
  /** Somebody sits at the console: what it prints is read from now on. */
  private typed: boolean;

  constructor(config: ClientConfig, trace: Tracer, state?: ClientState) {
    this.config = config;
    this.trace = trace;
    this.timeout = probeTimeout(config.interval);
    this.arp = new ArpCache(config.self.ip, config.arp ?? ARP_TIMES, state?.arp);
    this.prober = new Prober(config.probe ?? 'serial', config.self, trace, state?.book);
    this.fetcher =
      config.fetch && new FETCHING.now.Fetcher(config.vmIp, config.fetch, trace, state?.fetcher);
    this.probing = state?.probing ?? false;
    this.askedAt = state?.askedAt;
    this.waiting = state?.waiting;
    this.typed = state?.typed ?? false;
  }

  static restore(state: ClientState, trace: Tracer): Client {
    return new Client(state.config, trace, state);
  }

  save(): ClientState {
    const { config, askedAt, waiting, probing, fetcher, typed } = this;
    const book = this.prober.book.save();
    const arp = this.arp.save();
    return { config, arp, askedAt, waiting, probing, book, fetcher: fetcher?.save(), typed };
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
        return this.unanswered(now) ? this.resolve(now) : [];
      case 'probe':
        return this.probe(now);
      case 'type':
        return this.type(now, timer.text);
      case 'timeout':
        this.prober.giveUp(now, timer.probe);
        return [];
      default:
        return this.fetcher === undefined ? [] : this.fetching(now, this.fetcher.timer(now, timer));
    }
  }

  /** Text for the VM's serial console; only ASCII passes, since the upper half is the probes'. */
  type(now: Instant, text: string): ClientAction[] {
    const { self } = this.config;
    if (!this.probing || text.length === 0) return [];
    this.typed = true;
    const payload = new TextEncoder()
      .encode(text.slice(0, TYPED_BYTES))
      .filter((byte) => !isProbeByte(byte));
    const rest = text.slice(TYPED_BYTES);
    const frame = encodeUdpFrame({ from: self, to: { ...this.vm, port: SERIAL_PORT }, payload });
    const later: ClientAction[] =
      rest === ''
        ? []
        : [{ kind: 'timer', at: after(now, TYPING_PAUSE), timer: { kind: 'type', text: rest } }];
    return [...this.toVm(now, frame), ...later];
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
    this.askedAt = now;
    return [
      { kind: 'send', frame: arpRequest(this.config.self, this.config.vmIp) },
      { kind: 'timer', at: after(now, ARP_RETRY), timer: { kind: 'resolve' } },
    ];
  }

  /** A timer of an earlier question finds a later one too young. */
  private unanswered(now: Instant): boolean {
    return this.askedAt !== undefined && now >= after(this.askedAt, ARP_RETRY);
  }

  private probe(now: Instant): ClientAction[] {
    const { probe, frame } = this.prober.send(now, this.vm);
    return [
      ...this.toVm(now, frame),
      { kind: 'timer', at: after(now, this.timeout), timer: { kind: 'timeout', probe } },
      { kind: 'timer', at: after(now, this.config.interval), timer: { kind: 'probe' } },
    ];
  }

  /** As packets are written to it; `toVm` fills in where the cache has it. */
  private get vm(): Station {
    return { mac: ZERO_MAC, ip: this.config.vmIp };
  }

  /** Sent where the cache has the VM; when it has forgotten, the VM is asked for again. */
  private toVm(now: Instant, frame: Frame): ClientAction[] {
    const mac = this.macOfVm(now);
    if (mac !== undefined) return [{ kind: 'send', frame: addressTo(frame, mac) }];
    this.waiting = frame;
    return this.askedAt === undefined ? this.resolve(now) : [];
  }

  private macOfVm(now: Instant): Mac | undefined {
    for (const { ip, mac } of this.arp.age(now)) this.trace.event(now, 'arp.aged', { ip, mac });
    return this.arp.lookup(this.config.vmIp);
  }

  private receiveArp(now: Instant, { payload }: EthernetFrame): ClientAction[] {
    const decoded = decodeArp(payload);
    if (!decoded.ok) return [];
    const packet = decoded.value;
    this.macOfVm(now);
    const update = this.arp.merge(now, packet);
    if (update !== undefined) {
      const { ip, mac, previousMac = '' } = update;
      this.trace.event(now, 'arp.updated', { ip, mac, previousMac });
    }
    const { self } = this.config;
    const actions: ClientAction[] = [];
    if (
      packet.operation === 'request' &&
      packet.targetIp === self.ip &&
      packet.senderIp !== self.ip
    ) {
      const asker = { mac: packet.senderMac, ip: packet.senderIp };
      actions.push({ kind: 'send', frame: arpReply(self, asker) });
    }
    if (this.askedAt !== undefined && this.macOfVm(now) !== undefined)
      actions.push(...this.found(now));
    return actions;
  }

  /** The VM's MAC is known, for the first time or again. */
  private found(now: Instant): ClientAction[] {
    const { waiting, fetcher } = this;
    this.askedAt = undefined;
    this.waiting = undefined;
    const late = waiting === undefined ? [] : this.toVm(now, waiting.slice());
    if (this.probing) return late;
    this.probing = true;
    const fetching = fetcher === undefined ? [] : this.fetching(now, fetcher.start(now));
    return [...late, ...this.probe(now), ...fetching];
  }

  private receiveIp(now: Instant, frame: Frame): ClientAction[] {
    const packet = decodeIpFrame(frame);
    const { self, vmIp } = this.config;
    if (!packet.ok || packet.value.from.ip !== vmIp || packet.value.to.ip !== self.ip) return [];
    const { protocol, payload } = packet.value;
    if (protocol !== PROTOCOL_TCP) {
      this.readConsole(now, frame);
      this.prober.receive(now, frame);
      return [];
    }
    const segment = decodeTcp(payload, vmIp, self.ip);
    if (this.fetcher === undefined || !this.probing || !segment.ok) return [];
    return this.fetching(now, this.fetcher.receive(now, segment.value));
  }

  private readConsole(now: Instant, frame: Frame): void {
    const decoded = decodeUdpFrame(frame);
    if (!this.typed || !decoded.ok || decoded.value.from.port !== SERIAL_PORT) return;
    const text = consoleText(decoded.value.payload);
    if (text !== '') this.trace.event(now, 'console.answered', { text });
  }

  /** Each segment goes to where the cache has the VM now. */
  private fetching(now: Instant, { segments, timers }: FetcherStep): ClientAction[] {
    const { self } = this.config;
    const sent = segments.flatMap((segment) => {
      const to = this.vm;
      const payload = encodeTcp(segment, self.ip, to.ip);
      return this.toVm(now, encodeIpFrame({ from: self, to, protocol: PROTOCOL_TCP, payload }));
    });
    return [...sent, ...timers.map((timer): ClientAction => ({ kind: 'timer', ...timer }))];
  }
}
