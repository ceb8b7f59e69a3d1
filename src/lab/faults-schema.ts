/**
 * The faults a scenario can hold, as inputs with a kind. Every fault lives at one party, so that
 * where the parties run changes nothing: all that befalls the link between the hosts happens in the
 * port of host A, to what departs and to what arrives there.
 */
import * as v from 'valibot';
import { MESSAGE_NAMES } from '../migration/messages.ts';
import { DIRECTIONS, MESSAGE_EFFECTS } from './fault-names.ts';

const integer = (min: number, max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const between = (min: number, max: number) => v.pipe(v.number(), v.minValue(min), v.maxValue(max));
const percent = v.optional(integer(0, 100));
const host = v.picklist([0, 1]);

/** Without a direction a fault holds for both. */
const direction = v.optional(v.picklist(DIRECTIONS));

/** The link between the hosts: unplugged or plugged in, of another rate, slower, or unreliable. */
const link = v.strictObject({
  kind: v.literal('link'),
  direction,
  up: v.optional(v.boolean()),
  bandwidthMbps: v.optional(between(0.1, 100_000)),
  /** Added to the one-way propagation. */
  extraDelayMs: v.optional(between(0, 10_000)),
  /** Of all messages that pass, drawn from the scenario's seed. */
  losePercent: percent,
  duplicatePercent: percent,
  corruptPercent: percent,
  reorderPercent: percent,
});
export type LinkFault = v.InferOutput<typeof link>;

/** The next messages of the migration, or the next ones of one type. */
const messages = v.strictObject({
  kind: v.literal('messages'),
  effect: v.picklist(MESSAGE_EFFECTS),
  count: v.optional(integer(1, 1000), 1),
  type: v.optional(v.picklist(MESSAGE_NAMES)),
  direction,
});
export type MessageFault = v.InferOutput<typeof messages>;

/** A host's processor stands still: guest, daemon and timers; its port sends on what it has. */
const pause = v.strictObject({ kind: v.literal('pause'), host, forMs: between(0.001, 600_000) });

/** A host's timers run slow (below 100) or fast. */
const clock = v.strictObject({ kind: v.literal('clock'), host, ratePercent: integer(10, 1000) });

/** Another VM takes the host's memory, all but so many frames. */
const memory = v.strictObject({
  kind: v.literal('memory'),
  host,
  leaveFrames: v.optional(integer(0, 262_144), 0),
});

/** The next announcements of the VM's new place do not leave the destination. */
const announcements = v.strictObject({
  kind: v.literal('announcements'),
  lose: integer(1, 100),
  /** Where the VM arrives: host B, unless it moves back. */
  host: v.optional(host),
});

/** The switch learns nothing for so long: its entries go stale. */
const stale = v.strictObject({ kind: v.literal('switch'), staleForMs: between(0.001, 600_000) });

/** Ends every fault but crashes: what has not struck never will. */
const heal = v.strictObject({ kind: v.literal('heal') });

export const FAULT_INPUTS = [link, messages, pause, clock, memory, announcements, stale, heal];

/**
 * When a fault strikes: at a virtual time; when the source starts a round; or when the party where
 * the fault lives sees the migration enter a stage, for the first time since `fromMs`. The last two strike once.
 */
export const whenSchema = v.union([
  v.strictObject({ atMs: between(0, 3_600_000) }),
  v.strictObject({ round: integer(1, 1000), afterMs: v.optional(between(0, 60_000), 0) }),
  v.strictObject({
    stage: integer(0, 6),
    afterMs: v.optional(between(0, 60_000), 0),
    fromMs: v.optional(between(0, 3_600_000)),
  }),
]);
