/** Control and debug registers, and what follows from them for translation. SDM vol. 3A §2.5, §4.4.1; vol. 3B §17.2. */
import { Addressing } from './addressing.ts';
import { Breakpoints } from './breakpoints.ts';
import { DB, Fault, GP, UD, Unsupported } from './faults.ts';
import { ALL_FEATURES, BASE_FEATURE, CPUID, PAE, TSC } from './features.ts';
import { AC, ID } from './flags.ts';
import { arePointersValid, CR4_PAE, CR4_PSE, readPointers } from './paging.ts';

const CR0_PE = 1;
const CR0_FIXED = 0x10;
const CR0_WP = 0x1_0000;
const CR0_AM = 0x4_0000;
const CR0_NW = 0x2000_0000;
const CR0_CD = 0x4000_0000;
const CR0_PG = 0x8000_0000 | 0;
const CR0_WRITABLE = 0xe005_001f | 0;
const CR4_TSD = 0x04;
const CR4_DE = 0x08;
const CR4_WRITABLE = CR4_TSD | CR4_DE | CR4_PSE | CR4_PAE;

export abstract class ControlRegisters extends Addressing {
  abstract override readonly code: {
    readonly u: Int32Array;
    readonly info: Int32Array;
    forgetPlace(): void;
  };
  readonly gdtr = { base: 0, limit: 0 };
  readonly idtr = { base: 0, limit: 0 };
  cr0 = CR0_PE | CR0_FIXED;
  cr4 = 0;
  readonly breakpoints = new Breakpoints();
  /** The block must not go on after the current instruction. */
  mustLeave = false;

  /** Shown to the guest, and used by it since boot: bits of `features.ts`. */
  offered = ALL_FEATURES;
  used = BASE_FEATURE;

  /** Without CPUID the flag by which a guest looks for it cannot be set. */
  offer(offered: number, used: number): void {
    this.offered = offered;
    this.used = used;
    this.settableFlags = offered & CPUID ? this.settableFlags | ID : this.settableFlags & ~ID;
  }

  /** What is hidden is an invalid opcode, as on a processor that lacks it. */
  uses(feature: number): void {
    if (!(this.offered & feature)) throw new Fault(UD);
    this.used |= feature;
  }

  leaveBlock(): void {
    this.mustLeave = true;
  }

  readControl(number: number): number {
    if (number === 0) return this.cr0;
    if (number === 2) return this.mmu.cr2;
    if (number === 3) return this.mmu.paging.directory;
    if (number === 4) return this.cr4;
    throw new Fault(UD);
  }

  writeControl(number: number, value: number): void {
    if (number === 0) this.setCr0(value);
    else if (number === 2) this.mmu.cr2 = value;
    else if (number === 3) this.setCr3(value);
    else if (number === 4) this.setCr4(value);
    else throw new Fault(UD);
  }

  setCr0(value: number): void {
    const next = (value & CR0_WRITABLE) | CR0_FIXED;
    if (next & CR0_PG && !(next & CR0_PE)) throw new Fault(GP, 0);
    if (next & CR0_NW && !(next & CR0_CD)) throw new Fault(GP, 0);
    if (!(next & CR0_PE)) throw new Unsupported('CR0.PE cleared: real mode');
    if ((next ^ this.cr0) & (CR0_PG | CR0_CD | CR0_NW)) this.loadPointers(next, this.cr4);
    this.cr0 = next;
    this.updatePaging();
  }

  readDebug(number: number): number {
    return this.breakpoints.registers[this.debugIndex(number)];
  }

  writeDebug(number: number, value: number): void {
    this.breakpoints.write(this.debugIndex(number), value);
    this.updateBreakpoints();
  }

  /** After any change of debug registers or CR4. */
  protected updateBreakpoints(): void {
    this.breakpoints.update((this.cr4 & CR4_DE) !== 0);
    this.mmu.watch = this.breakpoints.active ? this.breakpoints : undefined;
    // Translations made before would pass the breakpoints by.
    this.forgetTranslations();
  }

  protected updatePaging(): void {
    const { paging } = this.mmu;
    paging.enabled = (this.cr0 & CR0_PG) !== 0;
    paging.writeProtect = (this.cr0 & CR0_WP) !== 0;
    paging.cr4 = this.cr4;
    this.forgetTranslations();
    this.updateAlignment();
    this.updateMode();
  }

  /** After any change of CR0.AM or EFLAGS.AC. */
  override updateAlignment(): void {
    this.mmu.setAligned((this.cr0 & CR0_AM) !== 0 && (this.eflags & AC) !== 0);
  }

  /** DR4 and DR5 stand for DR6 and DR7, unless CR4.DE says that there are none. */
  private debugIndex(number: number): number {
    if (number >= 4 && number < 6 && this.cr4 & CR4_DE) throw new Fault(UD);
    if (this.breakpoints.isGuarded) {
      this.breakpoints.reportAccess();
      throw new Fault(DB);
    }
    return number < 4 ? number : 4 + (number & 1);
  }

  private setCr3(value: number): void {
    this.loadPointers(this.cr0, this.cr4, value);
    this.mmu.paging.directory = value;
    this.forgetTranslations();
  }

  private setCr4(value: number): void {
    if (value & ~this.writableCr4()) throw new Fault(GP, 0);
    if ((value ^ this.cr4) & (CR4_PAE | CR4_PSE)) this.loadPointers(this.cr0, value);
    this.cr4 = value;
    if (value & CR4_PAE) this.used |= PAE;
    this.updateBreakpoints();
    this.updatePaging();
  }

  /** Bits of a hidden feature are reserved. */
  private writableCr4(): number {
    const hidden = (this.offered & PAE ? 0 : CR4_PAE) | (this.offered & TSC ? 0 : CR4_TSD);
    return CR4_WRITABLE & ~hidden;
  }

  /** With PAE the four directory pointers are read into the processor, and faults are found now. */
  private loadPointers(cr0: number, cr4: number, directory = this.mmu.paging.directory): void {
    const isPae = (cr0 & CR0_PG) !== 0 && (cr4 & CR4_PAE) !== 0;
    const pointers = isPae ? readPointers(this.mmu, directory) : undefined;
    if (pointers !== undefined && !arePointersValid(pointers)) throw new Fault(GP, 0);
    this.mmu.paging.pointers = pointers;
  }

  private forgetTranslations(): void {
    this.mmu.forgetTranslations();
    this.code.forgetPlace();
    this.mustLeave = true;
  }
}
