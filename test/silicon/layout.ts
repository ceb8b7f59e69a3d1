/** Where a test's pages lie, in the recorder's process and in the toy alike; and the records between the two. See `recorder.c`. */
export const PAGE = 4096;
export const CODE = 0x2000_0000;
export const CODE_SIZE = 2 * PAGE;
export const DATA = 0x2001_0000;
export const DATA_SIZE = 2 * PAGE;
/** Nothing lies before, between and after the pages. */
export const DATA_END = DATA + DATA_SIZE;
export const FIXED = 0x2001_3000;
export const BACKGROUND_SIZE = DATA_SIZE + PAGE;
export const CODE_BYTES = 15;
export const TEST_SIZE = 80;
export const OUTCOME_SIZE = 64;
export const NO_POKE = 0xffff;
export const POKE_SIZE = 16;

export const USER_CODE = 0x23;
export const USER_DATA = 0x2b;

export interface SingleTest {
  /** The instruction and whatever follows it. */
  readonly code: Uint8Array;
  /** In the code pages. */
  readonly offset: number;
  readonly general: readonly number[];
  readonly flags: number;
  /** Four double words put into the data pages beforehand. */
  readonly poke: { readonly at: number; readonly words: readonly number[] } | undefined;
}

export interface Outcome {
  readonly vector: number;
  readonly error: number;
  readonly cr2: number;
  readonly eip: number;
  readonly flags: number;
  readonly general: readonly number[];
  /** ds es fs gs */
  readonly selectors: readonly number[];
  /** Changed bytes of the data pages, in whole double words; `first` means nothing when there are none. */
  readonly first: number;
  readonly changed: Uint8Array;
}

export function encodeTests(tests: readonly SingleTest[]): Uint8Array {
  const bytes = new Uint8Array(tests.length * TEST_SIZE);
  const view = new DataView(bytes.buffer);
  tests.forEach((test, n) => {
    const at = n * TEST_SIZE;
    bytes.set(test.code, at);
    view.setUint16(at + 16, test.offset, true);
    view.setUint16(at + 18, test.poke?.at ?? NO_POKE, true);
    test.general.forEach((value, i) => {
      view.setUint32(at + 20 + 4 * i, value, true);
    });
    view.setUint32(at + 52, test.flags, true);
    test.poke?.words.forEach((value, i) => {
      view.setUint32(at + 56 + 4 * i, value, true);
    });
  });
  return bytes;
}

export function decodeTests(bytes: Uint8Array): SingleTest[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = (at: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => view.getUint32(at + 4 * i, true));
  return Array.from({ length: bytes.length / TEST_SIZE }, (_, n) => {
    const at = n * TEST_SIZE;
    const pokeAt = view.getUint16(at + 18, true);
    return {
      code: bytes.slice(at, at + CODE_BYTES),
      offset: view.getUint16(at + 16, true),
      general: words(at + 20, 8),
      flags: view.getUint32(at + 52, true),
      poke: pokeAt === NO_POKE ? undefined : { at: pokeAt, words: words(at + 56, 4) },
    };
  });
}

/** Throws when the bytes do not hold `count` outcomes. */
export function decodeOutcomes(bytes: Uint8Array, count: number): Outcome[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const outcomes: Outcome[] = [];
  let at = 0;
  for (let n = 0; n < count; n++) {
    const word = (i: number) => view.getUint32(at + 4 * i, true);
    const half = (i: number) => view.getUint16(at + 52 + 2 * i, true);
    const size = half(5);
    outcomes.push({
      vector: word(0),
      error: word(1),
      cr2: word(2),
      eip: word(3),
      flags: word(4),
      general: Array.from({ length: 8 }, (_, i) => word(5 + i)),
      selectors: [half(0), half(1), half(2), half(3)],
      first: half(4),
      changed: bytes.slice(at + OUTCOME_SIZE, at + OUTCOME_SIZE + size),
    });
    at += OUTCOME_SIZE + size;
  }
  if (at !== bytes.length) throw new Error('the recorder sent more than it was asked for');
  return outcomes;
}
