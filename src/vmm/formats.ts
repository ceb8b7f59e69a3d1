/** The one list of state file formats. Another is an id in `format.ts` and a line here. */
import { err, type Result } from '../base/result.ts';
import { COMMON_FORMAT } from './common-format.ts';
import type { FormatError, FormatId, StateFormat } from './format.ts';
import { QEMU_FORMAT } from './kvm/qemu-stream/format.ts';
import { LIBXC_FORMAT, XL_FORMAT } from './xen/formats.ts';

export const FORMATS: readonly StateFormat[] = [
  COMMON_FORMAT,
  LIBXC_FORMAT,
  XL_FORMAT,
  QEMU_FORMAT,
];

export function findFormat(id: FormatId): StateFormat | undefined {
  return FORMATS.find((format) => format.id === id);
}

/** The format of a file, by its content. */
export function detectFormat(bytes: Uint8Array): Result<StateFormat, FormatError> {
  const format = FORMATS.find((candidate) => candidate.detect(bytes));
  if (format !== undefined) return { ok: true, value: format };
  const names = FORMATS.map(({ title }) => title).join(', ');
  return err({
    code: 'unknown-format',
    offset: 0,
    message: `this is no state file; known are: ${names}`,
  });
}
