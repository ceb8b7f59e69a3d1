/** Every (phase, message) pair of both ends, generated from the tables that the engine runs on. */
import { describe, expect, it } from 'vitest';
import { encodeFrame, HEARTBEAT_ID } from '../../../src/migration/codec.ts';
import {
  DESTINATION_PHASES,
  DESTINATION_TABLE,
} from '../../../src/migration/destination-states.ts';
import {
  isHeartbeat,
  MESSAGE_NAMES,
  type Message,
  type MessageType,
} from '../../../src/migration/messages.ts';
import { SOURCE_PHASES, SOURCE_TABLE } from '../../../src/migration/source-states.ts';
import { SAMPLES } from '../../support/fake-messages.ts';
import type { FakePair } from '../../support/fake-pair.ts';
import { destinationIn, sourceIn, wireOf } from '../../support/fake-phases.ts';

/** Hands a daemon a message that is the next one in its sequence. */
function deliver(pair: FakePair, host: number, message: Message): void {
  const wire = wireOf(host === 0 ? pair.source : pair.destination);
  const id = isHeartbeat(message.type) ? HEARTBEAT_ID + 99 : wire.expectedId;
  pair.deliver(host, encodeFrame({ session: wire.session, id }, message));
}

interface Sent {
  readonly type: MessageType;
  readonly summary: string;
}

/** What host `party` sends as the answer to `act`. */
function sentBy(pair: FakePair, party: number, act: () => void): Sent[] {
  const before = pair.events.length;
  act();
  return pair.events
    .slice(before)
    .filter((event) => event.kind === 'message.sent' && event.party === party) as unknown as Sent[];
}

describe('the source', () => {
  it('has a row for each of its phases', () => {
    expect(Object.keys(SOURCE_TABLE)).toEqual([...SOURCE_PHASES]);
  });

  for (const phase of SOURCE_PHASES) {
    const row = SOURCE_TABLE[phase];
    const start = sourceIn(phase);
    for (const type of MESSAGE_NAMES) {
      const action = row.on[type];
      it(`in phase "${phase}" takes ${type.toUpperCase()} for: ${action ?? `out of place, ${row.otherwise}`} [AB-3]`, () => {
        const pair = start.copy();
        const running = pair.running()[0];
        const sent = sentBy(pair, 0, () => deliver(pair, 0, SAMPLES[type]));
        const refusal = sent.find(
          (message) =>
            message.type === 'abort' && message.summary.includes('has no place in phase'),
        );
        if (action !== undefined) {
          // An ACK of something else is out of place even where an ACK is awaited.
          expect(refusal === undefined || type === 'ack').toBe(true);
        } else if (row.otherwise === 'abort') {
          expect(refusal?.summary).toBe(`${type.toUpperCase()} has no place in phase "${phase}"`);
          expect(pair.source.status).toBe('failed');
          expect(pair.vm(0).logging).toBe(false);
          expect(pair.running()[0]).toBe(true);
        } else if (row.otherwise === 'pause') {
          expect(pair.source.status).toBe('postcopy-paused');
        } else {
          expect(sent).toEqual([]);
          expect(pair.source.phase).toBe(phase);
          expect(pair.running()[0]).toBe(running);
        }
      });
    }
  }
});

describe('the destination', () => {
  it('has a row for each of its phases', () => {
    expect(Object.keys(DESTINATION_TABLE)).toEqual([...DESTINATION_PHASES]);
  });

  for (const phase of DESTINATION_PHASES) {
    const row = DESTINATION_TABLE[phase];
    const start = destinationIn(phase);
    for (const type of MESSAGE_NAMES) {
      const action = row.on[type];
      it(`in phase "${phase}" takes ${type.toUpperCase()} for: ${action ?? `out of place, ${row.otherwise}`} [AB-3]`, () => {
        const pair = start.copy();
        const running = pair.running()[1];
        const sent = sentBy(pair, 1, () => deliver(pair, 1, SAMPLES[type]));
        const refusal = sent.find(
          (message) =>
            message.type === 'abort' && message.summary.includes('has no place in phase'),
        );
        if (action !== undefined) {
          expect(refusal).toBeUndefined();
        } else if (row.otherwise === 'abort') {
          expect(refusal?.summary).toBe(`${type.toUpperCase()} has no place in phase "${phase}"`);
          expect(pair.destination.status).toBe('failed');
          expect(pair.vmms[1].freeFrames).toBe(pair.vmms[1].totalFrames);
          expect(pair.running()[1]).toBe(false);
        } else if (row.otherwise === 'pause') {
          expect(pair.destination.status).toBe('postcopy-paused');
          expect(pair.running()[1]).toBe(running);
        } else {
          expect(sent).toEqual([]);
          expect(pair.destination.phase).toBe(phase);
          expect(pair.running()[1]).toBe(running);
        }
      });
    }
  }
});
