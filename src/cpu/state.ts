/**
 * The architectural state of the toy PC's processor as plain values: what `Cpu.save` gives and
 * `Cpu.restore` takes, and what both VMMs translate. Intel SDM vol. 3A §2 (registers), §3.4 (segments).
 */

/** A segment register with its hidden part. */
export interface SegmentState {
  readonly selector: number;
  readonly base: number;
  /** Effective limit in bytes (granularity already applied). */
  readonly limit: number;
  /**
   * Access rights as VMX and Xen's arbytes keep them: type bits 0–3, S 4, DPL 5–6, P 7, AVL 8, L 9,
   * D/B 10, G 11. 0 in bit 7: the segment is unusable.
   */
  readonly access: number;
}

export interface TableState {
  readonly base: number;
  readonly limit: number;
}

export const GENERAL_REGISTERS = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const;
export type GeneralRegister = (typeof GENERAL_REGISTERS)[number];

export const SEGMENT_REGISTERS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'] as const;
export type SegmentRegister = (typeof SEGMENT_REGISTERS)[number];

/** All numbers are unsigned 32-bit unless said otherwise. */
export interface CpuState {
  /** eax ecx edx ebx esp ebp esi edi, the order of the encoding. */
  readonly general: readonly number[];
  readonly eip: number;
  readonly eflags: number;
  readonly segments: Readonly<Record<SegmentRegister, SegmentState>>;
  readonly gdtr: TableState;
  readonly idtr: TableState;
  readonly cr0: number;
  readonly cr2: number;
  readonly cr3: number;
  readonly cr4: number;
  /** dr0 dr1 dr2 dr3 dr6 dr7 */
  readonly debug: readonly number[];
  /**
   * PAE paging: the four directory pointers as read when CR3 was written, low and high words. Absent:
   * they are read from memory when first needed, which only a guest can tell that changed them since.
   */
  readonly pageDirectoryPointers?: readonly number[];
  /** Value of the time-stamp counter now. */
  readonly tsc: bigint;
  /** HLT was executed and no interrupt came yet. */
  readonly halted: boolean;
  /** 0 none, 1 by STI, 2 by MOV SS or POP SS: the next instruction takes no interrupt. */
  readonly interruptShadow: number;
  /** A vector taken from the PIC, or a single-step trap, that could not be delivered yet: a page was missing. */
  readonly pendingVector?: number;
  /** Retired instructions since boot. */
  readonly retired: number;
}
