/**
 * What can happen in a lab, as data. The trace is the only thing the page, the tables and the
 * command line look at; nothing on screen comes from anywhere else.
 *
 * Two shapes share one order (time, party, sequence): page events, which come by the hundred
 * thousand and live in columns, and all others, which are plain objects.
 */
import type { Instant } from '../base/units.ts';

/** Index of who saw the event: a host by its position in the scenario, then the network. */
export type Party = number;
export const HOST_A: Party = 0;
export const HOST_B: Party = 1;
export const NETWORK: Party = 2;

/** Why a page crossed the link. */
export const PAGE_REASONS = ['first', 'again', 'demand', 'push'] as const;
export type PageReason = (typeof PAGE_REASONS)[number];

/**
 * Page events, by number in the columns.
 * - `dirtied`: first write since the dirty log was last read (detail: 0)
 * - `sent`: the source handed the page to its network port (detail: see `packPageDetail`)
 * - `installed`: the destination wrote the page into its memory (detail likewise)
 * - `skipped`: sent ahead of time for nothing, arrived after the guest had its own copy (detail likewise)
 * - `missing`: the guest touched a page that has not arrived (detail: 0)
 * - `unchanged`: written with what the destination has already, and not sent again (detail as `sent`)
 */
export const PAGE_EVENTS = [
  'dirtied',
  'sent',
  'installed',
  'skipped',
  'missing',
  'unchanged',
] as const;
export type PageEventKind = (typeof PAGE_EVENTS)[number];

/** Round, reason and zero flag of a page event in one number: round × 16 + zero × 8 + reason. */
export function packPageDetail(round: number, reason: PageReason, zero: boolean): number {
  return round * 16 + (zero ? 8 : 0) + PAGE_REASONS.indexOf(reason);
}
export const pageRound = (detail: number): number => detail >> 4;
export const pageIsZero = (detail: number): boolean => (detail & 8) !== 0;
export const pageReason = (detail: number): PageReason => PAGE_REASONS[detail & 7];

export interface PageEvent {
  readonly at: Instant;
  readonly party: Party;
  readonly sequence: number;
  readonly kind: PageEventKind;
  readonly gfn: number;
  readonly detail: number;
}

/**
 * What a migration takes a running guest's time for: first writes that fault into the dirty log,
 * CPU time withheld (auto-converge), and stores that had to wait.
 */
export const SLOWDOWN_CAUSES = ['dirty-faults', 'throttle', 'stalled-writes'] as const;
export type SlowdownCause = (typeof SLOWDOWN_CAUSES)[number];

export interface AddOnFigures {
  readonly xbzrleCachePages: number;
  readonly xbzrlePages: number;
  readonly xbzrleBytes: number;
  readonly xbzrleCacheMiss: number;
  readonly xbzrleOverflow: number;
  /** Written with what was there already, and not sent. */
  readonly xbzrleUnchanged: number;
  readonly compressedPages: number;
  readonly compressedBytes: number;
  /** Most CPU time that was withheld, per cent. */
  readonly cpuThrottlePercent: number;
}

export type MigrationRole = 'source' | 'destination';
/** QEMU's names (qapi/migration.json, MigrationStatus). */
export const MIGRATION_STATUSES = [
  'none',
  'setup',
  'active',
  'device',
  'postcopy-active',
  'postcopy-paused',
  'postcopy-recover',
  'cancelling',
  'cancelled',
  'completed',
  'failed',
] as const;
export type MigrationStatus = (typeof MIGRATION_STATUSES)[number];

/** Stages 0 to 5 of Clark et al. §3.3, with the boundaries DESIGN fixes; `pull` is drawn after 5. */
export const STAGE_NAMES = [
  'pre-migration',
  'reservation',
  'iterative pre-copy',
  'stop-and-copy',
  'commitment',
  'activation',
  'pull',
] as const;

/** What a lab event says, by kind. Every value is a plain string, number or boolean. */
export interface EventFields {
  /** The lab is wired and the guest is loaded. */
  'lab.ready': { scenario: string; seed: number };
  /** An input from outside virtual time was applied. `input` is its canonical JSON. */
  'lab.input': { input: string };
  'vm.created': { vm: string; vmm: string; pages: number };
  'vm.started': { vm: string; retired: number; eip: number };
  /**
   * The VM stands where a file had it, and runs when somebody lets it. `digest`: of the file's bytes.
   * `clockBehindNs`: by which its clock is behind the hosts'; ahead of them, where it is negative.
   */
  'vm.loaded': {
    vm: string;
    digest: string;
    retired: number;
    eip: number;
    clockBehindNs: number;
  };
  /** The last instruction before a pause has retired. */
  'vm.paused': { vm: string; retired: number; eip: number };
  /** Runs on at the host where it was paused. */
  'vm.resumed': { vm: string; retired: number; eip: number };
  /**
   * The first instruction at the destination is about to retire. `clockBehindNs`: the guest's clock
   * stood still in every pause so far, and is behind the hosts' by that, and by what it was behind when
   * it came out of a file.
   */
  'vm.activated': { vm: string; retired: number; eip: number; clockBehindNs: number };
  /** By hand, as `virsh suspend`; whoever owns the VM goes on owning it. */
  'vm.paused-by-hand': { vm: string; retired: number };
  'vm.resumed-by-hand': { vm: string; retired: number };
  'vm.blocked': { vm: string; gfn: number; retired: number };
  'vm.unblocked': { vm: string; gfn: number; waitedNs: number };
  /** The guest ended: exit port, or something the toy PC does not have, by name. */
  'vm.stopped': { vm: string; cause: string; code: number; retired: number };
  'vm.destroyed': { vm: string; framesFreed: number };
  'console.output': { vm: string; text: string };
  /** What came back to the client, at which somebody types, from the VM's serial line. */
  'console.answered': { text: string };
  'migration.status': { role: MigrationRole; status: MigrationStatus; reason: string };
  'migration.negotiated': { algorithm: string; format: string; offered: string };
  'stage.entered': { stage: number; name: string };
  'stage.left': { stage: number; name: string };
  'round.started': { round: number; pending: number };
  'round.ended': {
    round: number;
    pending: number;
    sent: number;
    zero: number;
    bytes: number;
    dirtied: number;
  };
  decision: { action: string; reason: string };
  'dirty-log.read': { dirty: number; faults: number; costNs: number };
  /** The engine's estimate: the VM paused now would stand still so long. */
  'migration.estimate': { pending: number; downtimeNs: number; bytesPerSecond: number };
  /** Who chose the algorithm, and why this one. */
  'choice.made': { by: 'random' | 'qos'; algorithm: string; reason: string };
  /** What the engine expects of one candidate. */
  'choice.predicted': {
    algorithm: string;
    ends: boolean;
    downtimeNs: number;
    totalTimeNs: number;
    slowdownPercent: number;
    bytes: number;
    keepsTargets: boolean;
  };
  /** What the add-ons did in the whole migration; pages and bytes on the wire. */
  'migration.add-ons': AddOnFigures;
  /** CPU time withheld from the guest from now on. */
  'vm.throttled': { vm: string; percent: number };
  /** Time that the migration took from the guest since the last such event of this cause. */
  'vm.slowed': { vm: string; cause: SlowdownCause; lostNs: number };
  /** `bytes` on the wire; `summary` in plain words. `id` pairs a sending with its receipt. */
  'message.sent': { type: string; id: number; bytes: number; summary: string };
  'message.received': { type: string; id: number; bytes: number; summary: string };
  'message.dropped': { type: string; id: number; bytes: number; reason: string };
  /** CPU and devices in the source's own format, where no translation is needed. */
  'state.saved': { format: string; bytes: number; costNs: number };
  'state.translated': { from: string; to: string; bytes: number; costNs: number };
  'frame.sent': {
    id: number;
    type: string;
    from: string;
    to: string;
    bytes: number;
    summary: string;
  };
  'frame.forwarded': { id: number; type: string; port: number; flooded: boolean };
  'frame.received': { id: number; type: string; summary: string };
  'frame.dropped': { id: number; type: string; reason: string };
  'switch.learned': { mac: string; port: number; previousPort: number };
  /** Not heard of for the ageing time, and forgotten; noticed when it is next looked for. */
  'switch.aged': { mac: string; port: number };
  'arp.aged': { ip: string; mac: string };
  'arp.updated': { ip: string; mac: string; previousMac: string };
  'probe.sent': { probe: number };
  'probe.answered': { probe: number; roundTripNs: number };
  'probe.lost': { probe: number };
  /** A further answer to a probe that had its answer. */
  'probe.duplicate': { probe: number };
  'fetch.started': { fetch: number; path: string };
  /** Bytes of the body so far; `total` is 0 as long as the server has not said. */
  'fetch.progress': { fetch: number; bytes: number; total: number };
  /** No `trouble`: every byte came and is right. Repeated are bytes that came again. */
  'fetch.finished': {
    fetch: number;
    path: string;
    trouble: string;
    bytes: number;
    wrongBytes: number;
    repeatedBytes: number;
    elapsedNs: number;
    longestPauseNs: number;
    bitsPerSecond: number;
  };
  'link.changed': { link: string; up: boolean; bitsPerSecond: number; latencyNs: number };
  /** A fault of the scenario befell something, and what. */
  'fault.struck': { fault: string; what: string };
  'parameter.changed': { name: string; value: number };
  'party.failed': { cause: string };
  verified: {
    memoryEqual: boolean;
    cpuEqual: boolean;
    devicesEqual: boolean;
    pagesCompared: number;
  };
}

export type EventKind = keyof EventFields;

export type LabEvent = {
  [Kind in EventKind]: {
    readonly at: Instant;
    readonly party: Party;
    readonly sequence: number;
    readonly kind: Kind;
  } & Readonly<EventFields[Kind]>;
}[EventKind];
