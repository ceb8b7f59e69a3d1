/** The example programs, assembled and run on the toy PC and on both hosts. */
import { describe, expect, it } from 'vitest';
import { assemble, type Program } from '../../../src/asm/assemble.ts';
import { EXAMPLES, findExample } from '../../../src/asm/examples.ts';
import { elfImage, GUEST_ORIGIN } from '../../../src/asm/image.ts';
import { Lab } from '../../../src/lab/lab.ts';
import { type RunAloneResult, runAlone } from '../../../src/machine/run-alone.ts';
import { LabStory } from '../../support/lab-story.ts';
import { type ScenarioInput, scenario } from '../../support/labs.ts';

const PAGE = 4096;

function programOf(name: string): Program {
  const example = findExample(name);
  if (example === undefined) throw new Error(`there is no example ${name}`);
  const program = assemble(example.text, GUEST_ORIGIN);
  if (!program.ok) throw new Error(JSON.stringify(program.error));
  return program.value;
}

function run(name: string, maxInstructions: number): RunAloneResult {
  const result = runAlone(elfImage(programOf(name)), { ramMib: 4, maxInstructions });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const u32 = (ram: Uint8Array, at: number): number =>
  new DataView(ram.buffer, ram.byteOffset).getUint32(at, true);

const addressOf = (program: Program, name: string): number =>
  program.symbols.find((symbol) => symbol.name === name)?.value ?? 0;

describe('the example', () => {
  it('is there in a handful, each under a name of its own', () => {
    expect(new Set(EXAMPLES.map(({ name }) => name)).size).toBeGreaterThanOrEqual(5);
  });

  it('every-third-page dirties every third page from 2 to 4 MiB, and has six lines of code', () => {
    const { ram } = run('every-third-page', 2000);
    const dirty: number[] = [];
    for (let page = 0x200; page < 0x400; page++) if (ram[page * PAGE] > 0) dirty.push(page);
    expect(dirty).toEqual(Array.from({ length: 171 }, (_, i) => 0x200 + 3 * i));
    expect(programOf('every-third-page').placed).toHaveLength(6);
  });

  it('counter counts in one word', () => {
    const { ram, exit } = run('counter', 2001);
    expect(exit.reason).toBe('budget');
    // MOV once, then INC and LOOP.
    expect(u32(ram, addressOf(programOf('counter'), 'counter'))).toBe(1000);
  });

  it('fibonacci prints the numbers below 100000 and ends', () => {
    const { console, exitCode } = run('fibonacci', 100_000);
    expect(new TextDecoder().decode(console)).toBe(
      '0 1 1 2 3 5 8 13 21 34 55 89 144 233 377 610 987 1597 2584 4181 6765 10946 17711 28657 46368 75025 ',
    );
    expect(exitCode).toBe(1);
  });

  it('paging writes to its frame under an address of its own', () => {
    const { ram, registers } = run('paging', 20_000);
    expect(registers.cr3).toBe(0x20_0000);
    expect(Number(registers.cr0) >>> 31).toBe(1);
    expect(u32(ram, 0x30_0000)).toBeGreaterThan(1000);
    // Accessed and dirty were set by the processor.
    expect(u32(ram, 0x20_2000)).toBe(0x30_0063);
  });

  it('timer is woken ten times, every 10 ms', () => {
    const { console, exitCode, instructions } = run('timer', 10_000_000);
    expect(new TextDecoder().decode(console)).toBe('..........');
    expect(exitCode).toBe(1);
    expect(instructions).toBeLessThan(500);
  });

  const DIRECTIONS = [
    ['every-third-page', 'xen', 'kvm'],
    ['counter', 'kvm', 'xen'],
    ['paging', 'xen', 'kvm'],
  ] as const;
  it.each(DIRECTIONS)('%s moves from %s to %s', (name, source, destination) => {
    const hosts = { source, destination };
    const story = movedLab(elfImage(programOf(name)), hosts);
    expect(story.lab.report()).toMatchObject({
      status: 'completed',
      error: null,
      verification: { memoryEqual: true, cpuEqual: true, devicesEqual: true },
    });
    expect(story.lab.hosts[1].vm?.retired).toBeGreaterThan(100_000);
    // It is the one that listens to the serial line.
    if (name === 'counter') expect(story.all('probe.answered').length).toBeGreaterThan(5);
    else expect(story.all('probe.answered')).toEqual([]);
  });
});

/** A fast link and few rounds: what is asked is whether it arrives whole. */
function movedLab(guest: Uint8Array<ArrayBuffer>, hosts: ScenarioInput['hosts']): LabStory {
  const own = scenario({
    hosts,
    vm: { guest: 'own', memoryMiB: 4 },
    network: { bandwidthMbps: 1000 },
    migration: { startMs: 20, runOnMs: 60, limitMs: 2000, maxRounds: 3 },
  });
  const lab = Lab.create(own, guest);
  if (!lab.ok) throw new Error(lab.error);
  return new LabStory(lab.value).finish();
}
