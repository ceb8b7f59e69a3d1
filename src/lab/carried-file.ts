/** A file inside a scenario: packed when it is taken in, and unpacked, checked, when a run needs it. */
import { deflateSync, inflateSync } from 'fflate';
import { fromBase64, toBase64 } from '../base/base64.ts';
import { err, ok, type Result } from '../base/result.ts';
import { digestOf } from '../trace/hash.ts';
import { MAX_CARRIED, type Scenario } from './scenario.ts';

export type VmFile = NonNullable<Scenario['vm']['file']>;

export function packFile(
  about: Pick<VmFile, 'name' | 'kind' | 'nic'>,
  bytes: Uint8Array,
): Result<VmFile, string> {
  const data = toBase64(deflateSync(bytes));
  if (data.length > MAX_CARRIED)
    return err(
      `${about.name}: the VM takes ${data.length} letters even deflated, and a scenario carries ${MAX_CARRIED} at most; vmferry resume takes larger ones`,
    );
  return ok({ ...about, bytes: bytes.length, digest: digestOf(bytes), data });
}

/** Deflated bytes → exactly so many, or undefined. */
type Inflate = (
  packed: Uint8Array<ArrayBuffer>,
  length: number,
) => MaybePromise<Uint8Array<ArrayBuffer> | undefined>;
type MaybePromise<T> = T | Promise<T>;

/** `inflate`: where the platform has one that lets others have their turn meanwhile. */
export async function unpackFile(
  file: VmFile,
  inflate: Inflate = inflated,
): Promise<Result<Uint8Array<ArrayBuffer>, string>> {
  const { name, data } = file;
  if (data === undefined)
    return err(`the scenario needs ${name}, which did not come with it: open that file first`);
  const packed = fromBase64(data);
  const bytes = packed && (await inflate(packed, file.bytes));
  return bytes !== undefined && digestOf(bytes) === file.digest
    ? ok(bytes)
    : err(`${name}, which the scenario carries, is damaged`);
}

/** The room for one byte more shows what would be longer. */
function inflated(packed: Uint8Array, length: number): Uint8Array<ArrayBuffer> | undefined {
  try {
    const out = inflateSync(packed, { out: new Uint8Array(length + 1) });
    return out.length === length ? new Uint8Array(out) : undefined;
  } catch {
    return undefined;
  }
}
