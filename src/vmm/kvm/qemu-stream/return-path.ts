/**
 * What passes between source and destination beside the stream: commands in it, and messages of the
 * destination on the way back, each u16 type, u16 length, data. The destination's last message says
 * whether it has loaded everything: the receipt on which the source may forget its VM.
 */
import { ByteWriter } from '../../../base/bytes.ts';
import { RECORD } from './writer.ts';

export const COMMAND = { openReturnPath: 1, ping: 2, switchoverStart: 11 } as const;
const MESSAGE = { shut: 1, pong: 2 } as const;
const HEADER_BYTES = 4;
/** Real ones have 4 to 20 bytes. */
const MAX_MESSAGE_BYTES = 512;

export function openReturnPath(): Uint8Array<ArrayBuffer> {
  return command(COMMAND.openReturnPath, new Uint8Array(0));
}

export function ping(value: number): Uint8Array<ArrayBuffer> {
  return command(COMMAND.ping, bigEndian().u32(value).finish());
}

function command(number: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return bigEndian().u8(RECORD.command).u16(number).u16(data.length).bytes(data).finish();
}

export function pong(value: number): Uint8Array<ArrayBuffer> {
  return bigEndian().u16(MESSAGE.pong).u16(4).u32(value).finish();
}

/** 0: everything was loaded and the VM is the destination's now. */
export function shut(status: number): Uint8Array<ArrayBuffer> {
  return bigEndian().u16(MESSAGE.shut).u16(4).u32(status).finish();
}

const bigEndian = (): ByteWriter => new ByteWriter('big');

export type ReturnMessage =
  | { readonly kind: 'shut'; readonly status: number }
  | { readonly kind: 'pong'; readonly value: number }
  /** Of a capability that was not asked for. */
  | { readonly kind: 'other'; readonly type: number };

export interface TakenMessage {
  readonly message: ReturnMessage;
  /** Bytes that it took. */
  readonly bytes: number;
}

/** The first message; undefined: not all of it is there. 'bad': this is no return path. */
export function takeMessage(bytes: Uint8Array): TakenMessage | 'bad' | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = view.getUint16(0);
  const length = view.getUint16(2);
  if (type === 0 || length > MAX_MESSAGE_BYTES) return 'bad';
  if (bytes.length < HEADER_BYTES + length) return undefined;
  const taken = HEADER_BYTES + length;
  if (length === 4 && type === MESSAGE.shut)
    return { message: { kind: 'shut', status: view.getUint32(HEADER_BYTES) }, bytes: taken };
  if (length === 4 && type === MESSAGE.pong)
    return { message: { kind: 'pong', value: view.getUint32(HEADER_BYTES) }, bytes: taken };
  return { message: { kind: 'other', type }, bytes: taken };
}
