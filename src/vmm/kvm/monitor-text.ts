/** What QEMU 7.2's monitor prints of a migration, of the VM's status and of its processor. */

import { compression, xbzrleCache } from '../../trace/add-ons.ts';
import type { MigrationFigures } from '../../trace/migration-figures.ts';

/** By name, as `VmInspection.registers` gives them. */
export type Registers = Readonly<Record<string, number | bigint>>;

export type RunStatus =
  | 'running'
  | 'paused'
  | 'paused (inmigrate)'
  | 'paused (finish-migrate)'
  | 'paused (postmigrate)';

const KIB_PER_PAGE = 4;
const GLOBALS = [
  'globals:',
  'store-global-state: on',
  'only-migratable: off',
  'send-configuration: on',
  'send-section-footer: on',
  'decompress-error-check: on',
  'clear-bitmap-shift: 18',
];
/** With these QEMU tells the status and nothing else. */
const BARE = ['cancelling', 'cancelled', 'failed'];

const NO_TIME = 'total time: 0 ms';

const milliseconds = (ns: number): number => Math.floor(ns / 1_000_000);

export const statusLine = (status: RunStatus): string => `VM status: ${status}`;

/** Of a VM that has arrived QEMU says no more than that. */
export function migrateLines(figures: MigrationFigures | undefined, arrived = false): string[] {
  if (figures === undefined || figures.status === 'none')
    return arrived ? [...GLOBALS, 'Migration status: completed', NO_TIME] : GLOBALS;
  const { status, reason } = figures;
  const why = status === 'failed' && reason !== '' ? ` (${reason})` : '';
  const head = [...GLOBALS, `Migration status: ${status}${why}`];
  if (BARE.includes(status)) return [...head, NO_TIME];
  return [...head, ...timeLines(figures), ...ramLines(figures)];
}

function timeLines(figures: MigrationFigures): string[] {
  const downtime =
    figures.status === 'completed'
      ? `downtime: ${milliseconds(figures.downtimeNs)} ms`
      : `expected downtime: ${milliseconds(figures.expectedDowntimeNs)} ms`;
  return [
    `total time: ${milliseconds(figures.totalTimeNs)} ms`,
    downtime,
    `setup: ${milliseconds(figures.setupTimeNs)} ms`,
  ];
}

function ramLines(figures: MigrationFigures): string[] {
  const transfer = Math.max(1, figures.totalTimeNs - figures.setupTimeNs);
  const megabits = ((figures.transferredBytes * 8_000) / transfer).toFixed(2);
  const lines = [
    `transferred ram: ${Math.floor(figures.transferredBytes / 1024)} kbytes`,
    `throughput: ${megabits} mbps`,
    `remaining ram: ${figures.remainingPages * KIB_PER_PAGE} kbytes`,
    `total ram: ${figures.totalPages * KIB_PER_PAGE} kbytes`,
    `duplicate: ${figures.duplicatePages} pages`,
    'skipped: 0 pages',
    `normal: ${figures.normalPages} pages`,
    `normal bytes: ${figures.normalPages * KIB_PER_PAGE} kbytes`,
    `dirty sync count: ${figures.dirtySyncCount}`,
    `page size: ${KIB_PER_PAGE} kbytes`,
    `multifd bytes: ${Math.floor(figures.multifdBytes / 1024)} kbytes`,
    `pages-per-second: ${figures.pagesPerSecond}`,
  ];
  const { dirtyPagesPerSecond, postcopyRequests, postcopyBlocktimeNs } = figures;
  if (dirtyPagesPerSecond > 0) lines.push(`dirty pages rate: ${dirtyPagesPerSecond} pages`);
  if (postcopyRequests > 0) lines.push(`postcopy request count: ${postcopyRequests}`);
  const { precopyBytes, downtimeBytes, postcopyBytes } = figures;
  const parts = { precopy: precopyBytes, downtime: downtimeBytes, postcopy: postcopyBytes };
  for (const [when, bytes] of Object.entries(parts))
    if (bytes > 0) lines.push(`${when} ram: ${Math.floor(bytes / 1024)} kbytes`);
  lines.push(...addOnLines(figures));
  if (figures.cpuThrottlePercent > 0)
    lines.push(`cpu throttle percentage: ${figures.cpuThrottlePercent}`);
  if (postcopyBlocktimeNs > 0)
    lines.push(`postcopy blocktime: ${milliseconds(postcopyBlocktimeNs)}`);
  return lines;
}

function addOnLines({ addOns, normalPages, duplicatePages }: MigrationFigures): string[] {
  if (addOns === undefined) return [];
  const { xbzrlePages, compressedPages } = addOns;
  const cache = xbzrleCache(addOns, normalPages + duplicatePages + xbzrlePages + compressedPages);
  const packed = compression(addOns);
  const lines: string[] = [];
  if (cache !== null)
    lines.push(
      `cache size: ${cache.cacheSize} bytes`,
      `xbzrle transferred: ${Math.floor(cache.bytes / 1024)} kbytes`,
      `xbzrle pages: ${cache.pages} pages`,
      `xbzrle cache miss: ${cache.cacheMiss} pages`,
      `xbzrle cache miss rate: ${cache.cacheMissRate.toFixed(2)}`,
      `xbzrle encoding rate: ${cache.encodingRate.toFixed(2)}`,
      `xbzrle overflow: ${cache.overflow}`,
    );
  // Nobody is ever too busy to pack here.
  if (packed !== null)
    lines.push(
      `compression pages: ${packed.pages} pages`,
      'compression busy: 0',
      'compression busy rate: 0.00',
      `compressed size: ${Math.floor(packed.compressedSize / 1024)} kbytes`,
      `compression rate: ${packed.compressionRate.toFixed(2)}`,
    );
  return lines;
}

const FLAG_LETTERS = [
  [0x400, 'D'],
  [0x800, 'O'],
  [0x80, 'S'],
  [0x40, 'Z'],
  [0x10, 'A'],
  [0x04, 'P'],
  [0x01, 'C'],
] as const;
const SEGMENT_NAMES = [
  ['ES', 'es'],
  ['CS', 'cs'],
  ['SS', 'ss'],
  ['DS', 'ds'],
  ['FS', 'fs'],
  ['GS', 'gs'],
  ['LDT', 'ldtr'],
  ['TR', 'tr'],
] as const;
/** Of descriptors that are neither code nor data. */
const SYSTEM_TYPES = [
  'Reserved',
  'TSS16-avl',
  'LDT',
  'TSS16-busy',
  'CallGate16',
  'TaskGate',
  'IntGate16',
  'TrapGate16',
  'Reserved',
  'TSS32-avl',
  'Reserved',
  'TSS32-busy',
  'CallGate32',
  'Reserved',
  'IntGate32',
  'TrapGate32',
] as const;
const CR0_PE = 1;

/** Without the lines of the FPU, which the toy PC lacks. */
export function registerLines(registers: Registers): string[] {
  const at = (name: string): number => Number(registers[name] ?? 0);
  const named = (...names: readonly string[]): string =>
    names.map((name) => `${name.toUpperCase()}=${hex(at(name), 8)}`).join(' ');
  const flags = FLAG_LETTERS.map(([bit, letter]) => (at('eflags') & bit ? letter : '-')).join('');
  const isProtected = (at('cr0') & CR0_PE) !== 0;
  const state = [
    `EIP=${hex(at('eip'), 8)} EFL=${hex(at('eflags'), 8)} [${flags}]`,
    `CPL=${isProtected ? at('cs') & 3 : 0}`,
    `II=${at('interruptShadow') === 0 ? 0 : 1}`,
    `A20=1 SMM=0 HLT=${at('halted')}`,
  ];
  return [
    '',
    'CPU#0',
    named('eax', 'ebx', 'ecx', 'edx'),
    named('esi', 'edi', 'ebp', 'esp'),
    state.join(' '),
    ...SEGMENT_NAMES.map(([title, name]) => segmentLine(title, name, at, isProtected)),
    `GDT=     ${hex(at('gdtr.base'), 8)} ${hex(at('gdtr.limit'), 8)}`,
    `IDT=     ${hex(at('idtr.base'), 8)} ${hex(at('idtr.limit'), 8)}`,
    named('cr0', 'cr2', 'cr3', 'cr4'),
    `${named('dr0', 'dr1', 'dr2', 'dr3')} `,
    named('dr6', 'dr7'),
    'EFER=0000000000000000',
  ];
}

function segmentLine(
  title: string,
  name: string,
  at: (name: string) => number,
  isProtected: boolean,
): string {
  const access = at(`${name}.access`);
  const limit = at(`${name}.limit`);
  const words = [hex(at(name), 4), hex(at(`${name}.base`), 8), hex(limit, 8)];
  const line = `${title.padEnd(3)}=${words.join(' ')} ${hex(descriptorFlags(access, limit), 8)}`;
  const isPresent = (access & 0x80) !== 0;
  return isProtected && isPresent ? `${line} DPL=${(access >> 5) & 3} ${kindOf(access)}` : line;
}

/** The second word of the descriptor, base bits apart. */
function descriptorFlags(access: number, limit: number): number {
  const isGranular = (access & 0x800) !== 0;
  const high = (isGranular ? limit >>> 28 : limit >>> 16) & 0xf;
  return ((access & 0xff) << 8) | ((access & 0xf00) << 12) | (high << 16);
}

function kindOf(access: number): string {
  const isOn = (bit: number): boolean => (access & bit) !== 0;
  if (!isOn(0x10)) return SYSTEM_TYPES[access & 0xf] ?? '';
  const letter = (bit: number, name: string): string => (isOn(bit) ? name : '-');
  const [title, second, third] = isOn(0x8)
    ? [isOn(0x400) ? 'CS32' : 'CS16', letter(0x4, 'C'), letter(0x2, 'R')]
    : [isOn(0x400) ? 'DS  ' : 'DS16', letter(0x4, 'E'), letter(0x2, 'W')];
  return `${title} [${second}${third}${letter(0x1, 'A')}]`;
}

const hex = (value: number, digits: number): string =>
  (value >>> 0).toString(16).padStart(digits, '0');
