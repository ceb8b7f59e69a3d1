import { describe, expect, it } from 'vitest';
import { KvmSlots } from '../../../src/vmm/kvm/slots.ts';
import { XenFrames } from '../../../src/vmm/xen/frames.ts';

describe('Xen-like frames', () => {
  it('keep P2M and M2P in agreement', () => {
    const frames = new XenFrames(16, 200, 1);
    const p2m = frames.take(100);
    for (let pfn = 0; pfn < 100; pfn++) expect(frames.pfnOf(p2m?.mfnOf(pfn) ?? -1)).toBe(pfn);
  });

  it('belong to nobody after they are given back', () => {
    const frames = new XenFrames(16, 200, 1);
    const p2m = frames.take(100);
    if (p2m === undefined) throw new Error('there are enough frames');
    frames.give(p2m);
    expect(frames.pfnOf(p2m.mfnOf(0))).toBeUndefined();
    expect(() => frames.give(p2m)).toThrow('disagree');
  });

  it('are scattered, and their PFNs differ from their MFNs', () => {
    const p2m = new XenFrames(16, 200, 1).take(100);
    const equal = [...(p2m?.frames() ?? [])].filter((mfn, pfn) => mfn === pfn);
    expect(equal.length).toBeLessThan(10);
  });

  it('are never the hypervisor’s own', () => {
    const p2m = new XenFrames(16, 200, 1).take(184);
    expect(Math.min(...(p2m?.frames() ?? []))).toBe(16);
  });
});

describe('KVM-like slots', () => {
  it('are contiguous in machine memory', () => {
    const slot = new KvmSlots(16, 200).take(100);
    expect(slot?.offsetOf(0)).toBe(16 * 4096);
    expect(slot?.offsetOf(99)).toBe((16 + 99) * 4096);
  });
});
