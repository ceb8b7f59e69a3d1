/** A recording of tests and their outcomes as one file: a line of provenance, then the records, compressed. */
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import {
  BACKGROUND_SIZE,
  decodeOutcomes,
  decodeTests,
  encodeTests,
  OUTCOME_SIZE,
  type Outcome,
  type SingleTest,
  TEST_SIZE,
} from './layout.ts';

export interface Recording {
  readonly processor: string;
  readonly seed: number;
  readonly pages: Uint8Array;
  readonly tests: readonly SingleTest[];
  readonly outcomes: readonly Outcome[];
}

interface Head {
  readonly what: string;
  readonly processor: string;
  readonly seed: number;
  readonly count: number;
}

const WHAT = 'single 32-bit instructions in user mode, recorded by recorder.c';

function encodeOutcome(outcome: Outcome): Uint8Array {
  const bytes = new Uint8Array(OUTCOME_SIZE + outcome.changed.length);
  const view = new DataView(bytes.buffer);
  const { vector, error, cr2, eip, flags, general, selectors, first, changed } = outcome;
  [vector, error, cr2, eip, flags, ...general].forEach((value, n) => {
    view.setUint32(4 * n, value, true);
  });
  [...selectors, first, changed.length].forEach((value, n) => {
    view.setUint16(52 + 2 * n, value, true);
  });
  bytes.set(changed, OUTCOME_SIZE);
  return bytes;
}

/** The head stays readable: it is not compressed. */
export function encodeRecording({
  processor,
  seed,
  pages,
  tests,
  outcomes,
}: Recording): Uint8Array {
  const head: Head = { what: WHAT, processor, seed, count: tests.length };
  const body = Buffer.concat([pages, encodeTests(tests), ...outcomes.map(encodeOutcome)]);
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), brotliCompressSync(body)]);
}

export function decodeRecording(file: Uint8Array): Recording {
  const end = file.indexOf(10);
  const head = JSON.parse(new TextDecoder().decode(file.subarray(0, end))) as Head;
  const body = new Uint8Array(brotliDecompressSync(file.subarray(end + 1)));
  const outcomesAt = BACKGROUND_SIZE + head.count * TEST_SIZE;
  return {
    processor: head.processor,
    seed: head.seed,
    pages: body.slice(0, BACKGROUND_SIZE),
    tests: decodeTests(body.subarray(BACKGROUND_SIZE, outcomesAt)),
    outcomes: decodeOutcomes(body.subarray(outcomesAt), head.count),
  };
}
