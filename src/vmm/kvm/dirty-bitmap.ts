/**
 * The dirty bitmap of a memory slot. Setting KVM_MEM_LOG_DIRTY_PAGES on the slot write-protects its
 * second-level entries (`start`); a first write exits, sets the page's bit and makes the entry
 * writable; KVM_GET_DIRTY_LOG reads the bitmap, clears it and protects its pages again (`collect`).
 */
import { duration } from '../../base/units.ts';
import { costOf } from '../costs.ts';
import { WriteLog } from '../write-log.ts';

export function slotDirtyBitmap(pages: number): WriteLog {
  return new WriteLog(pages, {
    fault: duration(costOf('vmExit') + costOf('slotFault')),
    read: costOf('logReadKvm'),
  });
}
