/** A host's processor as a VMM sees it: what it can offer a guest, and how it keeps the guest's time-stamp counter. */
import { ALL_FEATURES } from '../cpu/features.ts';
import type { Machine } from '../machine/machine.ts';
import { FEATURES, featureBits, featureNames } from './common-values.ts';
import { COSTS } from './costs.ts';
import { HOST_TSC_KHZ } from './vm-state.ts';
import type { HostProcessor } from './vmm.ts';

export const USUAL_PROCESSOR: HostProcessor = {
  features: FEATURES,
  tscKhz: Number(HOST_TSC_KHZ),
  tsc: 'scaled',
};

/** What a host has that lacks these. */
export const featuresWithout = (lacking: readonly string[]): string[] =>
  FEATURES.filter((name) => !lacking.includes(name));

/** Which of the features offered to a VM the host lacks, for a refusal. */
export function lackingFeatures(offered: bigint, processor: HostProcessor): readonly string[] {
  const here = featureBits(processor.features);
  return featureNames(offered & ~here & BigInt(ALL_FEATURES));
}

export const featureRefusal = (lacking: readonly string[]): string =>
  `the VM was offered CPU feature ${lacking.join(' and ')}, which this host lacks; boot it with that feature masked, or choose another host`;

/**
 * A counter of the host's own rate is read by the guest itself. Another rate is multiplied by the
 * hardware (VMX TSC scaling, SDM vol. 3C §25.3), or each RDTSC exits to the VMM, which works it out.
 */
export function setTimeStamp(machine: Machine, tscKhz: bigint, processor: HostProcessor): void {
  const isOwn = tscKhz === BigInt(processor.tscKhz);
  machine.tscKhz = tscKhz;
  machine.timeStampNs = isOwn || processor.tsc === 'scaled' ? 0 : COSTS.vmExit.ns;
}
