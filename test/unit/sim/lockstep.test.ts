import { describe, expect, it } from 'vitest';
import { Prng } from '../../../src/base/prng.ts';
import {
  after,
  type Duration,
  duration,
  type Instant,
  instant,
  NEVER,
} from '../../../src/base/units.ts';
import { EventQueue } from '../../../src/sim/event-queue.ts';
import { type Envelope, type Grant, Lockstep, type Progress } from '../../../src/sim/lockstep.ts';

/** A party that answers each ball with another one after a while, and remembers what it saw. */
class Player {
  readonly seen: string[] = [];
  private readonly queue = new EventQueue<string>();
  private readonly index: number;
  private readonly latency: readonly Duration[];
  private sequence = 0;

  constructor(index: number, latency: readonly Duration[]) {
    this.index = index;
    this.latency = latency;
    this.queue.push({ at: instant(100 + index), origin: index, sequence: 0, event: 'serve' });
  }

  advance({ until, deliveries }: Grant<string>): Progress<string> {
    for (const { at, from, sequence, payload } of deliveries) {
      this.queue.push({ at, origin: from, sequence, event: payload });
    }
    const outgoing: Envelope<string>[] = [];
    let limit = until;
    while (this.queue.nextAt() < limit) {
      const item = this.queue.pop();
      if (item === undefined) break;
      this.seen.push(`${item.at} ${item.event}`);
      for (let to = 0; to < this.latency.length; to++) {
        if (to === this.index || this.sequence > 30) continue;
        const at = after(item.at, duration(this.latency[to] + ((this.sequence * 7) % 5)));
        outgoing.push({
          from: this.index,
          to,
          at,
          sequence: this.sequence++,
          payload: `${this.index}.${this.sequence}`,
        });
        limit = Math.min(limit, at + this.latency[to]) as Instant;
      }
    }
    return {
      done: limit,
      nextEvent: this.queue.nextAt(),
      couldSend: this.queue.nextAt(),
      outgoing,
    };
  }
}

const LATENCY = [
  [0, 100, 10],
  [100, 0, 10],
  [10, 10, 0],
].map((row) => row.map(duration));

/** Plays to 5,000 in stops chosen by the seed, handing grants out in an order chosen by it too. */
function play(seed: number): string[][] {
  const prng = Prng.stream(seed, 'stops');
  const players = LATENCY.map((row, i) => new Player(i, row));
  const lockstep = new Lockstep<string>(LATENCY);
  for (let now = 0; now < 5000; ) {
    now = Math.min(5000, now + 1 + prng.below(700));
    while (!lockstep.reached(instant(now))) {
      const grants = lockstep.grants(instant(now));
      if (prng.chance(1, 2)) grants.reverse();
      for (const { party, grant } of grants) lockstep.report(party, players[party].advance(grant));
    }
  }
  return players.map((player) => player.seen);
}

describe('lock-step', () => {
  it('shows every party the same events whatever the stops and the order of grants', () => {
    const reference = play(1);
    expect(reference.flat().length).toBeGreaterThan(50);
    for (let seed = 2; seed < 30; seed++) expect(play(seed)).toEqual(reference);
  });

  it('lets a silent party through without asking it', () => {
    const lockstep = new Lockstep<string>(LATENCY);
    for (const { party, grant } of lockstep.grants(instant(1))) {
      lockstep.report(party, {
        done: grant.until,
        nextEvent: NEVER,
        couldSend: NEVER,
        outgoing: [],
      });
    }
    expect(lockstep.grants(instant(1_000_000))).toEqual([]);
    expect(lockstep.reached(instant(1_000_000))).toBe(true);
  });

  it('refuses an envelope that would arrive in the past', () => {
    const lockstep = new Lockstep<string>(LATENCY);
    const grants = lockstep.grants(instant(5));
    for (const { party } of grants) {
      const outgoing =
        party === 2 ? [{ from: 2, to: 0, at: instant(3), sequence: 0, payload: 'late' }] : [];
      const report = () =>
        lockstep.report(party, { done: instant(5), nextEvent: NEVER, couldSend: NEVER, outgoing });
      if (party === 2) expect(report).toThrow(/in the past/);
      else report();
    }
  });

  it('goes on from its saved state', () => {
    const lockstep = new Lockstep<string>(LATENCY);
    for (const { party, grant } of lockstep.grants(instant(5))) {
      const outgoing = [
        { from: party, to: (party + 1) % 3, at: instant(500), sequence: 0, payload: 'ball' },
      ];
      lockstep.report(party, { done: grant.until, nextEvent: NEVER, couldSend: NEVER, outgoing });
    }
    const restored = new Lockstep<string>(LATENCY, lockstep.save());
    expect(restored.save()).toEqual(lockstep.save());
    expect(restored.earliestEvent()).toBe(500);
  });
});
