/** The part of a scenario that says how to migrate. */
import * as v from 'valibot';
import { DEFAULT_PORT } from '../migration/channels.ts';

const integer = (min: number, max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const between = (min: number, max: number) => v.pipe(v.number(), v.minValue(min), v.maxValue(max));
const time = between(0, 3_600_000);
const rate = v.optional(v.nullable(between(0.001, 100_000)), null);

const addOnsSchema = v.strictObject({
  /** Who looks for pages of zeros: nobody, the sending thread, or each page channel. */
  zeroPages: v.optional(v.picklist(['none', 'legacy', 'multifd']), 'legacy'),
  /** Pages sent again are sent as differences against a cache of this size; 0 is off. */
  xbzrleCacheKiB: v.optional(integer(0, 65_536), 0),
  compression: v.optional(v.picklist(['none', 'deflate']), 'none'),
  /** Page channels beside the control channel; 1: everything shares one. */
  channels: v.optional(integer(1, 16), 1),
  /** Pages that the guest waits for go by a channel of their own. */
  urgentChannel: v.optional(v.boolean(), false),
  autoConverge: v.optional(v.boolean(), false),
  throttleInitialPercent: v.optional(integer(1, 99), 20),
  throttleIncrementPercent: v.optional(integer(1, 99), 10),
  throttleMaxPercent: v.optional(integer(1, 99), 99),
  throttleTriggerPercent: v.optional(integer(1, 100), 50),
  /** First writes a second that the guest may do; 0 is no limit. */
  dirtyLimitPagesPerSecond: v.optional(integer(0, 1_000_000), 0),
  /** Cap while the VM runs at the source. */
  maxBandwidthMbps: rate,
  /** While the VM stands still, every page crosses once more and is compared (Xen's VERIFY). */
  verify: v.optional(v.boolean(), false),
});

const targetsSchema = v.strictObject({
  /** null: no such wish. */
  downtimeMs: v.optional(v.nullable(time), null),
  totalTimeMs: v.optional(v.nullable(time), null),
  slowdownPercent: v.optional(v.nullable(between(0, 100)), null),
  bytes: v.optional(v.nullable(integer(0, Number.MAX_SAFE_INTEGER)), null),
});

export const migrationSchema = v.strictObject({
  /** Who chooses: the user by `algorithm`, the seed, or the engine by what it expects of each. */
  choice: v.optional(v.picklist(['user', 'random', 'qos']), 'user'),
  /** Of the choice by quality of service: the most that each figure may be. */
  targets: v.optional(targetsSchema, {}),
  /** When the migration starts by itself; null waits for a `migrate` input. */
  startMs: v.optional(v.nullable(time), 100),
  maxRounds: v.optional(integer(1, 1000), 30),
  thresholdPages: v.optional(integer(0, 262_144), 50),
  /** A goal; the report says whether it was kept. */
  downtimeLimitMs: v.optional(between(0, 2_000_000), 300),
  /** Of `pre-copy-timeout`; null is an hour. */
  timeoutMs: v.optional(v.nullable(time), null),
  timeoutStrategy: v.optional(v.picklist(['cancel', 'force']), 'cancel'),
  /** Of `pre-copy-clark`; null: in his proportions to the port. */
  minimumRateMbps: rate,
  maximumRateMbps: rate,
  rateStepMbps: rate,
  /** Rounds before a hybrid pulls. */
  hybridRounds: v.optional(integer(0, 1000), 1),
  /** Of `pull-pre-paging`. */
  pivots: v.optional(integer(1, 16), 1),
  spread: v.optional(v.picklist(['both-ways', 'forward']), 'both-ways'),
  /** Of `pull-on-demand`. */
  quietMs: v.optional(time, 300),
  /** Of `retransmission-free`. */
  samplingMs: v.optional(between(1, 60_000), 200),
  heldWrites: v.optional(v.picklist(['stall', 'switch-over']), 'switch-over'),
  /** A paused pull tries to go on after so long; null waits for a `recover` input. */
  recoverAfterMs: v.optional(v.nullable(between(1, 3_600_000)), null),
  /** Of the control channel; page channels have the ports that follow. */
  port: v.optional(integer(1024, 65_500), DEFAULT_PORT),
  addOns: v.optional(addOnsSchema, {}),
  /** The lab goes on this long after the migration's end. */
  runOnMs: v.optional(between(0, 60_000), 200),
  /** Gives up and reports when virtual time reaches this. */
  limitMs: v.optional(between(1, 3_600_000), 120_000),
});
export type MigrationWishes = v.InferOutput<typeof migrationSchema>;
