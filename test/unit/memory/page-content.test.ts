import { describe, expect, it } from 'vitest';
import { PAGE_SIZE } from '../../../src/base/units.ts';
import { MachineMemory } from '../../../src/memory/machine-memory.ts';
import { isZeroPage, pageChecksum } from '../../../src/memory/page-content.ts';

describe('the zero test', () => {
  it('sees a single byte anywhere in the page and none outside of it', () => {
    const memory = new MachineMemory(3);
    for (let i = 0; i < PAGE_SIZE; i++) {
      memory.bytes[PAGE_SIZE + i] = 1;
      expect(isZeroPage(memory, PAGE_SIZE)).toBe(false);
      memory.bytes[PAGE_SIZE + i] = 0;
    }
    memory.bytes[PAGE_SIZE - 1] = 1;
    memory.bytes[2 * PAGE_SIZE] = 1;
    expect(isZeroPage(memory, PAGE_SIZE)).toBe(true);
  });
});

describe('the page checksum', () => {
  it('changes with every single bit', () => {
    const memory = new MachineMemory(1);
    const seen = new Set([pageChecksum(memory, 0)]);
    for (let bit = 0; bit < PAGE_SIZE * 8; bit += 7) {
      memory.bytes[bit >> 3] = 1 << (bit & 7);
      expect(seen.has(pageChecksum(memory, 0))).toBe(false);
      memory.bytes[bit >> 3] = 0;
    }
  });

  it('depends on content and not on place', () => {
    const memory = new MachineMemory(2);
    memory.bytes[3] = 9;
    memory.bytes[PAGE_SIZE + 3] = 9;
    expect(pageChecksum(memory, 0)).toBe(pageChecksum(memory, PAGE_SIZE));
  });
});
