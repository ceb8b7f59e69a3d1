/**
 * What a real Xen checks before it lets a guest's processor state in (`hvm_load` of HEADER and CPU).
 * A writer keeps the same rules, so that no file is written that Xen would refuse.
 */
import { exists } from '../../../base/assert.ts';
import type { NativeState } from '../../native-layout.ts';
import { HVM_MAGIC } from '../layout.ts';

const CR0_PE = 0x1n;
const CR0_ET = 0x10n;
const CR0_PG = 0x8000_0000n;
/** PE MP EM TS ET NE, WP AM, NW CD PG */
const CR0_DEFINED = 0xe005_003fn;
/** TSD, DE, PSE and PAE: what the processor of the toy PC offers. */
const CR4_OFFERED = 0x3cn;
const FPU_VALID = 1n;
const EVENT_VALID = 1n << 31n;
const EVENT_RESERVED = 0x7fff_f000n;
const TWO_TO_32 = 1n << 32n;

export interface LoaderRule {
  readonly text: string;
  isKept(place: (name: string) => bigint): boolean;
}

export const LOADER_RULES: readonly LoaderRule[] = [
  { text: 'header.magic must be 0x54381286', isKept: (at) => at('header.magic') === HVM_MAGIC },
  { text: 'header.version must be 1', isKept: (at) => at('header.version') === 1n },
  { text: 'cpu.pad0 must be 0', isKept: (at) => at('cpu.pad0') === 0n },
  {
    text: 'cpu.flags has bits that are not defined',
    isKept: (at) => (at('cpu.flags') & ~FPU_VALID) === 0n,
  },
  { text: 'cpu.cr0 has reserved bits', isKept: (at) => (at('cpu.cr0') & ~CR0_DEFINED) === 0n },
  { text: 'cpu.cr0 must have ET (bit 4) set', isKept: (at) => (at('cpu.cr0') & CR0_ET) !== 0n },
  {
    text: 'cpu.cr0 has paging (PG) without protection (PE)',
    isKept: (at) => (at('cpu.cr0') & CR0_PG) === 0n || (at('cpu.cr0') & CR0_PE) !== 0n,
  },
  {
    text: 'cpu.cr4 has bits that the guest’s processor does not offer',
    isKept: (at) => (at('cpu.cr4') & ~CR4_OFFERED) === 0n,
  },
  { text: 'cpu.dr6 must be below 2^32', isKept: (at) => at('cpu.dr6') < TWO_TO_32 },
  { text: 'cpu.dr7 must be below 2^32', isKept: (at) => at('cpu.dr7') < TWO_TO_32 },
  {
    text: 'cpu.pending_event has a type that is none (1 or 7) or reserved bits',
    isKept: (at) => isEventSound(at('cpu.pending_event')),
  },
];

function isEventSound(event: bigint): boolean {
  if ((event & EVENT_VALID) === 0n) return true;
  const type = (event >> 8n) & 7n;
  return type !== 1n && type !== 7n && (event & EVENT_RESERVED) === 0n;
}

/** The first rule that the state breaks, in words. */
export function loaderProblem(state: NativeState): string | undefined {
  const place = (name: string): bigint => exists(state.get(name), name);
  return LOADER_RULES.find((rule) => !rule.isKept(place))?.text;
}
