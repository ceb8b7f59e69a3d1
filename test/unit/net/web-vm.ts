/** A VM's network as the client sees it, answered by the test: ARP, ping, and a small web server. */
import '../../support/all-code.ts';
import { type Instant, instant } from '../../../src/base/units.ts';
import { arpReply } from '../../../src/net/arp.ts';
import { Client, type ClientAction, type ClientConfig } from '../../../src/net/client.ts';
import type { Frame } from '../../../src/net/ethernet.ts';
import { decodeEcho, encodeEcho } from '../../../src/net/icmp.ts';
import { decodeIpFrame, encodeIpFrame } from '../../../src/net/ip-frame.ts';
import { PROTOCOL_ICMP, PROTOCOL_TCP } from '../../../src/net/ipv4.ts';
import { decodeTcp, encodeTcp, hasFlag, SYN, type TcpSegment } from '../../../src/net/tcp.ts';
import {
  type EventFields,
  type EventKind,
  type LabEvent,
  NETWORK,
} from '../../../src/trace/event.ts';
import { Recorder } from '../../../src/trace/recorder.ts';
import { CLIENT, CLIENT_CONFIG, MILLISECOND, VM } from './stations.ts';
import { TestPeer } from './tcp-peer.ts';

type Timer = Extract<ClientAction, { kind: 'timer' }>;

const LATENCY = MILLISECOND;
const PEER_TIMER = 250 * MILLISECOND;

/** The whole answer to the request for `path`. */
export type Server = (path: string) => Uint8Array;

export class WebVm {
  readonly recorder = new Recorder(NETWORK);
  client: Client;
  /** Frames of either side are lost while this is true. */
  isGone: (now: Instant) => boolean = () => false;
  /** How often the VM answers a ping. */
  answers: (sequence: number) => number = () => 1;
  readonly frames: Frame[] = [];
  private readonly server: Server;
  private readonly peers = new Map<number, TestPeer>();
  private timers: Timer[] = [];
  private arriving: { readonly at: Instant; readonly frame: Frame }[] = [];
  private nextPeerTimer = PEER_TIMER;
  private gathered: LabEvent[] = [];

  constructor(more: Partial<ClientConfig>, server: Server = () => new Uint8Array(0)) {
    this.server = server;
    this.client = new Client({ ...CLIENT_CONFIG, ...more }, this.recorder);
    const start = instant(0);
    this.perform(start, this.client.start(start));
    this.perform(start, this.client.receive(start, arpReply(VM, CLIENT)));
  }

  pass(untilMs: number): this {
    const until = untilMs * MILLISECOND;
    for (;;) {
      this.timers.sort((a, b) => a.at - b.at);
      this.arriving.sort((a, b) => a.at - b.at);
      const timer = this.timers[0]?.at ?? Number.POSITIVE_INFINITY;
      const arrival = this.arriving[0]?.at ?? Number.POSITIVE_INFINITY;
      const at = instant(Math.min(timer, arrival, this.nextPeerTimer));
      if (at > until) return this;
      this.once(at, timer, arrival);
    }
  }

  /** The client goes on from a copy of its state. */
  reload(): this {
    this.client = Client.restore(structuredClone(this.client.save()), this.recorder);
    return this;
  }

  events<Kind extends EventKind>(kind: Kind): (EventFields[Kind] & { readonly at: Instant })[] {
    this.gathered.push(...this.recorder.take().events);
    return this.gathered.filter((event) => event.kind === kind) as never;
  }

  private once(at: Instant, timer: number, arrival: number): void {
    if (at === arrival) {
      const frame = this.arriving.shift()?.frame;
      if (frame && !this.isGone(at)) this.perform(at, this.client.receive(at, frame));
    } else if (at === timer) {
      const due = this.timers.shift();
      if (due) this.perform(at, this.client.timer(at, due.timer));
    } else {
      this.nextPeerTimer += PEER_TIMER;
      for (const peer of this.peers.values()) this.reply(at, peer.timer());
    }
  }

  private perform(now: Instant, actions: readonly ClientAction[]): void {
    for (const action of actions) {
      if (action.kind === 'timer') this.timers.push(action);
      else {
        this.frames.push(action.frame);
        if (!this.isGone(now)) this.serve(now, action.frame);
      }
    }
  }

  private serve(now: Instant, frame: Frame): void {
    const packet = decodeIpFrame(frame);
    if (!packet.ok) return;
    const { protocol, payload } = packet.value;
    if (protocol === PROTOCOL_ICMP) this.answerPing(now, payload);
    if (protocol !== PROTOCOL_TCP) return;
    const segment = decodeTcp(payload, CLIENT.ip, VM.ip);
    if (segment.ok) this.answerSegment(now, segment.value);
  }

  private answerPing(now: Instant, payload: Uint8Array): void {
    const echo = decodeEcho(payload);
    if (!echo.ok) return;
    const reply = encodeEcho({ ...echo.value, kind: 'reply' });
    for (let copy = 0; copy < this.answers(echo.value.sequence); copy++)
      this.send(now, PROTOCOL_ICMP, reply);
  }

  private answerSegment(now: Instant, segment: TcpSegment): void {
    const port = segment.sourcePort;
    let peer = this.peers.get(port);
    if (peer === undefined || (hasFlag(segment, SYN) && peer.isDone)) {
      peer = new TestPeer({
        initialSequence: 77,
        // What is asked for is known from the client's plan: the peer sends when the request came.
        send: this.server(this.client.save().config.fetch?.path ?? '/'),
        segmentBytes: 1000,
        segmentsOut: 4,
        window: 4096,
        closes: 'first',
      });
      this.peers.set(port, peer);
    }
    this.reply(now, peer.receive(segment));
  }

  private reply(now: Instant, segments: readonly TcpSegment[]): void {
    for (const segment of segments)
      this.send(now, PROTOCOL_TCP, encodeTcp(segment, VM.ip, CLIENT.ip));
  }

  private send(now: Instant, protocol: number, payload: Uint8Array): void {
    if (this.isGone(now)) return;
    const frame = encodeIpFrame({ from: VM, to: CLIENT, protocol, payload });
    this.arriving.push({ at: instant(now + LATENCY), frame });
  }
}
