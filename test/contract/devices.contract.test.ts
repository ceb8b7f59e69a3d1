/** What every device of the PC keeps to, in states that random accesses and time lead to. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/base/prng.ts';
import { after, duration, type Instant, instant, NEVER, START } from '../../src/base/units.ts';
import { Cmos } from '../../src/devices/cmos.ts';
import type { AccessSize, Device, InterruptSource } from '../../src/devices/device.ts';
import { Ne2000 } from '../../src/devices/ne2000.ts';
import { Pic } from '../../src/devices/pic.ts';
import { Pit } from '../../src/devices/pit.ts';
import { Uart } from '../../src/devices/uart.ts';
import { PcBus } from '../../src/machine/pc-bus.ts';

const MAC = [0x52, 0x54, 0, 1, 2, 3];
const BROADCAST = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const CONFIG = { epochSeconds: 1_700_000_000, ramBytes: 64 << 20, mac: MAC };
const STEPS = 300;
const SEEDS = [1, 2, 3, 4];

interface Specimen {
  readonly device: Device<unknown> & Partial<InterruptSource>;
  /** What reaches the device from outside. */
  poke(random: Prng): void;
}

interface Kind {
  readonly name: string;
  create(): Specimen;
}

function pic(): Specimen {
  const device = new Pic();
  const poke = (random: Prng) => {
    const irq = random.below(16);
    if (irq === 2) device.acknowledge();
    else if (random.chance(1, 2)) device.raise(irq);
    else device.lower(irq);
  };
  return { device, poke };
}

function uart(): Specimen {
  const device = new Uart();
  return { device, poke: (random) => device.receive(random.below(256)) };
}

function nic(): Specimen {
  const device = new Ne2000(MAC);
  const poke = (random: Prng) => {
    const frame = Uint8Array.from({ length: 60 + random.below(1400) }, () => random.below(256));
    frame.set(random.chance(1, 2) ? BROADCAST : MAC);
    device.receive(frame);
    device.takeFrames();
  };
  return { device, poke };
}

const KINDS: readonly Kind[] = [
  { name: 'pic', create: pic },
  { name: 'pit', create: () => ({ device: new Pit(), poke: () => {} }) },
  { name: 'uart', create: uart },
  { name: 'cmos', create: () => ({ device: new Cmos(CONFIG), poke: () => {} }) },
  { name: 'ne2000', create: nic },
];

const portsOf = (device: Device<unknown>) =>
  device.ports.flatMap(({ first, count, wide }) =>
    Array.from({ length: count }, (_, i) => ({ port: first + i, wide: wide === true })),
  );
const sizesOf = ({ wide }: { wide: boolean }): readonly AccessSize[] => (wide ? [1, 2, 4] : [1]);

/** One random access, or something from outside; gives what a read gave. */
function step({ device, poke }: Specimen, random: Prng, now: Instant): number | undefined {
  const ports = portsOf(device);
  const place = ports[random.below(ports.length)] ?? { port: 0, wide: false };
  const sizes = sizesOf(place);
  const size = sizes[random.below(sizes.length)] ?? 1;
  const value = random.u32() >>> (32 - 8 * size);
  const action = random.below(5);
  device.advance(now);
  if (action === 0) poke(random);
  else if (action <= 2) device.writePort(place.port, size, value);
  else return device.readPort(place.port, size);
  return undefined;
}

/** Mostly a short while, sometimes seconds, sometimes right to the next event. */
function later({ device }: Specimen, random: Prng, now: Instant): Instant {
  const next = device.nextEvent();
  if (next !== NEVER && random.chance(1, 4)) return next;
  return after(now, duration(random.chance(1, 20) ? random.u32() : random.below(5000)));
}

/** Calls `look` in every state of a random walk; gives the number of states. */
function walk(kind: Kind, seed: number, look: (specimen: Specimen, now: Instant) => void): number {
  const random = Prng.stream(seed, kind.name);
  const specimen = kind.create();
  let now = START;
  for (let i = 0; i < STEPS; i++) {
    now = later(specimen, random, now);
    step(specimen, random, now);
    look(specimen, now);
  }
  return STEPS;
}

function copyOf(kind: Kind, device: Device<unknown>): Specimen {
  const twin = kind.create();
  twin.device.restore(structuredClone(device.save()));
  return twin;
}

describe('the registry of devices', () => {
  it('has every device that keeps a state', () => {
    const state = new PcBus(CONFIG, { now: () => START, attention: () => {} }).save();
    expect(KINDS.length).toBeGreaterThan(0);
    expect(KINDS.map(({ name }) => name).sort()).toEqual(Object.keys(state).sort());
  });
});

describe.each(KINDS)('the device $name', (kind) => {
  it('gives back what it saved, in every state of a random walk', () => {
    let unequal = 0;
    const look = ({ device }: Specimen) => {
      const twin = copyOf(kind, device).device;
      if (!isDeepStrictEqual(twin.save(), device.save())) unequal += 1;
    };
    const states = SEEDS.reduce((sum, seed) => sum + walk(kind, seed, look), 0);
    expect(states).toBe(SEEDS.length * STEPS);
    expect(unequal).toBe(0);
  });

  it('goes on from a restored state as it would have anyway', () => {
    const [random, again] = [Prng.stream(9, kind.name), Prng.stream(9, kind.name)];
    const stayed = kind.create();
    let moved = kind.create();
    let now = START;
    for (let i = 0; i < STEPS; i++) {
      const next = later(stayed, random, now);
      expect(later(moved, again, now)).toBe(next);
      now = next;
      expect(step(moved, again, now)).toBe(step(stayed, random, now));
      moved = copyOf(kind, moved.device);
    }
    expect(moved.device.save()).toEqual(stayed.device.save());
  });

  it('saves a state that later accesses do not reach', () => {
    const random = Prng.stream(13, kind.name);
    const specimen = kind.create();
    for (let i = 0; i < STEPS; i++) step(specimen, random, START);
    const saved = specimen.device.save();
    const copy = structuredClone(saved);
    for (let i = 0; i < STEPS; i++) step(specimen, random, START);
    expect(saved).toEqual(copy);
  });

  it('answers at all of its ports with a value of the right size', () => {
    let wrong = 0;
    const look = ({ device }: Specimen) => {
      for (const place of portsOf(device)) {
        for (const size of sizesOf(place)) {
          const value = device.readPort(place.port, size);
          if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size)) wrong += 1;
        }
      }
    };
    expect(walk(kind, 10, look)).toBe(STEPS);
    expect(wrong).toBe(0);
  });

  it('plans its events for later than now', () => {
    walk(kind, 11, ({ device }, now) => expect(device.nextEvent()).toBeGreaterThan(now));
  });

  it('changes its interrupt line by itself only at its events', () => {
    const random = Prng.stream(12, kind.name);
    const specimen = kind.create();
    const { device } = specimen;
    let now = START;
    for (let i = 0; i < STEPS; i++) {
      step(specimen, random, now);
      const level = device.interrupt;
      now = instant(Math.min(device.nextEvent() - 1, now + 50_000_000));
      device.advance(now);
      expect(device.interrupt).toBe(level);
    }
  });
});
