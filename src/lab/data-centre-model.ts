/** What the data centres are made of and what is shown of them, as plain data. */
import * as v from 'valibot';
import { err, ok, type Result } from '../base/result.ts';
import type { VmmKind } from '../vmm/vmm.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';

/** Of each centre's hosts together. */
export const RAM_MIB = 32;
/** Slow processors: four VMs run at once on one. */
const INSTRUCTION_NS = 1000;

export const CENTRE_GUESTS = ['muncher', 'ticker', 'idle'] as const;

const whole = (min: number, max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

/** Of a VM: 1 to 20 letters, digits, dashes. */
export const VM_NAME = /^[\w-]{1,20}$/;

const planSchema = v.strictObject({
  /** Its own: no other VM has it. */
  id: v.pipe(v.string(), v.regex(VM_NAME)),
  /** Under which kind of VMM it begins. */
  kind: v.picklist(['xen', 'kvm']),
  guest: v.picklist(CENTRE_GUESTS),
  memoryMiB: whole(2, RAM_MIB),
  /** On storage that both centres share: it does not move. */
  imageMiB: whole(1, 1_000_000),
  /** The most that its migrations may have of the link. */
  bandwidthMbps: whole(1, 1000),
  centre: v.picklist([0, 1]),
  seed: whole(0, 0xffff_ffff),
});
export type VmPlan = Readonly<v.InferOutput<typeof planSchema>>;

/** As long as any scenario may be. */
const time = whole(0, 3_600_000);
const storySchema = v.strictObject({
  steps: v.pipe(
    v.array(
      v.union([
        v.strictObject({ atMs: time, deploy: planSchema }),
        v.strictObject({ atMs: time, migrate: planSchema.entries.id }),
      ]),
    ),
    v.maxLength(200),
  ),
  untilMs: time,
});
/** What was done, and how long ago: with nothing else it determines all that the centres show. */
export type CentresStory = Readonly<v.InferOutput<typeof storySchema>>;
export type CentresStep = CentresStory['steps'][number];

/** A link or the browser's storage may say anything. */
export function checkStory(value: unknown): Result<CentresStory, string> {
  const checked = v.safeParse(storySchema, value);
  if (checked.success) return ok(checked.output);
  const [issue] = checked.issues;
  return err(`${v.getDotPath(issue) ?? 'all of it'}: ${issue.message}`);
}

export interface VmRow extends Pick<VmPlan, 'id' | 'memoryMiB' | 'imageMiB' | 'bandwidthMbps'> {
  /** Where it is now, and under what. */
  readonly centre: 0 | 1;
  readonly kind: VmmKind;
  readonly running: boolean;
  readonly retired: number;
  /** Of the link, in Mbit/s; undefined: it does not move. */
  readonly share: number | undefined;
}

/** A migration that is over. */
export interface Move {
  readonly id: string;
  readonly from: 0 | 1;
  readonly source: string;
  readonly destination: string;
  readonly status: string;
  /** Memory, processor and devices were compared, and are equal. */
  readonly verified: boolean;
  /** By the clock of its VM. */
  readonly startMs: number;
  readonly totalTimeMs: number;
  readonly downtimeMs: number;
  readonly transferredBytes: number;
  /** Of all that its VM did: the same for the same story. */
  readonly traceHash: string;
  /** MiB in use in either centre when it began, and when it was over. */
  readonly ramBefore: readonly [number, number];
  readonly ramAfter: readonly [number, number];
}

export interface CentresView {
  readonly now: number;
  readonly linkMbps: number;
  readonly ramMiB: number;
  readonly ramUsedMiB: readonly [number, number];
  readonly vms: readonly VmRow[];
  readonly moves: readonly Move[];
  readonly story: CentresStory;
}

/** What a page drives, in a worker of its own. */
export interface CentresSession {
  deploy(plan: VmPlan): Promise<Result<CentresView, string>>;
  migrate(id: string): Promise<Result<CentresView, string>>;
  /** All that the story tells happens again. Pre: nothing has happened yet. */
  replay(story: unknown): Promise<Result<CentresView, string>>;
  /** So much later. */
  pass(ns: number): Promise<Result<CentresView, string>>;
}

/** The lab of one VM. Its host A is in the centre where it is deployed. */
export function scenarioOf(plan: VmPlan, linkMbps: number): Scenario {
  const { id, kind, guest, memoryMiB, bandwidthMbps, seed } = plan;
  return v.parse(scenarioSchema, {
    name: id,
    seed,
    hosts: { source: kind, destination: kind === 'xen' ? 'kvm' : 'xen' },
    vm: { guest, memoryMiB, instructionNs: INSTRUCTION_NS },
    network: { bandwidthMbps: Math.min(linkMbps, bandwidthMbps) },
    migration: { startMs: null, limitMs: 600_000 },
  });
}
