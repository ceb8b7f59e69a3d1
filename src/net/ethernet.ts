/**
 * Ethernet II frames (IEEE 802.3 clause 3) as software sees them: destination, source, EtherType and
 * payload, padded to 60 bytes, without preamble and without the frame check sequence. A frame is
 * never written to after it was made, so one object may be on several ports at once.
 */
import { assert } from '../base/assert.ts';
import { ByteWriter } from '../base/bytes.ts';
import { ok, type Result } from '../base/result.ts';
import type { Brand } from '../base/units.ts';
import { type FrameError, refuse } from './frame-error.ts';

export type Frame = Uint8Array<ArrayBuffer>;
/** Always six lower-case pairs with colons, so that equal addresses are equal strings. */
export type Mac = Brand<string, 'Mac'>;

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_RARP = 0x8035;

const HEADER_BYTES = 14;
/** The smallest frame without its check sequence; shorter ones are runts and no switch passes them. */
export const MIN_FRAME_BYTES = 60;
export const MAX_PAYLOAD_BYTES = 1500;
export const MAX_FRAME_BYTES = HEADER_BYTES + MAX_PAYLOAD_BYTES;
/** Preamble and start delimiter 8, frame check sequence 4, gap between frames 12. */
const WIRE_OVERHEAD_BYTES = 24;

export interface EthernetFrame {
  readonly destination: Mac;
  readonly source: Mac;
  readonly etherType: number;
  /** Padding included where it was read from a frame: only the protocol inside knows its length. */
  readonly payload: Uint8Array;
}

/** Byte times that a frame takes on the wire. */
export const wireBytes = (frame: Uint8Array): number => frame.length + WIRE_OVERHEAD_BYTES;

export function encodeEthernet(frame: EthernetFrame): Frame {
  const { payload } = frame;
  assert(payload.length <= MAX_PAYLOAD_BYTES, `an Ethernet payload of ${payload.length} bytes`);
  const writer = new ByteWriter('big')
    .bytes(macBytes(frame.destination))
    .bytes(macBytes(frame.source))
    .u16(frame.etherType)
    .bytes(payload);
  return writer.zeros(Math.max(0, MIN_FRAME_BYTES - writer.length)).finish();
}

/** A frame just made is given its destination, before anybody else has it. */
export function addressTo(frame: Frame, destination: Mac): Frame {
  frame.set(macBytes(destination));
  return frame;
}

export function decodeEthernet(frame: Uint8Array): Result<EthernetFrame, FrameError> {
  if (frame.length < MIN_FRAME_BYTES) {
    return refuse(
      'truncated',
      `a frame of ${frame.length} bytes is a runt: the least is ${MIN_FRAME_BYTES}`,
    );
  }
  if (frame.length > MAX_FRAME_BYTES) {
    return refuse('too-long', `a frame of ${frame.length} bytes: the most is ${MAX_FRAME_BYTES}`);
  }
  return ok({
    destination: formatMac(frame.subarray(0, 6)),
    source: formatMac(frame.subarray(6, 12)),
    etherType: (frame[12] << 8) | frame[13],
    payload: frame.slice(HEADER_BYTES),
  });
}

/** Six pairs of hex digits with colons or hyphens, either case. */
export function parseMac(text: string): Result<Mac, FrameError> {
  if (!/^[0-9a-f]{2}([:-])[0-9a-f]{2}(\1[0-9a-f]{2}){4}$/i.test(text)) {
    return refuse(
      'bad-address',
      `"${text}" is not a MAC address: write six hex pairs such as 52:54:00:12:34:56`,
    );
  }
  return ok(text.toLowerCase().replaceAll('-', ':') as Mac);
}

/** A MAC address that the program itself wrote down. */
export function mac(text: string): Mac {
  const parsed = parseMac(text);
  assert(parsed.ok, `"${text}" is not a MAC address`);
  return parsed.value;
}

export const BROADCAST_MAC = mac('ff:ff:ff:ff:ff:ff');
export const ZERO_MAC = mac('00:00:00:00:00:00');

/** Broadcast or multicast: may be a destination, never a source. */
export const isGroupMac = (address: Mac): boolean =>
  (Number.parseInt(address.slice(0, 2), 16) & 1) === 1;

export function formatMac(bytes: Uint8Array): Mac {
  assert(bytes.length === 6, `a MAC address of ${bytes.length} bytes`);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':') as Mac;
}

export function macBytes(address: Mac): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(address.split(':'), (pair) => Number.parseInt(pair, 16));
}
