import '../support/all-code.ts';
import { describe, expect, it } from 'vitest';
import { decodeImage, encodeImage } from '../../src/image/codec.ts';
import { SILENT, type Tracer } from '../../src/trace/recorder.ts';
import { createVmm } from '../../src/vmm/registry.ts';
import { VMM_KINDS, type Vm, type Vmm, type VmmKind } from '../../src/vmm/vmm.ts';
import {
  bootTicker,
  copyMemory,
  counters,
  INSTRUCTION_NS,
  LAP,
  memoryOf,
  must,
  PAGES,
  run,
  sameBytes,
  vmmContract,
} from './vmm-contract.ts';

const HOST = { machineFrames: PAGES + 100, seed: 7 };
const create = (kind: VmmKind, trace: Tracer = SILENT): Vmm => createVmm(kind, HOST, { trace });
const PAIRS = VMM_KINDS.flatMap((from) => VMM_KINDS.map((to) => [from, to] as const));

describe('the registry', () => {
  it('knows at least the two VMMs, by their own names', () => {
    expect(VMM_KINDS.length).toBeGreaterThanOrEqual(2);
    expect(VMM_KINDS.map((kind) => create(kind).kind)).toEqual(VMM_KINDS);
  });

  it('offers an algorithm that all VMMs have', () => {
    const pools = VMM_KINDS.map((kind) => create(kind).offer.algorithms);
    expect(pools[0]?.filter((id) => pools.every((pool) => pool.includes(id)))).not.toEqual([]);
  });
});

describe.each(VMM_KINDS)('the %s-like VMM', (kind) => {
  vmmContract((trace) => create(kind, trace));
});

describe.each(PAIRS)('a VM moved from a %s-like to a %s-like host', (from, to) => {
  const halfLap = LAP * 3.5 * INSTRUCTION_NS;

  function moved(): readonly [Vm, Vm] {
    const source = bootTicker(create(from));
    run(source, 0, halfLap);
    source.suspend();
    const destination = must(create(to).createVm(source.config));
    copyMemory(source, destination);
    const image = encodeImage(source.saveCommon());
    must(destination.restoreCommon(must(decodeImage(image))));
    return [source, destination];
  }

  it('has the same memory and the same processor', () => {
    const [source, destination] = moved();
    expect(sameBytes(memoryOf(destination), memoryOf(source))).toBe(true);
    expect(destination.inspect().registers()).toEqual(source.inspect().registers());
    expect(destination.saveCommon()).toEqual(source.saveCommon());
    expect(destination.retired).toBe(source.retired);
  });

  it('counts on from where it was: at most one step apart anywhere', () => {
    const [source, destination] = moved();
    source.resume();
    destination.resume();
    run(source, halfLap, 2 * halfLap);
    run(destination, 5 * halfLap, 6 * halfLap);
    expect(counters(destination)).toEqual(counters(source));
    expect(Math.max(...counters(destination)) - Math.min(...counters(destination))).toBeLessThan(2);
  });

  it('refuses the native state of the other kind', () => {
    const [source, destination] = moved();
    expect(destination.restoreNative(source.saveNative()).ok).toBe(from === to);
  });
});
