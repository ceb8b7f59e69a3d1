/**
 * The parties of a lab and what passes between them. A party is a host or the network; it lives in
 * the lab's thread or in a worker of its own, behind this one interface of plain data.
 */
import type { Instant } from '../base/units.ts';
import type { Grant, Progress } from '../sim/lockstep.ts';
import type { TraceChunk } from '../trace/recorder.ts';
import type { VmmKind } from '../vmm/vmm.ts';
import type { RecordBytes } from './translation-bytes.ts';
import type { FieldLine } from './translation-insight.ts';

export type Payload =
  /** A migration message on the link between the hosts. */
  | { readonly kind: 'message'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** An Ethernet frame on the way between a machine and the switch; `id` follows it on the trace. */
  | { readonly kind: 'frame'; readonly id: number; readonly frame: Uint8Array<ArrayBuffer> }
  /** An input from outside the lab, as canonical JSON of a `LabInput`. */
  | { readonly kind: 'input'; readonly input: string };

/** Origin of inputs from outside: before every party at the same moment. */
export const OUTSIDE = -1;

/** Instructions before which a look lets the lab's time stand. */
export type StopBefore =
  /** The next one, however long it waits. */
  | { readonly kind: 'instruction' }
  | { readonly kind: 'addresses'; readonly linear: readonly number[] };

/** A stop that is looked for from a moment on; an address that the guest stands before just then is passed. */
export interface StopWatch {
  readonly id: number;
  readonly from: Instant;
  readonly stop: StopBefore;
}

export interface PartyGrant extends Grant<Payload> {
  readonly watch?: StopWatch | undefined;
}

export interface PartyReport extends Progress<Payload> {
  /** The guest stands before an instruction that is looked for, since this moment; it went no further. */
  readonly met?: Instant | undefined;
  /** The party's own clock: past `done` by what its guest's last instruction took. */
  readonly now: Instant;
  readonly trace: TraceChunk;
}

/** Frozen memory, CPU and devices of one side of a migration, taken by the verifier's witness. */
export interface Testimony {
  /** 4096 bytes for each guest frame, in order. */
  readonly memory: Uint8Array<ArrayBuffer>;
  /** 1 for each frame that was seen. */
  readonly seen: Uint8Array<ArrayBuffer>;
  /** Architectural CPU values by name, as text. */
  readonly registers: Readonly<Record<string, string>>;
  /** Every value in the devices by its path, as `pit.counters.0.gate`, as text. */
  readonly devices: Readonly<Record<string, string>>;
}

/** When the guest was told something: a twin is told at the same moment of its own life. */
interface InputMoment {
  /** After so many retired instructions. */
  readonly retired: number;
  /** Guest time, for a guest that halts. */
  readonly time: Instant;
}

/** What the guest was told from outside: a twin replays it. */
export type GuestInput = InputMoment &
  (
    | { readonly kind: 'serial'; readonly byte: number }
    | { readonly kind: 'frame'; readonly bytes: readonly number[] }
    | {
        readonly kind: 'memory';
        readonly address: number;
        readonly bytes: readonly number[];
      }
  );

/** What the page's inspectors ask a host. */
export type Question =
  /** `linear`: an address that leads there, for what the TLB knows of it. */
  | { readonly kind: 'page'; readonly gfn: number; readonly linear?: number | undefined }
  | { readonly kind: 'registers' }
  | { readonly kind: 'host' }
  /** The processor as another VMM would have it. */
  | { readonly kind: 'translation'; readonly to: VmmKind };

export type Insight =
  | {
      readonly kind: 'page';
      readonly gfn: number;
      /** Machine frame that holds it. */
      readonly mfn: number;
      /** The page has not arrived: its bytes mean nothing yet. */
      readonly missing: boolean;
      /** Written since the dirty log was last read. */
      readonly dirty: boolean;
      /** Whether the TLB holds the linear page for reading and for writing. */
      readonly tlb?: { readonly read: boolean; readonly write: boolean };
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | {
      readonly kind: 'registers';
      readonly vmm: VmmKind;
      readonly retired: number;
      readonly running: boolean;
      /** By architectural name; 64-bit values as bigint. */
      readonly values: Readonly<Record<string, number | bigint>>;
    }
  | {
      readonly kind: 'translation';
      readonly from: VmmKind;
      readonly to: VmmKind;
      readonly lines: readonly FieldLine[];
      /** The records that the fields lie in, as bytes, in each of the three formats. */
      readonly records: Readonly<Record<'from' | 'common' | 'to', RecordBytes>>;
    }
  /** Of a host with or without a VM. */
  | {
      readonly kind: 'host';
      readonly totalFrames: number;
      readonly freeFrames: number;
      readonly tscKhz: number;
      /** What CPUID's leaf 1 gives in EDX. */
      readonly cpuFeatures: number;
    };

export type PartyCheckpoint = { readonly [key: string]: unknown };

export interface LabParty {
  advance(grant: PartyGrant): PartyReport;
  /** Shares with `previous`, an earlier one of the same party, what did not change since. */
  checkpoint(previous?: PartyCheckpoint): PartyCheckpoint;
  restore(checkpoint: PartyCheckpoint): void;
  testimony(): Testimony | undefined;
  guestInputs(): readonly GuestInput[];
  /** A look inside, for the page's inspectors; changes nothing. Undefined where no VM lives. */
  inspect(question: Question): Insight | undefined;
  /** Frames in use and in all: a leak shows here. */
  framesInUse(): number;
}
