/**
 * What a KVM-like host knows of its guest's writes.
 * - The dirty bitmap of a memory slot: setting KVM_MEM_LOG_DIRTY_PAGES on the slot write-protects its
 *   second-level entries (`start`); a first write exits, sets the page's bit and makes the entry
 *   writable; KVM_GET_DIRTY_LOG reads the bitmap, clears it and protects its pages again (`collect`).
 * - The same cleared by hand (KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 with KVM_DIRTY_LOG_INITIALLY_SET): at
 *   the start every bit is set and nothing protected; KVM_GET_DIRTY_LOG only reads, and
 *   KVM_CLEAR_DIRTY_LOG protects 64 pages just before the first of them is sent (`clear`). What was
 *   written in between is sent once and not twice.
 * - Page modification logging: the processor itself writes the address of a first write into a buffer
 *   of 512 entries (Intel SDM 3C, "Page-Modification Logging"), and exits only when that is full.
 * - The dirty ring: a first write exits as with the bitmap and is put into a ring that the user process
 *   harvests; a full one is KVM_EXIT_DIRTY_RING_FULL.
 */
import { duration } from '../../base/units.ts';
import { costOf } from '../costs.ts';
import type { DirtyLogChoice } from '../vmm.ts';
import { WriteLog, type WriteLogPrices } from '../write-log.ts';

const PML_ENTRIES = 512;
/** A real one has 1024 to 65,536; a guest of a few MiB would never fill that. */
const RING_ENTRIES = 64;

const read = costOf('logReadKvm');
const protectionFault = duration(costOf('vmExit') + costOf('slotFault'));

const PRICES: Readonly<Record<NonNullable<DirtyLogChoice['kvm']>, WriteLogPrices>> = {
  bitmap: { fault: protectionFault, read },
  'manual-clear': { fault: protectionFault, read, clear: costOf('logClearKvm') },
  pml: {
    fault: duration(0),
    read,
    buffer: {
      entries: PML_ENTRIES,
      full: duration(costOf('vmExit') + costOf('bufferDrainPerEntry', PML_ENTRIES)),
    },
  },
  ring: {
    fault: protectionFault,
    read,
    buffer: {
      entries: RING_ENTRIES,
      full: duration(
        costOf('vmExit') + costOf('ringFullExit') + costOf('bufferDrainPerEntry', RING_ENTRIES),
      ),
    },
  },
};

export const kvmDirtyLog =
  (choice: DirtyLogChoice['kvm'] = 'bitmap') =>
  (pages: number): WriteLog =>
    new WriteLog(pages, PRICES[choice]);
