/**
 * The part of a stream behind RAM: the state of processor and devices, the end mark and the
 * description. How long an unknown section is stands only in the description, which comes last; so
 * all of it is read together.
 */
import { ByteReader, DecodeError, rebased } from '../../../base/bytes.ts';
import type { StreamMachine } from './machines.ts';
import { findSection } from './sections.ts';
import { asciiName } from './stream-cursor.ts';
import { readSubsection } from './subsections.ts';
import {
  MAX_VMDESC_BYTES,
  readVmdesc,
  type SectionShape,
  type SubsectionShape,
  shapeKey,
  shapeProblem,
} from './vmdesc.ts';
import { fieldsOf, readFields, subsectionsOf, type VmstateSection } from './vmstate.ts';
import { RECORD } from './writer.ts';

export const MAX_DEVICE_BYTES = 16 << 20;
/** Description candidates that are tried: a device's state may look like one by chance. */
const MAX_CANDIDATES = 16;
const BRACE = 0x7b;

/**
 * Sections of devices that every isapc or microvm has and that a guest of the toy PC cannot be
 * using, because the toy PC does not have them. Any other unknown section is refused.
 */
export const FURNITURE: readonly RegExp[] = [
  /^(fw_cfg|dma|mc146818rtc|fdc|ps2kbd|ps2mouse|pckbd|vmmouse|port92|isa-ide)$/,
  /^(vga|cirrus_vga|parallel_isa|slirp|ioapic|acpi-ged)$/,
];

export interface DevicePart {
  /** From the start of the stream. */
  readonly offset: number;
  readonly bytes: number;
  readonly name: string;
  readonly detail: string;
}

export interface DeviceState {
  /** Places of the sections that were there. */
  readonly places: ReadonlyMap<string, bigint>;
  readonly parts: readonly DevicePart[];
  /** Names of sections that were skipped. */
  readonly skipped: readonly string[];
}

/**
 * Where the description starts that ends the stream, or undefined: not yet. It is found by its own
 * length, since a source with a return path keeps the connection open behind it.
 */
export function findDescription(bytes: Uint8Array, atEnd: boolean): number | undefined {
  let tried = 0;
  for (let at = 0; at + 7 <= bytes.length; at++) {
    if (bytes[at] !== RECORD.end || bytes[at + 1] !== RECORD.description) continue;
    if (bytes[at + 6] !== BRACE) continue;
    const length = lengthAt(bytes, at);
    const end = at + 6 + length;
    if (length > MAX_VMDESC_BYTES || end > bytes.length || (atEnd && end !== bytes.length))
      continue;
    if (bytes.subarray(at + 6, end).includes(0)) continue;
    if (readVmdesc(bytes.subarray(at + 6, end)) !== undefined) return at;
    tried += 1;
    if (tried === MAX_CANDIDATES) return undefined;
  }
  return undefined;
}

const lengthAt = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset + at + 2, 4).getUint32(0);

/** Bytes up to the end of the description that starts there. */
export const endOfDescription = (bytes: Uint8Array, at: number): number =>
  at + 6 + lengthAt(bytes, at);

/** Pre: `bytes` is all that follows RAM; `base` is where it starts in the stream. */
export function readDevices(
  bytes: Uint8Array,
  base: number,
  { sections }: StreamMachine,
): DeviceState {
  return rebased(base, () => new DeviceReader(bytes, base, sections).read());
}

class DeviceReader {
  private readonly bytes: Uint8Array;
  private readonly base: number;
  private readonly own: readonly VmstateSection[];
  private readonly reader: ByteReader;
  private readonly places = new Map<string, bigint>();
  private readonly parts: DevicePart[] = [];
  private readonly skipped: string[] = [];
  private readonly seen = new Set<string>();
  private shapes: Map<string, SectionShape[]> | undefined;

  constructor(bytes: Uint8Array, base: number, own: readonly VmstateSection[]) {
    this.bytes = bytes;
    this.base = base;
    this.own = own;
    this.reader = new ByteReader(bytes, 'big');
  }

  read(): DeviceState {
    const described = findDescription(this.bytes, true);
    if (described !== undefined) {
      const text = this.bytes.subarray(described + 6);
      this.shapes = new Map(readVmdesc(text));
    }
    while (this.readRecord()) {}
    const { places, parts, skipped } = this;
    return { places, parts, skipped };
  }

  /** False: that was the end. */
  private readRecord(): boolean {
    const { reader } = this;
    const at = reader.offset;
    const type = reader.u8('record type');
    switch (type) {
      case RECORD.full:
        this.readFull(at);
        return true;
      case RECORD.command:
        this.skipCommand();
        return true;
      case RECORD.end:
        this.readEnd();
        return false;
      default:
        throw new DecodeError(
          'bad-record',
          at,
          `a record of type 0x${type.toString(16)} stands where a device’s state or the end is due`,
        );
    }
  }

  private skipCommand(): void {
    const { reader } = this;
    reader.u16('command');
    reader.bytes(reader.u16('length of a command'), 'command');
  }

  private readEnd(): void {
    const { reader } = this;
    if (reader.remaining === 0) return;
    const at = reader.offset;
    const type = reader.u8('record type');
    if (type !== RECORD.description)
      throw new DecodeError('after-end', at, `${reader.remaining + 1} bytes follow the end mark`);
    const length = reader.u32('length of the description');
    if (length > MAX_VMDESC_BYTES)
      reader.fail('too-large', `a description of ${length} bytes is over ${MAX_VMDESC_BYTES}`);
    reader.bytes(length, 'description');
    if (reader.remaining > 0)
      reader.fail('after-end', `${reader.remaining} bytes follow the description`);
    this.part(at, 'description', `${length} bytes of JSON`);
  }

  private readFull(at: number): void {
    const { reader } = this;
    const id = reader.u32('section id');
    const name = this.readName('section');
    const instance = reader.u32('section instance');
    const version = reader.u32('section version');
    const shape = this.takeShape(name, instance);
    const known = findSection(name, instance, this.own);
    if (known === undefined) this.skipSection(at, name, shape);
    else this.readKnown(known, version, shape);
    this.readFooter(name, id);
    const about = known === undefined ? 'skipped' : 'read';
    this.part(at, name, `instance ${instance}, version ${version}, ${about}`);
  }

  private readKnown(
    section: VmstateSection,
    version: number,
    shape: SectionShape | undefined,
  ): void {
    const { reader } = this;
    const { name, oldest } = section;
    if (version < oldest || version > section.version) {
      const range = oldest === section.version ? `${oldest}` : `${oldest} to ${section.version}`;
      reader.fail('bad-version', `section ${name} has version ${version}; ${range} is read`);
    }
    if (this.seen.has(section.key)) reader.fail('twice', `section ${section.key} is there twice`);
    this.seen.add(section.key);
    const usual = fieldsOf(section, version);
    const { recut } = section;
    const isRecut = shape && recut && shapeProblem(shape, recut) === undefined;
    const fields = isRecut ? recut : usual;
    const differing = shape && shapeProblem(shape, fields);
    if (differing === 'env.regs')
      reader.fail(
        'unsupported',
        'this stream is of qemu-system-x86_64; save with qemu-system-i386',
      );
    if (differing !== undefined)
      reader.fail('unsupported', `section ${name} has another layout: ${differing} differs`);
    readFields(reader, fields, section.key, this.places);
    while (this.peek() === RECORD.subsection) this.readKnownSubsection(section, shape);
  }

  private readKnownSubsection(section: VmstateSection, shape: SectionShape | undefined): void {
    const { reader } = this;
    reader.u8('record type');
    const name = this.readName('subsection');
    const version = reader.u32('subsection version');
    if (this.seen.has(name)) reader.fail('twice', `subsection ${name} is there twice`);
    this.seen.add(name);
    const own = subsectionsOf(section).find((candidate) => candidate.name === name);
    if (own !== undefined && own.version === version) {
      readFields(reader, own.fields, name, this.places);
      return;
    }
    const size = shape?.subsections.find((candidate) => candidate.name === name)?.size;
    readSubsection(reader, { name, version, size }, this.places);
  }

  private skipSection(at: number, name: string, shape: SectionShape | undefined): void {
    const { reader } = this;
    if (!FURNITURE.some((known) => known.test(name))) {
      const message = `the toy PC has no device ${name}; save from a machine without it`;
      throw new DecodeError('unknown-section', at, message);
    }
    if (shape === undefined) {
      const message = `section ${name} cannot be skipped: the stream does not say how long it is`;
      throw new DecodeError('unknown-section', at, message);
    }
    reader.bytes(shape.size, `section ${name}`);
    for (const subsection of shape.subsections) this.skipSubsection(subsection);
    this.skipped.push(name);
  }

  private skipSubsection(shape: SubsectionShape): void {
    const { reader } = this;
    const at = reader.offset;
    const type = reader.u8('record type');
    const name = this.readName('subsection');
    if (type !== RECORD.subsection || name !== shape.name)
      throw new DecodeError('bad-record', at, `subsection ${shape.name} is due and not there`);
    reader.u32('subsection version');
    reader.bytes(shape.size, `subsection ${name}`);
    for (const nested of shape.subsections) this.skipSubsection(nested);
  }

  private readFooter(name: string, id: number): void {
    const { reader } = this;
    const at = reader.offset;
    const mark = reader.u8(`end of section ${name}`);
    if (mark !== RECORD.footer || reader.u32(`end of section ${name}`) !== id)
      throw new DecodeError('no-footer', at, `section ${name} does not end where it should`);
  }

  private takeShape(name: string, instance: number): SectionShape | undefined {
    return this.shapes?.get(shapeKey(name, instance))?.shift();
  }

  private readName(what: string): string {
    const length = this.reader.u8(`length of the name of a ${what}`);
    return asciiName(this.reader.bytes(length, `name of a ${what}`));
  }

  private peek(): number | undefined {
    return this.bytes[this.reader.offset];
  }

  private part(at: number, name: string, detail: string): void {
    this.parts.push({ offset: this.base + at, bytes: this.reader.offset - at, name, detail });
  }
}
