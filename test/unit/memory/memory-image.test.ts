import { describe, expect, it } from 'vitest';
import { MachineMemory } from '../../../src/memory/machine-memory.ts';
import { bytesHeld, captureMemory, restoreMemory } from '../../../src/memory/memory-image.ts';

function scribbled(): MachineMemory {
  const memory = new MachineMemory(16);
  memory.bytes[5000] = 1;
  memory.bytes[9000] = 2;
  return memory;
}

describe('a copy of memory', () => {
  it('puts back exactly what it saw', () => {
    const memory = scribbled();
    const before = memory.bytes.slice();
    const image = captureMemory(memory);
    memory.bytes.fill(7);
    restoreMemory(memory, image);
    expect(memory.bytes).toEqual(before);
  });

  it('holds no zero pages, and of a later copy only what was written between', () => {
    const memory = scribbled();
    const first = captureMemory(memory);
    expect(bytesHeld(first)).toBe(2 * 4096);
    memory.bytes[9001] = 3;
    const second = captureMemory(memory, first);
    expect(bytesHeld(second, first)).toBe(4096);
    expect(second[1]).toBe(first[1]);
    expect(second[2]).not.toBe(first[2]);
  });

  it('forgets a page that became zero again', () => {
    const memory = scribbled();
    const first = captureMemory(memory);
    memory.bytes.fill(0);
    expect(bytesHeld(captureMemory(memory, first))).toBe(0);
  });
});
