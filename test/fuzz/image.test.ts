import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../src/base/bytes.ts';
import { decodeImageFile, encodeImage } from '../../src/image/codec.ts';
import { HEADER_BYTES, OPTIONAL, withHeader, writeRecord } from '../../src/image/framing.ts';
import { RECORD } from '../../src/image/records.ts';
import { SAMPLE } from '../unit/image/sample-state.ts';

const RUNS = 5_000;
const GOLDEN = encodeImage(SAMPLE);

interface Piece {
  readonly type: number;
  readonly body: Uint8Array;
}

/** The golden image's records, without END. */
const PIECES: readonly Piece[] = (() => {
  const view = new DataView(GOLDEN.buffer);
  const pieces: Piece[] = [];
  for (let at = HEADER_BYTES; view.getUint32(at, true) !== RECORD.end; ) {
    const length = view.getUint32(at + 4, true);
    pieces.push({
      type: view.getUint32(at, true),
      body: GOLDEN.subarray(at + 12, at + 12 + length),
    });
    at += 12 + length;
  }
  return pieces;
})();

function assemble(pieces: readonly Piece[]): Uint8Array {
  const writer = new ByteWriter();
  for (const { type, body } of [...pieces, { type: RECORD.end, body: new Uint8Array(0) }]) {
    writeRecord(writer, type, (w) => w.bytes(body));
  }
  return withHeader(writer.finish());
}

/** Refused with a code and an offset inside the input, or a state that encodes again. */
function judge(bytes: Uint8Array): void {
  const result = decodeImageFile(bytes);
  if (result.ok) {
    encodeImage(result.value.state);
    return;
  }
  expect(result.error.code).toMatch(/^[a-z-]+$/);
  expect(result.error.offset).toBeLessThanOrEqual(bytes.length);
}

const overwrite = fc.record({ at: fc.nat(400), byte: fc.nat(255) });
const types = fc.oneof(
  fc.constantFrom(...Object.values(RECORD)),
  fc.nat(0xff).map((type) => type + OPTIONAL),
  fc.nat(0xffff_ffff),
);
/** Bodies of one record damaged, with checksums that are right. */
const damaged = fc
  .tuple(fc.nat(PIECES.length - 1), fc.array(overwrite, { minLength: 1, maxLength: 4 }), fc.nat(3))
  .map(([which, writes, cut]) =>
    PIECES.map((piece, i) => {
      if (i !== which) return piece;
      const body = piece.body.slice(0, piece.body.length - (cut === 3 ? 1 : 0));
      for (const { at, byte } of writes) if (body.length > 0) body[at % body.length] = byte;
      return { type: piece.type, body };
    }),
  );
/** Records of any type put in, left out, repeated and shuffled. */
const rearranged = fc
  .tuple(
    fc.shuffledSubarray([...PIECES, ...PIECES]),
    fc.array(fc.record({ type: types, body: fc.uint8Array({ maxLength: 300 }) }), { maxLength: 3 }),
  )
  .map(([pieces, more]) => [...more, ...pieces]);

describe('the .vmcf reader', () => {
  it.each([
    ['any bytes', fc.uint8Array({ maxLength: 500 })],
    ['damaged bodies under right checksums', damaged.map(assemble)],
    ['records in any order and number', rearranged.map(assemble)],
  ] as const)(
    'takes or refuses %s, and never breaks',
    (_what, inputs) => {
      fc.assert(fc.property(inputs as fc.Arbitrary<Uint8Array>, judge), { numRuns: RUNS });
    },
    60_000,
  );
});
