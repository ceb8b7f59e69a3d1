/** Lessons 6 to 9: choosing, translating, announcing, failing. */

import {
  completed,
  givenUp,
  linkDown,
  roundBegins,
  switchMoved,
  translated,
  vmPaused,
  vmRunsAtB,
} from '../lessons/cues.ts';
import { roundAt } from '../lessons/facts.ts';
import type { Lesson } from '../lessons/lesson.ts';
import { bytes, count, plural, time } from './format.ts';
import { bytesScale, pagesScale, timeScale } from './lesson-scales.ts';

const span = (ms: number): string => time(ms * 1e6);

const hybrid: Lesson = {
  id: 'hybrid',
  title: 'Hybrid: choose from the pool',
  question: 'Does a round before the pull spare the guest its waiting?',
  intro: [
    '[hybrid|Rounds first, then fetching]: one round of pre-copy brings all pages, then the VM moves and pulls only those [dirty-page|written again].',
    'Two runs with the converging guest (250 writes a second): pull alone, then hybrid.',
  ],
  runs: [
    { name: 'Pull', preset: 'pull' },
    { name: 'Hybrid', preset: 'converges', settings: { algorithm: 'hybrid' } },
  ],
  cues: [
    { when: vmRunsAtB, says: 'The VM runs at host B; what is left follows.' },
    { when: completed, says: 'Every page has come.' },
  ],
  chart: {
    title: 'Pages the guest had to wait for',
    scale: pagesScale(100),
    bars: (runs) =>
      runs.map((run, i) => ({ name: i === 0 ? 'Pull' : 'Hybrid', value: run.faults })),
  },
  predict: {
    kind: 'mark',
    ask: 'Mark how many pages the guest waits for with hybrid.',
    result: (runs) => runs[1]?.faults ?? 0,
  },
  explain: ([pull, both]) =>
    pull && both
      ? [
          `Pull alone had all ${count(pull.pages)} pages to fetch, and the guest waited for ${count(pull.faults)}. After one round only ${plural(roundAt(both, 1).dirtied, 'page')} were old, and it waited for ${count(both.faults)}.`,
          `The price: ${plural(both.pagesSent - pull.pagesSent, 'page')} more crossed the link, and it took ${span(both.totalMs)} in place of ${span(pull.totalMs)}. Both paused the VM only briefly: ${span(pull.downtimeMs)} and ${span(both.downtimeMs)}.`,
        ]
      : [],
  check: {
    ask: 'A guest re-dirties nearly all its pages during round 1. What does hybrid gain over pull?',
    options: [
      {
        id: 'nothing',
        text: 'Little: the round was sent in vain',
        right: true,
        why: 'Yes: as many different pages are left as if nothing had been sent.',
      },
      {
        id: 'half',
        text: 'Half the waiting',
        right: false,
        why: 'What was dirtied again must be fetched all the same.',
      },
      {
        id: 'down',
        text: 'A much shorter downtime',
        right: false,
        why: 'Both pause only for the CPU state.',
      },
    ],
  },
};

const translation: Lesson = {
  id: 'translation',
  title: 'Xen → common format → KVM',
  question: 'How much of what crosses is the CPU and the devices?',
  intro: [
    'Two different [vmm|VMMs] keep the same CPU in different forms. The source translates its own form into the [common-format|common format], the destination takes it from there.',
    'Copied: control registers. Renamed: general registers. Recomputed: a segment’s access rights, one word here and bytes there. Left out: [mfn|machine frames], which mean nothing elsewhere; [gfn|guest page numbers] stay.',
  ],
  runs: [{ name: 'Xen-like → KVM-like', preset: 'converges' }],
  cues: [
    { when: vmPaused, says: 'The VM is paused: now its CPU can be read.' },
    { when: translated, says: 'CPU and devices were translated.', stop: true },
    { when: vmRunsAtB, says: 'The very next instruction runs at host B.' },
  ],
  chart: {
    title: 'Bytes sent from A to B',
    scale: bytesScale(10, 100_000_000),
    bars: ([run]) =>
      run
        ? [
            { name: 'CPU and devices', value: run.translationBytes },
            { name: 'Everything', value: run.bytesSent },
          ]
        : [],
  },
  predict: {
    kind: 'mark',
    ask: 'Mark how many bytes the translated state of CPU and devices has.',
    result: ([run]) => run?.translationBytes ?? 0,
  },
  explain: ([run]) =>
    run
      ? [
          `${bytes(run.translationBytes)} of ${bytes(run.bytesSent)}: nearly everything that crosses is memory. It needs no translation, because a page’s contents and its [gfn|guest page number] mean the same on both hosts.`,
          'So moving between different VMMs costs hardly more time. What is hard is that every field must keep its meaning.',
        ]
      : [],
  check: {
    ask: 'Why are machine frame numbers not sent?',
    options: [
      {
        id: 'secret',
        text: 'They are secret',
        right: false,
        why: 'They are merely of no use at another host.',
      },
      {
        id: 'local',
        text: 'They name places in the source’s own memory',
        right: true,
        why: 'Yes: the destination has put the same guest page into another frame.',
      },
      {
        id: 'big',
        text: 'They would take too many bytes',
        right: false,
        why: 'A few bytes for each page would not matter beside 4,096.',
      },
    ],
  },
};

const client: Lesson = {
  id: 'client',
  title: 'The client’s view',
  question: 'The VM stands still for a moment. How long does its client wait?',
  intro: [
    'The client asks every 10 ms. [downtime|VM downtime] ends with the first instruction at host B; but the switch still sends frames to port A until it is [arp|told otherwise].',
    'Here each way between a host and the switch takes 20 ms. The VM will stand still for about 15 ms.',
  ],
  runs: [{ name: 'Pre-copy', preset: 'converges', network: { lanLatencyMs: 20 } }],
  cues: [
    { when: vmPaused, says: 'The VM is paused. Requests go on arriving at host A.' },
    { when: vmRunsAtB, says: 'It runs at B and announces itself.', stop: true },
    { when: switchMoved, says: 'The switch has heard it and sends frames to B.' },
  ],
  chart: {
    title: 'VM downtime and client outage',
    scale: timeScale(1, 1000),
    bars: ([run]) =>
      run
        ? [
            { name: 'VM downtime', value: run.downtimeMs },
            { name: 'Client outage', value: run.outageMs },
          ]
        : [],
  },
  predict: {
    kind: 'mark',
    ask: 'Mark how long the client waits beyond the usual.',
    result: ([run]) => run?.outageMs ?? 0,
  },
  explain: ([run]) =>
    run
      ? [
          `The VM stood still for ${span(run.downtimeMs)}; the client missed answers for ${span(run.outageMs)}, give or take one of its 10 ms.`,
          'The difference is the announcement’s way to the switch, and requests that were on the way to the old port. No page has anything to do with it.',
        ]
      : [],
  check: {
    ask: 'Half as many pages are left for the pause. What becomes of the client’s outage?',
    options: [
      {
        id: 'half',
        text: 'It halves',
        right: false,
        why: 'Only the downtime shrinks; the network’s share stays.',
      },
      {
        id: 'less',
        text: 'It shrinks by what the downtime shrinks',
        right: true,
        why: 'Yes: the announcement takes its way all the same.',
      },
      {
        id: 'same',
        text: 'It stays exactly the same',
        right: false,
        why: 'The client also waits while nobody runs.',
      },
    ],
  },
};

const failures: Lesson = {
  id: 'failures',
  title: 'When the link breaks',
  question: 'The link is cut in the middle. Where can the VM go on?',
  intro: [
    'Two runs in which the link between the hosts is unplugged and not plugged in again: during the first round of [pre-copy|pre-copy], and in the middle of a [pull|pull].',
  ],
  runs: [
    {
      name: 'Pre-copy, cut in round 1',
      preset: 'converges',
      settings: {
        faults: [{ when: { round: 1, afterMs: 100 }, input: { kind: 'link', up: false } }],
      },
      migration: { limitMs: 4000 },
    },
    {
      name: 'Pull, cut half-way',
      preset: 'pull',
      settings: {
        faults: [{ when: { stage: 6, afterMs: 200 }, input: { kind: 'link', up: false } }],
      },
      migration: { limitMs: 4000 },
    },
  ],
  cues: [
    { when: roundBegins(1), says: 'Pages cross.' },
    { when: linkDown, says: 'The link is down. Nobody has noticed yet.' },
    { when: givenUp, says: 'After half a second without a word the source gives up waiting.' },
  ],
  chart: {
    title: 'Pages not at the destination when the link broke',
    scale: pagesScale(1024),
    bars: (runs) =>
      runs.map((run, i) => ({ name: i === 0 ? 'Pre-copy' : 'Pull', value: run.pagesLeft })),
  },
  predict: {
    kind: 'choose',
    ask: 'In which of the two does the VM go on unharmed, with all its memory?',
    options: [
      { id: 'both', text: 'In both' },
      { id: 'first', text: 'Only in pre-copy' },
      { id: 'second', text: 'Only in pull' },
    ],
    result: ([first, second]) => {
      const whole = first?.runsAt === 'A' && first.status === 'failed';
      const fetched = second?.status === 'completed';
      if (whole && fetched) return 'both';
      return whole ? 'first' : 'second';
    },
  },
  explain: ([first, second]) =>
    first && second
      ? [
          `In pre-copy ${plural(first.pagesLeft, 'page')} had not crossed, and it did not matter: the source had given nothing away. The VM runs on at host ${first.runsAt}. B waits longer, and then throws its copy away.`,
          `In the pull the VM had moved, and ${plural(second.pagesLeft, 'page')} were still at A alone. No host has all of it: the migration is ${second.status === 'postcopy-paused' ? 'paused until the link is back' : second.status}, and the guest stands still at the next page it lacks.`,
        ]
      : [],
  check: {
    ask: 'And if in the middle of the pull host A burns down?',
    options: [
      {
        id: 'lost',
        text: 'The VM is lost',
        right: true,
        why: 'Yes: the newest contents of some pages were nowhere else.',
      },
      {
        id: 'again',
        text: 'B starts the migration again',
        right: false,
        why: 'There is nobody left to ask for the missing pages.',
      },
      {
        id: 'zeros',
        text: 'B takes zeros for the missing pages',
        right: false,
        why: 'That would be another VM with the same name.',
      },
    ],
  },
};

export const SYSTEMS: readonly Lesson[] = [hybrid, translation, client, failures];
