/**
 * Debug registers: breakpoints on instructions, data and ports, and what DR6 reports of them. SDM
 * vol. 3B §17.2 (registers), §17.3.1 (#DB). While one is enabled the processor goes one instruction
 * at a time, and accesses to pages with a breakpoint on data take the MMU's slow path.
 */
import type { DataWatch } from './mmu.ts';

interface Breakpoint {
  readonly bit: number;
  readonly first: number;
  readonly last: number;
}

const DR6 = 4;
const DR7 = 5;
const DR6_FIXED = 0xffff_0ff0;
const DR7_FIXED = 0x400;
const DR6_ACCESS = 0x2000;
export const DR6_SINGLE_STEP = 0x4000;
const DR7_ENABLED = 0xff;
const DR7_GENERAL_DETECT = 0x2000;
const ON_EXECUTION = 0;
const ON_WRITE = 1;
const ON_PORT = 2;
/** Bytes less one, by the length field: where breakpoint and access overlap, it counts. */
const LENGTH_MASKS = [0, 1, 7, 3] as const;

export class Breakpoints implements DataWatch {
  /** dr0 dr1 dr2 dr3 dr6 dr7 */
  readonly registers = new Int32Array(6);
  /** One is enabled at least. */
  active = false;
  /** Breakpoints on data and ports that the present instruction has met. */
  hits = 0;
  private onExecution: readonly Breakpoint[] = [];
  private onWrite: readonly Breakpoint[] = [];
  private onAccess: readonly Breakpoint[] = [];
  private onPort: readonly Breakpoint[] = [];

  /** Moves to and from debug registers fault. */
  get isGuarded(): boolean {
    return (this.registers[DR7] & DR7_GENERAL_DETECT) !== 0;
  }

  /** Pre: 0 to 3, 4 for DR6, 5 for DR7; `update` follows. */
  write(index: number, value: number): void {
    if (index === DR6) this.registers[DR6] = (value & 0xe00f) | DR6_FIXED;
    else if (index === DR7) this.registers[DR7] = (value & 0xffff_23ff) | DR7_FIXED;
    else this.registers[index] = value;
  }

  /** After any change of the registers, or of CR4.DE, which allows breakpoints on ports. */
  update(portsToo: boolean): void {
    const control = this.registers[DR7];
    const kinds: Breakpoint[][] = [[], [], [], []];
    for (let n = 0; n < 4; n++) {
      if (!(control & (3 << (2 * n)))) continue;
      const mask = LENGTH_MASKS[((control >>> (18 + 4 * n)) & 3) as 0 | 1 | 2 | 3];
      const first = (this.registers[n] & ~mask) >>> 0;
      kinds[(control >>> (16 + 4 * n)) & 3].push({ bit: 1 << n, first, last: first + mask });
    }
    this.active = (control & DR7_ENABLED) !== 0;
    this.onExecution = kinds[ON_EXECUTION];
    this.onWrite = kinds[ON_WRITE];
    this.onPort = portsToo ? kinds[ON_PORT] : [];
    this.onAccess = kinds[3];
  }

  /** Breakpoints at the linear address of an instruction that is to be executed. */
  atInstruction(linear: number): number {
    return hitsOf(this.onExecution, linear >>> 0, 1);
  }

  coversPage(page: number): boolean {
    const inPage = ({ first, last }: Breakpoint) => first >>> 12 <= page && last >>> 12 >= page;
    return this.onWrite.some(inPage) || this.onAccess.some(inPage);
  }

  accessed(linear: number, size: number, write: boolean): void {
    this.hits |= hitsOf(this.onAccess, linear >>> 0, size);
    if (write) this.hits |= hitsOf(this.onWrite, linear >>> 0, size);
  }

  portAccessed(port: number, size: number): void {
    this.hits |= hitsOf(this.onPort, port, size);
  }

  /** Why a #DB comes, for its handler; further moves to debug registers are allowed. */
  report(bits: number): void {
    this.registers[DR6] |= bits;
    this.registers[DR7] &= ~DR7_GENERAL_DETECT;
  }

  reportAccess(): void {
    this.report(DR6_ACCESS);
  }
}

function hitsOf(breakpoints: readonly Breakpoint[], first: number, size: number): number {
  let hits = 0;
  for (const breakpoint of breakpoints)
    if (first <= breakpoint.last && first + size > breakpoint.first) hits |= breakpoint.bit;
  return hits;
}
