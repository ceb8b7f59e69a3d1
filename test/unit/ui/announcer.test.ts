import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/base/units.ts';
import type { MigrationReport } from '../../../src/lab/report.ts';
import { Recorder } from '../../../src/trace/recorder.ts';
import { Replay } from '../../../src/trace/replay.ts';
import { Announcer, type Told } from '../../../src/ui/announcer.ts';

const PLAYING: Told = { phase: 'moving', playing: true, report: undefined };
const STANDING: Told = { ...PLAYING, playing: false };
const OPENING: Told = { ...STANDING, phase: 'opening' };
const READY: Told = { ...STANDING, phase: 'ready' };

/** An announcer whose clock is turned by hand, and a run that grows event by event. */
function story() {
  const said: string[] = [];
  let now = 0;
  let due: { readonly at: number; readonly action: () => void } | undefined;
  const announcer = new Announcer({
    now: () => now,
    after: (milliseconds, action) => {
      due = { at: now + milliseconds, action };
      return () => {
        due = undefined;
      };
    },
    say: (text) => said.push(text),
  });
  let host = new Recorder(0);
  let replay = new Replay();
  let events = 0;
  const create = () => host.event(instant(0), 'vm.created', { vm: 'vm1', vmm: 'xen', pages: 8 });
  create();
  const pass = (milliseconds: number) => {
    now += milliseconds;
    const ready = due;
    if (ready === undefined || ready.at > now) return;
    due = undefined;
    ready.action();
  };
  return {
    said,
    pass,
    round: (round: number) => {
      events += 1;
      host.event(instant(events), 'round.started', { round, pending: 8 });
    },
    wait: (gfn: number) => {
      events += 1;
      host.page(instant(events), 'missing', gfn, 0);
    },
    again: () => {
      host = new Recorder(0);
      replay = new Replay();
      events = 0;
      create();
    },
    listen: (told: Told) => {
      replay.fold([host.take()], instant(events + 1));
      announcer.listen(replay.picture, told);
    },
  };
}

describe('what is said aloud', () => {
  it('comes at most every two seconds while time passes, and nothing of it is lost [A14]', () => {
    const { said, pass, round, listen } = story();
    listen(PLAYING);
    for (let number = 1; number <= 8; number++) {
      round(number);
      listen(PLAYING);
      pass(500);
    }
    pass(2000);
    expect(said).toHaveLength(3);
    expect(said[0]).toBe('Round 1 begins with 8 pages.');
    expect(said.join(' ').match(/Round \d begins/g)).toHaveLength(8);
  });

  it('comes at once, and once, for a step [A14]', () => {
    const { said, pass, round, listen } = story();
    listen(STANDING);
    for (const number of [1, 2]) {
      round(number);
      listen(STANDING);
      pass(0);
      listen(STANDING);
      pass(0);
    }
    expect(said).toEqual(['Round 1 begins with 8 pages.', 'Round 2 begins with 8 pages.']);
  });

  it('is nothing while a run is set up, and then that it stands; not for a page just loaded [A14]', () => {
    const { said, pass, round, again, listen } = story();
    listen(OPENING);
    listen(READY);
    pass(0);
    expect(said).toEqual([]);
    again();
    listen(OPENING);
    round(1);
    listen(OPENING);
    pass(3000);
    expect(said).toEqual([]);
    listen(READY);
    pass(0);
    expect(said).toEqual(['Reset.']);
  });

  it('names the first page waited for, and the others only at the end, together [A14]', () => {
    const { said, pass, wait, listen } = story();
    listen(PLAYING);
    for (let gfn = 0; gfn < 5; gfn++) {
      wait(gfn);
      listen(PLAYING);
      pass(3000);
    }
    expect(said).toEqual(['The guest waits for its first page (page fault).']);
    const verification = {
      pagesCompared: 8,
      memoryEqual: true,
      cpuEqual: true,
      devicesEqual: true,
    };
    const report = { status: 'completed', verification } as MigrationReport;
    listen({ ...PLAYING, report });
    pass(3000);
    expect(said.slice(1)).toEqual([
      'The guest waited for 5 pages in all. 8 pages compared: memory, CPU and devices equal.',
    ]);
  });

  it('has nothing of what came before the moment that was gone to [A14]', () => {
    const { said, pass, round, again, listen } = story();
    listen(STANDING);
    again();
    round(1);
    round(2);
    listen(STANDING);
    pass(0);
    expect(said).toEqual([]);
  });
});
