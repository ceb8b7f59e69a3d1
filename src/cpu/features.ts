/**
 * What the toy processor has beyond a plain 486, one by one: a VMM may hide any of them from a guest
 * (CPUID masking), and notes which of them the guest has used. SDM vol. 2A, CPUID.
 */

/** By bit; a new one is added at the end. */
export const CPU_FEATURES = ['486', 'cpuid', 'tsc', 'pae', 'cx8', 'cmov'] as const;
export type CpuFeature = (typeof CPU_FEATURES)[number];

export const BASE_FEATURE = 1 << 0;
export const CPUID = 1 << 1;
export const TSC = 1 << 2;
export const PAE = 1 << 3;
export const CX8 = 1 << 4;
export const CMOV = 1 << 5;
export const ALL_FEATURES = (1 << CPU_FEATURES.length) - 1;

/** DE and PSE, which every toy processor has. */
const ALWAYS = (1 << 2) | (1 << 3);
/** Leaf 1, EDX. */
const SHOWN: readonly (readonly [feature: number, bit: number])[] = [
  [TSC, 4],
  [PAE, 6],
  [CX8, 8],
  [CMOV, 15],
];

/** EDX of CPUID leaf 1 for a guest that was offered these. */
export function cpuidWord(offered: number): number {
  return SHOWN.reduce(
    (word, [feature, bit]) => (offered & feature ? word | (1 << bit) : word),
    ALWAYS,
  );
}
