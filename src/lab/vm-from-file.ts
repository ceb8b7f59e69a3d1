/**
 * A file as the beginning of a run: an ELF kernel that a host is to boot, or a VM's state, in any
 * format, that is to go on under a VMM. Everything is tried before anything is set up: what comes back
 * will boot or stand. Nothing of it has run.
 */
import { err, ok, type Result } from '../base/result.ts';
import { PAGE_SIZE } from '../base/units.ts';
import { CR_START } from '../devices/dp8390-registers.ts';
import { encodeImageFile, type ImageFile } from '../image/codec.ts';
import { decodeKernel } from '../machine/multiboot.ts';
import { formatErrorText } from '../vmm/format.ts';
import { detectFormat } from '../vmm/formats.ts';
import { loneHost } from '../vmm/lone-host.ts';
import { createFromImage } from '../vmm/vm-image.ts';
import type { VmmKind } from '../vmm/vmm.ts';
import { packFile } from './carried-file.ts';
import { isElf } from './file-look.ts';
import { hasParameters, PARAMETER_PAGE_FRAME, readParameter } from './parameter-page.ts';
import type { Scenario } from './scenario.ts';

/** Where it is to begin. */
export interface FirstHost {
  readonly kind: VmmKind;
  readonly lacks: readonly string[];
  /** For a kernel; a state has its own. */
  readonly memoryMiB: number;
}

/** What of a scenario's VM the file decides. */
export interface VmFromFile {
  readonly vm: Pick<Scenario['vm'], 'guest' | 'file'> &
    Partial<Pick<Scenario['vm'], 'memoryMiB' | 'workload'>>;
  /** What was skipped in the file, or came back as its default. */
  readonly notes: readonly string[];
}

/** As a scenario may have them. */
const RAM_MIB = { min: 2, max: 64 };

export function vmFromFile(
  name: string,
  bytes: Uint8Array,
  host: FirstHost,
): Result<VmFromFile, string> {
  return isElf(bytes) ? fromKernel(name, bytes, host) : fromState(name, bytes, host);
}

function fromKernel(name: string, bytes: Uint8Array, { memoryMiB }: FirstHost) {
  const kernel = decodeKernel(bytes, memoryMiB << 20);
  if (!kernel.ok) return err(`${name} (ELF) cannot be a guest: ${kernel.error.message}`);
  const file = packFile({ name, kind: 'kernel', nic: false }, bytes);
  return file.ok ? ok({ vm: { guest: 'file', file: file.value }, notes: [] } as const) : file;
}

function fromState(name: string, bytes: Uint8Array, host: FirstHost): Result<VmFromFile, string> {
  const format = detectFormat(bytes);
  if (!format.ok) return err(`${name}: ${formatErrorText(format.error)}`);
  const read = format.value.read(bytes);
  if (!read.ok) return err(`${name} (${format.value.title}): ${formatErrorText(read.error)}`);
  const { image, notes } = read.value;
  const refusal = cannotStand(image, host);
  if (refusal !== undefined) return err(`${name} (${format.value.title}): ${refusal}`);
  const file = packFile({ name, kind: 'state', nic: cardRuns(image) }, encodeImageFile(image));
  if (!file.ok) return file;
  const vm = { guest: 'file', file: file.value, memoryMiB: ramMiB(image), ...workloadOf(image) };
  return ok({ vm, notes } as VmFromFile);
}

const ramMiB = ({ state }: ImageFile): number =>
  (state.memory.reduce((sum, ram) => sum + ram.pages, 0) * PAGE_SIZE) / (1 << 20);

/** Why no host of this page can take the VM in; undefined: this one does. */
function cannotStand(image: ImageFile, { kind, lacks }: FirstHost): string | undefined {
  const { state } = image;
  if (state.stopped) return `its guest has ended (${state.stopped.cause}) and will not run again`;
  const ram = ramMiB(image);
  const { min, max } = RAM_MIB;
  if (!Number.isInteger(ram) || ram < min || ram > max)
    return `it has ${ram} MiB of RAM; a run can have ${min} to ${max} MiB, in whole MiB, and vmferry resume any`;
  const host = loneHost(kind, (ram << 20) / PAGE_SIZE, lacks);
  const stands = createFromImage(host, image, { instructionNs: 1 });
  return stands.ok ? undefined : stands.error.message;
}

/** A guest that has started its card answers by it. */
const cardRuns = ({ state }: ImageFile): boolean =>
  state.devices.some((device) => device.kind === 'ne2000' && (device.cr & CR_START) !== 0);

/** The sliders say what the guest was told before. */
function workloadOf({ state, pages }: ImageFile): Partial<Pick<Scenario['vm'], 'workload'>> {
  const run = pages.find(
    ({ firstGfn, count }) =>
      firstGfn <= PARAMETER_PAGE_FRAME && PARAMETER_PAGE_FRAME < firstGfn + count,
  );
  if (run?.data === undefined) return {};
  const at = (PARAMETER_PAGE_FRAME - run.firstGfn) * PAGE_SIZE;
  const page = run.data.subarray(at, at + PAGE_SIZE);
  if (!hasParameters(page)) return {};
  const ram = state.memory.reduce((sum, { pages: count }) => sum + count, 0);
  const percent = Math.round((readParameter(page, 'workingSetPages') * 100) / ram);
  return {
    workload: {
      workingSetPercent: Math.min(90, Math.max(1, percent)),
      writesPerSecond: Math.min(1_000_000, readParameter(page, 'writesPerSecond')),
    },
  };
}
