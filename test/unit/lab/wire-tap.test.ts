import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/base/result.ts';
import { instant, NEVER } from '../../../src/base/units.ts';
import { LabRunner } from '../../../src/lab/lab-runner.ts';
import type { LabUpdate } from '../../../src/lab/session.ts';
import { MESSAGE_HEAD, type WireQuestion, WireTap } from '../../../src/lab/wire-tap.ts';
import type { LabEvent } from '../../../src/trace/event.ts';
import { finishedLab, guestImage, SMALL, scenario } from '../../support/labs.ts';

const bytesOf = async (runner: LabRunner, question: WireQuestion) => {
  const answer = await runner.carried(question);
  if (!answer.ok) throw new Error(answer.error);
  return answer.value;
};

async function opened() {
  const runner = new LabRunner({ loadGuest: async ({ guest }) => ok(guestImage(guest)) });
  const answer = await runner.open(scenario(SMALL));
  if (!answer.ok) throw new Error(answer.error);
  return runner;
}

async function until(runner: LabRunner, ms: number): Promise<LabUpdate> {
  const answer = await runner.advance(instant(ms * 1e6));
  if (!answer.ok) throw new Error(answer.error);
  return answer.value;
}

const eventsOf = (update: LabUpdate): readonly LabEvent[] =>
  update.chunks.flatMap(({ events }) => events);

describe('the tap on the cables', () => {
  it('has the bytes of each frame and message that the trace says arrived, by their ids', async () => {
    const runner = await opened();
    const events = eventsOf(await until(runner, 120));
    const sent = events.filter(
      (event) => event.kind === 'frame.sent' || event.kind === 'message.sent',
    );
    const arrived = new Set(
      events.flatMap((event) => {
        if (event.kind === 'frame.received') return [`frame ${event.id}`];
        return event.kind === 'message.received' ? [`message ${1 - event.party} ${event.id}`] : [];
      }),
    );
    let compared = 0;
    for (const event of sent) {
      const what = event.kind === 'frame.sent' ? 'frame' : 'message';
      const key = what === 'frame' ? `frame ${event.id}` : `message ${event.party} ${event.id}`;
      if (!arrived.has(key)) continue;
      const { id, party: from, at: sentAt } = event;
      const [found] = await bytesOf(runner, { kind: 'one', what, from, id, sentAt, before: NEVER });
      expect(found).toMatchObject({ id, from, length: event.bytes });
      expect(found?.bytes.length).toBe(
        what === 'frame' ? event.bytes : Math.min(MESSAGE_HEAD, event.bytes),
      );
      compared += 1;
    }
    expect(compared).toBeGreaterThan(50);
    await runner.close();
  });

  it('keeps what came later when the run is taken back, and forgets it when it takes another course', async () => {
    const runner = await opened();
    await until(runner, 60);
    const before = await bytesOf(runner, { kind: 'frames' });
    await runner.rewind(instant(30e6));
    expect(await bytesOf(runner, { kind: 'frames' })).toEqual(before);
    await runner.input({ kind: 'console', text: 'x' });
    const after = await bytesOf(runner, { kind: 'frames' });
    expect(after.length).toBeLessThan(before.length);
    expect(after).toEqual(before.slice(0, after.length));
    const { at } = after.at(-1) ?? { at: 0 };
    expect(at).toBeLessThan(31e6);
    await runner.close();
  });

  it('holds the same frames as a lab in one thread', async () => {
    const wire = new WireTap(Number.POSITIVE_INFINITY);
    const lab = finishedLab(SMALL, wire.hear);
    const runner = await opened();
    await until(runner, lab.now / 1e6);
    const frames = await bytesOf(runner, { kind: 'frames' });
    expect(frames.map(({ at, bytes }) => ({ at, frame: bytes }))).toEqual(wire.frames());
    await runner.close();
  });

  it('forgets the oldest beyond its limit', () => {
    const wire = new WireTap(10_000);
    for (let n = 0; n < 100; n++) {
      const frame = new Uint8Array(100).fill(n);
      wire.hear({
        from: 0,
        to: 2,
        at: instant(n),
        sequence: n,
        payload: { kind: 'frame', id: n * 4, frame },
      });
    }
    const kept = wire.frames();
    expect(kept.length).toBeLessThan(40);
    expect(kept.at(-1)?.at).toBe(99);
    expect(kept[0]?.at).toBe(100 - kept.length);
  });
});
