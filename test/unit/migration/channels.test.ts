/** Control and page channels: each ordered in itself, none against another. */
import { describe, expect, it } from 'vitest';
import { type Duration, milliseconds } from '../../../src/base/units.ts';
import { ALGORITHM_IDS } from '../../../src/migration/algorithms/ids.ts';
import { channelOf, countOf, describePorts, idOn } from '../../../src/migration/channels.ts';
import { channelOfFrame, decodeFrame, encodeFrame } from '../../../src/migration/codec.ts';
import type { Message } from '../../../src/migration/messages.ts';
import { NO_ADD_ONS } from '../../../src/migration/settings.ts';
import type { LabEvent } from '../../../src/trace/event.ts';
import { FakePair, type PairOptions } from '../../support/fake-pair.ts';
import { wireOf } from '../../support/fake-phases.ts';

const NONE = milliseconds(0);
/** Rounds that end by their number alone, so that every run does the same work. */
const ROUNDS = { maxRounds: 4, thresholdPages: 4, downtimeLimit: milliseconds(2000) };

function pairWith(channels: number, urgentChannel = false, more: Partial<PairOptions> = {}) {
  const addOns = { ...NO_ADD_ONS, channels, urgentChannel };
  return new FakePair({ ...more, settings: { ...ROUNDS, addOns } });
}

/** Page channels fall behind by more the higher their number; the control channel overtakes all. */
const laggards =
  (step: number) =>
  (bytes: Uint8Array): Duration =>
    milliseconds(step * (17 - ((channelOfFrame(bytes) + 16) % 17)));

const typeOf = (bytes: Uint8Array): string => {
  const frame = decodeFrame(bytes);
  return (frame.ok && frame.value.message?.type) || '';
};
const idOf = (bytes: Uint8Array): number => {
  const frame = decodeFrame(bytes);
  return frame.ok ? frame.value.id : 0;
};
const heartbeat = (bytes: Uint8Array): boolean => ['ping', 'pong'].includes(typeOf(bytes));

type Numbered = LabEvent & { readonly id: number; readonly type: string };
const taken = (pair: FakePair): Numbered[] =>
  pair
    .kinds('message.received')
    .filter((event) => event.party === 1)
    .map((event) => event as Numbered)
    .filter(({ type }) => type !== 'ping' && type !== 'pong');
const channelsUsed = (pair: FakePair): number[] =>
  [...new Set(taken(pair).map(({ id }) => channelOf(id)))].sort((a, b) => a - b);

const rewritten =
  (type: string, change: (message: Message) => Message) =>
  (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] => {
    const frame = decodeFrame(bytes);
    if (!frame.ok || frame.value.message?.type !== type) return [bytes];
    return [encodeFrame(frame.value, change(frame.value.message))];
  };

function expectMoved(pair: FakePair): void {
  expect([pair.source.status, pair.destination.status]).toEqual(['completed', 'completed']);
  expect(pair.running()).toEqual([false, true]);
  expect(pair.equalsTwin(1)).toBe(true);
}

describe.each([1, 2, 4, 16])('%i page channels, out of order', (channels) => {
  it.each(ALGORITHM_IDS)(
    'give the memory that one channel gives [case 17]: %s [CH-1] [CH-3]',
    (id) => {
      const pair = pairWith(channels);
      pair.lag = laggards(channels === 1 ? 0 : 0.7);
      expectMoved(pair.start(id).finish());
      if (channels === 1) expect(channelsUsed(pair)).toEqual([0]);
      else expect(channelsUsed(pair).at(-1)).toBeGreaterThan(0);
    },
  );
});

describe('page channels', () => {
  it('are all used, and nothing but pages and marks goes there [CH-1]', () => {
    const pair = pairWith(4).start('pre-copy').finish();
    expect(channelsUsed(pair)).toEqual([0, 1, 2, 3, 4]);
    for (const { id, type } of taken(pair)) {
      const beside = channelOf(id) > 0;
      expect(['pages', 'round-end'].includes(type)).toBe(beside || type === 'round-end');
    }
  });

  it('count for themselves, and a gap in one is a loss [CH-2]', () => {
    const pair = pairWith(4);
    let lost = false;
    pair.tamper = (bytes) => {
      if (lost || channelOfFrame(bytes) !== 2) return [bytes];
      lost = true;
      return [];
    };
    pair.start('pre-copy').finish();
    expect(pair.destination.reason).toBe('1 message before message 2 of channel 2 did not arrive');
    expect(pair.running()).toEqual([true, false]);
    expect(pair.equalsTwin(0)).toBe(true);
  });

  it('the loss of the last message of a channel shows by the PING of that channel [AB-8]', () => {
    const pair = pairWith(4);
    // From the second message on everything on channel 2 is lost but its heartbeats.
    pair.tamper = (bytes) =>
      channelOfFrame(bytes) === 2 && !heartbeat(bytes) && countOf(idOf(bytes)) > 1 ? [] : [bytes];
    pair.start('pre-copy').finish();
    expect(pair.destination.reason).toMatch(/before a PING of channel 2 did not arrive$/);
    expect(pair.running()).toEqual([true, false]);
    expect(pair.equalsTwin(0)).toBe(true);
  });

  it('a message by a channel that was not agreed on is refused [CH-2]', () => {
    const pair = pairWith(2).start('pre-copy');
    pair.runUntil(() => pair.destination.phase === 'receiving');
    const { session } = wireOf(pair.destination);
    pair.deliver(1, encodeFrame({ session, id: idOn(3, 1) }, { type: 'go' }));
    expect(pair.destination.reason).toBe('channel 3 was not agreed on');
  });

  it('wait for START, and a round for the mark on every channel [CH-3] [CH-4]', () => {
    const pair = pairWith(4);
    // The control channel is the slowest: pages overtake START, and the next round's the marks.
    pair.lag = (bytes, from) =>
      from === 0 && channelOfFrame(bytes) === 0 ? milliseconds(6) : NONE;
    pair.start('pre-copy').finish();
    const types = taken(pair).map(({ type }) => type);
    expect(types.indexOf('pages')).toBeLessThan(types.indexOf('start'));
    expectMoved(pair);
  });

  it('STATE that overtakes pages waits for them [CH-4]', () => {
    const pair = pairWith(4);
    pair.lag = laggards(3);
    pair.start('stop-and-copy').finish();
    const types = taken(pair).map(({ type }) => type);
    expect(types.indexOf('state')).toBeLessThan(types.lastIndexOf('pages'));
    expectMoved(pair);
  });

  it('a paused pull is taken up again on all of them [CH-3]', () => {
    const pair = pairWith(4, true, { bitsPerSecond: 10_000_000 });
    pair.start('pull').runUntil(() => pair.destination.phase === 'pull');
    pair.runFor(20);
    pair.linkUp = false;
    pair.runUntil(() => pair.source.phase === 'postcopy-paused');
    pair.runUntil(() => pair.destination.phase === 'postcopy-paused');
    pair.linkUp = true;
    // The ACK comes after the first pages of the push that it announces.
    pair.lag = (bytes) => (typeOf(bytes) === 'ack' ? milliseconds(10) : NONE);
    expect(pair.source.recover().ok).toBe(true);
    expectMoved(pair.finish());
  });

  it('saved in the middle of a sync go on as if they had not been', () => {
    const pair = pairWith(4);
    pair.lag = laggards(1);
    pair.start('pre-copy');
    pair.runUntil(() => pair.destination.phase === 'receiving').runFor(17);
    const copy = pair.copy();
    copy.lag = pair.lag;
    const before = pair.events.length;
    const rest = pair.finish().events.slice(before);
    expect(copy.finish().events.slice(-rest.length)).toEqual(rest);
    expectMoved(copy);
  });
});

describe('the number of channels', () => {
  it('is one where the other end says nothing of channels [CH-5]', () => {
    const pair = pairWith(4, true);
    pair.tamper = rewritten('capabilities', (m) => ({ ...m, channels: 0 }) as Message);
    expectMoved(pair.start('pre-copy').finish());
    expect(channelsUsed(pair)).toEqual([0]);
  });

  it('is one with an end of version 2 [CH-5]', () => {
    const pair = pairWith(4);
    pair.tamper = rewritten('hello', (m) => ({ ...m, newestVersion: 2 }) as Message);
    expectMoved(pair.start('pre-copy').finish());
    expect(channelsUsed(pair)).toEqual([0]);
  });

  it('is no more than the other end takes [CH-5]', () => {
    const pair = pairWith(16);
    pair.tamper = (bytes, from) =>
      from === 0
        ? [bytes]
        : rewritten('capabilities', (m) => ({ ...m, channels: 3 }) as Message)(bytes);
    expectMoved(pair.start('pre-copy').finish());
    expect(channelsUsed(pair)).toEqual([0, 1, 2, 3]);
  });

  it('and their ports are said [CH-6]', () => {
    const pair = pairWith(4, true).start('pull').finish();
    const said = pair
      .kinds('decision')
      .map((event) => event as unknown as { action: string; reason: string })
      .find(({ action }) => action === 'channels');
    expect(said?.reason).toBe(
      'control on port 8002, pages on ports 8003 to 8006, urgent pages on port 8007',
    );
    expect(describePorts({ pages: 1, urgent: true }, 9000)).toBe(
      'control on port 9000, with the pages, urgent pages on port 9001',
    );
  });
});

describe('cancelling with channels open', () => {
  it.each([2, 4, 16])(
    'before the switchover, with %i, drains them all [case 12] [AB-2]',
    (channels) => {
      const pair = pairWith(channels, false, { bitsPerSecond: 10_000_000 });
      pair.lag = laggards(1);
      pair.start('pre-copy').runUntil(() => pair.source.phase === 'stopping');
      expect(pair.backlog(0)).toBeGreaterThan(0);
      pair.cancel().finish().runFor(100);
      expect([pair.source.status, pair.destination.status]).toEqual(['cancelled', 'cancelled']);
      expect(pair.backlog(0)).toBe(0);
      expect(pair.running()).toEqual([true, false]);
      expect(pair.equalsTwin(0)).toBe(true);
      expect(pair.vmms[1].vms()).toEqual([]);
    },
  );

  it('and another migration with other channels succeeds, whatever still comes [HS-2]', () => {
    const pair = pairWith(4, false, { bitsPerSecond: 10_000_000 });
    // What the first migration left on its way comes long after the second one's first pages.
    let first = true;
    pair.lag = (bytes) => (first && channelOfFrame(bytes) > 0 ? milliseconds(40) : NONE);
    pair.start('pre-copy').runUntil(() => pair.source.phase === 'iterating');
    pair
      .runFor(15)
      .cancel()
      .runUntil(() => pair.source.phase === 'cancelled');
    first = false;
    expectMoved(pair.start('pre-copy').finish());
    const dropped = pair.kinds('message.dropped') as unknown as { reason: string }[];
    expect(dropped.some(({ reason }) => reason === 'it belongs to another migration')).toBe(true);
  });
});

describe('the urgent channel', () => {
  it('a page asked for overtakes the push, and none is written twice [case 22] [PF-2] [CH-7]', () => {
    const pair = pairWith(1, true, { script: (n) => 95 - (n % 96), bitsPerSecond: 20_000_000 });
    pair.lag = (bytes, from) =>
      from === 0 && channelOfFrame(bytes) === 0 ? milliseconds(12) : NONE;
    expectMoved(pair.start('pull').finish());
    const responses = taken(pair).filter(({ type }) => type === 'page-response');
    expect(responses.length).toBeGreaterThan(0);
    expect(new Set(responses.map(({ id }) => channelOf(id)))).toEqual(new Set([1]));
    const pages = taken(pair).filter(({ type }) => /^page(s|-response)$/.test(type));
    const order = new Map(
      pair
        .kinds('message.sent')
        .filter((event) => event.party === 0)
        .map((event, at) => [(event as Numbered).id, at]),
    );
    const sentAt = pages.map(({ id }) => order.get(id) ?? -1);
    expect(sentAt.some((at, i) => i > 0 && at < sentAt[i - 1])).toBe(true);
    const installed = pair.pageEvents.filter((event) => event.kind === 'installed');
    expect(new Set(installed.map(({ gfn }) => gfn)).size).toBe(installed.length);
  });
});

describe('zero pages', () => {
  it('found by nobody, by the sender or by the channels: the same memory, never more bytes [case 18]', () => {
    const bytes = (['none', 'legacy', 'multifd'] as const).map((zeroPages) => {
      const addOns = { ...NO_ADD_ONS, zeroPages, channels: 4 };
      const pair = new FakePair({ settings: { ...ROUNDS, addOns } });
      expectMoved(pair.start('stop-and-copy').finish());
      return wireOf(pair.source).bytesSent;
    });
    expect(bytes[0]).toBeGreaterThanOrEqual(bytes[1]);
    expect(bytes[1]).toBe(bytes[2]);
  });
});
