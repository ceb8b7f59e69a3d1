/**
 * Page walks: two levels with 4 KiB and 4 MiB pages, or PAE with 4 KiB and 2 MiB pages. SDM vol. 3A
 * §4.3, §4.4 (§4.4.1: the directory pointers are read when CR3 is written), §4.6 (rights), §4.7
 * (fault code), §4.8 (A, D).
 */
import type { Mmu } from './mmu.ts';

export interface PageWalk {
  enabled: boolean;
  /** CR3: guest-physical address of the top level. */
  directory: number;
  cr4: number;
  /** CR0.WP: a supervisor may not write read-only pages either. */
  writeProtect: boolean;
  /** PAE: the four directory pointers, low and high words; undefined: to be read at the next walk. */
  pointers: Int32Array | undefined;
}

const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const ACCESSED = 0x20;
const DIRTY = 0x40;
const LARGE = 0x80;
export const CR4_PSE = 0x10;
export const CR4_PAE = 0x20;
const FAULT_WRITE = 2;
const FAULT_USER = 4;
const FAULT_RESERVED = 8;
/** Upper half of a PAE entry: bits 32 to 35 are address, the rest reserved. */
const PAE_ADDRESS_HIGH = 0xf;
const POINTERS = 8;
/** Low word of a directory pointer: bits 1, 2 and 5 to 8 are reserved. */
const POINTER_RESERVED = 0x1e6;
/** Bits 12 to 20 of a PAE entry for a 2 MiB page, and 12 to 21 of one for 4 MiB, are reserved. */
const LARGE_RESERVED_PAE = 0x1f_e000;
const LARGE_RESERVED = 0x3f_e000;

/** The guest frame; or −1 − error code of the page fault. */
export function walk(
  mmu: Mmu,
  paging: PageWalk,
  linear: number,
  write: boolean,
  user: boolean,
): number {
  return paging.cr4 & CR4_PAE
    ? walkPae(mmu, paging, linear, write, user)
    : walkTwoLevels(mmu, paging, linear, write, user);
}

const reasonOf = (write: boolean, user: boolean): number =>
  (write ? FAULT_WRITE : 0) | (user ? FAULT_USER : 0);

function walkTwoLevels(
  mmu: Mmu,
  paging: PageWalk,
  linear: number,
  write: boolean,
  user: boolean,
): number {
  const reason = reasonOf(write, user);
  const directory = paging.directory >>> 12;
  const entryAt = (linear >>> 22) << 2;
  const entry = readEntry(mmu, directory, entryAt);
  if (!(entry & PRESENT)) return -1 - reason;
  if (entry & LARGE && paging.cr4 & CR4_PSE) {
    if (entry & LARGE_RESERVED) return -1 - (reason | PRESENT | FAULT_RESERVED);
    if (!allows(entry, write, user, paging)) return -1 - (reason | PRESENT);
    mark(mmu, directory, entryAt, entry, ACCESSED | (write ? DIRTY : 0));
    return ((entry & ~0x3f_ffff) >>> 12) | ((linear >>> 12) & 0x3ff);
  }
  const table = entry >>> 12;
  const pageAt = ((linear >>> 12) & 0x3ff) << 2;
  const page = readEntry(mmu, table, pageAt);
  if (!(page & PRESENT)) return -1 - reason;
  if (!allows(entry & page, write, user, paging)) return -1 - (reason | PRESENT);
  mark(mmu, directory, entryAt, entry, ACCESSED);
  mark(mmu, table, pageAt, page, ACCESSED | (write ? DIRTY : 0));
  return page >>> 12;
}

function walkPae(
  mmu: Mmu,
  paging: PageWalk,
  linear: number,
  write: boolean,
  user: boolean,
): number {
  const reason = reasonOf(write, user);
  paging.pointers ??= readPointers(mmu, paging.directory);
  const which = linear >>> 30;
  const pointer = paging.pointers[2 * which];
  if (!(pointer & PRESENT)) return -1 - reason;
  const directory = frameFrom(pointer, paging.pointers[2 * which + 1]);
  const entryAt = ((linear >>> 21) & 0x1ff) << 3;
  const entry = readEntry(mmu, directory, entryAt);
  if (!(entry & PRESENT)) return -1 - reason;
  const table = frameOf(mmu, directory, entryAt, entry);
  const isLarge = (entry & LARGE) !== 0;
  if (table < 0 || (isLarge && entry & LARGE_RESERVED_PAE))
    return -1 - (reason | PRESENT | FAULT_RESERVED);
  if (isLarge) {
    if (!allows(entry, write, user, paging)) return -1 - (reason | PRESENT);
    mark(mmu, directory, entryAt, entry, ACCESSED | (write ? DIRTY : 0));
    return (table & ~0x1ff) | ((linear >>> 12) & 0x1ff);
  }
  const pageAt = ((linear >>> 12) & 0x1ff) << 3;
  const page = readEntry(mmu, table, pageAt);
  if (!(page & PRESENT)) return -1 - reason;
  const frame = frameOf(mmu, table, pageAt, page);
  if (frame < 0) return -1 - (reason | PRESENT | FAULT_RESERVED);
  if (!allows(entry & page, write, user, paging)) return -1 - (reason | PRESENT);
  mark(mmu, directory, entryAt, entry, ACCESSED);
  mark(mmu, table, pageAt, page, ACCESSED | (write ? DIRTY : 0));
  return frame;
}

/** `rights`: what all levels grant together. */
function allows(rights: number, write: boolean, user: boolean, paging: PageWalk): boolean {
  if (user && !(rights & USER)) return false;
  return !write || (rights & WRITABLE) !== 0 || (!user && !paging.writeProtect);
}

/** Outside RAM all bits read as ones. */
function readEntry(mmu: Mmu, gfn: number, offset: number): number {
  const frame = mmu.frameForRead(gfn);
  return frame < 0 ? -1 : mmu.view.getInt32(frame + offset, true);
}

/** The frame that a 64-bit entry points to; −1 when reserved bits are set. */
const frameOf = (mmu: Mmu, gfn: number, offset: number, low: number): number =>
  frameFrom(low, readEntry(mmu, gfn, offset + 4));

const frameFrom = (low: number, high: number): number =>
  high & ~PAE_ADDRESS_HIGH ? -1 : (high << 20) | (low >>> 12);

/** The directory pointers that a CR3 leads to. Throws when their page has not arrived. */
export function readPointers(mmu: Mmu, directory: number): Int32Array {
  const at = directory & 0xfe0;
  return Int32Array.from({ length: POINTERS }, (_, n) =>
    readEntry(mmu, directory >>> 12, at + 4 * n),
  );
}

/** No present one has a reserved bit set. */
export function arePointersValid(pointers: Int32Array): boolean {
  for (let n = 0; n < POINTERS; n += 2) {
    const low = pointers[n];
    const reserved = (low & POINTER_RESERVED) | (pointers[n + 1] & ~PAE_ADDRESS_HIGH);
    if (low & PRESENT && reserved !== 0) return false;
  }
  return true;
}

/** Sets bits in an entry, through the dirty log and the watch on code like any store. */
function mark(mmu: Mmu, gfn: number, offset: number, entry: number, bits: number): void {
  if ((entry & bits) === bits) return;
  const bytes = Uint8Array.of((entry | bits) & 0xff);
  mmu.writePhysical(gfn * 0x1000 + offset, bytes);
}
