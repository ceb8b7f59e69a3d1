/** Hands an update's trace columns over to the page in place of copying them. */
import * as Comlink from 'comlink';
import type { Result } from '../base/result.ts';
import type { LabUpdate } from '../lab/session.ts';

export function transferUpdate(result: Result<LabUpdate, string>): Result<LabUpdate, string> {
  if (!result.ok) return result;
  const buffers = result.value.chunks.flatMap(({ pages }) => [
    pages.at.buffer,
    pages.sequence.buffer,
    pages.kind.buffer,
    pages.gfn.buffer,
    pages.detail.buffer,
  ]);
  return Comlink.transfer(result, buffers);
}
