/**
 * How the client asks whether the VM is there, at a fixed interval: one byte to its serial console,
 * sent back by the guest, or an ICMP echo request (RFC 792), answered by the guest's kernel.
 */
import { assert } from '../base/assert.ts';
import { type Duration, type Instant, milliseconds } from '../base/units.ts';
import type { Tracer } from '../trace/recorder.ts';
import type { Station } from './arp.ts';
import type { Frame } from './ethernet.ts';
import { decodeEcho, encodeEcho } from './icmp.ts';
import { decodeIpFrame, encodeIpFrame } from './ip-frame.ts';
import { PROTOCOL_ICMP } from './ipv4.ts';
import { type Answer, ProbeBook, type ProbeBookState } from './probe-book.ts';
import { isProbeByte, PROBE_BYTES, probeByte, probeMark, SERIAL_PORT } from './serial-port.ts';
import { decodeUdpFrame, encodeUdpFrame, type Peer } from './udp.ts';

export const PROBE_KINDS = ['serial', 'ping'] as const;
export type ProbeKind = (typeof PROBE_KINDS)[number];

const LONGEST_PROBE_TIMEOUT = milliseconds(1000);
const TIMEOUT_INTERVALS = 100;
/** Sequence numbers of an echo have 16 bits. */
const ECHO_MARKS = 0x1_0000;
/** As much as `ping` sends, and the pattern it sends. */
const ECHO_PAYLOAD = Uint8Array.from({ length: 56 }, (_, index) => index);

/** A probe is lost after this long: always before its mark comes round again. */
export function probeTimeout(interval: Duration): Duration {
  const timeout = Math.min(LONGEST_PROBE_TIMEOUT, TIMEOUT_INTERVALS * interval);
  assert(interval > 0 && timeout < PROBE_BYTES * interval, `a probe interval of ${interval} ns`);
  return timeout as Duration;
}

export class Prober {
  readonly book: ProbeBook;
  private readonly kind: ProbeKind;
  private readonly self: Peer;
  private readonly trace: Tracer;

  constructor(kind: ProbeKind, self: Peer, trace: Tracer, book?: ProbeBookState) {
    this.kind = kind;
    this.self = self;
    this.trace = trace;
    this.book = new ProbeBook(book, kind === 'ping' ? ECHO_MARKS : PROBE_BYTES);
  }

  /** Enters the next probe. */
  send(now: Instant, vm: Station): { readonly probe: number; readonly frame: Frame } {
    const probe = this.book.send(now);
    this.trace.event(now, 'probe.sent', { probe });
    return { probe, frame: this.kind === 'ping' ? this.ping(vm, probe) : this.byte(vm, probe) };
  }

  giveUp(now: Instant, probe: number): void {
    if (this.book.giveUp(probe)) this.trace.event(now, 'probe.lost', { probe });
  }

  /** A packet from the VM to the client. */
  receive(now: Instant, frame: Frame): void {
    if (this.kind === 'ping') this.receivePing(now, frame);
    else this.receiveBytes(now, frame);
  }

  private byte(vm: Station, probe: number): Frame {
    const payload = Uint8Array.of(probeByte(probe));
    return encodeUdpFrame({ from: this.self, to: { ...vm, port: SERIAL_PORT }, payload });
  }

  private ping(vm: Station, probe: number): Frame {
    const sequence = probe % ECHO_MARKS;
    const payload = encodeEcho({
      kind: 'request',
      identifier: this.self.port,
      sequence,
      payload: ECHO_PAYLOAD,
    });
    return encodeIpFrame({ from: this.self, to: vm, protocol: PROTOCOL_ICMP, payload });
  }

  private receiveBytes(now: Instant, frame: Frame): void {
    const decoded = decodeUdpFrame(frame);
    if (!decoded.ok) return;
    const { from, to, payload } = decoded.value;
    if (from.port !== SERIAL_PORT || to.port !== this.self.port) return;
    for (const byte of payload)
      if (isProbeByte(byte)) this.answered(now, this.book.answer(now, probeMark(byte)));
  }

  private receivePing(now: Instant, frame: Frame): void {
    const packet = decodeIpFrame(frame);
    if (!packet.ok || packet.value.protocol !== PROTOCOL_ICMP) return;
    const echo = decodeEcho(packet.value.payload);
    if (!echo.ok) return;
    const { kind, identifier, sequence, payload } = echo.value;
    const unchanged =
      payload.length === ECHO_PAYLOAD.length &&
      payload.every((byte, i) => byte === ECHO_PAYLOAD[i]);
    if (kind !== 'reply' || identifier !== this.self.port || !unchanged) return;
    const answer = this.book.answer(now, sequence);
    this.answered(now, answer);
    if (answer.kind === 'duplicate' && answer.probe !== undefined)
      this.trace.event(now, 'probe.duplicate', { probe: answer.probe });
  }

  /** A late answer is on the trace too, after its `probe.lost`, with a round trip above the timeout. */
  private answered(now: Instant, { probe, sentAt }: Answer): void {
    if (probe === undefined || sentAt === undefined) return;
    this.trace.event(now, 'probe.answered', { probe, roundTripNs: now - sentAt });
  }
}
