/** Lessons 1 to 5: the ways to copy memory while somebody writes to it. */

import { completed, roundBegins, vmPaused, vmRunsAtB, waitsForPage } from '../lessons/cues.ts';
import { roundAt } from '../lessons/facts.ts';
import type { Lesson } from '../lessons/lesson.ts';
import { count, plural, time } from './format.ts';
import { pagesScale, roundScale, timeScale } from './lesson-scales.ts';

const span = (ms: number): string => time(ms * 1e6);

const stopAndCopy: Lesson = {
  id: 'why',
  title: 'Why move a running VM',
  question: 'How long does a VM stand still when it is simply paused, copied and continued?',
  intro: [
    'Hosts need new hardware, new software, or rest. Their VMs should not notice. The plainest way is [stop-and-copy|pause, copy, go on].',
    'This VM has 1,024 [page|pages] of 4 KiB, many of them [zero-page|pages of zeros]; the link carries [bandwidth|25 Mbit/s].',
  ],
  runs: [{ name: 'Stop and copy', preset: 'converges', settings: { algorithm: 'stop-and-copy' } }],
  cues: [
    { when: vmPaused, says: 'The VM is paused before the first page has left.', stop: true },
    { when: vmRunsAtB, says: 'It runs again, at host B.' },
    { when: completed, says: 'The source has freed its memory.' },
  ],
  chart: {
    title: 'How long the VM stood still',
    scale: timeScale(1, 10_000),
    bars: ([run]) => (run ? [{ name: 'VM downtime', value: run.downtimeMs }] : []),
  },
  predict: {
    kind: 'mark',
    ask: 'Mark how long the VM will stand still.',
    result: ([run]) => run?.downtimeMs ?? 0,
  },
  explain: ([run]) =>
    run
      ? [
          `All ${plural(run.pages, 'page')} crossed while nobody wrote to them, so each crossed once: ${plural(run.pagesSent, 'page')} sent. The price is ${span(run.downtimeMs)} of [downtime|downtime], nearly all of the ${span(run.totalMs)} in total.`,
          'No page is dirtied while nobody runs: this way always ends. But with twice as many pages the pause is twice as long.',
        ]
      : [],
  check: {
    ask: 'The VM has four times as many pages, filled as these are. What happens to the downtime of stop-and-copy?',
    options: [
      { id: 'same', text: 'It stays', right: false, why: 'Every page crosses during the pause.' },
      {
        id: 'four',
        text: 'About four times as long',
        right: true,
        why: 'Yes: all pages cross during the pause, and the link is no faster.',
      },
      {
        id: 'writes',
        text: 'It depends on how fast the guest writes',
        right: false,
        why: 'A paused guest writes nothing.',
      },
    ],
  },
};

const rounds: Lesson = {
  id: 'rounds',
  title: 'Pre-copy: rounds',
  question: 'How many pages must be sent a second time?',
  intro: [
    '[pre-copy|Copy first, then move]: [round|round] 1 sends all pages while the VM runs, and round 2 those that were [dirty-page|written again] meanwhile. The [dirty-log|list of written pages] knows which.',
    'The guest makes 250 writes a second, spread over its [working-set|pages in use]: 409 of 1,024. A page that is written twice counts once.',
  ],
  runs: [{ name: 'Pre-copy', preset: 'converges', settings: { algorithm: 'pre-copy' } }],
  cues: [
    { when: roundBegins(1), says: 'Round 1 begins. Watch pages turn to “written again”.' },
    { when: roundBegins(2), says: 'Round 2 sends only what was written again.', stop: true },
    { when: roundBegins(3), says: 'Round 2 was short, so round 3 has even less to send.' },
    { when: vmPaused, says: 'Few enough are left: the VM is paused.' },
    { when: vmRunsAtB, says: 'It runs at host B.' },
  ],
  chart: {
    title: 'Pages to send in each round',
    scale: pagesScale(1024),
    bars: ([run]) =>
      (run?.rounds ?? []).map(({ round, pending }) => ({ name: `Round ${round}`, value: pending })),
  },
  predict: {
    kind: 'mark',
    ask: 'Mark how many pages round 2 will have to send.',
    result: ([run]) => (run ? roundAt(run, 2).pending : 0),
  },
  explain: ([run]) =>
    run
      ? [
          `While round 1 was sent, the guest dirtied ${count(roundAt(run, 1).dirtied)} different pages, so round 2 sent ${count(roundAt(run, 2).pending)}. It was shorter, so fewer were dirtied while it ran: ${count(roundAt(run, 2).dirtied)}.`,
          `That went on until ${plural(run.rounds.at(-1)?.pending ?? 0, 'page')} were left, at most the [threshold|threshold] of ${count(run.thresholdPages)}. Then the VM stood still for ${span(run.downtimeMs)}.`,
        ]
      : [],
  check: {
    ask: 'Why is each round shorter than the one before?',
    options: [
      {
        id: 'link',
        text: 'The link becomes faster',
        right: false,
        why: 'The link carries the same all the time.',
      },
      {
        id: 'less',
        text: 'Fewer different pages are dirtied while fewer are sent',
        right: true,
        why: 'Yes: a shorter round leaves less time to dirty pages.',
      },
      {
        id: 'slow',
        text: 'The guest is slowed down',
        right: false,
        why: 'Here the guest runs at its full speed but for the log’s own cost.',
      },
    ],
  },
};

const hotSet: Lesson = {
  id: 'hot-set',
  title: 'The hot set',
  question: 'What if the guest keeps writing the same pages?',
  intro: [
    'Now the guest makes 5,000 writes a second to the same 307 pages, its [hot-set|hot set]. The VM is paused when at most 50 pages are left, or after 5 rounds.',
  ],
  runs: [{ name: 'Pre-copy', preset: 'hot-set' }],
  cues: [
    { when: roundBegins(2), says: 'Round 2 begins. Remember how many pages it has to send.' },
    { when: roundBegins(3), says: 'And round 3?', stop: true },
    { when: roundBegins(5), says: 'The last round that is allowed.' },
    { when: vmPaused, says: 'The round limit ends it: the VM is paused.' },
  ],
  chart: {
    title: 'Pages to send in each round',
    scale: pagesScale(1024, { at: 50, name: 'threshold 50' }),
    bars: ([run]) =>
      (run?.rounds ?? []).map(({ round, pending }) => ({ name: `Round ${round}`, value: pending })),
  },
  predict: {
    kind: 'choose',
    ask: 'From round 2 to round 5, the pages to send in each round will …',
    options: [
      { id: 'fall', text: 'fall, down to the threshold' },
      { id: 'stay', text: 'stay about the same' },
      { id: 'grow', text: 'grow, up to all 1,024' },
    ],
    result: ([run]) => {
      if (!run) return '';
      const [second, last] = [roundAt(run, 2).pending, roundAt(run, 5).pending];
      if (last < second * 0.7) return 'fall';
      return last > second * 1.3 ? 'grow' : 'stay';
    },
  },
  explain: ([run]) =>
    run
      ? [
          `While ${plural(roundAt(run, 2).pending, 'page')} were sent, the guest dirtied ${count(roundAt(run, 2).dirtied)} different ones, round after round: all of its hot set, and the few in which it keeps its own data. The threshold is ${count(run.thresholdPages)}, so the rounds could not [convergence|converge].`,
          'It did not grow either. Writing faster only re-dirties the same pages; what counts is how many different pages are dirtied while a round is sent, against the threshold.',
          `The pause then had to carry the whole hot set: ${span(run.downtimeMs)}.`,
        ]
      : [],
  check: {
    ask: 'The guest writes ten times as fast to the same 307 pages. How many does a round leave now?',
    options: [
      {
        id: 'ten',
        text: 'Ten times as many',
        right: false,
        why: 'It has no more pages to write to than before.',
      },
      {
        id: 'same',
        text: 'As many as before',
        right: true,
        why: 'Yes: nearly all of them were dirtied in each round already.',
      },
      {
        id: 'all',
        text: 'All 1,024',
        right: false,
        why: 'It does not write to the others, however fast it is.',
      },
    ],
  },
};

const whenToStop: Lesson = {
  id: 'stop',
  title: 'When to stop',
  question: 'What does another round buy?',
  intro: [
    'The same guest, and a [threshold|threshold] of 350 pages in place of 50. Its hot set has 307.',
    'Two runs: first with 50, then with 350.',
  ],
  runs: [
    { name: 'Threshold 50', preset: 'hot-set' },
    { name: 'Threshold 350', preset: 'hot-set', migration: { thresholdPages: 350 } },
  ],
  cues: [
    { when: roundBegins(1), says: 'Round 1, as always with all pages.' },
    { when: vmPaused, says: 'Paused. Look how many rounds it took.' },
  ],
  chart: {
    title: 'Rounds, the last with the VM paused',
    scale: roundScale(8),
    bars: (runs) =>
      runs.map((run) => ({
        name: `Threshold ${run.thresholdPages}`,
        value: run.rounds.length,
      })),
  },
  predict: {
    kind: 'mark',
    ask: 'Mark how many rounds it takes with a threshold of 350, the last one included.',
    result: (runs) => runs[1]?.rounds.length ?? 0,
  },
  explain: ([low, high]) =>
    low && high
      ? [
          `With 350, the ${plural(roundAt(high, 1).dirtied, 'page')} dirtied during round 1 were few enough at once. The pause came after ${span(high.totalMs - high.downtimeMs)} in place of ${span(low.totalMs - low.downtimeMs)}.`,
          `And the [downtime|downtime]: ${span(low.downtimeMs)} with 50, ${span(high.downtimeMs)} with 350. The rounds between sent ${count(low.pagesSent - high.pagesSent)} pages more and bought nothing, because each left the same hot set.`,
        ]
      : [],
  check: {
    ask: 'When is another round worth its bytes?',
    options: [
      {
        id: 'always',
        text: 'Always: more rounds, shorter pause',
        right: false,
        why: 'The extra rounds of this run did not shorten the pause.',
      },
      {
        id: 'fewer',
        text: 'When it leaves clearly fewer pages than the one before',
        right: true,
        why: 'Yes. When it leaves as many, it is time to stop, slow the guest, or pull.',
      },
      {
        id: 'never',
        text: 'Never',
        right: false,
        why: 'In the lesson before last the rounds cut the pause from all pages to eight.',
      },
    ],
  },
};

const pull: Lesson = {
  id: 'pull',
  title: 'Pull: faults instead of rounds',
  question: 'How many pages will the guest have to wait for?',
  intro: [
    '[pull|Move first, fetch later]: the VM changes hosts with nothing but its CPU state. All 1,024 pages are still at the source; the guest uses 409 of them.',
    'The source pushes all pages in the background. A page that the guest touches before it came is [page-fault|asked for] and goes first.',
  ],
  runs: [{ name: 'Pull', preset: 'pull' }],
  cues: [
    { when: vmRunsAtB, says: 'It already runs at host B, with hardly a page.' },
    { when: waitsForPage, says: 'The guest touched a missing page and waits for it.', stop: true },
    { when: completed, says: 'Every page has come; the source lets go.' },
  ],
  chart: {
    title: 'Pages the guest had to wait for',
    scale: pagesScale(512, { at: 409, name: 'pages in use 409' }),
    bars: ([run]) => (run ? [{ name: 'Waited for', value: run.faults }] : []),
  },
  predict: {
    kind: 'mark',
    ask: 'Mark how many pages the guest will have to wait for.',
    result: ([run]) => run?.faults ?? 0,
  },
  explain: ([run]) =>
    run
      ? [
          `The guest waited for ${plural(run.faults, 'page')}. The background push brought the others before they were touched, and each page crossed once: ${plural(run.pagesSent, 'page')} sent.`,
          `[downtime|Downtime] was ${span(run.downtimeMs)}, but each wait costs at least one way there and back. Nothing had to [convergence|converge]: no page is sent twice.`,
        ]
      : [],
  check: {
    ask: 'The hot set of 307 pages kept pre-copy from converging. What does it do to pull?',
    options: [
      {
        id: 'never',
        text: 'Pull never ends either',
        right: false,
        why: 'Each page crosses once, so pull always ends while the link holds.',
      },
      {
        id: 'faults',
        text: 'The guest waits for more pages at first, then no more',
        right: true,
        why: 'Yes: hot pages are touched at once, and once there they stay.',
      },
      {
        id: 'none',
        text: 'Nothing at all',
        right: false,
        why: 'Pages touched early are waited for.',
      },
    ],
  },
};

export const COPYING: readonly Lesson[] = [stopAndCopy, rounds, hotSet, whenToStop, pull];
