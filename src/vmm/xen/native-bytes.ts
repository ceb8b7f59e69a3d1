/**
 * The state of a domain as its host sends it to another of its kind when the pages have gone before:
 * an xl save file whose domain image has no pages.
 */
import { DecodeError } from '../../base/bytes.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { NativeState } from '../native-layout.ts';
import type { VmIdentity } from '../native-model.ts';
import type { VmmError } from '../vmm.ts';
import { joined } from './libxc-stream/framing.ts';
import { writeStream } from './libxc-stream/write-stream.ts';
import { writeConfig } from './libxc-stream/xl-config.ts';
import { readXl, writeXl, type XlImage } from './libxc-stream/xl-file.ts';

const bad = (message: string) =>
  err<VmmError>({ code: 'bad-state', message: `xen state: ${message}` });

export function encode(state: NativeState, about: VmIdentity): Uint8Array<ArrayBuffer> {
  return joined(writeXl(writeConfig({ about, state }), writeStream(state, undefined)));
}

/** Any bytes give every place of the layout, or an error. */
export function decode(bytes: Uint8Array, about: VmIdentity): Result<NativeState, VmmError> {
  const read = readAll(bytes);
  if (!read.ok) return read;
  const { config, domain } = read.value;
  if (domain.memory.length > 0) return bad('pages come before the state, not in it');
  const [wanted, found] = [about, config.about].map(({ memory }) => JSON.stringify(memory));
  if (wanted !== found) return bad(`RAM of the VM is ${found}, reserved is ${wanted}`);
  return ok<NativeState>(new Map([...domain.state, ...config.state]));
}

function readAll(bytes: Uint8Array): Result<XlImage, VmmError> {
  try {
    return ok(readXl(bytes));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return bad(error.message);
  }
}
