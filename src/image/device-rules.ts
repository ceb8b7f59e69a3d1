/** Rules that the state of a device must keep beyond the width of its fields. */
import type {
  CommonDevice,
  CommonNe2000,
  CommonPic,
  CommonPicChip,
  CommonPit,
  CommonPitCounter,
  CommonUart,
} from './device-model.ts';
import { PIC_CHIPS, PIT_COUNTERS } from './fields.ts';

/** 52 days; as integers, moments and what is computed from them stay exact. */
export const MAX_GUEST_NS = (1n << 52n) - 1n;
const MAX_SPAN = 2 ** 52;
/** Years 1000 to 9999. */
const MIN_EPOCH = -30_610_224_000;
const MAX_EPOCH = 253_402_300_799;

/** Pre: every field fits its width. `now`: guest time of the state. */
export function deviceProblem(device: CommonDevice, now: bigint): string | undefined {
  switch (device.kind) {
    case 'uart':
      return uartProblem(device, now);
    case 'pic':
      return picProblem(device);
    case 'pit':
      return pitProblem(device, now);
    case 'ne2000':
      return ne2000Problem(device);
    case 'cmos':
      if (device.index > 0x7f) return 'cmos.index is over 0x7f';
      return device.epoch < MIN_EPOCH || device.epoch > MAX_EPOCH
        ? 'cmos.epoch is not within the years 1000 to 9999'
        : undefined;
  }
}

function uartProblem({ lineErrors, receiveTimeout }: CommonUart, now: bigint): string | undefined {
  if ((lineErrors & ~0x1e) !== 0) return 'uart.lineErrors has bits that are no errors';
  const { phase, at } = receiveTimeout;
  if (phase !== 'waiting')
    return at === 0 ? undefined : 'uart.receiveTimeout.at is set, and nothing waits';
  const isAhead = BigInt(at) > now && at <= MAX_SPAN;
  return isAhead ? undefined : 'uart.receiveTimeout.at does not lie ahead';
}

function picProblem(pic: CommonPic): string | undefined {
  for (const name of PIC_CHIPS) {
    const problem = chipProblem(pic[name]);
    if (problem !== undefined) return `pic.${name}.${problem}`;
  }
  return undefined;
}

function chipProblem({ priorityAdd, irqBase, initState }: CommonPicChip): string | undefined {
  if (priorityAdd > 7) return 'priorityAdd is over 7';
  if ((irqBase & 7) !== 0) return 'irqBase is no multiple of 8';
  return initState > 3 ? 'initState is over 3' : undefined;
}

function pitProblem(pit: CommonPit, now: bigint): string | undefined {
  for (const name of PIT_COUNTERS) {
    const problem = counterProblem(pit[name], now);
    if (problem !== undefined) return `pit.${name}.${problem}`;
  }
  return undefined;
}

const isPeriod = (count: number): boolean => count >= 1 && count <= 0x1_0000;

function counterProblem(counter: CommonPitCounter, now: bigint): string | undefined {
  const { countLoadTime } = counter;
  if (!isPeriod(counter.count)) return 'count is not 1 to 65536';
  if (!isPeriod(counter.nextCount)) return 'nextCount is not 1 to 65536';
  if (countLoadTime < -MAX_SPAN || BigInt(countLoadTime) > now)
    return 'countLoadTime lies after the state itself, or too far before';
  if (counter.held > MAX_SPAN) return 'held is over 2^52';
  if (counter.countLatched > 3) return 'countLatched is over 3';
  // 0: no control word was ever written.
  if (counter.readState > 4) return 'readState is over 4';
  if (counter.writeState > 4) return 'writeState is over 4';
  if (counter.rwMode > 3) return 'rwMode is over 3';
  return counter.mode > 7 ? 'mode is over 7' : undefined;
}

function ne2000Problem({ missed }: CommonNe2000): string | undefined {
  return missed > 192 ? 'ne2000.missed is over 192' : undefined;
}
