/**
 * What a switch's table and an ARP cache have in common: an entry is learned from what is heard,
 * confirmed when the same is heard again, and forgotten when nothing has confirmed it for the ageing
 * time. A table may also be slow to change its mind: an entry that is contradicted stays, stale, for
 * so long after the first contradiction, and what is heard after that moves it.
 */
import { type Duration, duration, type Instant } from '../base/units.ts';

export interface TableTimes {
  /** An entry that nothing has confirmed for so long is forgotten. */
  readonly ageing: Duration;
  /** A contradicted entry stays for so long. */
  readonly stale: Duration;
}

/** IEEE 802.1D §7.9.2: 300 s unless somebody sets it. */
export const SWITCH_TIMES: TableTimes = { ageing: duration(300e9), stale: duration(0) };
/** RFC 1122 §2.3.2.1: "on the order of a minute", though the entry is in use. */
export const ARP_TIMES: TableTimes = { ageing: duration(60e9), stale: duration(0) };

export interface TableEntry<Key, Value> {
  readonly key: Key;
  readonly value: Value;
  readonly confirmedAt: Instant;
  /** When something else was first heard of it, since it was last confirmed. */
  readonly contradictedAt: Instant | undefined;
}

export class LearnedTable<Key, Value> {
  private readonly times: TableTimes;
  private readonly held = new Map<Key, TableEntry<Key, Value>>();

  constructor(times: TableTimes, entries: readonly TableEntry<Key, Value>[] = []) {
    this.times = times;
    for (const entry of entries) this.held.set(entry.key, entry);
  }

  get size(): number {
    return this.held.size;
  }

  lookup(key: Key): Value | undefined {
    return this.held.get(key)?.value;
  }

  /** In the order in which they were learned. */
  entries(): TableEntry<Key, Value>[] {
    return [...this.held.values()];
  }

  /** Forgets what is too old by `now`, and says what that was. Called before anything else is asked. */
  age(now: Instant): TableEntry<Key, Value>[] {
    const old = this.entries().filter(({ confirmedAt }) => now - confirmedAt >= this.times.ageing);
    for (const { key } of old) this.held.delete(key);
    return old;
  }

  /** True: the entry is new, or has moved. */
  hear(now: Instant, key: Key, value: Value): boolean {
    const entry = this.held.get(key);
    const fresh = { key, value, confirmedAt: now, contradictedAt: undefined };
    if (entry === undefined || entry.value === value) {
      this.held.set(key, fresh);
      return entry === undefined;
    }
    const { contradictedAt = now } = entry;
    const moves = now - contradictedAt >= this.times.stale;
    this.held.set(key, moves ? fresh : { ...entry, contradictedAt });
    return moves;
  }
}
