/**
 * The HVM context (Xen's public/hvm/save.h): entries of u16 type, u16 instance, u32 length, body,
 * without padding; HEADER first, END last.
 */
import { type ByteReader, ByteWriter } from '../../../base/bytes.ts';

export const HVM_TYPE = { end: 0, header: 1, cpu: 2, pic: 3, pit: 10 } as const;

interface HvmKind {
  readonly type: number;
  readonly name: string;
  /** Undefined: any. */
  readonly bytes: number | undefined;
}

/** All that Xen 4.17 saves of an HVM guest. */
export const HVM_KINDS: readonly HvmKind[] = [
  { type: HVM_TYPE.header, name: 'HEADER', bytes: 24 },
  { type: HVM_TYPE.cpu, name: 'CPU', bytes: 1032 },
  { type: HVM_TYPE.pic, name: 'PIC', bytes: 8 },
  { type: 4, name: 'IOAPIC', bytes: 400 },
  { type: 5, name: 'LAPIC', bytes: undefined },
  { type: 6, name: 'LAPIC_REGS', bytes: 1024 },
  { type: 7, name: 'PCI_IRQ', bytes: 16 },
  { type: 8, name: 'ISA_IRQ', bytes: 8 },
  { type: 9, name: 'PCI_LINK', bytes: 8 },
  { type: HVM_TYPE.pit, name: 'PIT', bytes: 56 },
  { type: 11, name: 'RTC', bytes: 24 },
  { type: 12, name: 'HPET', bytes: 1048 },
  { type: 13, name: 'PMTIMER', bytes: 8 },
  { type: 14, name: 'MTRR', bytes: 240 },
  { type: 15, name: 'VIRIDIAN_DOMAIN', bytes: 32 },
  { type: 16, name: 'CPU_XSAVE', bytes: undefined },
  { type: 17, name: 'VIRIDIAN_VCPU', bytes: 216 },
  { type: 18, name: 'VMCE_VCPU', bytes: 32 },
  { type: 19, name: 'TSC_ADJUST', bytes: 8 },
  { type: 20, name: 'CPU_MSR', bytes: undefined },
];

const KINDS = new Map(HVM_KINDS.map((kind) => [kind.type, kind]));

export interface HvmEntry {
  readonly type: number;
  readonly instance: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

export function writeHvmContext(entries: readonly HvmEntry[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  for (const { type, instance, body } of entries) {
    writer.u16(type).u16(instance).u32(body.length).bytes(body);
  }
  return writer.u16(HVM_TYPE.end).u16(0).u32(0).finish();
}

/** Known entries of the right lengths, HEADER first, each at most once. */
export function readHvmContext(body: ByteReader): HvmEntry[] {
  const entries: HvmEntry[] = [];
  const seen = new Set<string>();
  for (;;) {
    const type = body.u16('type of an HVM entry');
    const instance = body.u16('instance of an HVM entry');
    const length = body.u32('length of an HVM entry');
    if (type === HVM_TYPE.end) {
      if (instance !== 0 || length !== 0) body.fail('bad-value', 'the END entry is not empty');
      return entries;
    }
    const name = checkKind(body, type, length);
    if (entries.length === 0 && type !== HVM_TYPE.header) {
      body.fail('bad-order', `an HVM context starts with HEADER, not with ${name}`);
    }
    const key = `${name} ${instance}`;
    if (seen.has(key)) body.fail('twice', `entry ${key} is there twice`);
    seen.add(key);
    entries.push({ type, instance, body: body.bytes(length, name) });
  }
}

function checkKind(body: ByteReader, type: number, length: number): string {
  const kind = KINDS.get(type);
  if (kind === undefined) {
    body.fail(
      'unknown-record',
      `HVM entry of type ${type} is not known; all of them are mandatory`,
    );
  }
  const { name, bytes } = kind;
  if (bytes !== undefined && bytes !== length) {
    body.fail('bad-length', `HVM entry ${name} has ${length} bytes, not ${bytes}`);
  }
  return name;
}

export const hvmName = (type: number): string => KINDS.get(type)?.name ?? `type ${type}`;
