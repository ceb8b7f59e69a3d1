/**
 * The guests' parameter page, through which a host's sliders reach a running workload: fixed
 * guest-physical address, little-endian 32-bit fields, as `guests/parameters.h` declares them. The
 * guest re-reads it in its loop; the host's stores go through the dirty log like the guest's own.
 */
import { PAGE_SIZE } from '../base/units.ts';

export const PARAMETER_PAGE_ADDRESS = 0x101000;
/** 'VMFP' */
export const PARAMETER_PAGE_MAGIC = 0x50464d56;

export const PARAMETER_FIELDS = [
  'instructionsPerSecond',
  'memoryPages',
  'workingSetPages',
  'writesPerSecond',
  'seed',
  // From version 2 of the page on.
  'localityPercent',
  'thinkTimeMs',
] as const;
export type ParameterName = (typeof PARAMETER_FIELDS)[number];
export type Parameters = Readonly<Record<ParameterName, number>>;

const FIRST_FIELD_OFFSET = 8;

/** Does this page hold a guest's parameters? */
export function hasParameters(page: Uint8Array): boolean {
  return readU32(page, 0) === PARAMETER_PAGE_MAGIC;
}

export function readParameter(page: Uint8Array, name: ParameterName): number {
  return readU32(page, offsetOf(name));
}

export function parameterAddress(name: ParameterName): number {
  return PARAMETER_PAGE_ADDRESS + offsetOf(name);
}

export function parameterBytes(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}

export const PARAMETER_PAGE_FRAME = PARAMETER_PAGE_ADDRESS / PAGE_SIZE;

function offsetOf(name: ParameterName): number {
  return FIRST_FIELD_OFFSET + 4 * PARAMETER_FIELDS.indexOf(name);
}

function readU32(page: Uint8Array, offset: number): number {
  return (
    (page[offset] |
      (page[offset + 1] << 8) |
      (page[offset + 2] << 16) |
      (page[offset + 3] << 24)) >>>
    0
  );
}
