/**
 * A migration message field by field, for people. The bodies are read by the very codec that the
 * daemons use, with a reader that notes what it is asked for.
 */
import { ByteReader, DecodeError } from '../base/bytes.ts';
import type { Field, Layer } from '../base/dissection.ts';
import { channelOf, countOf } from './channels.ts';
import { HEADER_BYTES, HEARTBEAT_ID } from './codec.ts';
import { BODIES } from './message-bodies.ts';
import { MESSAGE_TYPES, type MessageType } from './messages.ts';

/** More fields than this say nothing to a reader: the bits of a bitmap, the runs of a DISCARD. */
const FIELDS_MAX = 200;

class NotingReader extends ByteReader {
  readonly fields: Field[] = [];
  private readonly base: number;

  constructor(bytes: Uint8Array, base: number) {
    super(bytes);
    this.base = base;
  }

  override u8(what: string): number {
    return this.noted(what, 1, super.u8(what));
  }

  override u16(what: string): number {
    return this.noted(what, 2, super.u16(what));
  }

  override u32(what: string): number {
    return this.noted(what, 4, super.u32(what));
  }

  override u64(what: string): bigint {
    return this.noted(what, 8, super.u64(what));
  }

  override bytes(count: number, what: string): Uint8Array<ArrayBuffer> {
    const value = super.bytes(count, what);
    this.note(what, `${count} bytes`, count);
    return value;
  }

  override text(what: string): string {
    const { length } = this.fields;
    const value = super.text(what);
    // Its byte count and its bytes, as one.
    this.fields.length = length;
    const bytes = new TextEncoder().encode(value).length;
    this.note(what, JSON.stringify(value), bytes + 2);
    return value;
  }

  private noted<T extends number | bigint>(what: string, length: number, value: T): T {
    this.note(what, String(value), length);
    return value;
  }

  private note(name: string, value: string, length: number): void {
    if (this.fields.length >= FIELDS_MAX) return;
    this.fields.push({ name, value, offset: this.base + this.offset - length, length });
  }
}

/** `bytes` may be just the beginning of a message of `length` bytes. */
export function dissectMessage(bytes: Uint8Array, length: number): Layer[] {
  const reader = new NotingReader(bytes.subarray(0, HEADER_BYTES), 0);
  try {
    reader.bytes(4, 'magic');
    reader.u8('version of the framing');
    const type = typeNamed(reader.u8('type'));
    reader.u16('flags');
    reader.u32('session');
    const id = reader.u32('id');
    reader.u32('length of the body');
    reader.u32('CRC-32');
    const header = { title: 'Migration protocol', fields: reader.fields.map(named(type, id)) };
    return type === undefined ? [header] : [header, body(type, bytes, length)];
  } catch (error) {
    return [{ title: 'Migration protocol', fields: reader.fields, trouble: reasonOf(error) }];
  }
}

const typeNamed = (number: number): MessageType | undefined =>
  (Object.keys(MESSAGE_TYPES) as MessageType[]).find((name) => MESSAGE_TYPES[name] === number);

const named =
  (type: MessageType | undefined, id: number) =>
  (field: Field): Field => {
    if (field.name === 'magic') return { ...field, value: '"VMFM"' };
    if (field.name === 'type') return { ...field, value: `${field.value} (${type ?? 'unknown'})` };
    return field.name === 'id' ? { ...field, value: `${field.value} (${place(id)})` } : field;
  };

const place = (id: number): string =>
  `${(id & HEARTBEAT_ID) !== 0 ? 'heartbeat' : 'message'} ${countOf(id)}, channel ${channelOf(id)}`;

function body(type: MessageType, bytes: Uint8Array, length: number): Layer {
  const reader = new NotingReader(bytes.subarray(HEADER_BYTES), HEADER_BYTES);
  const title = type.toUpperCase();
  try {
    BODIES[type].read(reader);
    return { title, fields: reader.fields };
  } catch (error) {
    const { fields } = reader;
    const cut = bytes.length < length;
    const rest = `Of ${length} bytes the first ${bytes.length} are kept here; pages are seen in the page inspector.`;
    return { title, fields, trouble: cut ? rest : reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof DecodeError) return error.message;
  throw error;
}
