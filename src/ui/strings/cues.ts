/** The stops of a lecture, by scenario: when, a sentence for the hall, and notes for the one who speaks. */
import type { StopCondition } from '../../trace/notable.ts';

export interface Cue {
  /** The next such moment after the cue before. */
  readonly stop: StopCondition;
  readonly say: string;
  readonly notes: string;
}

const ACTIVATED: Cue = {
  stop: 'activated',
  say: 'The first instruction at the destination: VM downtime ends here.',
  notes:
    'Point at the bracket on the timeline. The client’s outage is another figure: it also waits until the switch has learned where the VM is.',
};
const ENDED: Cue = {
  stop: 'ended',
  say: 'The migration is over. Both memories and both processor states are compared.',
  notes:
    'The comparison is made by code that the migration engine never sees. Give out the run fingerprint: the students’ own runs must show the same.',
};

const CUES: Readonly<Record<string, readonly Cue[]>> = {
  converges: [
    {
      stop: 'round',
      say: 'Round 1 sent every page once. What was written meanwhile must cross again.',
      notes:
        'Before the next cue, ask how many pages round 2 will send. It is not the number of writes: a page that is written ten times is sent again once.',
    },
    {
      stop: 'round',
      say: 'Round 2 was shorter, so less was written during it.',
      notes:
        'This is why it converges: a round with fewer pages takes less time, and in less time fewer different pages are written.',
    },
    {
      stop: 'paused',
      say: 'Few enough pages are left: the VM stands still on both hosts.',
      notes: 'From here until the first instruction at B nobody runs. Let the hall guess how long.',
    },
    ACTIVATED,
    ENDED,
  ],
  'hot-set': [
    {
      stop: 'round',
      say: 'Round 1 is over, and a whole set of pages was written again.',
      notes: 'Ask whether the next round will be shorter. Most will say yes.',
    },
    {
      stop: 'round',
      say: 'The same set again: as many different pages as in the round before.',
      notes:
        'Not because the guest writes faster than the link sends: because the set of pages that it writes to is larger than the threshold, and all of it is written in every round.',
    },
    {
      stop: 'paused',
      say: 'The round limit ends it: the VM is paused with the whole set still to send.',
      notes:
        'Compare the downtime with that of the first scenario, and ask what would help: a smaller set, more bandwidth, a pull.',
    },
    ACTIVATED,
    ENDED,
  ],
  pull: [
    {
      stop: 'paused',
      say: 'At once the VM is paused: no page has been sent in advance.',
      notes: 'Only processor and devices cross now. Ask where the memory is.',
    },
    {
      ...ACTIVATED,
      say: 'The VM runs at the destination, and almost all of its pages are still at the source.',
    },
    {
      stop: 'fault',
      say: 'The guest touches a page that has not come: it stops until the page is fetched.',
      notes:
        'This is the price of a pull: short downtime, then many short stops. And from here until the end both hosts are needed: if one fails, the VM is lost.',
    },
    ENDED,
  ],
};

const ANY: readonly Cue[] = [
  {
    stop: 'paused',
    say: 'The VM is paused: nobody runs now.',
    notes: 'What was sent until now was sent while the guest ran.',
  },
  ACTIVATED,
  ENDED,
];

export const cuesOf = (preset: string): readonly Cue[] =>
  Object.hasOwn(CUES, preset) ? CUES[preset] : ANY;
