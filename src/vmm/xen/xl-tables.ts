/** What `xl list` and `xl info` print (Xen 4.17), and `xm list` (4.1). */

export interface DomainInfo {
  readonly name: string;
  readonly domid: number;
  readonly memoryMiB: number;
  readonly vcpus: number;
  readonly state: 'running' | 'blocked' | 'paused' | 'suspended';
  /** Of the processor so far. */
  readonly cpuMilliseconds: number;
}

/** Columns r, b, p, s with its reason, d. */
const LETTERS: Readonly<Record<DomainInfo['state'], string>> = {
  running: 'r-----',
  blocked: '-b----',
  paused: '--p---',
  suspended: '---ss-',
};

const HEADING = 'Name                                        ID   Mem VCPUs\tState\tTime(s)';

export function listLines(domains: readonly DomainInfo[]): string[] {
  return [HEADING, ...domains.map(domainLine)];
}

/** The same figures in xm's columns. */
export function xmListLines(domains: readonly DomainInfo[]): string[] {
  const row = (name: string, columns: readonly string[], time: string, wide: number) =>
    [
      name.padEnd(40),
      ...columns.map((text, i) => text.padStart(i < 3 ? 5 : 10)),
      time.padStart(wide),
    ].join(' ');
  return [
    row('Name', ['ID', 'Mem', 'VCPUs', 'State'], 'Time(s)', 9),
    ...domains.map(({ name, domid, memoryMiB, vcpus, state, cpuMilliseconds }) =>
      row(
        name,
        [`${domid}`, `${memoryMiB}`, `${vcpus}`, LETTERS[state]],
        seconds(cpuMilliseconds),
        8,
      ),
    ),
  ];
}

function seconds(milliseconds: number): string {
  const tenths = Math.round(milliseconds / 100);
  return `${Math.floor(tenths / 10)}.${tenths % 10}`;
}

function domainLine(domain: DomainInfo): string {
  const columns = [
    domain.name.padEnd(40),
    `${domain.domid}`.padStart(5),
    `${domain.memoryMiB}`.padStart(5),
    `${domain.vcpus}`.padStart(5),
  ];
  const time = seconds(domain.cpuMilliseconds).padStart(8);
  return `${columns.join(' ')}     ${LETTERS[domain.state]}  ${time}`;
}

export interface HostInfo {
  readonly name: string;
  readonly cpuKhz: number;
  /** What CPUID's leaf 1 gives in EDX. */
  readonly cpuFeatures: number;
  readonly totalPages: number;
  readonly freePages: number;
}

const PAGES_PER_MIB = 256;

/** In xl's order; what an emulated host has no value for is left out. */
export function infoLines(host: HostInfo): string[] {
  const khz = `${host.cpuKhz % 1000}`.padStart(3, '0');
  const rows: readonly (readonly [string, string | number])[] = [
    ['host', host.name],
    ['machine', 'i686'],
    ['nr_cpus', 1],
    ['max_cpu_id', 0],
    ['nr_nodes', 1],
    ['cores_per_socket', 1],
    ['threads_per_core', 1],
    ['cpu_mhz', `${Math.floor(host.cpuKhz / 1000)}.${khz}`],
    ['hw_caps', hardwareWords(host.cpuFeatures)],
    ['virt_caps', 'hvm'],
    ['total_memory', Math.floor(host.totalPages / PAGES_PER_MIB)],
    ['free_memory', Math.floor(host.freePages / PAGES_PER_MIB)],
    ['sharing_freed_memory', 0],
    ['sharing_used_memory', 0],
    ['outstanding_claims', 0],
    ['free_cpus', 0],
    ['xen_major', 4],
    ['xen_minor', 17],
    ['xen_version', '4.17'],
    ['xen_caps', 'hvm-3.0-x86_32 hvm-3.0-x86_32p'],
    ['xen_pagesize', 4096],
    ['xend_config_format', 4],
  ];
  return rows.map(([key, value]) => `${key.padEnd(23)}: ${value}`);
}

/** Eight words, of which an emulated 32-bit processor has the first. */
function hardwareWords(features: number): string {
  const first = (features >>> 0).toString(16).padStart(8, '0');
  return [first, ...Array.from({ length: 7 }, () => '00000000')].join(':');
}
