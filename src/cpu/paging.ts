/** Two-level page walk with 4 KiB and 4 MiB pages. SDM vol. 3A §4.3, §4.6 (rights), §4.7 (fault code), §4.8 (A, D). */
import type { Mmu } from './mmu.ts';

export interface PageWalk {
  enabled: boolean;
  /** CR3: guest-physical address of the page directory. */
  directory: number;
  cr4: number;
  /** CR0.WP: a supervisor may not write read-only pages either. */
  writeProtect: boolean;
}

const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const ACCESSED = 0x20;
const DIRTY = 0x40;
const LARGE = 0x80;
export const CR4_PSE = 0x10;
const FAULT_WRITE = 2;
const FAULT_USER = 4;

/** The guest frame; or −1 − error code of the page fault. */
export function walk(
  mmu: Mmu,
  paging: PageWalk,
  linear: number,
  write: boolean,
  user: boolean,
): number {
  const reason = (write ? FAULT_WRITE : 0) | (user ? FAULT_USER : 0);
  const entryAt = (paging.directory & ~0xfff) + ((linear >>> 22) << 2);
  const entry = readEntry(mmu, entryAt);
  if (!(entry & PRESENT)) return -1 - reason;
  if (entry & LARGE && paging.cr4 & CR4_PSE) {
    if (!allows(entry, write, user, paging)) return -1 - (reason | PRESENT);
    mark(mmu, entryAt, entry, ACCESSED | (write ? DIRTY : 0));
    return ((entry & ~0x3f_ffff) >>> 12) | ((linear >>> 12) & 0x3ff);
  }
  const pageAt = (entry & ~0xfff) + (((linear >>> 12) & 0x3ff) << 2);
  const page = readEntry(mmu, pageAt);
  if (!(page & PRESENT)) return -1 - reason;
  if (!allows(entry & page, write, user, paging)) return -1 - (reason | PRESENT);
  mark(mmu, entryAt, entry, ACCESSED);
  mark(mmu, pageAt, page, ACCESSED | (write ? DIRTY : 0));
  return page >>> 12;
}

/** `rights`: what all levels grant together. */
function allows(rights: number, write: boolean, user: boolean, paging: PageWalk): boolean {
  if (user && !(rights & USER)) return false;
  return !write || (rights & WRITABLE) !== 0 || (!user && !paging.writeProtect);
}

function readEntry(mmu: Mmu, address: number): number {
  const frame = mmu.frameForRead(address >>> 12);
  return frame < 0 ? -1 : mmu.view.getInt32(frame + (address & 0xfff), true);
}

/** Sets bits in an entry, through the dirty log and the watch on code like any store. */
function mark(mmu: Mmu, address: number, entry: number, bits: number): void {
  if ((entry & bits) === bits) return;
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, entry | bits, true);
  mmu.writePhysical(address >>> 0, bytes);
}
