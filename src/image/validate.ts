/**
 * Rules that a common state must keep beyond the width of its fields; checked when an image is
 * written and again when one is read, so that nothing invalid reaches a VM.
 */
import { deviceProblem, MAX_GUEST_NS } from './device-rules.ts';
import {
  type CommonField,
  CPU_FIELDS,
  DEVICE_FIELDS,
  type FlatFields,
  fieldProblem,
  flattenCpu,
  flattenDevice,
} from './fields.ts';
import type { CommonCpu, CommonRam, CommonState } from './model.ts';

/** 2 GiB: the largest machine memory. */
export const MAX_PAGES = 0x8_0000;
export const MAX_REGIONS = 16;
export const MAX_DEVICES = 16;
export const MAX_FEATURES = 64;
/** UTF-8 bytes of a name or id. */
export const MAX_TEXT = 255;
/** UTF-8 bytes of a stopped guest's cause. */
export const MAX_CAUSE = 64;

const EFLAGS_ALWAYS_ONE = 0x2;
const EFLAGS_DEFINED = 0x003f_7fd7;
const ACCESS_DEFINED = 0xfff;
const CR0_PE = 0x1;
const CR0_PG = 0x8000_0000;

/** The first rule that the state breaks, in words; undefined when it breaks none. */
export function stateProblem(state: CommonState): string | undefined {
  return (
    textProblem([state.identity.id, state.identity.name]) ??
    memoryProblem(state) ??
    fieldsProblem('cpu', CPU_FIELDS, flattenCpu(state.cpu)) ??
    cpuProblem(state.cpu) ??
    clockProblem(state) ??
    devicesProblem(state) ??
    stopProblem(state) ??
    policyProblem(state)
  );
}

function textProblem(texts: readonly string[]): string | undefined {
  const long = texts.find((text) => new TextEncoder().encode(text).length > MAX_TEXT);
  return long === undefined ? undefined : `a name is over ${MAX_TEXT} bytes: ${long.slice(0, 20)}…`;
}

function memoryProblem({ memory }: CommonState): string | undefined {
  if (memory.length === 0 || memory.length > MAX_REGIONS) {
    return `the memory map has ${memory.length} stretches of RAM, 1 to ${MAX_REGIONS} are allowed`;
  }
  let next = 0;
  let total = 0;
  for (const ram of memory) {
    if (!isCount(ram.firstGfn) || !isCount(ram.pages) || ram.pages === 0 || ram.firstGfn < next) {
      return 'stretches of RAM must ascend, not overlap, and hold at least one page';
    }
    next = ram.firstGfn + ram.pages;
    total += ram.pages;
  }
  if (total > MAX_PAGES || next > 0x10_0000)
    return `RAM is larger than ${MAX_PAGES} pages or lies above 4 GiB`;
  return undefined;
}

const isCount = (value: number): boolean =>
  Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;

function fieldsProblem(
  prefix: string,
  fields: readonly CommonField[],
  flat: FlatFields,
): string | undefined {
  for (const field of fields) {
    const problem = fieldProblem(field, flat.get(field.path) ?? -1n);
    if (problem !== undefined) return `${prefix}.${field.path} ${problem}`;
  }
  return undefined;
}

function cpuProblem(cpu: CommonCpu): string | undefined {
  if ((cpu.eflags & EFLAGS_ALWAYS_ONE) === 0) return 'cpu.eflags bit 1 must be set';
  if ((cpu.eflags & ~EFLAGS_DEFINED) !== 0) return 'cpu.eflags has undefined bits';
  if ((cpu.cr0 & CR0_PG) !== 0 && (cpu.cr0 & CR0_PE) === 0)
    return 'cpu.cr0 has paging without protection';
  if (cpu.retired > BigInt(Number.MAX_SAFE_INTEGER)) return 'cpu.retired is over 2^53 - 1';
  for (const name of ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'] as const) {
    if ((cpu[name].access & ~ACCESS_DEFINED) !== 0) return `cpu.${name}.access has undefined bits`;
  }
  const { kind, vector, hasErrorCode, errorCode } = cpu.pendingEvent;
  if (!hasErrorCode && errorCode !== 0)
    return 'cpu.pendingEvent has an error code that it says it lacks';
  if (kind !== 'exception' && hasErrorCode)
    return 'cpu.pendingEvent: only an exception has an error code';
  if (kind === 'exception' && vector > 31)
    return 'cpu.pendingEvent: exceptions have vectors 0 to 31';
  if (kind === 'none' && vector !== 0) return 'cpu.pendingEvent is none and must be empty';
  if (kind === 'nmi' && vector !== 2) return 'cpu.pendingEvent: an NMI has vector 2';
  return undefined;
}

function devicesProblem({ devices, clock }: CommonState): string | undefined {
  if (devices.length > MAX_DEVICES) return `more than ${MAX_DEVICES} devices`;
  for (const device of devices) {
    const { kind } = device;
    const problem =
      fieldsProblem(kind, DEVICE_FIELDS[kind], flattenDevice(device)) ??
      deviceProblem(device, clock.guestNs);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function clockProblem({ clock }: CommonState): string | undefined {
  const fits = clock.guestNs >= 0n && clock.guestNs <= MAX_GUEST_NS;
  return fits ? undefined : `clock.guestNs is over ${MAX_GUEST_NS}`;
}

function stopProblem({ stopped }: CommonState): string | undefined {
  if (stopped === undefined) return undefined;
  const { cause, code } = stopped;
  const { length } = new TextEncoder().encode(cause);
  if (length === 0 || length > MAX_CAUSE || cause.includes('\0'))
    return `stopped.cause has 1 to ${MAX_CAUSE} bytes and no zero`;
  return isCount(code) ? undefined : 'stopped.code does not fit 32 bits';
}

function policyProblem({ policy }: CommonState): string | undefined {
  if (policy.offered.length > MAX_FEATURES) return `more than ${MAX_FEATURES} CPU features`;
  if (new Set(policy.offered).size !== policy.offered.length)
    return 'a CPU feature is offered twice';
  if (new Set(policy.used).size !== policy.used.length) return 'a CPU feature is used twice';
  const long = textProblem(policy.offered);
  if (long !== undefined) return long;
  const stray = policy.used.find((feature) => !policy.offered.includes(feature));
  return stray === undefined
    ? undefined
    : `the guest used CPU feature ${stray}, which it was not offered`;
}

/** Runs must ascend, not overlap, and lie in RAM. */
export function pagesProblem(
  runs: readonly { readonly firstGfn: number; readonly count: number }[],
  memory: readonly CommonRam[],
): string | undefined {
  let next = 0;
  for (const { firstGfn, count } of runs) {
    if (firstGfn < next) return `pages from frame ${firstGfn} come twice or out of order`;
    next = firstGfn + count;
    const home = memory.some((ram) => firstGfn >= ram.firstGfn && next <= ram.firstGfn + ram.pages);
    if (!home) return `pages ${firstGfn} to ${next - 1} lie outside of RAM`;
  }
  return undefined;
}
