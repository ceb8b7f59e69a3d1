/** A suspended VM as an image with pages, and an image as a VM: what state files are made of. */
import { ok, type Result } from '../base/result.ts';
import { gfn, PAGE_SIZE } from '../base/units.ts';
import type { ImageFile } from '../image/codec.ts';
import { MAX_RUN_PAGES } from '../image/framing.ts';
import type { PageRun } from '../image/records.ts';
import type { Vm, VmConfig, Vmm, VmmError } from './vmm.ts';

/** Pages of zeros are in no run. Pre: the VM is suspended and no page is missing. */
export function imageOf(vm: Vm): ImageFile {
  return { state: vm.saveCommon(), pages: pagesOf(vm) };
}

function pagesOf(vm: Vm): PageRun[] {
  const runs: PageRun[] = [];
  for (let frame = 0; frame < vm.config.pages; ) {
    let end = frame;
    while (end < vm.config.pages && end - frame < MAX_RUN_PAGES && !vm.isZeroPage(gfn(end)))
      end += 1;
    if (end > frame) runs.push(runOf(vm, frame, end - frame));
    frame = Math.max(end, frame + 1);
  }
  return runs;
}

function runOf(vm: Vm, firstGfn: number, count: number): PageRun {
  const data = new Uint8Array(count * PAGE_SIZE);
  for (let i = 0; i < count; i++) {
    vm.readPage(gfn(firstGfn + i), data.subarray(i * PAGE_SIZE, (i + 1) * PAGE_SIZE));
  }
  return { firstGfn, count, data };
}

/** A new VM that stands where the image's stood, suspended; by its own name if none is given. On failure there is none. */
export function createFromImage(
  vmm: Vmm,
  { state, pages }: ImageFile,
  config: Pick<VmConfig, 'instructionNs'> & Partial<Pick<VmConfig, 'id'>>,
): Result<Vm, VmmError> {
  const count = state.memory.reduce((sum, ram) => sum + ram.pages, 0);
  const created = vmm.createVm({ id: state.identity.id, pages: count, ...config });
  if (!created.ok) return created;
  const vm = created.value;
  // The state first: it refuses a memory map that the VM does not have, before any page is put.
  const restored = vm.restoreCommon(state);
  if (!restored.ok) {
    vmm.destroyVm(vm);
    return restored;
  }
  for (const run of pages) installRun(vm, run);
  return ok(vm);
}

function installRun(vm: Vm, { firstGfn, count, data }: PageRun): void {
  for (let i = 0; i < count; i++) {
    const page = data?.subarray(i * PAGE_SIZE, (i + 1) * PAGE_SIZE);
    if (page === undefined) vm.installZeroPage(gfn(firstGfn + i));
    else vm.installPage(gfn(firstGfn + i), page);
  }
}
