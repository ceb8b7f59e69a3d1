/** Compares what the two witnesses saw: byte by byte, register by register, device by device. */
import { PAGE_SIZE } from '../base/units.ts';
import type { Testimony } from './party.ts';
import type { VerificationReport } from './report.ts';

export function verify(
  source: Testimony | undefined,
  destination: Testimony | undefined,
): VerificationReport {
  if (source === undefined || destination === undefined) {
    return {
      memoryEqual: false,
      cpuEqual: false,
      devicesEqual: false,
      pagesCompared: 0,
      differing: [],
    };
  }
  const pages = source.seen.length;
  let compared = 0;
  let equal = destination.seen.length === pages;
  for (let page = 0; page < pages; page++) {
    if (source.seen[page] === 0 || destination.seen[page] === 0) continue;
    compared++;
    if (!pageEqual(source.memory, destination.memory, page)) equal = false;
  }
  const registers = differingNames(source.registers, destination.registers);
  const devices = differingNames(source.devices, destination.devices);
  return {
    memoryEqual: equal && compared === pages,
    cpuEqual: hasValues(source.registers) && registers.length === 0,
    devicesEqual: hasValues(source.devices) && devices.length === 0,
    pagesCompared: compared,
    differing: [...registers, ...devices],
  };
}

function pageEqual(a: Uint8Array, b: Uint8Array, page: number): boolean {
  const start = page * PAGE_SIZE;
  for (let i = start; i < start + PAGE_SIZE; i++) if (a[i] !== b[i]) return false;
  return true;
}

type Values = Readonly<Record<string, string>>;

/** Nothing seen is nothing equal. */
const hasValues = (values: Values): boolean => Object.keys(values).length > 0;

/** Names that one side lacks, or that have another value there. */
function differingNames(a: Values, b: Values): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => a[name] !== b[name]);
}
