/**
 * The common VM format as plain data: what a VM is, in words that belong to no VMM. Every VMM
 * translates its native state to this and back; N translations, never N × N. Registers follow
 * Intel SDM vol. 3A §2 and §3.4, devices their data sheets. The binary form is in FORMAT.md.
 *
 * All numbers are unsigned and at most 32 bits wide unless they are bigint (64 bits).
 */

import type { CommonDevice } from './device-model.ts';

/** A segment register with its hidden part. */
export interface CommonSegment {
  readonly selector: number;
  readonly base: number;
  /** Last valid byte offset: granularity is already applied. */
  readonly limit: number;
  /**
   * Type bits 0–3, S 4, DPL 5–6, P 7, AVL 8, L 9, D/B 10, G 11: bits 8–15 and 20–23 of a
   * descriptor's second word put together. P clear means that the segment cannot be used.
   */
  readonly access: number;
}

export interface CommonTable {
  readonly base: number;
  /** 16 bits. */
  readonly limit: number;
}

/** An event the processor had accepted and not yet delivered to the guest. */
export interface CommonPendingEvent {
  readonly kind: 'none' | 'interrupt' | 'nmi' | 'exception';
  readonly vector: number;
  readonly hasErrorCode: boolean;
  readonly errorCode: number;
}

export interface CommonCpu {
  readonly eax: number;
  readonly ecx: number;
  readonly edx: number;
  readonly ebx: number;
  readonly esp: number;
  readonly ebp: number;
  readonly esi: number;
  readonly edi: number;
  readonly eip: number;
  readonly eflags: number;
  readonly es: CommonSegment;
  readonly cs: CommonSegment;
  readonly ss: CommonSegment;
  readonly ds: CommonSegment;
  readonly fs: CommonSegment;
  readonly gs: CommonSegment;
  readonly ldtr: CommonSegment;
  readonly tr: CommonSegment;
  readonly gdtr: CommonTable;
  readonly idtr: CommonTable;
  readonly cr0: number;
  readonly cr2: number;
  readonly cr3: number;
  readonly cr4: number;
  readonly dr0: number;
  readonly dr1: number;
  readonly dr2: number;
  readonly dr3: number;
  readonly dr6: number;
  readonly dr7: number;
  /** What RDTSC gives at the moment of the pause. */
  readonly tsc: bigint;
  /** Ticks of the time-stamp counter in a millisecond. */
  readonly tscKhz: number;
  /** HLT was executed and no interrupt has come since. */
  readonly halted: boolean;
  /** The next instruction takes no interrupt, because of an STI or a load of SS before it. */
  readonly interruptShadow: 'none' | 'sti' | 'mov-ss';
  readonly pendingEvent: CommonPendingEvent;
  /** Instructions retired since boot, on all hosts together. */
  readonly retired: bigint;
}

/** A stretch of guest-physical RAM. */
export interface CommonRam {
  readonly firstGfn: number;
  readonly pages: number;
}

export interface CommonStop {
  /** 1 to 64 bytes of UTF-8. */
  readonly cause: string;
  readonly code: number;
}

export interface CommonState {
  readonly identity: {
    readonly id: string;
    readonly name: string;
  };
  /** Ascending, without overlap. What the pages hold travels beside the state. */
  readonly memory: readonly CommonRam[];
  readonly cpu: CommonCpu;
  readonly devices: readonly CommonDevice[];
  /** The guest has ended, and why; a VM with it does not run again. Absent: it lives. */
  readonly stopped?: CommonStop;
  readonly clock: {
    /** Time the guest has lived, without the time it was paused. */
    readonly guestNs: bigint;
  };
  /** CPU features by name: a destination that lacks one refuses. */
  readonly policy: {
    /** What CPUID showed the guest at boot. */
    readonly offered: readonly string[];
    /** Those of them the guest has used so far. */
    readonly used: readonly string[];
  };
}

/** CPU features of a VM from which nothing is hidden; `486` stands for what every toy PC has. */
export const USUAL_FEATURES: readonly string[] = ['486', 'cpuid', 'tsc', 'pae', 'cx8', 'cmov'];
