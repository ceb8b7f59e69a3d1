import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assembleGuest } from '../../../src/asm/guest.ts';
import { exists } from '../../../src/base/assert.ts';
import type { Result } from '../../../src/base/result.ts';
import { instant } from '../../../src/base/units.ts';
import { threadHosts } from '../../../src/bridge/node/thread-hosts.ts';
import { type GuestSource, LabRunner } from '../../../src/lab/lab-runner.ts';
import type { StopBefore } from '../../../src/lab/party.ts';
import type { PartyPort } from '../../../src/lab/party-port.ts';
import type { LabUpdate } from '../../../src/lab/session.ts';
import type { HostWiring } from '../../../src/lab/wiring.ts';
import type { TraceChunk } from '../../../src/trace/recorder.ts';
import { traceText } from '../../../src/trace/text.ts';
import { buildHostScript } from '../../support/host-script.ts';
import { SMALL, scenario } from '../../support/labs.ts';

/** Writes to every third page; the repeated store is one instruction of many steps. */
const PROGRAM = `_start: mov edi, 0x110000
.page:  mov ecx, 4
        rep stosd
        add edi, 3 * 4096 - 16
        cmp edi, 0x130000
        jb .page
round:  inc eax
        jmp _start`;
const ORIGIN = 0x10_2000;
/** What `round` is: after MOV, MOV, REP STOSD, ADD, CMP and JB. */
const ROUND = ORIGIN + 5 + 5 + 2 + 6 + 6 + 2;
const AT_ROUND: StopBefore = { kind: 'addresses', linear: [ROUND] };
const NEXT: StopBefore = { kind: 'instruction' };
const STOPS: readonly StopBefore[] = [AT_ROUND, AT_ROUND, NEXT, NEXT];
const FAR = instant(20_000_000_000);

const OWN = scenario({ ...SMALL, vm: { ...SMALL.vm, guest: 'own', program: PROGRAM } });

let spawnHost: (wiring: HostWiring) => Promise<PartyPort>;
const runners: LabRunner[] = [];

beforeAll(async () => {
  spawnHost = threadHosts(await buildHostScript());
});

afterAll(async () => {
  for (const runner of runners) await runner.close();
});

function value<T>(result: Result<T, string>): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

/** A run whose trace is collected as a page would. */
class Watched {
  readonly runner: LabRunner;
  readonly chunks: TraceChunk[] = [];

  constructor(inWorkers: boolean) {
    const loadGuest = async ({ program = '' }: GuestSource) => assembleGuest('test', program);
    this.runner = new LabRunner(inWorkers ? { loadGuest, spawnHost } : { loadGuest });
    runners.push(this.runner);
  }

  take(result: Result<LabUpdate, string>): LabUpdate {
    const update = value(result);
    this.chunks.push(...update.chunks);
    return update;
  }

  async open(): Promise<void> {
    this.take(await this.runner.open(OWN));
  }

  async to(until: number, stop?: StopBefore): Promise<LabUpdate> {
    return this.take(await this.runner.advance(instant(until), stop));
  }

  /** Where the guest stands, on whichever host. */
  async guest() {
    const [a, b] = value(await this.runner.inspect({ kind: 'registers' }));
    const found = [a, b].find((insight) => insight?.kind === 'registers' && insight.running);
    if (found?.kind !== 'registers') throw new Error('the guest runs somewhere');
    return { eip: Number(found.values.eip), retired: found.retired, vmm: found.vmm };
  }
}

describe.each([
  { where: 'one thread', inWorkers: false },
  { where: 'worker threads', inWorkers: true },
])('stopping before an instruction, in $where', ({ inWorkers }) => {
  it('is a look: before, in a round and after, and the run stays the same to the byte', async () => {
    const straight = new Watched(inWorkers);
    await straight.open();
    const end = straight.take(await straight.runner.finish());

    const watched = new Watched(inWorkers);
    await watched.open();
    const where: string[] = [];
    for (const from of [1e6, 40e6, end.now - 10e6]) {
      await watched.to(from);
      for (const stop of STOPS) {
        const before = await watched.guest();
        const { met, now } = await watched.to(FAR, stop);
        const after = await watched.guest();
        expect(met).toBe(true);
        expect(now).toBeLessThan(FAR);
        if (stop === AT_ROUND) expect(after.eip).toBe(ROUND);
        else expect(after.retired).toBe(before.retired + 1);
        where.push(after.vmm);
      }
    }
    expect([...new Set(where)]).toEqual(['xen', 'kvm']);
    const { report } = watched.take(await watched.runner.finish());
    expect(report).toEqual(end.report);
    expect(traceText(watched.chunks)).toBe(traceText(straight.chunks));
  });
});

describe('stopping before an instruction', () => {
  it('meets an address as often as stepping comes to it, and a repeated one once', async () => {
    const stepped = new Watched(false);
    await stepped.open();
    await stepped.to(1e6, AT_ROUND);
    const first = await stepped.guest();
    const seen: number[] = [];
    do {
      await stepped.to(FAR, NEXT);
      seen.push((await stepped.guest()).eip);
    } while (seen.at(-1) !== ROUND);
    // Every instruction once a page, but the one in front and the two behind.
    const pages = seen.filter((eip) => eip === ORIGIN + 10).length;
    expect(pages).toBe(Math.ceil((0x130000 - 0x110000) / (3 * 4096)));
    expect(seen.length).toBe(5 * pages + 3);

    const met = new Watched(false);
    await met.open();
    await met.to(1e6, AT_ROUND);
    expect(await met.guest()).toEqual(first);
    await met.to(FAR, AT_ROUND);
    expect(await met.guest()).toEqual(await stepped.guest());
  });

  it('lets everything stand at that moment, where going back comes to as well', async () => {
    const watched = new Watched(false);
    await watched.open();
    const { now } = await watched.to(41e6, AT_ROUND);
    const look = async () => ({
      registers: value(await watched.runner.inspect({ kind: 'registers' })),
      page: value(await watched.runner.inspect({ kind: 'page', gfn: 0x110 })),
      hosts: value(await watched.runner.inspect({ kind: 'host' })),
      core: (await watched.runner.checkpoint()).core,
    });
    const there = await look();
    await watched.to(now + 5e6);
    value(await watched.runner.rewind(now));
    expect(await look()).toEqual(there);
    expect(exists(there.page[0], 'the page').kind).toBe('page');
  });

  it('says that it was not met, and has run to the end of what it was given', async () => {
    const watched = new Watched(false);
    await watched.open();
    const { met, now } = await watched.to(3e6, { kind: 'addresses', linear: [0x1234] });
    expect(met).toBeUndefined();
    expect(now).toBe(3e6);
  });
});
