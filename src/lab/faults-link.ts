/**
 * What befalls messages on the link between the hosts. It all happens at host A's end: to what has
 * left A's port, and to what is about to reach A's daemon.
 */

import { Prng, type PrngState } from '../base/prng.ts';
import { type Duration, duration, milliseconds } from '../base/units.ts';
import { MESSAGE_NAMES, MESSAGE_TYPES, type MessageType } from '../migration/messages.ts';
import { DIRECTIONS, type Direction, type MessageEffect } from './fault-names.ts';
import type { LinkFault, MessageFault } from './faults-schema.ts';

/** How far behind its turn a message falls that others overtake, and a second copy follows the first. */
const OVERTAKEN: Duration = milliseconds(10);
const COPY_BEHIND: Duration = milliseconds(0.2);
/** Offset of the type in a message's header. */
const TYPE_OFFSET = 5;

interface Side {
  readonly up: boolean;
  readonly extraDelay: Duration;
  readonly percent: Readonly<Record<MessageEffect, number>>;
}

interface Ordered {
  readonly effect: MessageEffect;
  readonly type: MessageType | undefined;
  readonly left: number;
}

export interface LinkFaultsState {
  readonly sides: Readonly<Record<Direction, Side>>;
  readonly ordered: Readonly<Record<Direction, readonly Ordered[]>>;
  readonly prng: PrngState;
}

export interface Arrival {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Later than a message that nothing befell. */
  readonly delay: Duration;
}

export interface Passage {
  /** Nothing: the message is lost. */
  readonly arrivals: readonly Arrival[];
  /** What befell it. */
  readonly struck: MessageEffect | undefined;
}

const WHOLE: Side = {
  up: true,
  extraDelay: duration(0),
  percent: { lose: 0, duplicate: 0, corrupt: 0, reorder: 0 },
};
const noOrders = (): Record<Direction, readonly Ordered[]> => ({
  'to-destination': [],
  'to-source': [],
});
const LOST: readonly Arrival[] = [];

export class LinkFaults {
  private sides: Record<Direction, Side> = { 'to-destination': WHOLE, 'to-source': WHOLE };
  private ordered = noOrders();
  private prng: Prng;

  constructor(seed: number) {
    this.prng = Prng.stream(seed, 'link faults');
  }

  isUp(direction: Direction): boolean {
    return this.sides[direction].up;
  }

  change(fault: LinkFault): void {
    for (const direction of DIRECTIONS) {
      if (fault.direction !== undefined && fault.direction !== direction) continue;
      const { up, extraDelay, percent } = this.sides[direction];
      this.sides[direction] = {
        up: fault.up ?? up,
        extraDelay:
          fault.extraDelayMs === undefined ? extraDelay : milliseconds(fault.extraDelayMs),
        percent: {
          lose: fault.losePercent ?? percent.lose,
          duplicate: fault.duplicatePercent ?? percent.duplicate,
          corrupt: fault.corruptPercent ?? percent.corrupt,
          reorder: fault.reorderPercent ?? percent.reorder,
        },
      };
    }
  }

  order({ effect, count, type, direction: only }: MessageFault): void {
    const order: Ordered = { effect, type, left: count };
    for (const direction of DIRECTIONS) {
      if (only !== undefined && only !== direction) continue;
      this.ordered[direction] = [...this.ordered[direction], order];
    }
  }

  heal(): void {
    this.sides = { 'to-destination': WHOLE, 'to-source': WHOLE };
    this.ordered = noOrders();
  }

  /** One message on its way. A side that is down loses it without a word: `link.changed` has said so. */
  pass(direction: Direction, bytes: Uint8Array<ArrayBuffer>): Passage {
    const { up, extraDelay } = this.sides[direction];
    if (!up) return { arrivals: LOST, struck: undefined };
    const struck = this.takeOrder(direction, bytes) ?? this.draw(direction);
    const late = (by: Duration) => duration(extraDelay + by);
    const whole: Arrival = { bytes, delay: extraDelay };
    switch (struck) {
      case undefined:
        return { arrivals: [whole], struck };
      case 'lose':
        return { arrivals: LOST, struck };
      case 'duplicate':
        return { arrivals: [whole, { bytes: bytes.slice(), delay: late(COPY_BEHIND) }], struck };
      case 'corrupt':
        return { arrivals: [{ bytes: this.damaged(bytes), delay: extraDelay }], struck };
      case 'reorder':
        return { arrivals: [{ bytes, delay: late(OVERTAKEN) }], struck };
    }
  }

  save(): LinkFaultsState {
    return { sides: { ...this.sides }, ordered: { ...this.ordered }, prng: this.prng.save() };
  }

  restore(state: LinkFaultsState): void {
    this.sides = { ...state.sides };
    this.ordered = { ...state.ordered };
    this.prng = Prng.restore(state.prng);
  }

  private takeOrder(direction: Direction, bytes: Uint8Array): MessageEffect | undefined {
    const orders = this.ordered[direction];
    const found = orders.find(({ type }) => type === undefined || type === typeOf(bytes));
    if (found === undefined) return undefined;
    const rest = { ...found, left: found.left - 1 };
    this.ordered[direction] = orders
      .map((order) => (order === found ? rest : order))
      .filter(({ left }) => left > 0);
    return found.effect;
  }

  /** Draws only for what can happen, so that a fault shifts no other's draws. */
  private draw(direction: Direction): MessageEffect | undefined {
    const { percent } = this.sides[direction];
    for (const effect of ['lose', 'duplicate', 'corrupt', 'reorder'] as const) {
      if (percent[effect] > 0 && this.prng.chance(percent[effect], 100)) return effect;
    }
    return undefined;
  }

  private damaged(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const copy = bytes.slice();
    copy[this.prng.below(copy.length)] ^= 1 << this.prng.below(8);
    return copy;
  }
}

/** The type that a message's header names. */
export function typeOf(bytes: Uint8Array): MessageType | undefined {
  return MESSAGE_NAMES.find((name) => MESSAGE_TYPES[name] === bytes[TYPE_OFFSET]);
}
