import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant, NEVER } from '../../../src/base/units.ts';
import { EventQueue, type Scheduled } from '../../../src/sim/event-queue.ts';

const scheduled = fc.record({
  at: fc.integer({ min: 0, max: 5 }).map(instant),
  origin: fc.integer({ min: -1, max: 2 }),
  sequence: fc.integer({ min: 0, max: 9 }),
  event: fc.string(),
});

function drain<E>(queue: EventQueue<E>): Scheduled<E>[] {
  const items: Scheduled<E>[] = [];
  for (let item = queue.pop(); item !== undefined; item = queue.pop()) items.push(item);
  return items;
}

const key = ({ at, origin, sequence }: Scheduled<unknown>) => [at, origin, sequence];

describe('the event queue', () => {
  it('gives events by time, then origin, then sequence, however they were pushed', () => {
    fc.assert(
      fc.property(fc.array(scheduled), (items) => {
        const queue = new EventQueue<string>();
        for (const item of items) queue.push(item);
        const expected = [...items].sort(
          (a, b) => a.at - b.at || a.origin - b.origin || a.sequence - b.sequence,
        );
        expect(drain(queue).map(key)).toEqual(expected.map(key));
      }),
    );
  });

  it('comes back from its saved form', () => {
    fc.assert(
      fc.property(fc.array(scheduled), (items) => {
        const queue = new EventQueue<string>();
        for (const item of items) queue.push(item);
        const saved = queue.save();
        expect(EventQueue.restore(saved).save().map(key)).toEqual(saved.map(key));
        expect(drain(EventQueue.restore(saved)).map(key)).toEqual(drain(queue).map(key));
      }),
    );
  });

  it('has no next moment when it is empty', () => {
    expect(new EventQueue().nextAt()).toBe(NEVER);
    expect(new EventQueue().pop()).toBeUndefined();
  });
});
