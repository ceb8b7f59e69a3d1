/** What the page's inspector sees of one guest page: read through the VMM's view, changing nothing. */
import { gfn, PAGE_SIZE } from '../base/units.ts';
import { CPUID_FEATURES } from '../cpu/ops/extension.ts';
import { HOST_TSC_KHZ } from '../vmm/vm-state.ts';
import type { Vm, Vmm } from '../vmm/vmm.ts';
import type { Insight } from './party.ts';

export function lookAtPage(vm: Vm, frame: number): Insight | undefined {
  if (frame < 0 || frame >= vm.config.pages) return undefined;
  const view = vm.inspect();
  const offset = view.frameOffset(gfn(frame));
  return {
    kind: 'page',
    gfn: frame,
    mfn: offset / PAGE_SIZE,
    missing: vm.isMissing(gfn(frame)),
    dirty: vm.peekDirty(gfn(frame)),
    bytes: new Uint8Array(view.memory.slice(offset, offset + PAGE_SIZE)),
  };
}

export function lookAtHost({ totalFrames, freeFrames }: Vmm): Insight {
  const tscKhz = Number(HOST_TSC_KHZ);
  return { kind: 'host', totalFrames, freeFrames, tscKhz, cpuFeatures: CPUID_FEATURES };
}
