/**
 * The client's end of a TCP connection (RFC 9293 §3.10), actively opened. Segments and moments in,
 * segments and bytes out; the one timer is a moment in the state (`deadline`). Every segment that
 * takes sequence space is acknowledged at once. Resets and stray SYNs are met with RFC 5961's caution.
 * Text that comes with a SYN is left for the peer to send again; urgent data and a window scale are
 * not used. A peer whose window stays shut is probed until the owner aborts.
 */
import { assert } from '../base/assert.ts';
import { ByteWriter } from '../base/bytes.ts';
import { after, type Duration, type Instant, NEVER } from '../base/units.ts';
import { ACK, FIN, hasFlag, PSH, RST, SYN, sequenceLength, type TcpSegment } from './tcp.ts';
import { TcpReceiver, type TcpReceiverState } from './tcp-receiver.ts';
import { type Outgoing, TcpSender, type TcpSenderState } from './tcp-sender.ts';
import { fromWire, toWire } from './tcp-sequence.ts';
import { acknowledgedTiming, backedOff, FRESH_TIMING, type TcpTiming } from './tcp-timing.ts';

/** RFC 9293 §3.3.2, without LISTEN: nothing here opens passively. */
export const TCP_PHASES = [
  'closed',
  'syn-sent',
  'syn-received',
  'established',
  'fin-wait-1',
  'fin-wait-2',
  'close-wait',
  'closing',
  'last-ack',
  'time-wait',
] as const;
export type TcpPhase = (typeof TCP_PHASES)[number];

/** How it came to `closed`. */
export type TcpEnding = 'closed' | 'refused' | 'reset' | 'timed-out' | 'aborted';

export interface TcpConfig {
  readonly localPort: number;
  readonly remotePort: number;
  readonly initialSequence: number;
  /** Bytes that may be under way to here. */
  readonly window: number;
  /** The largest segment that fits a frame. */
  readonly segmentSize: number;
  /** Twice the longest life of a segment. */
  readonly timeWait: Duration;
}

export interface TcpStep {
  readonly send: readonly TcpSegment[];
  /** In order, each byte once. */
  readonly received: Uint8Array<ArrayBuffer>;
}

export interface TcpState {
  readonly config: TcpConfig;
  readonly phase: TcpPhase;
  readonly ending: TcpEnding | undefined;
  readonly sender: TcpSenderState;
  readonly receiver: TcpReceiverState | undefined;
  readonly timing: TcpTiming;
}

/** 0.2 s doubled so often is past RFC 9293's 100 s, 1 s for a SYN past its 3 minutes. */
const MOST_RETRIES = 10;

const SENDING: readonly TcpPhase[] = [
  'established',
  'close-wait',
  'fin-wait-1',
  'closing',
  'last-ack',
];
const RECEIVING: readonly TcpPhase[] = ['established', 'fin-wait-1', 'fin-wait-2'];
/** In these a reset only ends what was ending. */
const ENDING: readonly TcpPhase[] = ['closing', 'last-ack', 'time-wait'];

export class TcpClient {
  private readonly config: TcpConfig;
  private readonly sender: TcpSender;
  private receiver: TcpReceiver | undefined;
  private timing: TcpTiming;
  private currentPhase: TcpPhase;
  private currentEnding: TcpEnding | undefined;
  // What one step gathers; empty between steps.
  private send: TcpSegment[] = [];
  private received = new ByteWriter();
  private mustAcknowledge = false;

  private constructor({ config, phase, ending, sender, receiver, timing }: TcpState) {
    this.config = config;
    this.currentPhase = phase;
    this.currentEnding = ending;
    this.sender = new TcpSender(sender);
    this.receiver = receiver && new TcpReceiver(receiver);
    this.timing = timing;
  }

  /** A connection that has sent nothing yet: `connect` comes next. */
  static create(config: TcpConfig): TcpClient {
    const sender = TcpSender.open(config.initialSequence).save();
    const blank = { ending: undefined, receiver: undefined, timing: FRESH_TIMING };
    return new TcpClient({ config, phase: 'closed', sender, ...blank });
  }

  static restore(state: TcpState): TcpClient {
    return new TcpClient(state);
  }

  save(): TcpState {
    return {
      config: this.config,
      phase: this.currentPhase,
      ending: this.currentEnding,
      sender: this.sender.save(),
      receiver: this.receiver?.save(),
      timing: this.timing,
    };
  }

  get phase(): TcpPhase {
    return this.currentPhase;
  }

  get ending(): TcpEnding | undefined {
    return this.currentEnding;
  }

  /** All of the peer's bytes were handed over: nothing more will come. */
  get isPeerFinished(): boolean {
    return this.receiver?.finished ?? false;
  }

  /** Bytes that came more than once. */
  get repeatedBytes(): number {
    return this.receiver?.save().repeatedBytes ?? 0;
  }

  /** When `timer` wants to be called; NEVER: not at all. */
  get deadline(): Instant {
    return this.timing.deadline;
  }

  connect(now: Instant): TcpStep {
    assert(this.phase === 'closed' && this.ending === undefined, 'a connection is opened once');
    this.currentPhase = 'syn-sent';
    this.sendSyn(now);
    return this.step(now);
  }

  /** Goes out when the connection stands and the windows allow. */
  write(now: Instant, bytes: Uint8Array): TcpStep {
    const open = ['syn-sent', 'syn-received', 'established', 'close-wait'].includes(this.phase);
    assert(open && !this.sender.save().closing, `a write in ${this.phase} or after close`);
    this.sender.write(bytes);
    return this.step(now);
  }

  /** No more will be written; what was written still goes out, and the peer may go on. */
  close(now: Instant): TcpStep {
    if (this.phase === 'syn-sent') this.end('closed');
    else if (this.phase !== 'closed') this.sender.close();
    return this.step(now);
  }

  /** Gives up at once, and tells the peer if there is one. */
  abort(now: Instant): TcpStep {
    if (this.receiver !== undefined && !ENDING.includes(this.phase) && this.phase !== 'closed')
      this.push(RST, this.sender.sentUpTo);
    this.end('aborted');
    return this.step(now);
  }

  receive(now: Instant, segment: TcpSegment): TcpStep {
    if (this.phase === 'closed') this.answer(resetFor(segment));
    else if (this.receiver === undefined) this.answerToSyn(now, segment);
    else this.arrives(now, segment, this.receiver);
    return this.step(now);
  }

  /** Called too early, as after an acknowledgment that moved the deadline, it does nothing. */
  timer(now: Instant): TcpStep {
    if (now >= this.deadline) {
      this.timing = { ...this.timing, deadline: NEVER };
      if (this.phase === 'time-wait') this.end('closed');
      else this.expire(now);
    }
    return this.step(now);
  }

  // SYN-SENT: §3.10.7.3.
  private answerToSyn(now: Instant, segment: TcpSegment): void {
    const acknowledged = hasFlag(segment, ACK) ? this.acknowledgedBy(segment) : undefined;
    if (acknowledged !== undefined && acknowledged !== this.sender.sentUpTo) {
      this.answer(resetFor(segment));
    } else if (hasFlag(segment, RST)) {
      if (acknowledged !== undefined) this.end('refused');
    } else if (hasFlag(segment, SYN)) {
      this.receiver = TcpReceiver.open(segment.sequence, this.config.window);
      this.sender.setSegmentSize(segment.segmentSize, this.config.segmentSize);
      if (acknowledged !== undefined) {
        this.establish(now, segment);
      } else {
        // Both opened at once.
        this.currentPhase = 'syn-received';
        this.sendSyn(now);
      }
    }
  }

  private establish(now: Instant, segment: TcpSegment): void {
    this.currentPhase = 'established';
    this.mustAcknowledge = true;
    this.acknowledge(now, this.sender.sentUpTo, 0, segment.window);
  }

  // All other states: §3.10.7.4, in its order.
  private arrives(now: Instant, segment: TcpSegment, receiver: TcpReceiver): void {
    const offset = receiver.offsetOf(segment.sequence);
    if (!receiver.accepts(offset, sequenceLength(segment))) {
      if (hasFlag(segment, RST)) return;
      receiver.drop(offset, segment.payload.length);
      this.mustAcknowledge = true;
      if (this.phase === 'time-wait' && hasFlag(segment, FIN)) this.enterTimeWait(now);
    } else if (hasFlag(segment, RST) && offset === receiver.expected) {
      this.endByReset();
    } else if (hasFlag(segment, RST | SYN)) {
      // RFC 5961 §3.2 and §4.2: who really means it answers this with an exact reset.
      this.mustAcknowledge = true;
    } else if (hasFlag(segment, ACK)) {
      this.takeAcknowledged(now, offset, segment, receiver);
    }
  }

  private takeAcknowledged(
    now: Instant,
    offset: number,
    segment: TcpSegment,
    receiver: TcpReceiver,
  ): void {
    const acknowledged = this.acknowledgedBy(segment);
    if (this.phase === 'syn-received') {
      if (acknowledged !== this.sender.sentUpTo) {
        this.answer(resetFor(segment));
        return;
      }
      this.establish(now, segment);
    }
    if (acknowledged > this.sender.sentUpTo) {
      this.mustAcknowledge = true;
      return;
    }
    this.acknowledge(now, acknowledged, offset, segment.window);
    this.afterOwnFin(now);
    if (sequenceLength(segment) === 0 || this.phase === 'closed') return;
    this.mustAcknowledge = true;
    if (!RECEIVING.includes(this.phase)) return;
    this.received.bytes(receiver.take(offset, segment.payload, hasFlag(segment, FIN)));
    if (receiver.finished) this.afterPeersFin(now);
  }

  private acknowledge(now: Instant, offset: number, peerOffset: number, window: number): void {
    if (this.sender.acknowledge(offset)) this.timing = acknowledgedTiming(this.timing, now, offset);
    const opened = this.sender.setWindow(peerOffset, offset, window);
    if (opened && this.phase !== 'time-wait')
      this.timing = { ...this.timing, retries: 0, deadline: NEVER };
  }

  private afterOwnFin(now: Instant): void {
    if (!this.sender.isFinAcknowledged) return;
    if (this.phase === 'fin-wait-1') this.currentPhase = 'fin-wait-2';
    else if (this.phase === 'closing') this.enterTimeWait(now);
    else if (this.phase === 'last-ack') this.end('closed');
  }

  private afterPeersFin(now: Instant): void {
    if (this.phase === 'established') this.currentPhase = 'close-wait';
    else if (this.phase === 'fin-wait-1') this.currentPhase = 'closing';
    else if (this.phase === 'fin-wait-2') this.enterTimeWait(now);
  }

  private enterTimeWait(now: Instant): void {
    this.currentPhase = 'time-wait';
    this.timing = { ...this.timing, retries: 0, deadline: after(now, this.config.timeWait) };
  }

  private endByReset(): void {
    if (this.phase === 'syn-received') this.end('refused');
    else this.end(ENDING.includes(this.phase) ? 'closed' : 'reset');
  }

  private end(ending: TcpEnding): void {
    this.currentPhase = 'closed';
    this.currentEnding ??= ending;
    this.timing = { ...this.timing, deadline: NEVER };
    this.mustAcknowledge = false;
  }

  private expire(now: Instant): void {
    const { retries } = this.timing;
    const opening = this.phase === 'syn-sent' || this.phase === 'syn-received';
    const probing = !opening && (this.sender.isWindowShut || !this.sender.hasOutstanding);
    if (retries >= MOST_RETRIES && !probing) {
      if (this.receiver !== undefined) this.push(RST, this.sender.sentUpTo);
      this.end('timed-out');
      return;
    }
    this.timing = { ...this.timing, retries: retries + 1, timed: undefined };
    if (opening) {
      this.sendSyn(now);
    } else if (probing) {
      const probe = this.sender.probe();
      if (probe) this.sendText(now, probe);
    } else {
      this.sender.lost();
    }
  }

  /** What every step ends with: what may go out goes out, and the timer is set if one is needed. */
  private step(now: Instant): TcpStep {
    while (SENDING.includes(this.phase)) {
      const outgoing = this.sender.take();
      if (outgoing === undefined) break;
      this.sendText(now, outgoing);
    }
    // As new as anything sent, so that the peer finds it inside its window.
    if (this.mustAcknowledge) this.push(0, this.sender.sentUpTo);
    this.setTimer(now);
    const step = { send: this.send, received: this.received.finish() };
    this.send = [];
    this.received = new ByteWriter();
    return step;
  }

  private setTimer(now: Instant): void {
    if (this.phase === 'time-wait' || this.phase === 'closed') return;
    const deadline = !this.sender.hasUnfinished
      ? NEVER
      : this.deadline === NEVER
        ? after(now, backedOff(this.timing))
        : this.deadline;
    this.timing = { ...this.timing, deadline };
  }

  private sendText(now: Instant, { offset, bytes, fin, push, fresh }: Outgoing): void {
    this.push((push ? PSH : 0) | (fin ? FIN : 0), offset, bytes);
    const end = offset + bytes.length + (fin ? 1 : 0);
    if (fresh && this.timing.retries === 0 && this.timing.timed === undefined)
      this.timing = { ...this.timing, timed: { end, since: now } };
    if (!fin) return;
    if (this.phase === 'established') this.currentPhase = 'fin-wait-1';
    else if (this.phase === 'close-wait') this.currentPhase = 'last-ack';
  }

  private sendSyn(now: Instant): void {
    this.push(SYN, 0);
    if (this.timing.retries === 0 && this.timing.timed === undefined)
      this.timing = { ...this.timing, timed: { end: 1, since: now } };
  }

  /** With an acknowledgment whenever there is something to acknowledge. */
  private push(flags: number, offset: number, payload: Uint8Array = new Uint8Array(0)): void {
    const { localPort, remotePort, initialSequence, window, segmentSize } = this.config;
    this.mustAcknowledge = false;
    this.send.push({
      sourcePort: localPort,
      destinationPort: remotePort,
      sequence: toWire(initialSequence, offset),
      acknowledgment: this.receiver?.acknowledgment ?? 0,
      flags: flags | (this.receiver ? ACK : 0),
      window,
      segmentSize: (flags & SYN) !== 0 ? segmentSize : undefined,
      payload,
    });
  }

  private answer(reset: TcpSegment | undefined): void {
    if (reset !== undefined) this.send.push(reset);
  }

  private acknowledgedBy(segment: TcpSegment): number {
    const { initialSequence } = this.config;
    return fromWire(initialSequence, segment.acknowledgment, this.sender.acknowledged);
  }
}

/** What a segment that belongs to no connection is answered with (§3.10.7.1); a reset: nothing. */
export function resetFor(segment: TcpSegment): TcpSegment | undefined {
  if (hasFlag(segment, RST)) return undefined;
  const acknowledges = hasFlag(segment, ACK);
  return {
    sourcePort: segment.destinationPort,
    destinationPort: segment.sourcePort,
    sequence: acknowledges ? segment.acknowledgment : 0,
    acknowledgment: acknowledges ? 0 : toWire(segment.sequence, sequenceLength(segment)),
    flags: acknowledges ? RST : RST | ACK,
    window: 0,
    segmentSize: undefined,
    payload: new Uint8Array(0),
  };
}
