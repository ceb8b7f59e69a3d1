/** Compares what the two witnesses saw: byte by byte, register by register. */
import { PAGE_SIZE } from '../base/units.ts';
import type { Testimony } from './party.ts';
import type { VerificationReport } from './report.ts';

export function verify(
  source: Testimony | undefined,
  destination: Testimony | undefined,
): VerificationReport {
  if (source === undefined || destination === undefined) {
    return { memoryEqual: false, cpuEqual: false, pagesCompared: 0 };
  }
  const pages = source.seen.length;
  let compared = 0;
  let equal = destination.seen.length === pages;
  for (let page = 0; page < pages; page++) {
    if (source.seen[page] === 0 || destination.seen[page] === 0) continue;
    compared++;
    if (!pageEqual(source.memory, destination.memory, page)) equal = false;
  }
  return {
    memoryEqual: equal && compared === pages,
    cpuEqual: registersEqual(source.registers, destination.registers),
    pagesCompared: compared,
  };
}

function pageEqual(a: Uint8Array, b: Uint8Array, page: number): boolean {
  const start = page * PAGE_SIZE;
  for (let i = start; i < start + PAGE_SIZE; i++) if (a[i] !== b[i]) return false;
  return true;
}

function registersEqual(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): boolean {
  const names = Object.keys(a);
  return (
    names.length > 0 &&
    names.length === Object.keys(b).length &&
    names.every((name) => a[name] === b[name])
  );
}
