/**
 * Framing: a header of 24 bytes, then the body (PROTOCOL.md, "Frame"). The decoder is total: any
 * byte string is a frame or a typed error, and nothing it returns aliases its input.
 */
import { ByteReader, ByteWriter, DecodeError } from '../base/bytes.ts';
import { crc32 } from '../base/crc32.ts';
import { err, ok, type Result } from '../base/result.ts';
import { CONTROL, channelOf } from './channels.ts';
import { MAX_BODY_BYTES } from './limits.ts';
import { BODIES } from './message-bodies.ts';
import { MESSAGE_NAMES, MESSAGE_TYPES, type Message, type MessageType } from './messages.ts';

/** Newest and oldest version of the messages that this build speaks. */
export const PROTOCOL_VERSION = 5;
export const OLDEST_VERSION = 1;
/** Of the frame: it never changes. */
export const FRAME_VERSION = 1;
/** "VMFM" read as a little-endian word. */
export const MAGIC = 0x4d46_4d56;
export const HEADER_BYTES = 24;
const SESSION_OFFSET = 8;
const ID_OFFSET = 12;
const CRC_OFFSET = 20;
/** A receiver that does not know the type may skip the message. */
export const FLAG_OPTIONAL = 1;
/** Ids with this bit belong to heartbeats, which stand outside the sequence. */
export const HEARTBEAT_ID = 0x8000_0000;

export type ProtocolErrorCode =
  | 'truncated'
  | 'bad-magic'
  | 'bad-version'
  | 'bad-flags'
  | 'bad-length'
  | 'bad-crc'
  | 'unknown-type'
  | 'bad-body';

export interface ProtocolError {
  readonly code: ProtocolErrorCode;
  readonly message: string;
}

export interface FrameHeader {
  /** Tells one migration's messages from an earlier one's. */
  readonly session: number;
  readonly id: number;
}

export interface Frame extends FrameHeader {
  /** Undefined: a type unknown here, marked optional, and skipped. */
  readonly message: Message | undefined;
  readonly typeNumber: number;
}

export function encodeFrame(header: FrameHeader, message: Message): Uint8Array<ArrayBuffer> {
  return assemble(header, MESSAGE_TYPES[message.type], 0, bodyParts(message));
}

/** Any type number and body: for tests, and for messages of later versions. */
export function assemble(
  header: FrameHeader,
  typeNumber: number,
  flags: number,
  parts: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const head = new ByteWriter()
    .u32(MAGIC)
    .u8(FRAME_VERSION)
    .u8(typeNumber)
    .u16(flags)
    .u32(header.session)
    .u32(header.id)
    .u32(length)
    .finish();
  const frame = new Uint8Array(HEADER_BYTES + length);
  frame.set(head);
  let at = HEADER_BYTES;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  new DataView(frame.buffer).setUint32(CRC_OFFSET, checksum(frame), true);
  return frame;
}

export function decodeFrame(bytes: Uint8Array): Result<Frame, ProtocolError> {
  if (bytes.length < HEADER_BYTES)
    return refuse(
      'truncated',
      `a frame has at least ${HEADER_BYTES} bytes, this one has ${bytes.length}`,
    );
  const reader = new ByteReader(bytes);
  const magic = reader.u32('magic');
  const version = reader.u8('version');
  const typeNumber = reader.u8('type');
  const flags = reader.u16('flags');
  const session = reader.u32('session');
  const id = reader.u32('id');
  const length = reader.u32('length');
  const crc = reader.u32('CRC');
  if (magic !== MAGIC) return refuse('bad-magic', 'these bytes are no message of this protocol');
  if (version !== FRAME_VERSION)
    return refuse('bad-version', `version ${version} is not understood, only ${FRAME_VERSION}`);
  if (length > MAX_BODY_BYTES)
    return refuse('bad-length', `a body of ${length} bytes is over the cap of ${MAX_BODY_BYTES}`);
  if (length > reader.remaining)
    return refuse('truncated', `the body should have ${length} bytes, ${reader.remaining} came`);
  if (length < reader.remaining)
    return refuse('bad-length', `${reader.remaining - length} bytes follow the body`);
  if (crc !== checksum(bytes))
    return refuse('bad-crc', 'the checksum does not fit: the message was damaged on its way');
  if ((flags & ~FLAG_OPTIONAL) !== 0)
    return refuse('bad-flags', `flags ${flags.toString(2)} use bits that must be 0`);
  const type = nameOf(typeNumber);
  if (type !== undefined) return decodeBody(type, reader, { session, id, typeNumber });
  if ((flags & FLAG_OPTIONAL) !== 0) return ok({ session, id, typeNumber, message: undefined });
  return refuse('unknown-type', `message type ${typeNumber} is unknown and must not be skipped`);
}

function decodeBody(
  type: MessageType,
  reader: ByteReader,
  header: Omit<Frame, 'message'>,
): Result<Frame, ProtocolError> {
  try {
    const message = { type, ...BODIES[type].read(reader) } as Message;
    if (reader.remaining > 0)
      return refuse('bad-body', `${type}: ${reader.remaining} bytes too many`);
    return ok({ ...header, message });
  } catch (error) {
    if (error instanceof DecodeError) return refuse('bad-body', `${type}: ${error.message}`);
    throw error;
  }
}

function bodyParts(message: Message): readonly Uint8Array[] {
  // Each writer takes just its own message; the table's keys are the messages' types.
  const codec = BODIES[message.type] as { write(m: Message): ByteWriter | readonly Uint8Array[] };
  const body = codec.write(message);
  return body instanceof ByteWriter ? [body.finish()] : body;
}

/** Of a whole frame, as its header says; what is no frame goes by the control channel. */
export function channelOfFrame(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES) return CONTROL;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  return channelOf(view.getUint32(ID_OFFSET, true));
}

/** Of a whole frame, as its header says; 0, which none has, of what is no frame. */
export function sessionOfFrame(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  return view.getUint32(SESSION_OFFSET, true);
}

/** Over everything but the checksum itself. */
function checksum(frame: Uint8Array): number {
  return crc32(frame.subarray(HEADER_BYTES), crc32(frame.subarray(0, CRC_OFFSET)));
}

const NAMES: readonly (MessageType | undefined)[] = MESSAGE_NAMES.reduce<
  (MessageType | undefined)[]
>((names, name) => {
  names[MESSAGE_TYPES[name]] = name;
  return names;
}, []);

const nameOf = (typeNumber: number): MessageType | undefined => NAMES[typeNumber];

function refuse(code: ProtocolErrorCode, message: string): Result<Frame, ProtocolError> {
  return err({ code, message });
}
