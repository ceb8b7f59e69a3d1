/**
 * The processor's system part step by step beside QEMU: after every instruction the same registers,
 * hidden parts of segments, descriptor tables, control and debug registers; at the end the same
 * memory. Arithmetic flags are left to the silicon judge, which knows what is undefined of them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, START } from '../../src/base/units.ts';
import { SEGMENT_REGISTERS } from '../../src/cpu/state.ts';
import { Machine } from '../../src/machine/machine.ts';
import { loadMultiboot } from '../../src/machine/multiboot.ts';
import { PlainMemory } from '../../src/machine/plain-memory.ts';
import { GdbStub, GENERAL } from '../support/gdb-stub.ts';

const SOURCES = fileURLToPath(new URL('.', import.meta.url));
const FLAGS =
  '-m32 -march=i486 -std=gnu11 -O1 -ffreestanding -nostdlib -fno-pic -static -fno-stack-protector -DQUIET ' +
  '-fno-asynchronous-unwind-tables -fcf-protection=none -w -Wl,-T,programs/program.ld ' +
  '-Wl,--build-id=none -Wl,-z,noexecstack,--no-warn-rwx-segments';
const QEMU =
  '-M isapc -cpu qemu32,-apic -m 16 -display none -nodefaults -serial null ' +
  '-device isa-debugcon,iobase=0xe9,chardev=n -chardev null,id=n -device isa-debug-exit,iobase=0xf4';
const PROGRAMS = [
  { source: 'programs/system.c', least: 10_000, result: 42 },
  // As many interrupts and traps were served.
  { source: 'lock-step/interrupts.c', least: 500, result: 10 },
];
const INSTRUCTION_NS = 50;
const MOST_STEPS = 200_000;
const ARITHMETIC_FLAGS = 0x8d5;
const RF = 0x10000;
const IF = 0x200;
const IMAGE = 0x100000;
const CHUNK = 1024;
/**
 * Of memory: flags as faults push them; the accessed bit of a code segment, which a far jump in QEMU
 * does not set; that of a PAE directory pointer, which it sets and a processor does not (SDM vol. 3A §4.4.1).
 */
const NOT_COMPARED = RF | ARITHMETIC_FLAGS | 0x100 | 0x20;

type Values = Record<string, number>;

const isPresent = (command: string, ...options: string[]): boolean =>
  spawnSync(command, options, { stdio: 'ignore', input: '' }).status === 0;
const tools =
  isPresent('gcc', '-m32', '-E', '-x', 'c', '-') && isPresent('qemu-system-i386', '--version');

/** `info registers` by the toy's names. */
function readMonitor(text: string): Values {
  const values: Values = {};
  const hex = (digits: string | undefined) => Number.parseInt(digits ?? '', 16);
  for (const [, name, digits] of text.matchAll(/\b([A-Z]{2,3}[0-9]?) ?=([0-9a-f]+)\b/g))
    values[(name ?? '').toLowerCase()] = hex(digits);
  const segment = /^([A-Z]{2,3}) ?=([0-9a-f]{4}) ([0-9a-f]{8}) ([0-9a-f]{8}) ([0-9a-f]{8})/gm;
  for (const [, shown, selector, base, limit, word] of text.matchAll(segment)) {
    const name = { LDT: 'ldtr', TR: 'tr' }[shown ?? ''] ?? (shown ?? '').toLowerCase();
    const access = ((hex(word) >> 8) & 0xff) | (((hex(word) >> 20) & 0xf) << 8);
    const parts = { selector: hex(selector), base: hex(base), limit: hex(limit), access };
    Object.assign(values, segmentOf(name, parts));
  }
  for (const [, name, base, limit] of text.matchAll(/^([GI]DT)= +([0-9a-f]{8}) ([0-9a-f]{8})/gm))
    Object.assign(values, {
      [`${(name ?? '').toLowerCase()}r.base`]: hex(base),
      [`${(name ?? '').toLowerCase()}r.limit`]: hex(limit),
    });
  return { ...values, eflags: hex(/EFL=([0-9a-f]+)/.exec(text)?.[1]) };
}

/**
 * Of a segment that cannot be used only that is compared. What QEMU has in TR is the descriptor as it
 * was before LTR made it busy, in CS as it was before the load made it accessed.
 */
function segmentOf(name: string, values: Values): Values {
  const { selector = 0, base = 0, limit = 0, access = 0 } = values;
  const isUnusable = (access & 0x80) === 0 || (name === 'ldtr' && selector < 4);
  if (isUnusable) return { [name]: selector, [`${name}.access`]: 0 };
  const ignored = { tr: 2, cs: 1 }[name] ?? 0;
  return {
    [name]: selector,
    [`${name}.base`]: base,
    [`${name}.limit`]: limit,
    [`${name}.access`]: access & ~ignored,
  };
}

function readToy(machine: Machine): Values {
  const all = machine.registers() as Values;
  const values: Values = { hlt: all.halted ?? 0, eflags: all.eflags ?? 0, eip: all.eip ?? 0 };
  const plain = [...GENERAL, 'cr0', 'cr2', 'cr3', 'cr4', 'dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7'];
  for (const name of plain) values[name] = all[name] ?? 0;
  for (const name of ['gdtr.base', 'gdtr.limit', 'idtr.base', 'idtr.limit'])
    values[name] = all[name] ?? 0;
  for (const name of SEGMENT_REGISTERS) {
    const part = (of: string) => all[`${name}.${of}`] ?? 0;
    const parts = { base: part('base'), limit: part('limit'), access: part('access') };
    Object.assign(values, segmentOf(name, { selector: all[name] ?? 0, ...parts }));
  }
  return values;
}

/** Descriptors of the two loaders differ; from the first that the program loads on they are compared. */
const LOADERS = /^([ecsdfg]s|ldtr|tr|gdtr|idtr)(\.|$)/;

function differences(toy: Values, qemu: Values, joined: Set<string>): string[] {
  return Object.entries(toy).flatMap(([name, value]) => {
    if (value === qemu[name]) joined.add(name);
    if (!joined.has(name) && LOADERS.test(name)) return [];
    const other = qemu[name] ?? Number.NaN;
    // In flags that a fault pushed, QEMU lacks RF (SDM vol. 3B §18.3.1.1).
    const ignored = (value & ~other & RF) | (name === 'eflags' ? ARITHMETIC_FLAGS : 0);
    const equal = ((value ^ other) & ~ignored) === 0 && !Number.isNaN(other);
    return equal ? [] : [`${name} ${value.toString(16)} ${other.toString(16)}`];
  });
}

/** ELF32 (System V gABI §5): the highest address of a segment. */
function endOf(elf: Buffer): number {
  const [start, size, count] = [elf.readUInt32LE(28), elf.readUInt16LE(42), elf.readUInt16LE(44)];
  const ends = Array.from({ length: count }, (_, i) => {
    const at = start + i * size;
    return elf.readUInt32LE(at) === 1 ? elf.readUInt32LE(at + 8) + elf.readUInt32LE(at + 20) : 0;
  });
  return Math.max(...ends) & ~3;
}

class Toy {
  readonly memory = new PlainMemory(4096);
  readonly machine = new Machine(this.memory, { instructionNs: INSTRUCTION_NS });
  exitCode: number | undefined;

  /** End of code, data and stacks: past it the loaders differ. */
  readonly imageEnd: number;

  constructor(elf: Buffer) {
    this.imageEnd = endOf(elf);
    const loaded = loadMultiboot(this.machine, elf);
    if (!loaded.ok) throw new Error(loaded.error.message);
  }

  step(): void {
    const { machine } = this;
    for (;;) {
      const { exit } = machine.run(machine.now, instant(machine.now + INSTRUCTION_NS));
      if (exit.reason === 'output') machine.takeOutput();
      if (exit.reason === 'stopped') this.exitCode = exit.code;
      if (exit.reason !== 'output' || machine.now > START) return;
    }
  }
}

/** The first word of the program and its data that is not the same. */
async function memoryDifference(toy: Toy, qemu: GdbStub): Promise<string | undefined> {
  const ours = Buffer.from(toy.memory.machine.bytes.buffer, toy.memory.machine.bytes.byteOffset);
  for (let at = IMAGE; at < toy.imageEnd; at += CHUNK) {
    const theirs = await qemu.readMemory(at, CHUNK);
    for (let i = 0; i < Math.min(CHUNK, toy.imageEnd - at); i += 4) {
      const [mine, its] = [ours.readUInt32LE(at + i), theirs.readUInt32LE(i)];
      if (((mine ^ its) & ~NOT_COMPARED) !== 0)
        return `${(at + i).toString(16)}: ${mine.toString(16)} ${its.toString(16)}`;
    }
  }
  return undefined;
}

describe.skipIf(!tools)('beside QEMU (skipped without gcc -m32 and QEMU)', () => {
  let work = '';
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'lock-step-'));
  });
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  it.each(PROGRAMS)(
    '$source is the same after every instruction',
    { timeout: 120_000 },
    async ({ source, least, result }) => {
      const elf = join(work, 'program.elf');
      execFileSync('gcc', [...FLAGS.split(' '), source, '-o', elf], {
        cwd: SOURCES,
        stdio: 'pipe',
      });
      const toy = new Toy(readFileSync(elf));
      const qemu = await GdbStub.start(elf, QEMU.split(' '));
      try {
        await qemu.runTo(toy.machine.eip);
        const first = readToy(toy.machine);
        for (const name of GENERAL) await qemu.setRegister(name, first[name] ?? 0);
        let steps = 0;
        const joined = new Set<string>();
        let last = '';
        for (; steps < MOST_STEPS; steps++) {
          const before = toy.machine.eip;
          toy.step();
          if (toy.exitCode !== undefined) break;
          await qemu.step();
          let seen = await qemu.monitor('info registers');
          // Where a timer of its own made it stop before the instruction.
          for (let again = 0; seen === last && again < 5; again++) {
            await qemu.step();
            seen = await qemu.monitor('info registers');
          }
          last = seen;
          const theirs = readMonitor(seen);
          // An interrupt's delivery is a step of its own here, in QEMU a part of the one before.
          const { eflags = 0 } = readToy(toy.machine);
          if ((eflags & ~(theirs.eflags ?? 0) & IF) !== 0) {
            toy.step();
          }
          const found = differences(readToy(toy.machine), theirs, joined);
          expect(found, `step ${steps}, from ${before.toString(16)}`).toEqual([]);
        }
        expect(toy.exitCode).toBe(result * 2 + 1);
        expect(await memoryDifference(toy, qemu)).toBeUndefined();
        expect(steps).toBeGreaterThan(least);
        const names = Object.keys(readToy(toy.machine));
        expect(names.filter((name) => !joined.has(name))).toEqual([]);
      } finally {
        await qemu.stop();
      }
    },
  );
});
