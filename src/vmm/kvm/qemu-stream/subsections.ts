/**
 * Subsections: state that QEMU adds to a section only when it is not the usual. Those that change
 * what the guest would do are read or refused by name; of the others it is enough to know their
 * length.
 */
import type { ByteReader } from '../../../base/bytes.ts';

interface KnownSubsection {
  readonly bytes: number;
  /** Why the stream is refused, if it is. `value`: the bytes as one number, first byte highest. */
  problem?(value: bigint): string | undefined;
  /** Where the value is kept, if it is. */
  readonly place?: string;
}

const FPU = 'the guest used the FPU, which the toy PC lacks';
const onlyZero = (reason: string) => (value: bigint) => (value === 0n ? undefined : reason);
/** Numbers below are vectors of exceptions; those above are QEMU's own reasons to leave its loop. */
const FIRST_INTERNAL_EXCEPTION = 0x1_0000n;
const NO_EXCEPTION = 0xffff_ffffn;

export const TSC_KHZ_PLACE = 'cpu/tsc_khz.env.tsc_khz';

export const KNOWN_SUBSECTIONS: ReadonlyMap<string, KnownSubsection> = new Map<
  string,
  KnownSubsection
>([
  // Output on its way and timers of the line: here a byte is on the line at once.
  ['serial/tsr', { bytes: 6 }],
  ['serial/xmit_fifo', { bytes: 24 }],
  ['serial/fifo_timeout_timer', { bytes: 8 }],
  ['serial/poll', { bytes: 12 }],
  ['cpu/poll_control_msr', { bytes: 8 }],
  ['cpu/msr_ia32_misc_enable', { bytes: 8 }],
  ['cpu/tsc_khz', { bytes: 8, place: TSC_KHZ_PLACE }],
  ['cpu/fpop_ip_dp', { bytes: 18, problem: onlyZero(FPU) }],
  ['cpu/efer32', { bytes: 8, problem: onlyZero('the guest set EFER, which the toy PC lacks') }],
  ['cpu/svm_guest', { bytes: 4, problem: onlyZero('the guest runs a nested guest') }],
  ['cpu_common/crash_occurred', { bytes: 1, problem: onlyZero('the guest has crashed') }],
  [
    'cpu_common/exception_index',
    {
      bytes: 4,
      problem: (index) =>
        index >= FIRST_INTERNAL_EXCEPTION || index === NO_EXCEPTION
          ? undefined
          : `exception ${index} is about to be delivered; save at another moment`,
    },
  ],
  [
    'timer/icount',
    { bytes: 16, problem: () => 'it was saved under -icount, whose clock depends on its settings' },
  ],
]);

export interface FoundSubsection {
  readonly name: string;
  readonly version: number;
  /** Length by the stream's description, if it has one. */
  readonly size: number | undefined;
}

export function readSubsection(
  reader: ByteReader,
  found: FoundSubsection,
  into: Map<string, bigint>,
): void {
  const { name, version, size } = found;
  const known = KNOWN_SUBSECTIONS.get(name);
  const length = known?.bytes ?? size;
  if (length === undefined || (known !== undefined && version !== 1))
    reader.fail('unknown-section', `subsection ${name} version ${version} is unknown here`);
  const bytes = reader.bytes(length, `subsection ${name}`);
  if (known === undefined) {
    // Unknown state that is all zero is the usual state after all.
    if (bytes.some((byte) => byte !== 0))
      reader.fail('unknown-section', `subsection ${name} is unknown here and not empty`);
    return;
  }
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  const problem = known.problem?.(value);
  if (problem !== undefined) reader.fail('unsupported', `subsection ${name}: ${problem}`);
  if (known.place !== undefined) into.set(known.place, value);
}
