/**
 * One end of the conversation: numbers, traces and counts what is sent and received, drops what
 * belongs to another migration or came twice, notices what is missing, and measures the round trip
 * and the silence. It knows nothing of what messages mean.
 */
import { exists } from '../base/assert.ts';
import { between, type Duration, type Instant } from '../base/units.ts';
import { CONTROL, channelOf, countOf, idOn } from './channels.ts';
import { decodeFrame, encodeFrame, type Frame, HEARTBEAT_ID } from './codec.ts';
import type { DaemonServices } from './daemon.ts';
import { silenceLimit } from './limits.ts';
import { type FailureCode, isHeartbeat, type Message, type MessageOf } from './messages.ts';
import { summarize } from './summary.ts';

export interface ChannelIds {
  nextId: number;
  expectedId: number;
}

export interface WireState {
  session: number;
  nextId: number;
  nextHeartbeat: number;
  /** Id that the peer's next message must have. */
  expectedId: number;
  /** The same of each channel beside the control channel. */
  beside: ChannelIds[];
  heardAt: Instant;
  /** The last one measured, and the shortest: a peer that stood still makes one look long. */
  roundTrip: Duration | undefined;
  shortestRoundTrip: Duration | undefined;
  bytesSent: number;
  /** The slower of the two ports' rates as far as known. */
  bitsPerSecond: number;
}

export function newWire(session: number, now: Instant, bitsPerSecond: number): WireState {
  return {
    session,
    nextId: 1,
    nextHeartbeat: 1,
    expectedId: 1,
    beside: [],
    heardAt: now,
    roundTrip: undefined,
    shortestRoundTrip: undefined,
    bytesSent: 0,
    bitsPerSecond,
  };
}

export type Received =
  | { readonly kind: 'message'; readonly id: number; readonly message: Message }
  | { readonly kind: 'nothing' }
  /** Damaged, or something before it was lost. `message` is what came, if it can be read at all. */
  | {
      readonly kind: 'trouble';
      readonly code: FailureCode;
      readonly reason: string;
      readonly id: number;
      readonly message: Message | undefined;
    };

const NOTHING: Received = { kind: 'nothing' };

export function openChannels(wire: WireState, beside: number): void {
  wire.beside = Array.from({ length: beside }, () => ({ nextId: 1, expectedId: 1 }));
}

/** Undefined: no such channel was agreed on. */
const idsOf = (wire: WireState, channel: number): ChannelIds | undefined =>
  channel === CONTROL ? wire : wire.beside[channel - 1];

/** The next session of the same migration: what is known of the link stays known. */
export function renewWire(old: WireState, session: number, now: Instant): WireState {
  const { roundTrip, shortestRoundTrip, bitsPerSecond, bytesSent } = old;
  return { ...newWire(session, now, bitsPerSecond), roundTrip, shortestRoundTrip, bytesSent };
}

/** The number a migration goes by: the moment of its request, in microseconds. */
export const sessionAt = (now: Instant): number => (Math.floor(now / 1000) + 1) >>> 0;

export function sendMessage(
  services: DaemonServices,
  wire: WireState,
  message: Message,
  channel = CONTROL,
): void {
  const ids = exists(idsOf(wire, channel), `channel ${channel}`);
  const id = isHeartbeat(message.type)
    ? HEARTBEAT_ID + idOn(channel, wire.nextHeartbeat++)
    : idOn(channel, ids.nextId++);
  const bytes = encodeFrame({ session: wire.session, id }, message);
  wire.bytesSent += bytes.length;
  services.trace.event(services.now(), 'message.sent', {
    type: message.type,
    id,
    bytes: bytes.length,
    summary: summarize(message),
  });
  services.send(bytes);
}

/**
 * One PING on the control channel and on each other that has carried something: it names what went
 * before it, so that the loss of the last message shows even if none follows [AB-8].
 */
export function sendPings(services: DaemonServices, wire: WireState, version: number): void {
  const channels = [wire, ...wire.beside];
  for (const [channel, { nextId }] of channels.entries()) {
    if (channel !== CONTROL && nextId === 1) continue;
    const last = version < 3 ? undefined : nextId - 1;
    sendMessage(services, wire, { type: 'ping', sentAt: services.now(), last }, channel);
  }
}

/** After trouble the caller decides, by its state, whether the message still counts. */
export function receiveMessage(
  services: DaemonServices,
  wire: WireState,
  bytes: Uint8Array,
): Received {
  const decoded = decodeFrame(bytes);
  if (!decoded.ok) {
    drop(services, { type: 'unreadable', id: 0, bytes: bytes.length }, decoded.error.message);
    return {
      kind: 'trouble',
      code: 'bad-message',
      reason: decoded.error.message,
      id: 0,
      message: undefined,
    };
  }
  const frame = decoded.value;
  const label = {
    type: frame.message?.type ?? `type ${frame.typeNumber}`,
    id: frame.id,
    bytes: bytes.length,
  };
  if (frame.session !== wire.session)
    return drop(services, label, 'it belongs to another migration');
  if (frame.message !== undefined && isHeartbeat(frame.message.type)) {
    return heartbeat(services, wire, frame, frame.message, label);
  }
  const ids = idsOf(wire, channelOf(frame.id));
  if (ids === undefined) return foreign(services, frame, label);
  const count = countOf(frame.id);
  if (count < ids.expectedId) return drop(services, label, 'it came before');
  const lost = count - ids.expectedId;
  ids.expectedId = count + 1;
  if (frame.message === undefined) {
    wire.heardAt = services.now();
    drop(services, label, 'its type is unknown and may be skipped');
    return lost === 0 ? NOTHING : gap(lost, frame);
  }
  const received = accept(services, wire, frame, frame.message, label);
  return lost === 0 ? received : gap(lost, frame);
}

function accept(
  services: DaemonServices,
  wire: WireState,
  frame: Frame,
  message: Message,
  label: { type: string; id: number; bytes: number },
): Received {
  // Who repeats GO has not heard the answer: that is no life of the link both ways [SW-7].
  if (message.type !== 'go') wire.heardAt = services.now();
  services.trace.event(services.now(), 'message.received', {
    ...label,
    summary: summarize(message),
  });
  return { kind: 'message', id: frame.id, message };
}

/** Outside the sequence itself, a PING says how far the sequence of its channel has come [AB-8]. */
function heartbeat(
  services: DaemonServices,
  wire: WireState,
  frame: Frame,
  message: Message,
  label: { type: string; id: number; bytes: number },
): Received {
  const ids = idsOf(wire, channelOf(frame.id));
  if (ids === undefined) return foreign(services, frame, label);
  const received = accept(services, wire, frame, message, label);
  const last = message.type === 'ping' ? (message.last ?? 0) : 0;
  const lost = last + 1 - ids.expectedId;
  if (lost <= 0) return received;
  ids.expectedId = last + 1;
  return gap(lost, frame);
}

function foreign(
  services: DaemonServices,
  frame: Frame,
  label: { type: string; id: number; bytes: number },
): Received {
  const reason = `channel ${channelOf(frame.id)} was not agreed on`;
  drop(services, label, reason);
  return { kind: 'trouble', code: 'bad-message', reason, id: frame.id, message: undefined };
}

function gap(lost: number, frame: Frame): Received {
  const channel = channelOf(frame.id);
  const where = channel === CONTROL ? '' : ` of channel ${channel}`;
  const name = frame.message?.type === 'ping' ? 'a PING' : `message ${countOf(frame.id)}`;
  const which = `${name}${where}`;
  const reason = `${lost} message${lost === 1 ? '' : 's'} before ${which} did not arrive`;
  return { kind: 'trouble', code: 'message-lost', reason, id: frame.id, message: frame.message };
}

function drop(
  services: DaemonServices,
  label: { type: string; id: number; bytes: number },
  reason: string,
): Received {
  services.trace.event(services.now(), 'message.dropped', { ...label, reason });
  return NOTHING;
}

/** The round trip is measured on the control channel, where no pages stand in the way. */
export function answerPing(
  services: DaemonServices,
  wire: WireState,
  ping: MessageOf<'ping'>,
  id: number,
): void {
  if (channelOf(id) === CONTROL) sendMessage(services, wire, { type: 'pong', sentAt: ping.sentAt });
}

export function measureRoundTrip(
  services: DaemonServices,
  wire: WireState,
  pong: MessageOf<'pong'>,
): void {
  if (pong.sentAt > services.now()) return;
  noteRoundTrip(wire, between(pong.sentAt as Instant, services.now()));
}

export function noteRoundTrip(wire: WireState, trip: Duration): void {
  wire.roundTrip = trip;
  wire.shortestRoundTrip = Math.min(trip, wire.shortestRoundTrip ?? trip) as Duration;
}

/** How long nothing has been heard, when that is longer than the link can explain. */
export function silenceTooLong(
  services: DaemonServices,
  wire: WireState,
  patience: number,
): Duration | undefined {
  const silence = between(wire.heardAt, services.now());
  const limit = silenceLimit(wire.shortestRoundTrip, wire.bitsPerSecond, patience);
  return silence > limit ? silence : undefined;
}
