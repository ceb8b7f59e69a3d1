/** How counters go on with time: loads and latches on a real QEMU, each with its moment. */
import { instant } from '../../../src/base/units.ts';
import { Pit } from '../../../src/devices/pit.ts';
import { type Access, out, read, stamp } from './accesses.ts';

export interface TimingCase {
  readonly mode: number;
  readonly count: number;
}

export interface Sample {
  readonly ours: number;
  readonly theirs: number;
}

const SAMPLES = 40;
/** QEMU counts odd periods of mode 3 otherwise, and calls that perhaps incorrect itself. */
export const TIMING_CASES: readonly TimingCase[] = [
  { mode: 0, count: 1000 },
  { mode: 0, count: 0x1_0000 },
  { mode: 2, count: 1000 },
  { mode: 2, count: 11_932 },
  { mode: 2, count: 0x1_0000 },
  { mode: 3, count: 1000 },
  { mode: 3, count: 0x1_0000 },
];

const load = ({ mode, count }: TimingCase): Access[] => [
  ...out(0x43, 0xb0 | (mode << 1)),
  ...out(0x42, count & 0xff, (count >> 8) & 0xff),
];
const LATCH = out(0x43, 0x80);

/** Samples at growing distances: each read of the port takes some time. */
export const timingAccesses = (timing: TimingCase): Access[] => [
  ...out(0x61, 1),
  stamp,
  ...load(timing),
  ...Array.from({ length: SAMPLES }, (_, i) => [
    ...Array.from({ length: i * i }, () => out(0x80, 0)).flat(),
    ...[stamp, ...LATCH, read(0x42), read(0x42)],
  ]).flat(),
];

/** Pre: `answers` are QEMU's to `timingAccesses`. */
export function timingSamples(timing: TimingCase, answers: readonly number[]): Sample[] {
  const pit = new Pit();
  const start = answers[0] ?? 0;
  const apply = (accesses: readonly Access[]) => {
    for (const access of accesses)
      if (access.kind === 'out') pit.writePort(access.port, 1, access.value);
  };
  apply(out(0x61, 1));
  apply(load(timing));
  return Array.from({ length: SAMPLES }, (_, i) => {
    const [moment = 0, low = 0, high = 0] = answers.slice(1 + 3 * i);
    pit.advance(instant((moment - start) >>> 0));
    apply(LATCH);
    const ours = pit.readPort(0x42, 1) | (pit.readPort(0x42, 1) << 8);
    return { ours, theirs: low | (high << 8) };
  });
}
