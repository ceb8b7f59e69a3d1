import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { milliseconds } from '../../../src/base/units.ts';
import { TcpClient, type TcpConfig } from '../../../src/net/tcp-client.ts';
import { Channel, type Fate } from './tcp-channel.ts';
import { type PeerPlan, TestPeer } from './tcp-peer.ts';

const fate: fc.Arbitrary<Fate> = fc.record({
  copies: fc.oneof(
    { weight: 6, arbitrary: fc.constant(1 as const) },
    { weight: 2, arbitrary: fc.constantFrom(0 as const, 2 as const) },
  ),
  delayMs: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.integer({ min: 0, max: 600 })),
});
const fates = fc.array(fate, { maxLength: 150, size: 'max' });
const text = fc.uint8Array({ maxLength: 6000, size: 'max' });
const sequence = fc.oneof(
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc.integer({ min: 0xffff_f000, max: 0xffff_ffff }),
);

const config: fc.Arbitrary<TcpConfig> = fc.record({
  localPort: fc.constant(50_000),
  remotePort: fc.constant(80),
  initialSequence: sequence,
  window: fc.integer({ min: 1, max: 0xffff }),
  segmentSize: fc.integer({ min: 64, max: 1460 }),
  timeWait: fc.constant(milliseconds(2000)),
});
const plan: fc.Arbitrary<PeerPlan> = fc.record({
  initialSequence: sequence,
  send: text,
  segmentBytes: fc.integer({ min: 64, max: 1460 }),
  segmentsOut: fc.integer({ min: 1, max: 6 }),
  window: fc.integer({ min: 1, max: 0xffff }),
  closes: fc.constantFrom('first' as const, 'second' as const),
});

function start(channel: Channel, request: Uint8Array): Channel {
  channel.did(channel.client.connect(channel.now));
  channel.did(channel.client.write(channel.now, request));
  return channel;
}

/** The client closes when the peer has, or at once when the peer waits for it. */
function closing(peerPlan: PeerPlan) {
  let closed = false;
  return (channel: Channel) => {
    const ready =
      peerPlan.closes === 'second'
        ? channel.client.phase === 'established'
        : channel.client.isPeerFinished;
    if (closed || !ready) return;
    closed = true;
    channel.did(channel.client.close(channel.now));
  };
}

describe('TcpClient over a network that loses, duplicates and reorders', () => {
  it('gives both ends exactly the bytes that the other wrote, and ends in order', () => {
    fc.assert(
      fc.property(config, plan, text, fates, (clientConfig, peerPlan, request, ill) => {
        const peer = new TestPeer(peerPlan);
        const channel = start(new Channel(clientConfig, peer, ill, closing(peerPlan)), request);
        channel.run();
        expect(channel.client.ending).toBe('closed');
        expect(Uint8Array.from(channel.received)).toEqual(peerPlan.send);
        expect(Uint8Array.from(peer.received)).toEqual(request);
        expect(peer.isDone).toBe(true);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('goes on from any saved state as if it had not been saved', () => {
    fc.assert(
      fc.property(config, plan, text, fates, (clientConfig, peerPlan, request, ill) => {
        const close = closing(peerPlan);
        const reload = (channel: Channel) => {
          const saved = structuredClone(channel.client.save());
          channel.client = TcpClient.restore(saved);
          expect(channel.client.save()).toEqual(saved);
          close(channel);
        };
        const channel = new Channel(clientConfig, new TestPeer(peerPlan), ill, reload);
        start(channel, request).run();
        const twin = new Channel(clientConfig, new TestPeer(peerPlan), ill, closing(peerPlan));
        start(twin, request).run();
        expect(channel.client.save()).toEqual(twin.client.save());
        expect(channel.received).toEqual(twin.received);
        expect(channel.now).toBe(twin.now);
      }),
      { numRuns: 30 },
    );
  });
});
