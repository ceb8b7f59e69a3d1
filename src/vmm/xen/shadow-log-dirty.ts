/**
 * Shadow log-dirty mode, as XEN_DOMCTL_SHADOW_OP offers it. ENABLE_LOGDIRTY write-protects every
 * shadow entry; a guest's first write to a page faults into the VMM, which sets the page's bit and
 * opens the entry. CLEAN reads the bitmap and arms its pages again (`collect`, with fault_count
 * and dirty_count as its statistics), PEEK only looks (`peek`), OFF ends the mode (`stop`).
 */
import { duration } from '../../base/units.ts';
import { costOf } from '../costs.ts';
import { WriteLog } from '../write-log.ts';

export function shadowLogDirty(pages: number): WriteLog {
  return new WriteLog(pages, {
    fault: duration(costOf('vmExit') + costOf('shadowFault')),
    read: costOf('logReadXen'),
  });
}
