/** The `-cpu` option with which a QEMU offers a guest the features that it was offered at boot. */
import type { CommonState } from '../../../image/model.ts';

/** What the model 486 of QEMU has without being asked (measured with 7.2). */
const BUILT_IN: readonly string[] = ['486', 'cpuid', 'tsc'];

export function cpuModel({ policy }: Pick<CommonState, 'policy'>, machine: string): string {
  const added = policy.offered
    .map((feature) => feature.toLowerCase())
    .filter((feature) => !BUILT_IN.includes(feature))
    .map((feature) => `+${feature}`);
  // Without a board nobody numbers the processor.
  const apic = machine === 'none' ? ['apic-id=0'] : [];
  return ['486', ...apic, ...added].join(',');
}
