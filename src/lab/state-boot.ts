/** A VM that stands where a state file in the common format had it. */
import { err, type Result } from '../base/result.ts';
import { decodeImageFile, type ImageFile } from '../image/codec.ts';
import { formatErrorText } from '../vmm/format.ts';
import { createFromImage } from '../vmm/vm-image.ts';
import type { Vm, VmConfig, Vmm } from '../vmm/vmm.ts';

export function readState(bytes: Uint8Array): Result<ImageFile, string> {
  const file = decodeImageFile(bytes);
  return file.ok ? file : err(formatErrorText(file.error));
}

/** Suspended. On failure there is no VM. */
export function standFrom(
  vmm: Vmm,
  image: ImageFile,
  config: Pick<VmConfig, 'id' | 'instructionNs'>,
): Result<Vm, string> {
  const vm = createFromImage(vmm, image, config);
  return vm.ok ? vm : err(vm.error.message);
}
