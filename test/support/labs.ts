/** Labs for tests: a scenario from a few settings, its guest from the built ones, run in this thread. */
import './all-code.ts';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { Lab, type LinkTap } from '../../src/lab/lab.ts';
import { type Scenario, scenarioSchema } from '../../src/lab/scenario.ts';
import type { AlgorithmId } from '../../src/migration/algorithms/ids.ts';

export type ScenarioInput = v.InferInput<typeof scenarioSchema>;

export const scenario = (input: ScenarioInput = {}): Scenario => v.parse(scenarioSchema, input);

export function guestImage(name: string): Uint8Array<ArrayBuffer> {
  const file = readFileSync(new URL(`../../public/guests/${name}.elf`, import.meta.url));
  return new Uint8Array(file);
}

export function newLab(input: ScenarioInput = {}, tap?: LinkTap): Lab {
  const settings = scenario(input);
  const lab = Lab.create(settings, guestImage(settings.vm.guest), tap);
  if (!lab.ok) throw new Error(lab.error);
  return lab.value;
}

/** A lab that has run to its scenario's end. */
export function finishedLab(input: ScenarioInput = {}, tap?: LinkTap): Lab {
  const lab = newLab(input, tap);
  lab.finish();
  return lab;
}

/** One algorithm of each kind: what a test of the lab itself need not do with all of them. */
export const KINDS_OF_COURSE = [
  'stop-and-copy',
  'pre-copy',
  'pull',
  'pre-copy-clark',
  'retransmission-free',
] as const satisfies readonly AlgorithmId[];

/** Small and quick, and still with several rounds. */
export const SMALL: ScenarioInput = {
  vm: { memoryMiB: 2, workload: { workingSetPercent: 40, writesPerSecond: 600 } },
  network: { bandwidthMbps: 50 },
  migration: { thresholdPages: 8, startMs: 30, runOnMs: 30, limitMs: 5000 },
};
