/**
 * Files of a run at one moment: a capture of the cables, or the VM's state. The run is made once more,
 * in one thread, from its scenario and inputs; being deterministic, it comes to the same moment.
 */
import { err, ok, type Result } from '../base/result.ts';
import { instant } from '../base/units.ts';
import { writePcap } from '../net/pcap.ts';
import type { FormatId, QemuMachine } from '../vmm/format.ts';
import { findFormat } from '../vmm/formats.ts';
import { imageOf } from '../vmm/vm-image.ts';
import type { FileLook } from './file-look.ts';
import { Lab } from './lab.ts';
import { holdGuest } from './save-moment.ts';
import type { Scenario } from './scenario.ts';
import type { FirstHost, VmFromFile } from './vm-from-file.ts';
import { WireTap } from './wire-tap.ts';

export interface ExportRequest {
  /** With every input that was given on the way. */
  readonly scenario: Scenario;
  readonly atNs: number;
  readonly kind: 'pcap' | FormatId;
  /** For which of QEMU's machines. */
  readonly machine?: QemuMachine;
}

export interface ExportedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What had no place in the file, or what its reader must know. */
  readonly notes: readonly string[];
}

/** How a page asks for one, or about one. */
export interface Exporter {
  exportFile(request: ExportRequest): Promise<Result<ExportedFile, string>>;
  /** What is in a file from anywhere; nothing of it runs. */
  lookAtFile(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Result<FileLook, string>>;
  /** The file as the beginning of a run, tried on such a host. */
  vmFromFile(
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
    host: FirstHost,
  ): Promise<Result<VmFromFile, string>>;
}

export function exportFile(
  { scenario, atNs, kind, machine }: ExportRequest,
  guest: Uint8Array<ArrayBuffer>,
): Result<ExportedFile, string> {
  const tap = new WireTap(Number.POSITIVE_INFINITY);
  const created = Lab.create(scenario, guest, tap.hear);
  if (!created.ok) return created;
  const lab = created.value;
  lab.advance(instant(atNs));
  if (kind === 'pcap') {
    const frames = tap.frames().filter(({ at }) => at < atNs);
    return ok({ bytes: writePcap(frames), notes: [] });
  }
  const vm = holdGuest(lab);
  if (!vm.ok) return vm;
  const written = findFormat(kind)?.write(imageOf(vm.value), machine ? { machine } : {});
  if (written === undefined) return err(`There is no format ${kind}.`);
  return written.ok ? written : err(written.error.message);
}
