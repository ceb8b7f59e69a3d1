/**
 * The other end in these tests: a TCP server that shares no code with the client but the codec. It
 * goes back to the first unacknowledged byte whenever its timer fires, keeps nothing that comes out
 * of order, and has no finesse.
 */
import { ACK, FIN, hasFlag, SYN, sequenceLength, type TcpSegment } from '../../../src/net/tcp.ts';

export interface PeerPlan {
  readonly initialSequence: number;
  readonly send: Uint8Array;
  readonly segmentBytes: number;
  /** How many segments it dares to have out, and its own window. */
  readonly segmentsOut: number;
  readonly window: number;
  /** When it closes: after its last byte, or when the client has closed. */
  readonly closes: 'first' | 'second';
}

export class TestPeer {
  readonly received: number[] = [];
  window: number;
  private readonly plan: PeerPlan;
  private clientNext: number | undefined;
  private ports: { readonly sourcePort: number; readonly destinationPort: number } | undefined;
  /** Counted from the peer's SYN. */
  private acknowledged = 0;
  private clientClosed = false;

  constructor(plan: PeerPlan) {
    this.plan = plan;
    this.window = plan.window;
  }

  /** Client's FIN taken, own FIN acknowledged. */
  get isDone(): boolean {
    return this.clientClosed && this.acknowledged === this.plan.send.length + 2;
  }

  receive(segment: TcpSegment): TcpSegment[] {
    if (hasFlag(segment, SYN)) {
      if (this.clientNext !== undefined && this.acknowledged > 0) return [this.bare()];
      this.clientNext = (segment.sequence + 1) >>> 0;
      this.ports = { sourcePort: segment.destinationPort, destinationPort: segment.sourcePort };
      return [this.segment(0, new Uint8Array(0), SYN | ACK)];
    }
    if (this.clientNext === undefined || !hasFlag(segment, ACK)) return [];
    const before = this.acknowledged;
    const moved = (segment.acknowledgment - this.plan.initialSequence - before) | 0;
    if (moved > 0) this.acknowledged += moved;
    const speaks = sequenceLength(segment) > 0;
    if (speaks) this.take(segment);
    const sent = moved > 0 || (speaks && before === 1) ? this.outstanding() : [];
    return sent.length > 0 || !speaks ? sent : [this.bare()];
  }

  /** Everything that is out goes out again. */
  timer(): TcpSegment[] {
    if (this.clientNext === undefined) return [];
    if (this.acknowledged === 0) return [this.segment(0, new Uint8Array(0), SYN | ACK)];
    return this.outstanding();
  }

  /** An acknowledgment, as when the window changes. */
  bare(): TcpSegment {
    return this.segment(this.acknowledged, new Uint8Array(0), ACK);
  }

  private take(segment: TcpSegment): void {
    const skip = ((this.clientNext ?? 0) - segment.sequence) | 0;
    if (skip < 0 || skip >= sequenceLength(segment) || this.clientClosed) return;
    const fresh = segment.payload.subarray(skip, skip + this.window);
    this.received.push(...fresh);
    this.clientNext = ((this.clientNext ?? 0) + fresh.length) >>> 0;
    if (!hasFlag(segment, FIN) || skip + fresh.length < segment.payload.length) return;
    this.clientNext = (this.clientNext + 1) >>> 0;
    this.clientClosed = true;
  }

  private outstanding(): TcpSegment[] {
    const { send, segmentBytes, segmentsOut, closes } = this.plan;
    const segments: TcpSegment[] = [];
    let at = this.acknowledged - 1;
    while (at >= 0 && at < send.length && segments.length < segmentsOut) {
      const payload = send.slice(at, at + segmentBytes);
      segments.push(this.segment(at + 1, payload, ACK));
      at += payload.length;
    }
    const mayClose = closes === 'first' || this.clientClosed;
    if (at === send.length && mayClose && segments.length < segmentsOut)
      segments.push(this.segment(at + 1, new Uint8Array(0), ACK | FIN));
    return segments;
  }

  private segment(offset: number, payload: Uint8Array, flags: number): TcpSegment {
    const ports = this.ports ?? { sourcePort: 0, destinationPort: 0 };
    return {
      ...ports,
      sequence: (this.plan.initialSequence + offset) >>> 0,
      acknowledgment: this.clientNext ?? 0,
      flags,
      window: this.window,
      segmentSize: (flags & SYN) !== 0 ? this.plan.segmentBytes : undefined,
      payload,
    };
  }
}
