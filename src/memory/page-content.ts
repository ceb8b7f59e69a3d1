/** What is in a page of machine memory: all zero or not, and a checksum to compare by. */
import { PAGE_SIZE } from '../base/units.ts';
import type { MachineMemory } from './machine-memory.ts';

const WORDS = PAGE_SIZE / 4;

/** `offset` is the page's first byte. A page that is not zero usually shows it in its first words. */
export function isZeroPage(memory: MachineMemory, offset: number): boolean {
  const words = memory.words32;
  const first = offset >>> 2;
  for (let i = first; i < first + WORDS; i += 4) {
    const any = at(words, i) | at(words, i + 1) | at(words, i + 2) | at(words, i + 3);
    if (any !== 0) return false;
  }
  return true;
}

/**
 * 32-bit hash of a page, word by word in the manner of FNV-1a with a rotation, so that high bits
 * reach low ones. It finds differences; it does not withstand an enemy.
 */
export function pageChecksum(memory: MachineMemory, offset: number): number {
  const words = memory.words32;
  const first = offset >>> 2;
  let hash = 0x811c9dc5 | 0;
  for (let i = first; i < first + WORDS; i++) {
    hash = Math.imul(hash ^ at(words, i), 0x01000193);
    hash = (hash << 13) | (hash >>> 19);
  }
  return hash >>> 0;
}

const at = (words: Int32Array, index: number): number => words[index] as number;
