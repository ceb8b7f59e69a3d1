/**
 * The receiving half of a TCP connection (RFC 9293 §3.4, §3.10.7.4): what is acceptable, what comes
 * next, and what came too early. What is received is handed over at once, so that the window is
 * always open by its full size.
 */
import { ByteWriter } from '../base/bytes.ts';
import { fromWire, toWire } from './tcp-sequence.ts';

export interface EarlyBytes {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface TcpReceiverState {
  readonly initial: number;
  readonly window: number;
  /** Offset of the next byte in order. */
  readonly expected: number;
  readonly early: readonly EarlyBytes[];
  /** Offset of the peer's FIN, once seen. */
  readonly end: number | undefined;
  /** Bytes that came more than once; of two early segments that overlap in part, none is counted. */
  readonly repeatedBytes: number;
}

/** More pieces than a window of full segments has; beyond it the peer has to send again. */
const MOST_EARLY = 64;

export class TcpReceiver {
  private state: TcpReceiverState;

  constructor(state: TcpReceiverState) {
    this.state = state;
  }

  /** The peer's SYN has come. */
  static open(initial: number, window: number): TcpReceiver {
    const nothing = { early: [], end: undefined, repeatedBytes: 0 };
    return new TcpReceiver({ initial, window, expected: 1, ...nothing });
  }

  save(): TcpReceiverState {
    return this.state;
  }

  get expected(): number {
    return this.state.expected;
  }

  /** For the acknowledgment field. */
  get acknowledgment(): number {
    return toWire(this.state.initial, this.state.expected);
  }

  /** All bytes and the FIN are here. */
  get finished(): boolean {
    const { end, expected } = this.state;
    return end !== undefined && expected > end;
  }

  offsetOf(sequence: number): number {
    return fromWire(this.state.initial, sequence, this.state.expected);
  }

  /** RFC 9293's Table 6, for a window that is never 0. */
  accepts(offset: number, length: number): boolean {
    const { expected, window } = this.state;
    const inside = (at: number) => at >= expected && at < expected + window;
    return inside(offset) || (length > 0 && inside(offset + length - 1));
  }

  /** Takes a segment's text and FIN; returns the bytes that are in order now. */
  take(offset: number, payload: Uint8Array, fin: boolean): Uint8Array<ArrayBuffer> {
    const { expected, window } = this.state;
    const bytes = payload.subarray(0, Math.max(0, expected + window - offset));
    if (fin && bytes.length === payload.length) this.change({ end: offset + bytes.length });
    this.keep({ offset, bytes });
    const ready = this.release();
    if (this.state.expected === this.state.end) this.change({ expected: this.state.end + 1 });
    return ready;
  }

  /** A segment outside the window is dropped; what it repeats is counted. */
  drop(offset: number, length: number): void {
    this.countAgain(offset, this.state.expected, length);
  }

  private countAgain(offset: number, knownUpTo: number, length: number): void {
    const again = Math.min(length, Math.max(0, knownUpTo - offset));
    if (again > 0) this.change({ repeatedBytes: this.state.repeatedBytes + again });
  }

  private keep(piece: EarlyBytes): void {
    if (piece.bytes.length === 0) return;
    const { expected, early } = this.state;
    const held = early.some((one) => one.offset <= piece.offset && endOf(one) >= endOf(piece));
    this.countAgain(piece.offset, held ? endOf(piece) : expected, piece.bytes.length);
    if (held || endOf(piece) <= expected) return;
    if (early.length >= MOST_EARLY && piece.offset > expected) return;
    const offset = Math.max(piece.offset, expected);
    const bytes = piece.bytes.slice(offset - piece.offset);
    this.change({ early: [...early, { offset, bytes }].sort((a, b) => a.offset - b.offset) });
  }

  /** What has no gap before it any more. */
  private release(): Uint8Array<ArrayBuffer> {
    let { expected } = this.state;
    const ready = new ByteWriter();
    const waiting: EarlyBytes[] = [];
    for (const piece of this.state.early) {
      if (piece.offset > expected) {
        waiting.push(piece);
      } else if (endOf(piece) > expected) {
        ready.bytes(piece.bytes.subarray(expected - piece.offset));
        expected = endOf(piece);
      }
    }
    this.change({ expected, early: waiting });
    return ready.finish();
  }

  private change(part: Partial<TcpReceiverState>): void {
    this.state = { ...this.state, ...part };
  }
}

const endOf = ({ offset, bytes }: EarlyBytes): number => offset + bytes.length;
