/**
 * The records of a libxc stream (Xen's docs/specs/libxc-migration-stream, revision 3) as a table:
 * their numbers, and what a reader of HVM guests does with each.
 */

export const RECORD = {
  end: 0x00,
  pageData: 0x01,
  tscInfo: 0x08,
  hvmContext: 0x09,
  hvmParams: 0x0a,
  verify: 0x0d,
  staticDataEnd: 0x10,
} as const;

/** Bit of a record's type: a reader that does not know the type may skip the record. */
export const OPTIONAL = 0x8000_0000;

export interface RecordKind {
  readonly type: number;
  readonly name: string;
  /** First version of the stream that has it. */
  readonly since: 2 | 3;
  /** Why a reader of HVM guests refuses it; undefined: it reads it. */
  readonly refused?: string;
}

const PV = 'it belongs to a paravirtual guest, and this stream says that its guest is HVM';

export const RECORD_KINDS: readonly RecordKind[] = [
  { type: RECORD.end, name: 'END', since: 2 },
  { type: RECORD.pageData, name: 'PAGE_DATA', since: 2 },
  { type: 0x02, name: 'X86_PV_INFO', since: 2, refused: PV },
  { type: 0x03, name: 'X86_PV_P2M_FRAMES', since: 2, refused: PV },
  { type: 0x04, name: 'X86_PV_VCPU_BASIC', since: 2, refused: PV },
  { type: 0x05, name: 'X86_PV_VCPU_EXTENDED', since: 2, refused: PV },
  { type: 0x06, name: 'X86_PV_VCPU_XSAVE', since: 2, refused: PV },
  { type: 0x07, name: 'SHARED_INFO', since: 2, refused: PV },
  { type: RECORD.tscInfo, name: 'X86_TSC_INFO', since: 2 },
  { type: RECORD.hvmContext, name: 'HVM_CONTEXT', since: 2 },
  { type: RECORD.hvmParams, name: 'HVM_PARAMS', since: 2 },
  {
    type: 0x0b,
    name: 'TOOLSTACK',
    since: 2,
    refused: 'it was withdrawn from the format, and its content is known to nobody',
  },
  { type: 0x0c, name: 'X86_PV_VCPU_MSRS', since: 2, refused: PV },
  { type: RECORD.verify, name: 'VERIFY', since: 2 },
  {
    type: 0x0e,
    name: 'CHECKPOINT',
    since: 2,
    refused: 'only Remus and COLO send it; a stream with it is no saved guest but a running pair',
  },
  {
    type: 0x0f,
    name: 'CHECKPOINT_DIRTY_PFN_LIST',
    since: 2,
    refused: 'it goes back from a COLO secondary and is never in a file',
  },
  { type: RECORD.staticDataEnd, name: 'STATIC_DATA_END', since: 3 },
  {
    type: 0x11,
    name: 'X86_CPUID_POLICY',
    since: 3,
    refused: 'it promises the guest CPUID leaves that the toy PC’s processor cannot give',
  },
  {
    type: 0x12,
    name: 'X86_MSR_POLICY',
    since: 3,
    refused: 'it promises the guest MSRs that the toy PC’s processor lacks',
  },
];

const BY_TYPE = new Map(RECORD_KINDS.map((kind) => [kind.type, kind]));

export const findRecordKind = (type: number): RecordKind | undefined => BY_TYPE.get(type);
