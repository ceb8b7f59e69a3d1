/** What the page's inspectors see of a host: read through the VMM's view, changing nothing. */
import { gfn, PAGE_SIZE } from '../base/units.ts';
import { cpuidWord } from '../cpu/features.ts';
import { featureBits } from '../vmm/common-values.ts';
import type { Vm, Vmm, VmmKind } from '../vmm/vmm.ts';
import type { Insight, Question } from './party.ts';
import { lookAtTranslation } from './translation-insight.ts';

interface Looked {
  readonly vmm: Vmm;
  readonly vm: Vm | undefined;
  readonly running: boolean;
  readonly wiring: { readonly vmmKind: VmmKind };
}

export function lookInside(question: Question, host: Looked): Insight | undefined {
  if (question.kind === 'host') return lookAtHost(host.vmm);
  // A VM that is being received is the daemon's, and not yet this host's own.
  const vm = host.vm ?? host.vmm.vms()[0];
  if (vm === undefined) return undefined;
  const { vmmKind } = host.wiring;
  if (question.kind === 'page') return lookAtPage(vm, question);
  if (question.kind === 'translation') return lookAtTranslation(vm, vmmKind, question.to);
  const values = vm.inspect().registers();
  return { kind: 'registers', vmm: vmmKind, retired: vm.retired, running: host.running, values };
}

function lookAtPage(
  vm: Vm,
  { gfn: frame, linear }: Extract<Question, { kind: 'page' }>,
): Insight | undefined {
  if (frame < 0 || frame >= vm.config.pages) return undefined;
  const view = vm.inspect();
  const offset = view.frameOffset(gfn(frame));
  return {
    kind: 'page',
    gfn: frame,
    mfn: offset / PAGE_SIZE,
    missing: vm.isMissing(gfn(frame)),
    dirty: vm.peekDirty(gfn(frame)),
    ...(linear === undefined ? {} : { tlb: view.tlb(linear) }),
    bytes: new Uint8Array(view.memory.slice(offset, offset + PAGE_SIZE)),
  };
}

function lookAtHost({ totalFrames, freeFrames, offer }: Vmm): Insight {
  const cpuFeatures = cpuidWord(Number(featureBits(offer.features)));
  return { kind: 'host', totalFrames, freeFrames, tscKhz: offer.tscKhz, cpuFeatures };
}
