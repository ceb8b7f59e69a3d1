import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../../src/base/assert.ts';
import { instant, NEVER } from '../../../src/base/units.ts';
import { Egress, type EgressItem, TRAFFIC_CLASSES } from '../../../src/net/shaper.ts';

const GIGABIT = 1_000_000_000;

const frame = (content: string, bytes = 125): EgressItem<string> => ({
  traffic: 'frame',
  bytes,
  content,
});
const message = (content: string, bytes = 125): EgressItem<string> => ({
  traffic: 'message',
  bytes,
  content,
});

/** Lets everything depart; what and when. */
function drain(egress: Egress<string>): [string, number][] {
  const departed: [string, number][] = [];
  for (let at = egress.nextDeparture(); at !== NEVER; at = egress.nextDeparture()) {
    departed.push([egress.depart(at).content, at]);
  }
  return departed;
}

describe('Egress', () => {
  it('is idle until something comes', () => {
    expect(new Egress<string>(GIGABIT).nextDeparture()).toBe(NEVER);
  });

  it('takes the time that the bytes take on the wire, one after another', () => {
    const egress = new Egress<string>(GIGABIT);
    egress.enqueue(instant(100), message('a'));
    egress.enqueue(instant(300), message('b'));
    expect(drain(egress)).toEqual([
      ['a', 1100],
      ['b', 2100],
    ]);
  });

  it('starts anew after a pause', () => {
    const egress = new Egress<string>(GIGABIT);
    egress.enqueue(instant(0), message('a'));
    expect(egress.depart(instant(1000)).content).toBe('a');
    egress.enqueue(instant(5000), message('b'));
    expect(egress.nextDeparture()).toBe(6000);
  });

  it('lets frames go first, but never into a message on the wire', () => {
    const egress = new Egress<string>(GIGABIT);
    egress.enqueue(instant(0), message('m1'));
    egress.enqueue(instant(0), message('m2'));
    egress.enqueue(instant(10), frame('f1'));
    egress.enqueue(instant(20), frame('f2'));
    expect(drain(egress).map(([content]) => content)).toEqual(['m1', 'f1', 'f2', 'm2']);
  });

  it('sends at a new rate from the next item on', () => {
    const egress = new Egress<string>(GIGABIT);
    egress.enqueue(instant(0), message('a'));
    egress.enqueue(instant(0), message('b'));
    egress.setRate(GIGABIT / 10);
    expect(drain(egress)).toEqual([
      ['a', 1000],
      ['b', 11_000],
    ]);
  });

  it('counts as backlog what is not wholly on the wire, by class', () => {
    const egress = new Egress<string>(GIGABIT);
    egress.enqueue(instant(0), message('a', 100));
    egress.enqueue(instant(0), message('b', 200));
    egress.enqueue(instant(0), frame('f', 60));
    expect([egress.backlogBytes('message'), egress.backlogBytes('frame')]).toEqual([300, 60]);
    egress.depart(egress.nextDeparture());
    expect([egress.backlogBytes('message'), egress.backlogBytes('frame')]).toEqual([200, 60]);
    drain(egress);
    expect([egress.backlogBytes('message'), egress.backlogBytes('frame')]).toEqual([0, 0]);
  });

  it('says beforehand whether there is room, and asserts that it was asked', () => {
    const egress = new Egress<string>(GIGABIT, 200);
    egress.enqueue(instant(0), message('a', 150));
    expect(egress.hasRoom('message', 50)).toBe(true);
    expect(egress.hasRoom('message', 51)).toBe(false);
    expect(egress.hasRoom('frame', 200)).toBe(true);
    expect(() => egress.enqueue(instant(0), message('b', 51))).toThrow(
      /queue of class message is full/,
    );
  });

  it('asserts a sane rate, size and order of calls', () => {
    expect(() => new Egress<string>(0)).toThrow(AssertionError);
    expect(() => new Egress<string>(1.5)).toThrow(AssertionError);
    const egress = new Egress<string>(GIGABIT);
    expect(() => egress.enqueue(instant(0), frame('empty', 0))).toThrow(AssertionError);
    expect(() => egress.depart(instant(0))).toThrow(AssertionError);
    egress.enqueue(instant(0), frame('a'));
    expect(() => egress.depart(instant(999))).toThrow(AssertionError);
    expect(() => egress.enqueue(instant(1001), frame('b'))).toThrow(/call depart first/);
  });

  it('keeps order within a class, loses nothing, and is busy without a gap, for any load', () => {
    const load = fc.array(
      fc.record({
        traffic: fc.constantFrom(...TRAFFIC_CLASSES),
        bytes: fc.integer({ min: 1, max: 9000 }),
      }),
      {
        minLength: 1,
        maxLength: 300,
      },
    );
    fc.assert(
      fc.property(load, (items) => {
        const egress = new Egress<number>(8 * GIGABIT);
        items.forEach((item, content) => {
          egress.enqueue(instant(0), { ...item, content });
        });
        const departed: number[] = [];
        let total = 0;
        while (egress.nextDeparture() !== NEVER) {
          const item = egress.depart(egress.nextDeparture());
          total += item.bytes;
          departed.push(item.content);
          if (egress.nextDeparture() !== NEVER)
            expect(egress.nextDeparture()).toBeGreaterThan(total);
        }
        for (const traffic of TRAFFIC_CLASSES) {
          const order = departed.filter((content) => items[content].traffic === traffic);
          expect(order).toEqual(order.toSorted((a, b) => a - b));
        }
        expect(departed.length).toBe(items.length);
        expect(total).toBe(items.reduce((sum, item) => sum + item.bytes, 0));
      }),
    );
  });

  it('goes on from a state saved in the middle of an item', () => {
    const egress = new Egress<string>(GIGABIT);
    for (let n = 0; n < 100; n++) egress.enqueue(instant(0), message(`m${n}`));
    for (let n = 0; n < 70; n++) egress.depart(egress.nextDeparture());
    egress.enqueue(instant(70_500), frame('f'));
    const saved = structuredClone(egress.save());
    const restored = Egress.restore(saved);
    expect(restored.save()).toEqual(saved);
    expect(restored.backlogBytes('message')).toBe(egress.backlogBytes('message'));
    const rest = drain(restored);
    expect(rest.length).toBe(31);
    expect(rest).toEqual(drain(egress));
  });
});
