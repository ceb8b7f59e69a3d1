/** Xen's own checker of streams as the judge of ours. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIBXC_FORMAT, writeRaw, writeWrapped } from '../../src/vmm/xen/formats.ts';
import { images, SMALL_IMAGE } from '../support/xen-images.ts';
import { framingMutants } from '../support/xen-mutants.ts';
import { xenVerifier } from '../support/xen-verifier.ts';

const { verifier, reason } = xenVerifier();
const why = verifier === undefined ? ` (not run: ${reason})` : '';
const ACCEPTED = 0;

function bytesOf(result: ReturnType<typeof writeRaw>): Uint8Array<ArrayBuffer> {
  if (!result.ok) throw new Error(result.error.message);
  return result.value.bytes;
}

describe.skipIf(verifier === undefined)(`Xen's verify-stream-v2${why}`, () => {
  const judge = (format: 'libxc' | 'xl', streams: readonly Uint8Array[]) =>
    verifier?.verify(format, streams) ?? [];

  it('accepts raw streams and xl files of both versions, verified or not', () => {
    const options = [{}, { verify: true }, { version: 2 }, { version: 2, verify: true }] as const;
    const raw = options.map((option) => bytesOf(writeRaw(SMALL_IMAGE, option)));
    const wrapped = options.map((option) => bytesOf(writeWrapped(SMALL_IMAGE, option)));
    expect(judge('libxc', raw)).toEqual(raw.map(() => ACCEPTED));
    expect(judge('xl', wrapped)).toEqual(wrapped.map(() => ACCEPTED));
  });

  it('accepts the streams of random guests', () => {
    const guests = fc.sample(images, { seed: 1, numRuns: 50 });
    const raw = guests.map((guest) => bytesOf(writeRaw(guest)));
    const wrapped = guests.map((guest) => bytesOf(writeWrapped(guest)));
    expect(judge('libxc', raw)).toEqual(raw.map(() => ACCEPTED));
    expect(judge('xl', wrapped)).toEqual(wrapped.map(() => ACCEPTED));
  });

  it('rejects every framing mutant, as our own reader does', () => {
    const mutants = framingMutants(bytesOf(writeRaw(SMALL_IMAGE)));
    expect(mutants.length).toBeGreaterThan(80);
    const codes = judge(
      'libxc',
      mutants.map(({ bytes }) => bytes),
    );
    const theirs = mutants.filter((_, i) => codes[i] === ACCEPTED).map(({ name }) => name);
    const ours = mutants.filter(({ bytes }) => LIBXC_FORMAT.read(bytes).ok).map(({ name }) => name);
    expect({ theirs, ours }).toEqual({ theirs: [], ours: [] });
  });
});
