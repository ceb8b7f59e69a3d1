/**
 * Listens on the cables, for packet captures and for looking into a frame or a message. It belongs to
 * no party: what it holds changes nothing, is in no checkpoint and no hash. A run that was taken back
 * comes again byte for byte, so what was heard stays true until the run takes another course.
 */
import type { Instant } from '../base/units.ts';
import type { CapturedFrame } from '../net/pcap.ts';
import type { Envelope } from '../sim/lockstep.ts';
import type { Party } from '../trace/event.ts';
import type { Payload } from './party.ts';

/** What crossed a cable. */
export interface Carried {
  readonly kind: 'frame' | 'message';
  readonly from: Party;
  /** As the trace's events name it. */
  readonly id: number;
  /** When its last bit arrived. */
  readonly at: Instant;
  /** A message's first bytes: what a page holds is seen in the page. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** All of it. */
  readonly length: number;
}

export type WireQuestion =
  /** Every frame that is kept, in the order of arrival. */
  | { readonly kind: 'frames' }
  /** One frame or message that was sent at a moment, and again not before another. */
  | {
      readonly kind: 'one';
      readonly what: Carried['kind'];
      readonly from: Party;
      readonly id: number;
      readonly sentAt: Instant;
      readonly before: Instant;
    };

/** Of a message so much is kept. */
export const MESSAGE_HEAD = 512;
/** Of an entry's own: keys, objects. */
const OVERHEAD = 200;
/** Where a message's frame says its number (PROTOCOL.md, "Frame"). */
const ID_OFFSET = 12;

export class WireTap {
  private readonly entries = new Map<string, Carried[]>();
  private readonly limitBytes: number;
  private held = 0;

  /** Beyond `limitBytes` the oldest are forgotten. */
  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** An envelope leaves a party. */
  readonly hear = ({ from, at, payload }: Envelope<Payload>): void => {
    // A frame's number holds its sender: the switch only passes it on.
    if (payload.kind === 'frame')
      this.keep({ kind: 'frame', from: payload.id % 4, id: payload.id, at, bytes: payload.frame });
    else if (payload.kind === 'message') {
      const { bytes } = payload;
      const id = new DataView(bytes.buffer, bytes.byteOffset).getUint32(ID_OFFSET, true);
      this.keep({ kind: 'message', from, id, at, bytes });
    }
  };

  answer(question: WireQuestion): readonly Carried[] {
    if (question.kind === 'frames')
      return [...this.entries.values()]
        .flat()
        .filter(({ kind }) => kind === 'frame')
        .sort((a, b) => a.at - b.at);
    const { what, from, id, sentAt, before } = question;
    const found = this.entries
      .get(keyOf(what, from, id))
      ?.find(({ at }) => at >= sentAt && at < before);
    return found === undefined ? [] : [found];
  }

  frames(): CapturedFrame[] {
    return this.answer({ kind: 'frames' }).map(({ at, bytes }) => ({ at, frame: bytes }));
  }

  /** The run takes another course from here: what left its sender later never happened. */
  cut(now: Instant, delayOf: (kind: Carried['kind']) => number): void {
    for (const [key, list] of this.entries) {
      const kept = list.filter(({ kind, at }) => at - delayOf(kind) < now);
      for (const gone of list.slice(kept.length)) this.held -= sizeOf(gone);
      if (kept.length > 0) this.entries.set(key, kept);
      else this.entries.delete(key);
    }
  }

  private keep(heard: Omit<Carried, 'length'>): void {
    const { kind, from, id, at, bytes } = heard;
    const key = keyOf(kind, from, id);
    const list = this.entries.get(key) ?? [];
    // The switch passes a frame on, perhaps to several; a later session counts its messages anew.
    if (kind === 'frame' ? list.length > 0 : list.some((known) => known.at === at)) return;
    const head = kind === 'message' ? bytes.slice(0, MESSAGE_HEAD) : bytes.slice();
    const entry = { ...heard, bytes: head, length: bytes.length };
    list.push(entry);
    this.entries.set(key, list);
    this.held += sizeOf(entry);
    this.forgetOldest();
  }

  private forgetOldest(): void {
    for (const [key, list] of this.entries) {
      if (this.held <= this.limitBytes) return;
      for (const gone of list) this.held -= sizeOf(gone);
      this.entries.delete(key);
    }
  }
}

/** The sender of a frame is in its id. */
const keyOf = (kind: Carried['kind'], from: Party, id: number): string =>
  kind === 'frame' ? `frame ${id}` : `message ${from} ${id}`;

const sizeOf = ({ bytes }: Carried): number => bytes.length + OVERHEAD;
