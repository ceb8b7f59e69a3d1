import { describe, expect, it } from 'vitest';
import { Prng } from '../../../src/base/prng.ts';
import { Mmu } from '../../../src/cpu/mmu.ts';
import { CR4_PAE, CR4_PSE, walk } from '../../../src/cpu/paging.ts';
import { walkSteps } from '../../../src/cpu/walk-steps.ts';
import { PlainMemory } from '../../../src/machine/plain-memory.ts';
import { codeLines } from '../../../src/ui/inside/machine/code-lines.ts';

const FRAMES = 64;
const CR0_PG = 0x8000_0001 | 0;
const LARGE = 0x80;

/** RAM full of entries, most of them present, that point anywhere in it. */
function randomTables(seed: number, pae: boolean): PlainMemory {
  const prng = Prng.stream(seed, 'page tables');
  const memory = new PlainMemory(FRAMES);
  const view = new DataView(memory.machine.buffer);
  for (let at = 0; at < FRAMES * 0x1000; at += pae ? 8 : 4) {
    const large = prng.chance(1, 8);
    const frame = large ? 0 : prng.below(FRAMES) << 12;
    const flags = (prng.chance(7, 8) ? 1 : 0) | (large ? LARGE : 0) | (prng.below(4) * 2);
    view.setUint32(at, frame | flags | (prng.below(2) * 0x20), true);
  }
  return memory;
}

describe.each([
  { name: 'two levels', cr4: 0 },
  { name: 'two levels with large pages', cr4: CR4_PSE },
  { name: 'PAE', cr4: CR4_PAE },
])('the walk told in steps, $name', ({ cr4 }) => {
  it('comes to the frame that the processor comes to, and to none where it faults', async () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 6; seed++) {
      const memory = randomTables(seed, cr4 === CR4_PAE);
      const prng = Prng.stream(seed, 'addresses');
      const mmu = new Mmu(memory);
      const cr3 = prng.below(FRAMES) * 0x1000;
      for (let n = 0; n < 40; n++) {
        const linear = prng.u32();
        const paging = {
          enabled: true,
          directory: cr3,
          cr4,
          writeProtect: false,
          pointers: undefined,
        };
        const told = await walkSteps({ cr0: CR0_PG, cr3, cr4 }, linear, async (gfn) =>
          memory.machine.bytes.subarray(gfn * 0x1000, (gfn + 1) * 0x1000),
        );
        const frame = walk(mmu, paging, linear, false, false);
        expect(told.gfn ?? -1, `seed ${seed}, address ${linear}`).toBe(frame < 0 ? -1 : frame);
        expect(told.trouble === '').toBe(frame >= 0);
        outcomes.add(`${told.steps.length} ${told.gfn === undefined}`);
      }
    }
    expect(outcomes.size).toBeGreaterThanOrEqual(3);
  });
});

describe('a walk that cannot be made', () => {
  it('is none without paging, and says where a table is missing', async () => {
    const none = async () => undefined;
    expect(await walkSteps({ cr0: 1, cr3: 0, cr4: 0 }, 0x1234_5678, none)).toEqual({
      paging: 'off',
      steps: [],
      gfn: 0x12345,
      trouble: '',
    });
    const lost = await walkSteps({ cr0: CR0_PG, cr3: 0x1000, cr4: 0 }, 0, none);
    expect(lost.gfn).toBeUndefined();
    expect(lost.trouble).toBe('the page directory is no RAM, or has not arrived');
  });
});

describe('instructions around the next one', () => {
  // mov eax, 1; inc eax; push eax; nop; hlt
  const bytes = Uint8Array.of(0xb8, 1, 0, 0, 0, 0x40, 0x50, 0x90, 0xf4);

  it('begin where a chain of them leads up to it', () => {
    const lines = codeLines({ linear: 0x1000, bytes }, 0x1006, 0x1006, true);
    expect(lines.map(({ at }) => at)).toEqual([0x1000, 0x1005, 0x1006, 0x1007, 0x1008]);
    expect(lines.map(({ text }) => text)).toEqual([
      'mov eax,0x1',
      'inc eax',
      'push eax',
      'nop',
      'hlt',
    ]);
    expect(lines.filter(({ current }) => current).map(({ at }) => at)).toEqual([0x1006]);
  });

  it('are those from it on when nothing lies before it', () => {
    const lines = codeLines({ linear: 0x1006, bytes: bytes.subarray(6) }, 0x1006, 0x1006, true);
    expect(lines.map(({ text }) => text)).toEqual(['push eax', 'nop', 'hlt']);
    expect(codeLines({ linear: 0x1006, bytes: new Uint8Array(0) }, 0x1006, 0x1006, true)).toEqual(
      [],
    );
  });
});
