/** What the page says in words, against what is in the hosts: real guest code, real memory. */
import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { Prng } from '../../../src/base/prng.ts';
import { ok, type Result } from '../../../src/base/result.ts';
import { instant } from '../../../src/base/units.ts';
import { LabRunner } from '../../../src/lab/lab-runner.ts';
import type { LabUpdate } from '../../../src/lab/session.ts';
import { createAppStore, type RunPhase } from '../../../src/store/app-state.ts';
import { PAGE_EVENTS } from '../../../src/trace/event.ts';
import type { Picture } from '../../../src/trace/picture.ts';
import { Replay } from '../../../src/trace/replay.ts';
import { cursorText } from '../../../src/ui/strings/page-cursor.ts';
import { stageSummary } from '../../../src/ui/strings/sentences.ts';
import { guestImage, type ScenarioInput, SMALL, scenario } from '../../support/labs.ts';

/** A lab, the picture that the page would have of it, and how often each page was sent. */
async function watched(input: ScenarioInput) {
  const runner = new LabRunner({ loadGuest: async ({ guest }) => ok(guestImage(guest)) });
  const replay = new Replay();
  const sends = new Map<number, number>();
  const follow = (update: Result<LabUpdate, string>) => {
    if (!update.ok) throw new Error(update.error);
    const { chunks, now } = update.value;
    for (const { pages } of chunks)
      for (let i = 0; i < pages.count; i++)
        if (PAGE_EVENTS[pages.kind[i]] === 'sent')
          sends.set(pages.gfn[i], (sends.get(pages.gfn[i]) ?? 0) + 1);
    replay.fold(chunks, now);
    return update.value;
  };
  follow(await runner.open(scenario(input)));
  return { runner, follow, sends, picture: replay.picture };
}

async function bytesOf(runner: LabRunner, gfn: number) {
  const found = await runner.inspect({ kind: 'page', gfn });
  if (!found.ok) throw new Error(found.error);
  return found.value.map((page) =>
    page?.kind === 'page' && !page.missing ? Buffer.from(page.bytes) : undefined,
  );
}

const ZEROS = Buffer.alloc(4096);

describe('the words under the page cursor', () => {
  it('are those of the hosts’ memories, for 50 random pages at random moments [A3]', async () => {
    const { runner, follow, sends, picture } = await watched(SMALL);
    const random = Prng.stream(22, 'looks');
    const met = new Map<string, number>();
    await runner.step('round').then(follow);
    for (let look = 0; look < 10; look++) {
      follow(await runner.advance(instant(picture.now + 1 + random.below(40_000_000))));
      for (let i = 0; i < 5; i++) {
        const gfn = random.below(picture.pages.count);
        const text = cursorText(picture, gfn);
        const [, state = '', times = ''] =
          /^Page \d+: (.*), (never sent|sent .*)$/.exec(text) ?? [];
        met.set(state, (met.get(state) ?? 0) + 1);
        const n = sends.get(gfn) ?? 0;
        expect(times).toBe(n === 0 ? 'never sent' : n === 1 ? 'sent once' : `sent ${n} times`);
        const [a, b] = await bytesOf(runner, gfn);
        if (state.startsWith('same on both')) expect(a?.equals(exists(b, 'B')), text).toBe(true);
        if (state.endsWith('all zeros')) expect(b?.equals(ZEROS), text).toBe(true);
        if (state === 'not sent at A, empty at B')
          expect(b?.equals(ZEROS) ?? true, text).toBe(true);
        if (state.startsWith('empty at A')) expect(a, text).toBeUndefined();
      }
    }
    expect([...met.values()].reduce((sum, n) => sum + n)).toBe(50);
    expect(met.size, [...met.keys()].join('; ')).toBeGreaterThanOrEqual(4);
    await runner.close();
  });
});

describe('the summary of the stage', () => {
  it('says at six moments who runs, what is left, and what link, switch and client do [A15]', async () => {
    const { runner, follow, picture } = await watched(SMALL);
    const store = createAppStore('custom', scenario(SMALL));
    const summary = (phase: RunPhase) => stageSummary(picture, { ...store.getState(), phase });
    const said = async (phase: RunPhase, is: (now: Picture) => boolean) => {
      for (let steps = 0; !is(picture); steps++) {
        if (steps > 400) throw new Error(`not reached: ${is}`);
        follow(await runner.step('event'));
      }
      return summary(phase);
    };
    const inRound = (wanted: number) => (now: Picture) => now.rounds.at(-1)?.round === wanted;

    follow(await runner.advance(instant(25_000_000)));
    const first = summary('ready');
    expect(first).toMatch(/^A VM runs on the Xen-like host A\. One press moves it/);
    expect(first).toContain('Host A, Xen-like: VM running. Host B, KVM-like: ready to receive.');
    expect(first).toMatch(/frames to port 0\. The client’s ARP cache has [\d.]+ at [\d:a-f]+\./);
    expect(first).toMatch(/The client was answered in [\d.]+ microseconds\. Space begins/);

    const one = await said('moving', inRound(1));
    expect(one).toMatch(
      /^Round 1 sends every page once.* 512 pages left to send\. The working set is outlined at A: the last 204 pages\. The link carries/,
    );

    const two = await said('moving', inRound(2));
    const [, again] = exists(/ (\d+) were written again/.exec(two) ?? undefined, 'pages');
    expect(Number(again)).toBeGreaterThan(0);

    const paused = await said('moving', ({ downtime }) => downtime !== undefined);
    expect(paused).toMatch(
      /^The VM is paused.*Host A, Xen-like: VM paused\. Host B, KVM-like: receiving\./,
    );

    const moved = await said('moving', ({ hosts }) => hosts[1].vm === 'running');
    expect(moved).toMatch(/Host B, KVM-like: VM running\..* 0 pages left to send\./);

    const { report } = follow(await runner.finish());
    store.setState({ report });
    const over = summary('done');
    expect(over).toMatch(
      /^512 pages compared: memory, CPU and devices equal\..*frames to port 1\./,
    );
    expect(over).toMatch(
      /without answers for [\d.]+ milliseconds longer than usual\. Home goes back/,
    );
    await runner.close();
  });
});
