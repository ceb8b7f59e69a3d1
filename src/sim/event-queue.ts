/**
 * Pending events of one party, as data. Order is (at, origin, sequence): who sent an event and as
 * which of its own decides between events of one moment, so the order never depends on when the
 * event happened to be delivered.
 */
import type { Instant } from '../base/units.ts';
import { NEVER } from '../base/units.ts';

export interface Scheduled<E> {
  readonly at: Instant;
  /** Party that caused it; inputs from outside the lab come first with −1. */
  readonly origin: number;
  /** Counts up within an origin. */
  readonly sequence: number;
  readonly event: E;
}

export class EventQueue<E> {
  private heap: Scheduled<E>[] = [];

  get size(): number {
    return this.heap.length;
  }

  /** Moment of the first event; NEVER when there is none. */
  nextAt(): Instant {
    return this.heap.length === 0 ? NEVER : this.heap[0].at;
  }

  push(item: Scheduled<E>): void {
    const heap = this.heap;
    let i = heap.length;
    heap.push(item);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!precedes(item, heap[parent])) break;
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = item;
  }

  pop(): Scheduled<E> | undefined {
    const heap = this.heap;
    const first = heap[0];
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) sink(heap, last);
    return first;
  }

  /** All events in order; the queue stays as it is. */
  save(): readonly Scheduled<E>[] {
    return [...this.heap].sort((a, b) => (precedes(a, b) ? -1 : 1));
  }

  static restore<E>(items: readonly Scheduled<E>[]): EventQueue<E> {
    const queue = new EventQueue<E>();
    for (const item of items) queue.push(item);
    return queue;
  }
}

function precedes<E>(a: Scheduled<E>, b: Scheduled<E>): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.origin !== b.origin) return a.origin < b.origin;
  return a.sequence < b.sequence;
}

/** Puts `item` in the root's place and lets it sink to where it belongs. */
function sink<E>(heap: Scheduled<E>[], item: Scheduled<E>): void {
  const size = heap.length;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= size) break;
    if (child + 1 < size && precedes(heap[child + 1], heap[child])) child++;
    if (!precedes(heap[child], item)) break;
    heap[i] = heap[child];
    i = child;
  }
  heap[i] = item;
}
