/** The field's terms, once: the plain word comes first, the term beside it, then what it means here. */

export interface GlossaryEntry {
  readonly plain: string;
  readonly term: string;
  readonly text: string;
}

const entry = (plain: string, term: string, text: string): GlossaryEntry => ({ plain, term, text });

export const GLOSSARY = {
  'live-migration': entry(
    'moving a running VM',
    'live migration',
    'The VM goes on running while its memory is copied to another host. It stands still only for the short moment in which the last pages and its CPU state cross.',
  ),
  vmm: entry(
    'the program that runs VMs',
    'hypervisor, VMM',
    'Gives each VM a CPU, memory and devices of its own. This page has two kinds: one built like Xen, one like KVM with QEMU.',
  ),
  storage: entry(
    'no disk',
    'shared storage',
    'These VMs have no disk, as if their storage were shared by both hosts, as it is in most data centres: only RAM, CPU and devices move.',
  ),
  page: entry(
    'page',
    'page, 4 KiB',
    'The piece in which memory is mapped, logged and sent: 4,096 bytes. A 4 MiB VM has 1,024 of them.',
  ),
  'dirty-page': entry(
    'written again',
    'dirty',
    'The guest has written to the page since it was last sent, so the destination’s copy is old and the page must be sent once more.',
  ),
  'dirty-log': entry(
    'list of written pages',
    'dirty log',
    'The VMM write-protects pages; the first write to each faults, is noted, and goes on. Later writes to the same page cost nothing until the log is read and armed anew.',
  ),
  'working-set': entry(
    'pages in use',
    'working set',
    'The pages that the guest keeps writing. Its size, not the number of writes, bounds how many pages a round can leave.',
  ),
  'hot-set': entry(
    'pages written all the time',
    'hot set, writable working set',
    'Pages that are written again before they can be sent. Sending them early is wasted; they cross for good only when the VM stands still.',
  ),
  round: entry(
    'round',
    'round, iteration',
    'One pass of pre-copy. Round 1 sends all pages, each later round the pages written while the one before was sent.',
  ),
  'pre-copy': entry(
    'copy first, then move',
    'pre-copy',
    'Memory is sent in rounds while the VM runs at the source. When few enough pages are left, the VM is paused and the rest crosses.',
  ),
  pull: entry(
    'move first, fetch later',
    'pull, post-copy',
    'Only the CPU state crosses during the pause. The VM runs at the destination at once and fetches each page it touches, while the others follow in the background.',
  ),
  hybrid: entry(
    'rounds first, then fetching',
    'hybrid',
    'Some rounds of pre-copy, then a pull for what is left: a short pause as in pull, with fewer pages to wait for.',
  ),
  'stop-and-copy': entry(
    'pause, copy, go on',
    'stop-and-copy',
    'The VM is paused while pages cross. As an algorithm of its own it pauses for all of memory; in pre-copy it is the last, short stage.',
  ),
  threshold: entry(
    'few enough pages to pause for',
    'threshold',
    'Pre-copy pauses the VM when at most this many pages are left. A lower threshold means a shorter pause, and perhaps that it is never reached.',
  ),
  convergence: entry(
    'each round leaves fewer pages',
    'convergence',
    'Decided by how many different pages are written while a round is sent, against the threshold. Writing the same few pages ever faster changes nothing.',
  ),
  switchover: entry(
    'the moment the VM changes hosts',
    'switchover',
    'The source pauses the VM, the last pages and the CPU state cross, the destination says that it is ready, and the source lets go.',
  ),
  downtime: entry(
    'the VM stands still',
    'VM downtime',
    'From the last instruction at the source to the first at the destination.',
  ),
  outage: entry(
    'the client waits',
    'client outage',
    'The longest gap between two answers to a client, less the usual gap. It includes what the network needs to find the VM again, so it differs from the downtime.',
  ),
  'total-time': entry(
    'how long all takes',
    'total migration time',
    'From the request until the source needs nothing more: the rounds, the pause, and in a pull also the fetching.',
  ),
  'page-fault': entry(
    'waits for a page',
    'page fault, page request',
    'In a pull the guest touches a page that has not arrived. It stands still until the source has sent exactly this page.',
  ),
  'zero-page': entry(
    'page of zeros',
    'zero page, duplicate page',
    'A page that holds nothing but zeros crosses as a mark of a few bytes in place of 4,096.',
  ),
  bandwidth: entry(
    'how much the link carries',
    'bandwidth',
    'Bits per second. With 25 Mbit/s about 750 full pages cross in a second.',
  ),
  'common-format': entry(
    'a form both hosts know',
    'common format',
    'CPU and devices leave one VMM in its own form, cross in a neutral one, and are taken up by the other in its form. With N kinds of VMM that needs N translations and not N × N.',
  ),
  gfn: entry(
    'page number as the guest sees it',
    'guest frame number (GFN, PFN)',
    'Stays the same when the VM moves. The machine frame behind it is the host’s own affair and is another one at each host.',
  ),
  mfn: entry(
    'page number of the real memory',
    'machine frame number (MFN)',
    'Where a guest page lies in a host’s memory. It means nothing to another host, so it never crosses.',
  ),
  arp: entry(
    'telling the network where the VM is',
    'gratuitous ARP, RARP',
    'After the move the destination sends a frame that nobody asked for. The switch sees at which port the VM’s address is now, and sends the next frames there.',
  ),
} as const satisfies Readonly<Record<string, GlossaryEntry>>;

export type TermId = keyof typeof GLOSSARY;
export const isTerm = (id: string): id is TermId => Object.hasOwn(GLOSSARY, id);
