/** A client and a peer with a bad network between them, in virtual time. */
import { after, type Instant, instant, milliseconds, START } from '../../../src/base/units.ts';
import { ip } from '../../../src/net/ipv4.ts';
import { decodeTcp, encodeTcp, type TcpSegment } from '../../../src/net/tcp.ts';
import { TcpClient, type TcpConfig, type TcpStep } from '../../../src/net/tcp-client.ts';
import type { TestPeer } from './tcp-peer.ts';

/** What becomes of one segment; when the list is at an end, every segment arrives in order. */
export interface Fate {
  readonly copies: 0 | 1 | 2;
  readonly delayMs: number;
}

const HEALTHY: Fate = { copies: 1, delayMs: 1 };
const PEER_TIMER = milliseconds(250);
const ENDS = [ip('10.0.0.9'), ip('10.0.0.5')] as const;

type Happening =
  | { readonly kind: 'to-client' | 'to-peer'; readonly bytes: Uint8Array }
  | { readonly kind: 'client-timer' | 'peer-timer' };

export class Channel {
  client: TcpClient;
  readonly peer: TestPeer;
  readonly received: number[] = [];
  readonly phases = new Set<string>();
  now: Instant = START;
  private readonly fates: readonly Fate[];
  private readonly beforeStep: (channel: Channel) => void;
  private next = 0;
  private lostInARow = 0;
  private queue: { readonly at: Instant; readonly order: number; readonly what: Happening }[] = [];
  private order = 0;

  constructor(
    config: TcpConfig,
    peer: TestPeer,
    fates: readonly Fate[],
    beforeStep: (channel: Channel) => void = () => {},
  ) {
    this.client = TcpClient.create(config);
    this.peer = peer;
    this.fates = fates;
    this.beforeStep = beforeStep;
    this.schedule(after(START, PEER_TIMER), { kind: 'peer-timer' });
  }

  /** Until the client is closed, or for ten virtual minutes. */
  run(isOver = () => this.client.ending !== undefined): this {
    const limit = instant(600e9);
    while (!isOver() && this.now < limit) this.once();
    return this;
  }

  did(step: TcpStep): void {
    this.phases.add(this.client.phase);
    this.received.push(...step.received);
    for (const segment of step.send) this.carry('to-peer', segment);
    const { deadline } = this.client;
    if (deadline < Number.MAX_SAFE_INTEGER) this.schedule(deadline, { kind: 'client-timer' });
  }

  private once(): void {
    this.queue.sort((a, b) => a.at - b.at || a.order - b.order);
    const happening = this.queue.shift();
    if (happening === undefined) return;
    this.now = happening.at;
    this.beforeStep(this);
    this.handle(happening.what);
  }

  private handle(what: Happening): void {
    switch (what.kind) {
      case 'to-client':
        this.did(this.client.receive(this.now, decoded(what.bytes, 1)));
        break;
      case 'to-peer':
        for (const segment of this.peer.receive(decoded(what.bytes, 0)))
          this.carry('to-client', segment);
        break;
      case 'client-timer':
        this.did(this.client.timer(this.now));
        break;
      case 'peer-timer':
        this.schedule(after(this.now, PEER_TIMER), what);
        for (const segment of this.peer.timer()) this.carry('to-client', segment);
    }
  }

  /** Four in a row are never lost, so that nobody may give up. */
  private carry(kind: 'to-client' | 'to-peer', segment: TcpSegment): void {
    let fate = this.fates[this.next++] ?? HEALTHY;
    this.lostInARow = fate.copies === 0 ? this.lostInARow + 1 : 0;
    if (this.lostInARow > 3) fate = HEALTHY;
    const [from, to] = kind === 'to-peer' ? ENDS : [ENDS[1], ENDS[0]];
    const bytes = encodeTcp(segment, from, to);
    for (let copy = 0; copy < fate.copies; copy++) {
      const delay = milliseconds(fate.delayMs + copy * 7);
      this.schedule(after(this.now, delay), { kind, bytes });
    }
  }

  private schedule(at: Instant, what: Happening): void {
    this.queue.push({ at, order: this.order++, what });
  }
}

function decoded(bytes: Uint8Array, from: 0 | 1): TcpSegment {
  const segment = decodeTcp(bytes, ENDS[from], ENDS[1 - from]);
  if (!segment.ok) throw new Error(segment.error.message);
  return segment.value;
}
