/** `npm run silicon -- --seed N --count M [--write FILE]`: fresh random instructions on this machine's processor and on the toy's. */
import { writeFileSync } from 'node:fs';
import { compare } from './compare.ts';
import { background, Generator } from './generator.ts';
import type { Outcome, SingleTest } from './layout.ts';
import { buildRecorder, processorName } from './recorder.ts';
import { encodeRecording } from './recording.ts';
import { Toy } from './toy.ts';

const BATCH = 50_000;
const SHOWN = 30;

export interface SiliconOptions {
  readonly seed: number;
  readonly count: number;
  readonly write: string | undefined;
}

/** Gives the number of differences. */
export function runSilicon(recorderSource: string, { seed, count, write }: SiliconOptions): number {
  const processor = processorName();
  if (processor === undefined) throw new Error('this needs an x86-64 Linux');
  const pages = background(seed);
  const recorder = buildRecorder(recorderSource, pages);
  const generator = new Generator(seed);
  const toy = new Toy(pages);
  let differences = 0;
  let masked = 0;
  let leftOut = 0;
  const vectors = new Map<number, number>();
  const kept: { tests: SingleTest[]; outcomes: Outcome[] } = { tests: [], outcomes: [] };
  try {
    for (let done = 0; done < count; done += BATCH) {
      const tests = Array.from({ length: Math.min(BATCH, count - done) }, () => generator.next());
      recorder.record(tests).forEach((outcome, n) => {
        const test = tests[n];
        if (test === undefined) return;
        const answer = compare(test, outcome, toy.run(test));
        masked += answer.masked;
        if (answer.isLeftOut) leftOut++;
        else vectors.set(outcome.vector, (vectors.get(outcome.vector) ?? 0) + 1);
        if (write !== undefined && !answer.isLeftOut) {
          kept.tests.push(test);
          kept.outcomes.push(outcome);
        }
        if (answer.difference === undefined) return;
        differences++;
        if (differences <= SHOWN) console.log(answer.difference);
      });
    }
  } finally {
    recorder.close();
  }
  if (write !== undefined)
    writeFileSync(write, encodeRecording({ processor, seed, pages, ...kept }));
  const byVector = [...vectors].sort(([a], [b]) => a - b).map(([vector, n]) => `${vector}: ${n}`);
  console.log(`${processor}, seed ${seed}`);
  console.log(
    `${count} instructions, ${differences} differences, ${leftOut} left out, ${masked} undefined bits masked`,
  );
  console.log(`outcomes by vector (1: completed): ${byVector.join(', ')}`);
  return differences;
}
