/**
 * A host's network port on its way out: a queue and a rate limiter.
 *
 * The rule by which guest and migration share it: what is on the wire stays there to its last bit;
 * then the oldest frame (of the guest, or an announcement) goes before the oldest migration message.
 * So a frame waits for one message at most, and frames without end starve the migration.
 * Messages of several connections take turns, whole messages at a time, as fair sharing would have it.
 */
import { assert } from '../base/assert.ts';
import { after, type Instant, NEVER, transmissionTime } from '../base/units.ts';

export const TRAFFIC_CLASSES = ['frame', 'message'] as const;
export type TrafficClass = (typeof TRAFFIC_CLASSES)[number];

export interface EgressItem<T> {
  readonly traffic: TrafficClass;
  /** Of a message: connections share the wire message by message. */
  readonly connection?: number;
  /** Byte times on the wire, overhead included. */
  readonly bytes: number;
  /** Plain data: it is saved with the queue. */
  readonly content: T;
}

export interface EgressState<T> {
  readonly bitsPerSecond: number;
  readonly capacityBytes: number;
  readonly current: { readonly item: EgressItem<T>; readonly departure: Instant } | undefined;
  /** Oldest first. */
  readonly frames: readonly EgressItem<T>[];
  readonly messages: readonly EgressItem<T>[];
  /** The connection that sent last. */
  readonly served: number;
}

/** Per class. Above the daemon's high-water mark and every state image; below what would hurt a page. */
export const DEFAULT_CAPACITY_BYTES = 64 * 1024 * 1024;

export class Egress<T> {
  private readonly waiting = { frame: new Fifo<T>(), message: new FairQueue<T>() };
  private readonly capacityBytes: number;
  private bitsPerSecond = 0;
  private current: EgressState<T>['current'];

  constructor(bitsPerSecond: number, capacityBytes = DEFAULT_CAPACITY_BYTES) {
    this.capacityBytes = capacityBytes;
    this.setRate(bitsPerSecond);
  }

  static restore<T>(state: EgressState<T>): Egress<T> {
    const egress = new Egress<T>(state.bitsPerSecond, state.capacityBytes);
    egress.current = state.current;
    egress.waiting.message.served = state.served;
    for (const item of [...state.frames, ...state.messages])
      egress.waiting[item.traffic].push(item);
    return egress;
  }

  save(): EgressState<T> {
    return {
      bitsPerSecond: this.bitsPerSecond,
      capacityBytes: this.capacityBytes,
      current: this.current,
      frames: this.waiting.frame.items(),
      messages: this.waiting.message.items(),
      served: this.waiting.message.served,
    };
  }

  /** Holds from the next item on: the one on the wire departs as planned. */
  setRate(bitsPerSecond: number): void {
    const whole = Number.isSafeInteger(bitsPerSecond) && bitsPerSecond > 0;
    assert(whole, `a port's rate must be a positive whole number, not ${bitsPerSecond} bit/s`);
    this.bitsPerSecond = bitsPerSecond;
  }

  /** A sender that can wait or drop asks first; `enqueue` beyond it is a programmer's error. */
  hasRoom(traffic: TrafficClass, bytes: number): boolean {
    return this.backlogBytes(traffic) + bytes <= this.capacityBytes;
  }

  enqueue(now: Instant, item: EgressItem<T>): void {
    assert(item.bytes > 0, 'an item without bytes takes no time on a wire');
    assert(
      now <= this.nextDeparture(),
      'a departure was due before this item came: call depart first',
    );
    assert(
      this.hasRoom(item.traffic, item.bytes),
      `egress queue of class ${item.traffic} is full (${this.capacityBytes} bytes): its sender must heed the backlog`,
    );
    this.waiting[item.traffic].push(item);
    if (this.current === undefined) this.startNext(now);
  }

  /** When the last bit of the item on the wire leaves; NEVER while idle. */
  nextDeparture(): Instant {
    return this.current?.departure ?? NEVER;
  }

  /** The item whose last bit has just left; the next one starts. */
  depart(now: Instant): EgressItem<T> {
    const departing = this.current;
    assert(departing !== undefined && departing.departure === now, `nothing departs at ${now}`);
    this.startNext(now);
    return departing.item;
  }

  /** Accepted and not yet wholly on the wire. */
  backlogBytes(traffic: TrafficClass): number {
    const onWire = this.current?.item;
    return this.waiting[traffic].bytes + (onWire?.traffic === traffic ? onWire.bytes : 0);
  }

  private startNext(now: Instant): void {
    const item = this.waiting.frame.shift() ?? this.waiting.message.shift();
    this.current = item && {
      item,
      departure: after(now, transmissionTime(item.bytes, this.bitsPerSecond)),
    };
  }
}

/** A queue for each connection; they take turns in the order of their numbers. */
class FairQueue<T> {
  bytes = 0;
  served = 0;
  private readonly queues: Fifo<T>[] = [];

  push(item: EgressItem<T>): void {
    const { connection = 0 } = item;
    while (this.queues.length <= connection) this.queues.push(new Fifo<T>());
    this.queues[connection].push(item);
    this.bytes += item.bytes;
  }

  shift(): EgressItem<T> | undefined {
    const waits = (queue: Fifo<T>) => queue.bytes > 0;
    const after = this.queues.findIndex((queue, i) => i > this.served && waits(queue));
    const next = after >= 0 ? after : this.queues.findIndex(waits);
    if (next < 0) return undefined;
    const item = this.queues[next].shift();
    this.served = next;
    this.bytes -= item?.bytes ?? 0;
    return item;
  }

  items(): EgressItem<T>[] {
    return this.queues.flatMap((queue) => queue.items());
  }
}

/** First in, first out, at a cost that does not grow with the queue's length. */
class Fifo<T> {
  bytes = 0;
  private queue: EgressItem<T>[] = [];
  private head = 0;

  push(item: EgressItem<T>): void {
    this.queue.push(item);
    this.bytes += item.bytes;
  }

  shift(): EgressItem<T> | undefined {
    if (this.head === this.queue.length) return undefined;
    const item = this.queue[this.head++];
    this.bytes -= item.bytes;
    if (this.head > 64 && this.head * 2 > this.queue.length) {
      this.queue = this.queue.slice(this.head);
      this.head = 0;
    }
    return item;
  }

  items(): EgressItem<T>[] {
    return this.queue.slice(this.head);
  }
}
