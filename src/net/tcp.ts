/** TCP segments (RFC 9293 §3.1): header, checksum over the pseudo-header, and the option of a SYN. */
import { assert } from '../base/assert.ts';
import { ByteWriter } from '../base/bytes.ts';
import { ok, type Result } from '../base/result.ts';
import { type FrameError, refuse } from './frame-error.ts';
import { transportChecksum } from './ip-frame.ts';
import { type Ip, MAX_IPV4_PAYLOAD_BYTES, PROTOCOL_TCP } from './ipv4.ts';

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

const HEADER_BYTES = 20;
const OPTION_END = 0;
const OPTION_NOTHING = 1;
const OPTION_SEGMENT_SIZE = 2;
const SEGMENT_SIZE_BYTES = 4;

/** What an Ethernet frame carries without options. */
export const ETHERNET_SEGMENT_SIZE = MAX_IPV4_PAYLOAD_BYTES - HEADER_BYTES;
/** RFC 9293 §3.7.1: what a peer takes that did not say. */
export const DEFAULT_SEGMENT_SIZE = 536;

export interface TcpSegment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  /** 0 without ACK. */
  readonly acknowledgment: number;
  /** The eight control bits. */
  readonly flags: number;
  readonly window: number;
  /** The MSS option; undefined: not there. */
  readonly segmentSize: number | undefined;
  readonly payload: Uint8Array;
}

export const hasFlag = (segment: TcpSegment, flag: number): boolean => (segment.flags & flag) !== 0;

/** What the segment takes of the sequence space: SYN and FIN count one each. */
export const sequenceLength = (segment: TcpSegment): number =>
  segment.payload.length + (hasFlag(segment, SYN) ? 1 : 0) + (hasFlag(segment, FIN) ? 1 : 0);

export function encodeTcp(
  segment: TcpSegment,
  source: Ip,
  destination: Ip,
): Uint8Array<ArrayBuffer> {
  const { segmentSize, payload } = segment;
  const headerBytes = HEADER_BYTES + (segmentSize === undefined ? 0 : SEGMENT_SIZE_BYTES);
  const length = headerBytes + payload.length;
  assert(length <= MAX_IPV4_PAYLOAD_BYTES, `a TCP segment of ${length} bytes`);
  const writer = new ByteWriter('big')
    .u16(segment.sourcePort)
    .u16(segment.destinationPort)
    .u32(segment.sequence)
    .u32(segment.acknowledgment)
    .u8((headerBytes / 4) << 4)
    .u8(segment.flags)
    .u16(segment.window)
    .u16(0)
    .u16(0);
  if (segmentSize !== undefined)
    writer.u8(OPTION_SEGMENT_SIZE).u8(SEGMENT_SIZE_BYTES).u16(segmentSize);
  const bytes = writer.bytes(payload).finish();
  const checksum = transportChecksum(PROTOCOL_TCP, bytes, source, destination);
  new DataView(bytes.buffer).setUint16(16, checksum);
  return bytes;
}

/** Other options are stepped over; the urgent pointer is ignored. */
export function decodeTcp(
  bytes: Uint8Array,
  source: Ip,
  destination: Ip,
): Result<TcpSegment, FrameError> {
  if (bytes.length < HEADER_BYTES) {
    return refuse(
      'truncated',
      `a TCP header needs ${HEADER_BYTES} bytes, ${bytes.length} are left`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = (view.getUint8(12) >> 4) * 4;
  if (headerBytes < HEADER_BYTES || headerBytes > bytes.length)
    return refuse('bad-length', `a TCP header of ${headerBytes} bytes in ${bytes.length}`);
  if (transportChecksum(PROTOCOL_TCP, bytes, source, destination) !== 0)
    return refuse('bad-checksum', 'the TCP segment does not match its checksum');
  return ok({
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    sequence: view.getUint32(4),
    acknowledgment: view.getUint32(8),
    flags: view.getUint8(13),
    window: view.getUint16(14),
    segmentSize: segmentSizeOf(bytes.subarray(HEADER_BYTES, headerBytes)),
    payload: bytes.slice(headerBytes),
  });
}

/** Options that run past their end say nothing. */
function segmentSizeOf(options: Uint8Array): number | undefined {
  let at = 0;
  while (at < options.length && options[at] !== OPTION_END) {
    if (options[at] === OPTION_NOTHING) {
      at += 1;
      continue;
    }
    const length = options[at + 1] ?? 0;
    if (length < 2 || at + length > options.length) return undefined;
    if (options[at] === OPTION_SEGMENT_SIZE && length === SEGMENT_SIZE_BYTES)
      return (options[at + 2] << 8) | options[at + 3];
    at += length;
  }
  return undefined;
}

const FLAG_NAMES: readonly (readonly [number, string])[] = [
  [SYN, 'SYN'],
  [FIN, 'FIN'],
  [RST, 'RST'],
  [PSH, 'PSH'],
  [ACK, 'ACK'],
];

export const flagNames = (flags: number): string[] =>
  FLAG_NAMES.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
