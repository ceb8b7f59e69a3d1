/** Everything the machine tab shows of one moment, asked of the hosts by page and register. */

import { type Walked, walkSteps } from '../../../cpu/walk-steps.ts';
import type { Insight } from '../../../lab/party.ts';
import type { Player } from '../../../store/player.ts';

export type PageInsight = Extract<Insight, { kind: 'page' }>;
export type RegisterInsight = Extract<Insight, { kind: 'registers' }>;
export type BothPages = readonly [PageInsight | undefined, PageInsight | undefined];

/** Bytes at consecutive linear addresses; shorter than wanted where a page is not there. */
export interface LinearBytes {
  readonly linear: number;
  readonly bytes: Uint8Array;
}

export interface Look {
  readonly now: number;
  readonly party: 0 | 1;
  readonly registers: RegisterInsight;
  readonly code: LinearBytes;
  readonly stack: LinearBytes;
  readonly address: number;
  readonly walked: Walked;
  /** The page that the address is in, on both hosts. */
  readonly pages: BothPages | undefined;
  readonly memory: LinearBytes;
}

const PAGE = 0x1000;
/** Before EIP, and in all: enough for a few instructions on either side. */
export const CODE_BEFORE = 32;
const CODE_BYTES = 96;
const STACK_BYTES = 64;
const MEMORY_BYTES = 128;

export const numberIn = ({ values }: RegisterInsight, name: string): number =>
  Number(values[name] ?? 0) >>> 0;

/** Undefined: no VM is on that host. `address` undefined: where the processor is. */
export async function lookAt(
  player: Player,
  party: 0 | 1,
  address: number | undefined,
): Promise<Look | undefined> {
  const { now } = player.picture;
  const answer = await player.inspect({ kind: 'registers' });
  const registers = answer.ok ? answer.value[party] : undefined;
  if (registers?.kind !== 'registers') return undefined;
  const machine = new Machine(player, party, registers);
  const at = (name: string) => numberIn(registers, name);
  const eip = (at('cs.base') + at('eip')) >>> 0;
  const wanted = address ?? eip;
  const walked = await machine.walk(wanted);
  return {
    now,
    party,
    registers,
    code: await machine.bytes(Math.max(0, eip - CODE_BEFORE), CODE_BYTES),
    stack: await machine.bytes((at('ss.base') + at('esp')) >>> 0, STACK_BYTES),
    address: wanted,
    walked,
    pages: walked.gfn === undefined ? undefined : await machine.asked(walked.gfn, wanted),
    memory: await machine.bytes((wanted & ~0xf) >>> 0, MEMORY_BYTES),
  };
}

class Machine {
  private readonly player: Player;
  private readonly party: 0 | 1;
  private readonly registers: RegisterInsight;
  private readonly known = new Map<number, BothPages>();

  constructor(player: Player, party: 0 | 1, registers: RegisterInsight) {
    this.player = player;
    this.party = party;
    this.registers = registers;
  }

  async both(gfn: number): Promise<BothPages> {
    const pages = this.known.get(gfn) ?? (await this.asked(gfn));
    this.known.set(gfn, pages);
    return pages;
  }

  /** `linear`: also what the TLB knows of that address. */
  async asked(gfn: number, linear?: number): Promise<BothPages> {
    const answer = await this.player.inspect({ kind: 'page', gfn, linear });
    return answer.ok
      ? ([onlyPage(answer.value[0]), onlyPage(answer.value[1])] as const)
      : ([undefined, undefined] as const);
  }

  walk(linear: number): Promise<Walked> {
    const [cr0, cr3, cr4] = ['cr0', 'cr3', 'cr4'].map((name) => numberIn(this.registers, name));
    return walkSteps({ cr0, cr3, cr4 }, linear, (gfn) => this.frame(gfn));
  }

  async bytes(linear: number, length: number): Promise<LinearBytes> {
    const pieces: number[] = [];
    for (let at = linear; pieces.length < length; at = linear + pieces.length) {
      const { gfn } = await this.walk(at >>> 0);
      const page = gfn === undefined ? undefined : await this.frame(gfn);
      if (page === undefined) break;
      const offset = at % PAGE;
      pieces.push(...page.subarray(offset, Math.min(PAGE, offset + length - pieces.length)));
    }
    return { linear, bytes: Uint8Array.from(pieces) };
  }

  private async frame(gfn: number): Promise<Uint8Array | undefined> {
    const page = (await this.both(gfn))[this.party];
    return page === undefined || page.missing ? undefined : page.bytes;
  }
}

const onlyPage = (insight: Insight | undefined): PageInsight | undefined =>
  insight?.kind === 'page' ? insight : undefined;
