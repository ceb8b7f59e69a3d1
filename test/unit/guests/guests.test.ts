import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/base/units.ts';
import { type Booted, boot, guestFile, runTo } from '../../support/logged-memory.ts';

const manifest = JSON.parse(
  readFileSync(new URL('../../../public/guests/manifest.json', import.meta.url), 'utf8'),
) as { guests: { name: string; file: string; sha256: string }[] };

const PARAMETERS = 0x101000;
const WORKING_SET_PAGES = 16;
const WRITES_PER_SECOND = 20;
const INSTRUCTION_NS = 50;

function setParameter({ machine }: Booted, offset: number, value: number): void {
  machine.writeMemory(PARAMETERS + offset, new Uint8Array(Uint32Array.of(value).buffer));
}

/** First writes to the last `pages` pages during `ns`, with the log read every 30 instructions. */
function countWrites(booted: Booted, from: number, ns: number, pages: number): number {
  const { machine, memory } = booted;
  let writes = 0;
  for (let now = from; now < from + ns; ) {
    machine.revokeAllWrites();
    memory.faults.length = 0;
    now = runTo(booted, now, now + 30 * INSTRUCTION_NS).now;
    writes += memory.faults.filter(([gfn]) => gfn >= memory.frames - pages).length;
  }
  return writes;
}

describe('the guests that come built', () => {
  it.each(manifest.guests)('$name is the file that the manifest names', ({ file, sha256 }) => {
    const bytes = readFileSync(new URL(`../../../public/guests/${file}`, import.meta.url));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  });

  it('ticker is never more than one step ahead in any page', () => {
    const booted = boot(guestFile('ticker'));
    runTo(booted, 0, 12_345_650);
    const bytes = Array.from({ length: 200 }, (_, n) => booted.memory.page(312 + n)[0]);
    expect(bytes[0]).toBeGreaterThan(50);
    expect(bytes.every((byte) => byte === bytes[0] || byte === bytes[0] - 1)).toBe(true);
    expect([...bytes].sort((a, b) => b - a)).toEqual(bytes);
  });

  it.each([300, 900, 5000, 100_000])('muncher keeps a rate of %i writes a second', (rate) => {
    const booted = boot(guestFile('muncher'));
    setParameter(booted, WORKING_SET_PAGES, 64);
    setParameter(booted, WRITES_PER_SECOND, rate);
    const { now } = runTo(booted, 0, 5_000_000);
    const writes = countWrites(booted, now, 100_000_000, 64);
    expect(Math.abs(writes * 10 - rate)).toBeLessThan(rate * 0.05 + 10);
  });

  it('muncher leaves about a quarter of memory zero and follows its sliders at once', () => {
    const booted = boot(guestFile('muncher'));
    setParameter(booted, WRITES_PER_SECOND, 0);
    const { now } = runTo(booted, 0, 5_000_000);
    const pages = Array.from({ length: 240 }, (_, n) => booted.memory.page(270 + n));
    const zero = pages.filter((page) => page.every((byte) => byte === 0)).length;
    expect(Math.abs(zero - 60)).toBeLessThan(6);
    expect(countWrites(booted, now, 10_000_000, 200)).toBe(0);
    setParameter(booted, WRITES_PER_SECOND, 10_000);
    expect(countWrites(booted, booted.machine.now, 10_000_000, 200)).toBeGreaterThan(80);
  });

  it.each(['idle', 'ticker', 'muncher'])('%s echoes a byte within a millisecond', (name) => {
    const booted = boot(guestFile(name));
    const { now } = runTo(booted, 0, 10_000_000);
    booted.machine.receiveSerial(0x21);
    const answer = booted.machine.run(now, instant(now + 1_000_000));
    expect(answer.exit).toEqual({ reason: 'output' });
    expect([...booted.machine.takeOutput().serial]).toEqual([0x21]);
  });
});
