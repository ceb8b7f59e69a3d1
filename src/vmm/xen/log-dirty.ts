/**
 * Log-dirty mode, as XEN_DOMCTL_SHADOW_OP offers it. ENABLE_LOGDIRTY write-protects every shadow
 * entry, or with nested paging (HAP) turns the P2M's entries into p2m_ram_logdirty; a guest's first
 * write to a page faults into the VMM, which sets the page's bit and opens the entry. CLEAN reads the
 * bitmap and arms its pages again (`collect`, with fault_count and dirty_count as its statistics),
 * PEEK only looks (`peek`), OFF ends the mode (`stop`). CLEAN with XEN_DOMCTL_SHADOW_LOGDIRTY_FINAL is
 * the last one, when the domain is suspended: it adds every page that Xen itself holds mapped for
 * writing and may have stored to without a fault; here, those that the host has stored to.
 */
import { duration } from '../../base/units.ts';
import { costOf } from '../costs.ts';
import type { DirtyLogChoice } from '../vmm.ts';
import { WriteLog } from '../write-log.ts';

const FAULTS = { shadow: 'shadowFault', hap: 'hapFault' } as const;

export const xenLogDirty =
  (choice: DirtyLogChoice['xen'] = 'shadow') =>
  (pages: number): WriteLog =>
    new WriteLog(pages, {
      fault: duration(costOf('vmExit') + costOf(FAULTS[choice])),
      read: costOf('logReadXen'),
      addsMapped: true,
    });
