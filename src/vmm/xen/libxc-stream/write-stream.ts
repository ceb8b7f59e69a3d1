/**
 * Writes a domain image of an HVM guest (libxc stream, version 3 or 2) as a list of parts that are
 * not copied. The order is that of Xen's specification: static data, pages, then the state.
 */
import { exists } from '../../../base/assert.ts';
import { ByteWriter } from '../../../base/bytes.ts';
import { PAGE_SIZE } from '../../../base/units.ts';
import { type NativeRecord, type NativeState, writeRecord } from '../../native-layout.ts';
import { HVM_PARAMS } from '../hvm-params.ts';
import { STREAM_LAYOUT } from '../layout.ts';
import { recordParts, type StreamVersion, writeHeaders } from './framing.ts';
import { HVM_TYPE, writeHvmContext } from './hvm-context.ts';
import { pageDataRecords } from './page-data.ts';
import { RECORD } from './record-kinds.ts';

/** The Xen whose formats these are. */
export const XEN_VERSION = { xenMajor: 4, xenMinor: 17 } as const;

/** A page and its number, every page of RAM once. */
export type Pages = Iterable<readonly [number, Uint8Array]>;

export interface StreamOptions {
  readonly version?: StreamVersion;
  /** All pages again after VERIFY, as `xl migrate --debug` sends them. */
  readonly verify?: boolean;
}

/**
 * Pre: `state` keeps the loader's rules; `pages` gives the same pages each time it is called. Without
 * `pages` it is the state alone, as a migration sends it when the pages have gone before.
 */
export function writeStream(
  state: NativeState,
  pages: (() => Pages) | undefined,
  { version = 3, verify = false }: StreamOptions = {},
): Uint8Array[] {
  const body = (record: NativeRecord) => writeRecord(record, state);
  const allRecords = (): Uint8Array[] =>
    pages === undefined
      ? []
      : [...pageDataRecords(pages()), ...pageDataRecords(specialPages(state))];
  return [
    writeHeaders({ version, ...XEN_VERSION }),
    ...(version === 3 ? recordParts(RECORD.staticDataEnd) : []),
    ...allRecords(),
    ...(verify ? [...recordParts(RECORD.verify), ...allRecords()] : []),
    ...recordParts(RECORD.tscInfo, body(STREAM_LAYOUT.tscInfo)),
    ...recordParts(RECORD.hvmParams, paramsBody(state)),
    ...recordParts(
      RECORD.hvmContext,
      writeHvmContext([
        { type: HVM_TYPE.header, instance: 0, body: body(STREAM_LAYOUT.header) },
        { type: HVM_TYPE.cpu, instance: 0, body: body(STREAM_LAYOUT.cpu) },
        { type: HVM_TYPE.pic, instance: 0, body: body(STREAM_LAYOUT.pic0) },
        { type: HVM_TYPE.pic, instance: 1, body: body(STREAM_LAYOUT.pic1) },
        { type: HVM_TYPE.pit, instance: 0, body: body(STREAM_LAYOUT.pit) },
      ]),
    ),
    ...recordParts(RECORD.end),
  ];
}

const paramOf = (state: NativeState, name: string): bigint =>
  exists(state.get(`hvm_params.${name}`), name);

/** Xen's loader wipes the pages that parameters name, for which they must be there. */
function specialPages(state: NativeState): [number, Uint8Array][] {
  return HVM_PARAMS.filter(({ isPage }) => isPage === true)
    .map(({ name }) => Number(paramOf(state, name)))
    .filter((pfn) => pfn !== 0)
    .map((pfn) => [pfn, new Uint8Array(PAGE_SIZE)]);
}

function paramsBody(state: NativeState): Uint8Array {
  const given = HVM_PARAMS.filter(({ name }) => paramOf(state, name) !== 0n);
  const writer = new ByteWriter().u32(given.length).u32(0);
  for (const { index, name } of given) writer.u64(BigInt(index)).u64(paramOf(state, name));
  return writer.finish();
}
