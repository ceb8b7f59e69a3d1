/** What the data centres are made of and what is shown of them, as plain data. */
import * as v from 'valibot';
import type { Result } from '../base/result.ts';
import type { VmmKind } from '../vmm/vmm.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';

/** Of each centre's hosts together. */
export const RAM_MIB = 32;
/** Slow processors: four VMs run at once on one. */
const INSTRUCTION_NS = 1000;

export const CENTRE_GUESTS = ['muncher', 'ticker', 'idle'] as const;

export interface VmPlan {
  /** Its own: no other VM has it. */
  readonly id: string;
  /** Under which kind of VMM it begins. */
  readonly kind: VmmKind;
  readonly guest: (typeof CENTRE_GUESTS)[number];
  readonly memoryMiB: number;
  /** On storage that both centres share: it does not move. */
  readonly imageMiB: number;
  /** The most that its migrations may have of the link. */
  readonly bandwidthMbps: number;
  readonly centre: 0 | 1;
  readonly seed: number;
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
}

/** What a page drives, in a worker of its own. */
export interface CentresSession {
  deploy(plan: VmPlan): Promise<Result<CentresView, string>>;
  migrate(id: string): Promise<Result<CentresView, string>>;
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
