/**
 * The contract that every VMM fulfils and the only part of this room that the migration engine may
 * see. Words: a *VM* is what migrates, a *VMM* runs it, a *host* is the machine both are on.
 *
 * Memory is addressed by guest frame number (gfn) throughout; what a VMM does below that (P2M,
 * slots) is its own affair and visible only through `inspect`.
 */
import type { Result } from '../base/result.ts';
import type { Duration, Gfn, Instant } from '../base/units.ts';
import type { InstructionWatch } from '../cpu/watch.ts';
import type { CommonState } from '../image/model.ts';
import type { MemoryImage } from '../memory/memory-image.ts';
import type { Tracer } from '../trace/recorder.ts';

export const VMM_KINDS = ['xen', 'kvm'] as const;
export type VmmKind = (typeof VMM_KINDS)[number];

export interface VmmError {
  readonly code: 'out-of-memory' | 'bad-state' | 'unsupported' | 'no-such-vm';
  readonly message: string;
}

/** What a VM is made of before it has any state. */
export interface VmConfig {
  readonly id: string;
  /** Guest frames of RAM, from gfn 0 without a hole. */
  readonly pages: number;
  /** Virtual time one retired instruction takes. */
  readonly instructionNs: number;
  /** Station address of its NIC, six bytes; a VM that takes over a state has that state's. */
  readonly mac?: readonly number[] | undefined;
  /** Date of its clock at boot, in seconds since 1970. */
  readonly epochSeconds?: number | undefined;
  /** CPU features hidden from the guest at boot, so that it can move to a host without them. */
  readonly masked?: readonly string[] | undefined;
}

/** What a host's processor has, as far as a guest can tell. */
export interface HostProcessor {
  /** CPU features by name; see `image/model.ts`. */
  readonly features: readonly string[];
  /** Rate of the time-stamp counter: what a VM that boots here has for good. */
  readonly tscKhz: number;
  /** How a guest's counter of another rate is kept: scaled by the hardware, or RDTSC is trapped. */
  readonly tsc: 'scaled' | 'trapped';
}

/** Host-wide settings of a VMM. */
export interface VmmConfig {
  /** Frames of machine memory, the VMM's own use included. */
  readonly machineFrames: number;
  /** Decides where frames are scattered (Xen-like). */
  readonly seed: number;
  /** Undefined: the usual one, which has everything. */
  readonly processor?: HostProcessor | undefined;
  readonly dirtyLog?: DirtyLogChoice | undefined;
  readonly relocation?: RelocationSettings | undefined;
}

/** Whom a host lets in, by the keys of xend-config.sxp; what is not said lets everyone in. */
export interface RelocationSettings {
  readonly server?: boolean | undefined;
  readonly port?: number | undefined;
  readonly address?: string | undefined;
  readonly hostsAllow?: string | undefined;
}

/** Who wants to send a VM here, and where it came to. */
export interface MigrationPeer {
  readonly name: string;
  readonly address: string;
  readonly toAddress: string;
  readonly toPort: number;
}

/** How a host of each kind notices what its guest writes; the first named if nothing is said. */
export interface DirtyLogChoice {
  readonly xen?: 'shadow' | 'hap' | undefined;
  readonly kvm?: 'bitmap' | 'manual-clear' | 'pml' | 'ring' | undefined;
}

/** What both daemons exchange before a migration. */
export interface VmmOffer {
  readonly kind: VmmKind;
  /** Ids of migration algorithms, most preferred first. */
  readonly algorithms: readonly string[];
  /** Native format's name; a homogeneous pair uses it in place of the common one. */
  readonly nativeFormat: string;
  /** CPU features that a VM can have here. */
  readonly features: readonly string[];
  /** Rate of its time-stamp counter. */
  readonly tscKhz: number;
}

export type VmExit =
  /** `until` is reached. */
  | { readonly reason: 'budget' }
  /** A device has something to take: see `takeOutput`. */
  | { readonly reason: 'output' }
  /** HLT with interrupts on: nothing to do before the next device event. */
  | { readonly reason: 'halted' }
  /** The guest needs a page that has not arrived; the instruction will start again. */
  | { readonly reason: 'missing-page'; readonly gfn: Gfn }
  /**
   * A store that must wait: its frame is held (see `holdWrites`), or no first write is allowed any
   * more (see `allowFirstWrites`). Nothing was written; the instruction will start again.
   */
  | { readonly reason: 'held-write'; readonly gfn: Gfn }
  /** Before an instruction that is watched. */
  | { readonly reason: 'watched' }
  /** Exit port, triple fault, or something the toy PC lacks; the VM will not run again. */
  | { readonly reason: 'stopped'; readonly cause: string; readonly code: number };

export interface VmRun {
  readonly exit: VmExit;
  /** Virtual time at the instruction boundary where it stopped: may lie past `until` by the cost of one instruction. */
  readonly now: Instant;
}

/** What a guest's devices sent since the last call. */
export interface VmOutput {
  /** Bytes of the debug port 0xE9. */
  readonly debug: Uint8Array;
  /** Bytes transmitted by the UART. */
  readonly serial: Uint8Array;
  /** Ethernet frames sent by the NIC, without their check sequences. */
  readonly frames: readonly Uint8Array<ArrayBuffer>[];
}

/** An answer of the dirty log: first writes since it was last read or started. */
export interface DirtyPages {
  /** Ascending. */
  readonly frames: Uint32Array;
  /** Write faults (or log-full exits) that the guest took in that time. */
  readonly faults: number;
  /** Virtual time that these took from the guest. */
  readonly lost: Duration;
  /** Virtual time that reading and re-arming takes, by `vmm/costs`. */
  readonly cost: Duration;
}

/** Read-only view for the verifier and the page's inspector; never used by the engine. */
export interface VmInspection {
  /** The host's machine memory. */
  readonly memory: Uint8Array;
  /** Byte offset of a guest frame in it. */
  frameOffset(gfn: Gfn): number;
  /** Every architectural CPU value by name (eax … eip, eflags, segments with hidden parts, control registers, TSC). */
  registers(): Readonly<Record<string, number | bigint>>;
  /** Whether the TLB of its processor holds a linear page; it begins empty where a state is restored. */
  tlb(linear: number): { readonly read: boolean; readonly write: boolean };
  /** What the VM has lived through: HLT included, but not the time it stood suspended. */
  guestTime(): Instant;
  /** Each device's state by the device's name, and guest time as `clock`: registers, counters, buffers. */
  devices(): Readonly<Record<string, unknown>>;
}

/** Everything but memory, as plain data: what a checkpoint keeps and `Vm.restore` takes back. */
export type VmCheckpoint = { readonly [key: string]: unknown };

export type SuspendAnswer =
  /** No instruction will retire until `resume`. */
  | 'suspended'
  /** A paravirtual guest was asked to suspend itself and has not answered yet. */
  | 'asked';

export interface Vm {
  readonly config: VmConfig;
  /** Retired instructions since boot, carried by migrations. */
  readonly retired: number;
  readonly eip: number;
  /** CPU features that the guest was shown at boot: a host that lacks one cannot take it. */
  readonly offeredFeatures: readonly string[];

  /**
   * Runs guest code from `now` to the first instruction boundary at or after `until`, or to an
   * earlier exit. Only while not suspended. `watch` is for looking: it changes only where a run ends.
   */
  run(now: Instant, until: Instant, watch?: InstructionWatch): VmRun;
  /** Guest time (ticks, clock, time-stamp counter) stands still until the first run after `resume`. */
  suspend(): SuspendAnswer;
  resume(): void;

  /** Earliest moment at which a device of the VM wants to act by itself; NEVER when none. */
  nextDeviceEvent(): Instant;
  takeOutput(): VmOutput;
  /** A byte arrives at the UART's line. False: its receive FIFO is full and the byte is lost (overrun). */
  receiveSerial(byte: number): boolean;
  /** A frame arrives at the NIC. False: not for this station, or no room in its ring: it is lost. */
  receiveFrame(frame: Uint8Array): boolean;
  /** A store by the host into guest memory (parameter page, loader): goes through the dirty log like a guest's. */
  writeMemory(address: number, bytes: Uint8Array): void;

  /** Copies the frame into `into` (4096 bytes). */
  readPage(gfn: Gfn, into: Uint8Array): void;
  isZeroPage(gfn: Gfn): boolean;
  /** Writes a received frame; ends its being missing. Does not mark it dirty. */
  installPage(gfn: Gfn, bytes: Uint8Array): void;
  installZeroPage(gfn: Gfn): void;

  /** Starts logging; every page counts as clean. */
  startDirtyLog(): Duration;
  /**
   * First writes since the last read; re-arms just those pages, unless the log is cleared by hand:
   * then they stay open until `clearDirty`, and come again as long as they are. `final`: the VM
   * stands still and this is the last reading, so that a VMM adds what it has mapped for itself.
   */
  collectDirty(final?: boolean): DirtyPages;
  /**
   * Just before a page is read to be sent: a log that is cleared by hand arms it and its neighbours
   * that the last reading gave. Others have armed it long ago, and this costs nothing.
   */
  clearDirty(gfn: Gfn): Duration;
  /** Is the page in the log now? Does not re-arm. */
  peekDirty(gfn: Gfn): boolean;
  stopDirtyLog(): void;

  /** From now on a store of the guest to this frame exits with `held-write`; reads go on. */
  holdWrites(gfn: Gfn): void;
  isHeld(gfn: Gfn): boolean;
  /** No frame is held any more. */
  releaseWrites(): void;
  /**
   * How many first writes, as the dirty log counts them, the guest may do before one exits with
   * `held-write`; undefined: any number. Ends with the log.
   */
  allowFirstWrites(count: number | undefined): void;

  /** Pull phase: the first access to one of these frames exits with `missing-page`. */
  markMissing(frames: Uint32Array): void;
  isMissing(gfn: Gfn): boolean;
  readonly missingPages: number;

  /** CPU and devices in the VMM's native format. Only while suspended. */
  saveNative(): Uint8Array<ArrayBuffer>;
  restoreNative(bytes: Uint8Array): Result<void, VmmError>;
  /** The same state through the common model; see `image/model.ts`. */
  saveCommon(): CommonState;
  restoreCommon(state: CommonState): Result<void, VmmError>;

  inspect(): VmInspection;
  /** Native places and their values as they would be saved now; also while it runs. For looking only. */
  peekNative(): ReadonlyMap<string, bigint>;
  /** Private state for a lab checkpoint, memory excluded. */
  checkpoint(): VmCheckpoint;
}

/** What a host gives its VMM: the trace, and the moment at which hooks fire. */
export interface VmmServices {
  readonly trace: Tracer;
  /** The host's present, for stores by the host while a VM stands still. */
  readonly now?: () => Instant;
}

export interface Vmm {
  readonly kind: VmmKind;
  readonly offer: VmmOffer;
  readonly freeFrames: number;
  readonly totalFrames: number;
  /** Reserves all memory of a VM, zeroed, suspended, no state. Nothing is taken on failure. */
  createVm(config: VmConfig): Result<Vm, VmmError>;
  /** Loads a Multiboot 1 kernel into a fresh VM and sets the machine state the specification says. */
  boot(vm: Vm, elf: Uint8Array): Result<void, VmmError>;
  /** Gives the frames back, zeroed. Returns how many. */
  destroyVm(vm: Vm): number;
  vms(): readonly Vm[];
  /** Why this host takes no VM from there, by the name of its setting; undefined: it does. */
  barred(peer: MigrationPeer): string | undefined;
  /** Machine memory and private state as plain data. Shares with `previous` what did not change since. */
  checkpoint(previous?: VmmCheckpoint): VmmCheckpoint;
  /** Puts a checkpoint back; the VMs in it are made anew, in the same order. */
  restore(checkpoint: VmmCheckpoint): void;
}

export interface VmmCheckpoint {
  readonly memory: MemoryImage;
  readonly vmm: { readonly [key: string]: unknown };
  readonly vms: readonly { readonly config: VmConfig; readonly state: VmCheckpoint }[];
}
