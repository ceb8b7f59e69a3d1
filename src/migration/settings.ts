/**
 * What one migration is asked to do. Every algorithm and every add-on reads its own settings; the
 * defaults are those of the systems they come from, named beside each.
 */
import { type Duration, milliseconds } from '../base/units.ts';
import { DEFAULT_PORT } from './channels.ts';

/** Combine with any algorithm. */
export interface AddOns {
  /**
   * Who looks for pages of zeros (QEMU `zero-page-detection`): nobody, the thread that sends
   * everything (`legacy`), or each page channel for itself (`multifd`).
   */
  readonly zeroPages: 'none' | 'legacy' | 'multifd';
  /** Pages whose last content is kept to send differences against; 0: no XBZRLE. */
  readonly xbzrleCachePages: number;
  readonly compression: 'none' | 'deflate';
  /** Page channels (QEMU `multifd-channels`, Cloud Hypervisor `connections`); 1: pages and commands share one. */
  readonly channels: number;
  /** Pages that the guest waits for have a channel of their own (QEMU `postcopy-preempt`). */
  readonly urgentChannel: boolean;
  /** QEMU's auto-converge, and its four parameters in per cent. */
  readonly autoConverge: boolean;
  readonly throttleInitial: number;
  readonly throttleIncrement: number;
  readonly throttleMax: number;
  readonly throttleTrigger: number;
  /** First writes a second that the guest may do; 0: no limit. QEMU's `vcpu-dirty-limit`, in pages. */
  readonly dirtyPagesPerSecond: number;
  /** Cap while the VM runs at the source (QEMU `max-bandwidth`); 0: none. */
  readonly maxBitsPerSecond: number;
  /** While the VM stands still all pages come once more and are compared (Xen's VERIFY). */
  readonly verify: boolean;
}

/** What the choice by quality of service must keep; undefined: no such wish. */
export interface QosTargets {
  readonly downtime: Duration | undefined;
  readonly totalTime: Duration | undefined;
  readonly slowdownPercent: number | undefined;
  readonly bytes: number | undefined;
}

export type AlgorithmChoice =
  | { readonly by: 'user' }
  | { readonly by: 'random'; readonly seed: number }
  | { readonly by: 'qos'; readonly targets: QosTargets };

export interface MigrationSettings {
  /** Port's rate, for predictions. */
  readonly bitsPerSecond: number;
  /** Of the plain pre-copy. */
  readonly maxRounds: number;
  /** Plain pre-copy stops when at most this many pages are left. */
  readonly thresholdPages: number;
  /** A goal (QEMU `downtime-limit`): reported as kept or missed. */
  readonly downtimeLimit: Duration;
  /** Of `pre-copy-timeout` (Cloud Hypervisor `timeout_s` and `timeout_strategy`). */
  readonly timeout: Duration;
  readonly timeoutStrategy: 'cancel' | 'force';
  /** Clark et al. §3.2: round 1 has this rate, */
  readonly minimumRate: number;
  /** a round that would need more is the last, */
  readonly maximumRate: number;
  /** and each has that by which the rate exceeds the last round's dirtying. */
  readonly rateStep: number;
  /** Of the hybrid. */
  readonly hybridRounds: number;
  /** Of the pre-paging pull: how many faults the push spreads from at a time. */
  readonly pivots: number;
  readonly spread: 'both-ways' | 'forward';
  /** Of the pull on demand: pages are fetched unasked when the guest has asked for none so long. */
  readonly quietTime: Duration;
  /** Of the push without retransmission: how long writes are watched first. */
  readonly samplingTime: Duration;
  /** What the first write to a page that has been pushed does. */
  readonly heldWrites: 'stall' | 'switch-over';
  /** A paused pull tries to go on by itself after so long; undefined: by hand. */
  readonly recoverAfter: Duration | undefined;
  /** Of the control channel; page channels have those that follow. */
  readonly port: number;
  readonly addOns: AddOns;
}

export const NO_ADD_ONS: AddOns = {
  zeroPages: 'legacy',
  xbzrleCachePages: 0,
  compression: 'none',
  channels: 1,
  urgentChannel: false,
  autoConverge: false,
  throttleInitial: 20,
  throttleIncrement: 10,
  throttleMax: 99,
  throttleTrigger: 50,
  dirtyPagesPerSecond: 0,
  maxBitsPerSecond: 0,
  verify: false,
};

/**
 * Clark's rates are 100 to 500 Mbit/s in steps of 50 on a port of 1 Gbit/s; on other ports they
 * keep their proportions, except that the maximum, which he set anew for each experiment, is the port.
 */
export function defaultSettings(bitsPerSecond: number): MigrationSettings {
  return {
    bitsPerSecond,
    maxRounds: 30,
    thresholdPages: 50,
    downtimeLimit: milliseconds(300),
    timeout: milliseconds(3_600_000),
    timeoutStrategy: 'cancel',
    minimumRate: Math.ceil(bitsPerSecond / 10),
    maximumRate: bitsPerSecond,
    rateStep: Math.ceil(bitsPerSecond / 20),
    hybridRounds: 1,
    pivots: 1,
    spread: 'both-ways',
    quietTime: milliseconds(300),
    samplingTime: milliseconds(200),
    heldWrites: 'switch-over',
    recoverAfter: undefined,
    port: DEFAULT_PORT,
    addOns: NO_ADD_ONS,
  };
}
