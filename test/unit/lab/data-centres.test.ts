import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { instant } from '../../../src/base/units.ts';
import { checkStory, type VmPlan } from '../../../src/lab/data-centre-model.ts';
import { DataCentres } from '../../../src/lab/data-centres.ts';
import { fairShares } from '../../../src/lab/fair-shares.ts';
import { guestImage } from '../../support/labs.ts';

const plan = (id: string, more: Partial<VmPlan> = {}): VmPlan => ({
  id,
  kind: 'xen',
  guest: 'muncher',
  memoryMiB: 4,
  imageMiB: 100,
  bandwidthMbps: 1000,
  centre: 0,
  seed: 1,
  ...more,
});

function centres(linkMbps: number, plans: readonly VmPlan[]): DataCentres {
  const made = new DataCentres(linkMbps);
  for (const each of plans)
    expect(made.deploy(each, guestImage(each.guest))).toMatchObject({ ok: true });
  return made;
}

/** Until no migration is under way. */
function settle(made: DataCentres): void {
  for (let i = 0; made.view().vms.some(({ share }) => share !== undefined); i++) {
    if (i > 200) throw new Error('the migrations do not end');
    made.advance(instant(made.view().now + 50e6));
  }
}

/** What runs where, in MiB. */
const running = (made: DataCentres) =>
  [0, 1].map((centre) =>
    made
      .view()
      .vms.filter((vm) => vm.centre === centre)
      .reduce((sum, { memoryMiB }) => sum + memoryMiB, 0),
  );

describe('two data centres', () => {
  it('move two of four VMs of two kinds at once over one link, in even shares, each verified', () => {
    const made = centres(100, [
      plan('a'),
      plan('b', { kind: 'kvm', memoryMiB: 4, guest: 'ticker' }),
      plan('c', { kind: 'xen', centre: 1, guest: 'idle', memoryMiB: 2 }),
      plan('d', { kind: 'kvm', centre: 1, memoryMiB: 2, seed: 2 }),
    ]);
    made.advance(instant(20e6));
    expect(made.view().ramUsedMiB).toEqual(running(made));
    for (const id of ['a', 'd']) expect(made.migrate(id)).toMatchObject({ ok: true });
    made.advance(instant(40e6));
    expect(made.view().vms.map(({ share }) => share)).toEqual([50, undefined, undefined, 50]);
    // Both centres hold what runs there and what is being received.
    expect(made.view().ramUsedMiB).toEqual([4 + 4 + 2, 2 + 2 + 4]);
    settle(made);
    const { moves, vms, ramUsedMiB } = made.view();
    expect(moves.map(({ id }) => id).sort()).toEqual(['a', 'd']);
    const rates = moves.map(
      ({ transferredBytes, totalTimeMs }) => transferredBytes / totalTimeMs / 125,
    );
    // The first to end never had more than its half; the link is never more than full.
    expect(rates[0]).toBeLessThanOrEqual(50);
    expect(rates[0]).toBeGreaterThan(30);
    expect(rates[1]).toBeLessThanOrEqual(100);
    for (const move of moves) expect(move).toMatchObject({ status: 'completed', verified: true });
    const kinds = Object.fromEntries(vms.map(({ id, centre, kind }) => [id, [centre, kind]]));
    expect(kinds).toEqual({ a: [1, 'kvm'], b: [0, 'kvm'], c: [1, 'xen'], d: [0, 'xen'] });
    expect(ramUsedMiB).toEqual(running(made));
    expect(exists(moves.at(-1), 'a move').ramAfter).toEqual(ramUsedMiB);
    expect(moves[0].ramBefore).toEqual([8, 4]);
  });

  it('move a VM there and back, in turn', () => {
    const made = centres(400, [plan('a', { memoryMiB: 2, guest: 'ticker' })]);
    made.advance(instant(10e6));
    for (const [centre, kind] of [
      [1, 'kvm'],
      [0, 'xen'],
    ] as const) {
      expect(made.migrate('a')).toMatchObject({ ok: true });
      settle(made);
      expect(made.view().vms[0]).toMatchObject({ centre, kind, running: true });
    }
    expect(made.view().moves.map(({ verified }) => verified)).toEqual([true, true]);
  });

  it('gives the same moves however time is cut', () => {
    const [once, often] = [1, 7].map((pieces) => {
      const made = centres(100, [
        plan('a', { memoryMiB: 2 }),
        plan('b', { memoryMiB: 2, seed: 2 }),
      ]);
      made.migrate('a');
      made.migrate('b');
      for (let i = 1; i <= pieces; i++) made.advance(instant(Math.floor((400 * i) / pieces) * 1e6));
      return made.view();
    });
    expect(often).toEqual(once);
    expect(once.moves.length).toBeGreaterThan(0);
  });

  it('refuses an id that is taken, and what RAM has no room for, by name', () => {
    const made = centres(100, [plan('a', { memoryMiB: 24 })]);
    const guest = guestImage('muncher');
    const error = (words: RegExp) => ({ ok: false, error: expect.stringMatching(words) });
    expect(made.deploy(plan('a'), guest)).toEqual(error(/there is a VM a already/));
    expect(made.deploy(plan('b', { memoryMiB: 12 }), guest)).toEqual(
      error(/b is not deployed: datacenter 1 has 8 MiB of RAM free, and 12 are needed/),
    );
    expect(made.deploy(plan('b', { memoryMiB: 12, centre: 1 }), guest)).toMatchObject({ ok: true });
    expect(made.migrate('a')).toEqual(error(/a stays: datacenter 2 has 20 MiB/));
    expect(made.migrate('x')).toEqual(error(/there is no VM x/));
    expect(made.view().vms.length).toBe(2);

    // Room that was promised a moment ago is not promised again.
    expect(made.deploy(plan('c', { memoryMiB: 8, centre: 1 }), guest)).toMatchObject({ ok: true });
    expect(made.migrate('c')).toMatchObject({ ok: true });
    expect(made.deploy(plan('d', { memoryMiB: 2 }), guest)).toEqual(
      error(/datacenter 1 has 0 MiB of RAM free, and 2 are needed/),
    );
  });
});

describe('shares of a link', () => {
  it('are even, and what one cannot use is the others’', () => {
    expect(fairShares(100, [1000, 1000])).toEqual([50, 50]);
    expect(fairShares(100, [10, 1000, 1000])).toEqual([10, 45, 45]);
    expect(fairShares(100, [5, 20])).toEqual([5, 20]);
    expect(fairShares(100, [])).toEqual([]);
  });

  it('tell a story that leads to the same figures and fingerprints again', () => {
    const first = centres(100, [plan('a', { memoryMiB: 2 })]);
    first.advance(instant(20e6));
    first.deploy(plan('b', { kind: 'kvm', memoryMiB: 2, guest: 'ticker' }), guestImage('ticker'));
    for (const id of ['a', 'b']) expect(first.migrate(id)).toMatchObject({ ok: true });
    settle(first);
    const told = checkStory(JSON.parse(JSON.stringify(first.view().story)));
    if (!told.ok) throw new Error(told.error);
    expect(told.value.steps).toHaveLength(4);
    const again = new DataCentres(100);
    const until = (ms: number) => again.advance(instant(ms * 1e6));
    for (const step of told.value.steps) {
      until(step.atMs);
      if ('deploy' in step) again.deploy(step.deploy, guestImage(step.deploy.guest));
      else again.migrate(step.migrate);
    }
    until(told.value.untilMs);
    expect(again.view()).toEqual(first.view());
    expect(again.view().moves.map(({ traceHash }) => traceHash.length)).toEqual([64, 64]);
  });

  it.each([
    ['no story', 'unreadable', 'all of it'],
    [
      'too much memory',
      { steps: [{ atMs: 0, deploy: { ...plan('a'), memoryMiB: 64 } }], untilMs: 1 },
      'steps',
    ],
    ['a time without end', { steps: [], untilMs: 1e12 }, 'untilMs'],
  ])('refuse %s by its place', (_, told, place) => {
    const checked = checkStory(told);
    expect(checked).toMatchObject({ ok: false, error: expect.stringContaining(place) });
  });
});
