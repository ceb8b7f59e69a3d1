/**
 * The HVM parameters that travel in a domain image (Xen's public/hvm/params.h), as a table: the
 * layout, the field table and the reader of HVM_PARAMS records follow it. A parameter that is not
 * in a stream is 0.
 */

export interface HvmParam {
  readonly index: number;
  readonly name: string;
  /** What this host's guests have. */
  readonly value: bigint;
  /** Another value can be lost without harm to the guest. */
  readonly ignorable: boolean;
  readonly note: string;
  /** The value is the number of a page that is no RAM and that loading wipes. */
  readonly isPage?: boolean;
}

/** Where Xen keeps the pages that it shares with a guest's drivers: the last before 0xFF000. */
export const SPECIAL_FIRST = 0xfeff8;
export const SPECIAL_END = 0xff000;
const STORE_PAGE = 0xfeffcn;
const CONSOLE_PAGE = 0xfefffn;

const REMADE = 'made anew by the toolstack that loads the guest';
const HELPER = 'a page that Xen itself uses on old processors';

export const HVM_PARAMS: readonly HvmParam[] = [
  page(1, 'store_pfn', STORE_PAGE, 'the toy guests have no PV drivers that talk to xenstore'),
  free(2, 'store_evtchn', REMADE),
  page(5, 'ioreq_pfn', 0n, REMADE),
  page(6, 'bufioreq_pfn', 0n, REMADE),
  needed(9, 'viridian', 'the guest was shown a Hyper-V interface, which the toy PC lacks'),
  free(12, 'ident_pt', HELPER),
  free(15, 'vm86_tss', HELPER),
  page(17, 'console_pfn', CONSOLE_PAGE, 'the toy guests print on the serial port'),
  free(18, 'console_evtchn', REMADE),
  needed(19, 'acpi_ioports_location', 'the toy PC has no ACPI'),
  page(27, 'paging_ring_pfn', 0n, REMADE),
  page(28, 'monitor_ring_pfn', 0n, REMADE),
  page(29, 'sharing_ring_pfn', 0n, REMADE),
  page(32, 'ioreq_server_pfn', 0n, REMADE),
  free(33, 'nr_ioreq_server_pages', REMADE),
  needed(34, 'vm_generation_id_addr', 'the toy PC has no generation counter'),
  free(36, 'x87_fip_width', 'of an FPU, which the toy PC lacks'),
  free(37, 'vm86_tss_sized', HELPER),
  needed(38, 'mca_cap', 'the toy PC reports no machine checks'),
];

function page(index: number, name: string, value: bigint, note: string): HvmParam {
  return { index, name, value, ignorable: true, note, isPage: true };
}

function free(index: number, name: string, note: string): HvmParam {
  return { index, name, value: 0n, ignorable: true, note };
}

function needed(index: number, name: string, note: string): HvmParam {
  return { index, name, value: 0n, ignorable: false, note };
}
