/** ICMP's echo request and reply (RFC 792), with the checksum over the whole message. */
import { assert } from '../base/assert.ts';
import { ByteWriter } from '../base/bytes.ts';
import { ok, type Result } from '../base/result.ts';
import { internetChecksum } from './checksum.ts';
import { type FrameError, refuse } from './frame-error.ts';
import { MAX_IPV4_PAYLOAD_BYTES } from './ipv4.ts';

const ECHO_REPLY = 0;
const ECHO_REQUEST = 8;
const HEADER_BYTES = 8;
export const MAX_ECHO_PAYLOAD_BYTES = MAX_IPV4_PAYLOAD_BYTES - HEADER_BYTES;

export interface IcmpEcho {
  readonly kind: 'request' | 'reply';
  /** Whose pings these are. */
  readonly identifier: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

export function encodeEcho(echo: IcmpEcho): Uint8Array<ArrayBuffer> {
  const { kind, payload } = echo;
  assert(payload.length <= MAX_ECHO_PAYLOAD_BYTES, `an echo payload of ${payload.length} bytes`);
  const bytes = new ByteWriter('big')
    .u8(kind === 'request' ? ECHO_REQUEST : ECHO_REPLY)
    .u8(0)
    .u16(0)
    .u16(echo.identifier)
    .u16(echo.sequence)
    .bytes(payload)
    .finish();
  new DataView(bytes.buffer).setUint16(2, internetChecksum(bytes));
  return bytes;
}

export function decodeEcho(bytes: Uint8Array): Result<IcmpEcho, FrameError> {
  if (bytes.length < HEADER_BYTES) {
    return refuse(
      'truncated',
      `an ICMP header needs ${HEADER_BYTES} bytes, ${bytes.length} are left`,
    );
  }
  if (internetChecksum(bytes) !== 0)
    return refuse('bad-checksum', 'the ICMP message does not match its checksum');
  const [type, code] = bytes;
  if ((type !== ECHO_REQUEST && type !== ECHO_REPLY) || code !== 0)
    return refuse('unsupported', `ICMP message of type ${type}, code ${code}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return ok({
    kind: type === ECHO_REQUEST ? 'request' : 'reply',
    identifier: view.getUint16(4),
    sequence: view.getUint16(6),
    payload: bytes.slice(HEADER_BYTES),
  });
}
