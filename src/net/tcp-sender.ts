/**
 * The sending half of a TCP connection: what is unacknowledged, and what the peer's window (RFC 9293
 * §3.8.6) and the network (RFC 5681, slow start and congestion avoidance) allow to be sent. A loss is
 * noticed by its timeout only; a client whose requests fit one segment never sees three duplicate
 * acknowledgments. Small segments are not held back for an acknowledgment (no Nagle).
 */
import { ByteWriter } from '../base/bytes.ts';
import { DEFAULT_SEGMENT_SIZE } from './tcp.ts';

export interface TcpSenderState {
  readonly initial: number;
  readonly segmentSize: number;
  /** Offsets: the oldest not acknowledged, the next to send, the highest ever sent, the end of what is written. */
  readonly acknowledged: number;
  readonly next: number;
  readonly sentUpTo: number;
  readonly written: number;
  /** What is written and not acknowledged, up to `written`. */
  readonly buffer: Uint8Array;
  /** A FIN follows the last byte written. */
  readonly closing: boolean;
  readonly window: number;
  readonly largestWindow: number;
  /** The segment that told the window: its sequence and its acknowledgment. */
  readonly windowSequence: number;
  readonly windowAcknowledgment: number;
  readonly congestionWindow: number;
  readonly threshold: number;
}

/** Text, FIN or both, to go out at an offset. */
export interface Outgoing {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly fin: boolean;
  /** Nothing written is left behind it. */
  readonly push: boolean;
  /** Never sent before. */
  readonly fresh: boolean;
}

const SMALLEST_SEGMENT = 64;
const UNLIMITED = 0xffff;

export class TcpSender {
  private state: TcpSenderState;

  constructor(state: TcpSenderState) {
    this.state = state;
  }

  /** The SYN counts as sent. */
  static open(initial: number): TcpSender {
    return new TcpSender({
      initial,
      segmentSize: DEFAULT_SEGMENT_SIZE,
      acknowledged: 0,
      next: 1,
      sentUpTo: 1,
      written: 1,
      buffer: new Uint8Array(0),
      closing: false,
      window: 0,
      largestWindow: 0,
      windowSequence: 0,
      windowAcknowledgment: 0,
      congestionWindow: 2 * DEFAULT_SEGMENT_SIZE,
      threshold: UNLIMITED,
    });
  }

  save(): TcpSenderState {
    return this.state;
  }

  get acknowledged(): number {
    return this.state.acknowledged;
  }

  get sentUpTo(): number {
    return this.state.sentUpTo;
  }

  get isWindowShut(): boolean {
    return this.state.window === 0;
  }

  /** Sent and not acknowledged. */
  get hasOutstanding(): boolean {
    return this.state.acknowledged < this.state.sentUpTo;
  }

  /** Anything at all that the peer has not acknowledged, sent or not. */
  get hasUnfinished(): boolean {
    const { acknowledged, written, closing } = this.state;
    return acknowledged < written + (closing ? 1 : 0);
  }

  get isFinAcknowledged(): boolean {
    const { acknowledged, written, closing } = this.state;
    return closing && acknowledged > written;
  }

  /** What the peer said in its SYN, and what an own frame carries. */
  setSegmentSize(peer = DEFAULT_SEGMENT_SIZE, own = peer): void {
    const segmentSize = Math.max(SMALLEST_SEGMENT, Math.min(peer, own));
    this.change({ segmentSize, congestionWindow: 2 * segmentSize });
  }

  write(bytes: Uint8Array): void {
    const { buffer, written } = this.state;
    const joined = new ByteWriter().bytes(buffer).bytes(bytes).finish();
    this.change({ buffer: joined, written: written + bytes.length });
  }

  close(): void {
    this.change({ closing: true });
  }

  /** True: something new is acknowledged. Pre: not beyond `sentUpTo`. */
  acknowledge(acknowledged: number): boolean {
    const { buffer, written, next } = this.state;
    const newly = acknowledged - this.state.acknowledged;
    if (newly <= 0) return false;
    this.change({
      acknowledged,
      next: Math.max(next, acknowledged),
      buffer: buffer.slice(Math.max(0, acknowledged - (written - buffer.length))),
    });
    // The acknowledgment of a SYN must not widen the window (RFC 5681 §3.1).
    if (acknowledged > 1) this.growCongestionWindow(newly);
    return true;
  }

  /** True: a window that was shut is open again. An old segment tells nothing. */
  setWindow(sequence: number, acknowledgment: number, window: number): boolean {
    const { windowSequence, windowAcknowledgment, largestWindow, acknowledged } = this.state;
    const newer =
      windowSequence < sequence ||
      (windowSequence === sequence && windowAcknowledgment <= acknowledgment);
    if (!newer || acknowledgment < acknowledged) return false;
    const opened = this.isWindowShut && window > 0;
    this.change({
      window,
      largestWindow: Math.max(largestWindow, window),
      windowSequence: sequence,
      windowAcknowledgment: acknowledgment,
    });
    return opened;
  }

  /** The next segment that windows and good manners (§3.8.6.2.1) allow. */
  take(): Outgoing | undefined {
    const { acknowledged, next, sentUpTo, written, segmentSize } = this.state;
    const window = Math.min(this.state.window, this.state.congestionWindow);
    const usable = Math.max(0, acknowledged + window - next);
    const left = Math.max(0, written - next);
    const length = Math.min(left, usable, segmentSize);
    const fin = this.state.closing && next <= written && length === left && usable > length;
    if (length === 0 && !fin) return undefined;
    const worthIt =
      length === left ||
      length === segmentSize ||
      length * 2 >= this.state.largestWindow ||
      next < sentUpTo;
    return worthIt ? this.emit(length, fin) : undefined;
  }

  /** Whatever the window says: at least one byte, or the FIN. Nothing counts as sent for good. */
  probe(): Outgoing | undefined {
    if (!this.hasUnfinished) return undefined;
    this.goBack();
    const { acknowledged, written, window, segmentSize } = this.state;
    const length = Math.min(written - acknowledged, Math.max(1, window), segmentSize);
    const outgoing = this.emit(length, length === 0);
    this.change({ next: acknowledged });
    return outgoing;
  }

  /** A timeout: a congestion window of one segment, and again from the first unacknowledged byte on. */
  lost(): void {
    const { acknowledged, sentUpTo, segmentSize } = this.state;
    const half = Math.floor((sentUpTo - acknowledged) / 2);
    this.change({ threshold: Math.max(half, 2 * segmentSize), congestionWindow: segmentSize });
    this.goBack();
  }

  private goBack(): void {
    this.change({ next: this.state.acknowledged });
  }

  private emit(length: number, fin: boolean): Outgoing {
    const { next: offset, sentUpTo, written, buffer } = this.state;
    const start = offset - (written - buffer.length);
    const end = offset + length + (fin ? 1 : 0);
    this.change({ next: end, sentUpTo: Math.max(sentUpTo, end) });
    return {
      offset,
      bytes: buffer.slice(start, start + length),
      fin,
      push: length > 0 && offset + length === written,
      fresh: offset >= sentUpTo,
    };
  }

  private growCongestionWindow(newly: number): void {
    const { congestionWindow, threshold, segmentSize } = this.state;
    const slowStart = congestionWindow < threshold;
    const step = slowStart
      ? Math.min(newly, segmentSize)
      : Math.max(1, Math.floor((segmentSize * segmentSize) / congestionWindow));
    this.change({ congestionWindow: Math.min(UNLIMITED, congestionWindow + step) });
  }

  private change(part: Partial<TcpSenderState>): void {
    this.state = { ...this.state, ...part };
  }
}
