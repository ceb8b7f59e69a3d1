/**
 * A page walk told step by step, for people: which entry is read where, what its bits say, and which
 * frame comes out. It reads through a function and changes nothing: no accessed bit, no TLB. The
 * processor's own walk is in `paging.ts`; a test holds them together. SDM vol. 3A §4.3, §4.4.
 */
import { CR4_PAE, CR4_PSE } from './paging.ts';

export interface WalkStep {
  /** The manual's name of the entry. */
  readonly entry: 'PDPTE' | 'PDE' | 'PTE';
  /** Its index in its table. */
  readonly index: number;
  /** Its guest-physical address. */
  readonly at: number;
  readonly low: number;
  /** Of the eight-byte entries of PAE. */
  readonly high: number | undefined;
  readonly flags: string;
  /** It maps a large page itself. */
  readonly large: boolean;
}

export interface Walked {
  readonly paging: 'off' | 'two levels' | 'PAE';
  readonly steps: readonly WalkStep[];
  /** The guest frame; undefined: there is none, for the reason given. */
  readonly gfn: number | undefined;
  readonly trouble: string;
}

/** A guest frame's bytes; undefined: it is no RAM, or has not arrived. */
export type ReadFrame = (gfn: number) => Promise<Uint8Array | undefined>;

export interface WalkRegisters {
  readonly cr0: number;
  readonly cr3: number;
  readonly cr4: number;
}

const CR0_PG = 0x8000_0000;
const PRESENT = 1;
const LARGE = 0x80;
const FRAME_SHIFT = 12;
const FLAGS = [
  [1, 'present'],
  [2, 'writable'],
  [4, 'user'],
  [0x20, 'accessed'],
  [0x40, 'dirty'],
  [0x80, 'large'],
] as const;

export async function walkSteps(
  { cr0, cr3, cr4 }: WalkRegisters,
  linear: number,
  read: ReadFrame,
): Promise<Walked> {
  if ((cr0 & CR0_PG) === 0)
    return { paging: 'off', steps: [], gfn: linear >>> FRAME_SHIFT, trouble: '' };
  return cr4 & CR4_PAE ? walkPae(cr3, linear, read) : walkTwoLevels(cr3, cr4, linear, read);
}

async function walkTwoLevels(
  cr3: number,
  cr4: number,
  linear: number,
  read: ReadFrame,
): Promise<Walked> {
  const steps: WalkStep[] = [];
  const done = ending('two levels', steps);
  const pde = await readStep(read, 'PDE', (cr3 & ~0xfff) >>> 0, linear >>> 22, 4);
  if (pde === undefined) return done('the page directory is no RAM, or has not arrived');
  steps.push(pde);
  if (!(pde.low & PRESENT)) return done('the page directory entry is not present: a page fault');
  if (pde.large && cr4 & CR4_PSE)
    return done('', ((pde.low & ~0x3f_ffff) >>> FRAME_SHIFT) | ((linear >>> 12) & 0x3ff));
  const pte = await readStep(read, 'PTE', (pde.low & ~0xfff) >>> 0, (linear >>> 12) & 0x3ff, 4);
  if (pte === undefined) return done('the page table is no RAM, or has not arrived');
  steps.push(pte);
  if (!(pte.low & PRESENT)) return done('the page table entry is not present: a page fault');
  return done('', pte.low >>> FRAME_SHIFT);
}

async function walkPae(cr3: number, linear: number, read: ReadFrame): Promise<Walked> {
  const steps: WalkStep[] = [];
  const done = ending('PAE', steps);
  const levels = [
    { entry: 'PDPTE', index: linear >>> 30 },
    { entry: 'PDE', index: (linear >>> 21) & 0x1ff },
    { entry: 'PTE', index: (linear >>> 12) & 0x1ff },
  ] as const;
  let table = (cr3 & ~0x1f) >>> 0;
  for (const { entry, index } of levels) {
    const step = await readStep(read, entry, table, index, 8);
    if (step === undefined) return done(`the table of the ${entry} is no RAM, or has not arrived`);
    steps.push(step);
    if (!(step.low & PRESENT)) return done(`the ${entry} is not present: a page fault`);
    const frame = ((step.high ?? 0) << 20) | (step.low >>> FRAME_SHIFT);
    if (entry === 'PDE' && step.large)
      return done('', (frame & ~0x1ff) | ((linear >>> 12) & 0x1ff));
    if (entry === 'PTE') return done('', frame);
    table = frame * 0x1000;
  }
  return done('');
}

const ending =
  (paging: Walked['paging'], steps: readonly WalkStep[]) =>
  (trouble: string, gfn?: number): Walked => ({ paging, steps, gfn, trouble });

async function readStep(
  read: ReadFrame,
  entry: WalkStep['entry'],
  table: number,
  index: number,
  size: 4 | 8,
): Promise<WalkStep | undefined> {
  const at = table + index * size;
  const frame = await read(Math.floor(at / 0x1000));
  if (frame === undefined) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const low = view.getInt32(at % 0x1000, true);
  const high = size === 8 ? view.getInt32((at % 0x1000) + 4, true) : undefined;
  const flags = FLAGS.filter(([bit]) => low & bit).map(([, name]) => name);
  const large = entry === 'PDE' && (low & LARGE) !== 0;
  return { entry, index, at, low: low >>> 0, high, flags: flags.join(', '), large };
}
