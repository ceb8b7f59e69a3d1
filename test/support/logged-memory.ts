/** Guest memory behind a stand-in for a VMM: scattered frames, faults that cost time, missing pages. */
import { readFileSync } from 'node:fs';
import { crc32 } from '../../src/base/crc32.ts';
import { Prng } from '../../src/base/prng.ts';
import { earliest, type Instant, instant, PAGE_SIZE } from '../../src/base/units.ts';
import { Machine, type MachineExit } from '../../src/machine/machine.ts';
import { loadMultiboot } from '../../src/machine/multiboot.ts';
import { FRAME_ABSENT, FRAME_MISSING, type GuestMemory } from '../../src/memory/guest-memory.ts';
import { MachineMemory } from '../../src/memory/machine-memory.ts';

export class LoggedMemory implements GuestMemory {
  readonly machine: MachineMemory;
  readonly frames: number;
  readonly missing = new Set<number>();
  /** gfn and moment of every first write. */
  readonly faults: [number, Instant][] = [];
  faultCost = 0;
  owner: Machine | undefined;
  private readonly places: number[];

  constructor(frames: number) {
    this.machine = new MachineMemory(frames);
    this.frames = frames;
    this.places = Array.from({ length: frames }, (_, n) => n);
    Prng.stream(7, 'frames').shuffle(this.places);
  }

  mapForRead(gfn: number): number {
    if (this.missing.has(gfn)) return FRAME_MISSING;
    return gfn < this.frames ? this.places[gfn] * PAGE_SIZE : FRAME_ABSENT;
  }

  mapForWrite(gfn: number): number {
    const place = this.mapForRead(gfn);
    if (place >= 0 && this.owner !== undefined) {
      this.faults.push([gfn, this.owner.now]);
      this.owner.charge(this.faultCost);
    }
    return place;
  }

  page(gfn: number): Uint8Array {
    const at = this.places[gfn] * PAGE_SIZE;
    return this.machine.bytes.subarray(at, at + PAGE_SIZE);
  }

  /** A checksum of each guest frame. */
  checksums(): number[] {
    return Array.from({ length: this.frames }, (_, gfn) => crc32(this.page(gfn)));
  }
}

export interface Booted {
  readonly machine: Machine;
  readonly memory: LoggedMemory;
}

export const guestFile = (name: string): Uint8Array =>
  readFileSync(new URL(`../../public/guests/${name}.elf`, import.meta.url));

export function boot(elf: Uint8Array, mib = 2, faultCost = 0): Booted {
  const memory = new LoggedMemory((mib << 20) / PAGE_SIZE);
  const machine = new Machine(memory, { instructionNs: 50 });
  const loaded = loadMultiboot(machine, elf);
  if (!loaded.ok) throw new Error(loaded.error.message);
  memory.owner = machine;
  memory.faultCost = faultCost;
  return { machine, memory };
}

export interface Line {
  readonly exits: MachineExit[];
  readonly debug: string;
  readonly now: Instant;
}

/** Runs to `end`, cut at each of `cuts` as well; a halted guest sleeps to its next event. */
export function runTo(
  booted: Booted,
  from: number,
  end: number,
  cuts: readonly number[] = [],
): Line {
  let now = instant(from);
  const exits: MachineExit[] = [];
  let debug = '';
  for (const until of [...cuts, end])
    while (now < until) {
      const run = booted.machine.run(now, instant(until));
      now = run.now;
      debug += new TextDecoder().decode(booted.machine.takeOutput().debug);
      const { reason } = run.exit;
      if (reason === 'halted') {
        now = earliest(instant(until), booted.machine.nextDeviceEvent());
        if (now < end) continue;
      }
      if (reason !== 'budget') exits.push(run.exit);
      if (reason !== 'budget' && reason !== 'output') return { exits, debug, now };
    }
  return { exits, debug, now };
}
