/**
 * What a migration would be like: an algorithm's own decisions are played through against what was
 * seen of the guest's writes, with rounds that take as long as their pages take on the wire. The
 * curve of distinct pages over time saturates by itself, which a constant dirty rate does not.
 */
import { type Duration, duration, PAGE_SIZE } from '../base/units.ts';
import { COSTS } from '../vmm/costs.ts';
import type { Algorithm, AlgorithmContext, Moment, RoundFacts } from './algorithms/algorithm.ts';
import type { MigrationSettings } from './settings.ts';

/** Distinct pages that the guest wrote in so much time. */
export interface WritesSeen {
  readonly time: Duration;
  readonly pages: number;
}

export interface Survey {
  readonly totalPages: number;
  readonly zeroPages: number;
  /** Ascending in both. */
  readonly writes: readonly WritesSeen[];
  /** What a first write costs the guest. */
  readonly faultCost: Duration;
  readonly bitsPerSecond: number;
  readonly roundTrip: Duration;
  readonly settings: MigrationSettings;
}

export interface Prediction {
  /** False: it would not end, or give up. */
  readonly ends: boolean;
  readonly downtime: Duration;
  readonly totalTime: Duration;
  /** Of the guest's time, in hundredths of one per cent. */
  readonly slowdown: number;
  readonly bytes: number;
}

/** A rehearsal that comes so far is taken for one without end. */
const MOST_ROUNDS = 60;
const ZERO_PAGE_BYTES = 8;
/** STATE, READY and GO cross the link, and the VM is paused and started. */
const CROSSINGS = 3;
const FIXED_COST = COSTS.pause.ns + COSTS.resume.ns;
/** Of the pages that a guest needs while they are pushed, how many come too late: one in two. */
const LATE_SHARE = 2;

/** Distinct pages written in `time`: between two sights on the line, beyond the last on its slope. */
export function pagesWritten({ writes, totalPages }: Survey, time: number): number {
  let before: WritesSeen = { time: duration(0), pages: 0 };
  let slope: readonly [number, number] = [0, 1];
  for (const seen of writes) {
    slope = [seen.pages - before.pages, Math.max(1, seen.time - before.time)];
    if (time <= seen.time) break;
    before = seen;
  }
  const more = Math.floor(((time - before.time) / slope[1]) * slope[0]);
  return Math.min(totalPages, before.pages + more);
}

interface Play {
  pending: number;
  workingSet: number;
  elapsed: number;
  bytes: number;
  lost: number;
  rate: number;
  rounds: RoundFacts[];
}

export function rehearse(algorithm: Algorithm, survey: Survey): Prediction {
  const { totalPages, bitsPerSecond } = survey;
  const play: Play = {
    pending: totalPages,
    workingSet: 0,
    elapsed: 0,
    bytes: 0,
    lost: 0,
    rate: bitsPerSecond,
    rounds: [],
  };
  let moment: Moment = 'start';
  for (let step = 0; step < MOST_ROUNDS; step++) {
    const decision = algorithm.decide(contextOf(survey, play, moment));
    switch (decision.action) {
      case 'sample':
        play.elapsed += decision.time;
        play.workingSet = pagesWritten(survey, decision.time);
        moment = 'sampled';
        break;
      case 'send-round':
        playRound(survey, play, decision.bitsPerSecond ?? bitsPerSecond, decision.hold === true);
        moment = 'round-ended';
        break;
      case 'switch-over':
        return end(survey, play, 'none');
      case 'run-destination':
        return end(survey, play, pullKind(algorithm, survey, play));
      default:
        return { ...end(survey, play, 'none'), ends: false };
    }
  }
  return { ...end(survey, play, 'none'), ends: false };
}

type PullKind = 'none' | 'pushed' | 'on-demand';

function pullKind(algorithm: Algorithm, survey: Survey, play: Play): PullKind {
  const { action } = algorithm.decide(contextOf(survey, play, 'handed-over'));
  return action === 'wait' ? 'on-demand' : 'pushed';
}

function contextOf(survey: Survey, play: Play, moment: Moment): AlgorithmContext {
  const { settings, totalPages, roundTrip } = survey;
  return {
    moment,
    settings,
    totalPages,
    pendingPages: play.pending,
    workingSetPages: play.workingSet,
    rounds: play.rounds,
    elapsed: duration(play.elapsed),
    sinceRequest: duration(0),
    bytesPerSecond: Math.floor(play.rate / 8),
    expectedDowntime: duration(
      timeFor(survey, play.pending, survey.bitsPerSecond) + (CROSSINGS * roundTrip) / 2,
    ),
  };
}

function playRound(survey: Survey, play: Play, rate: number, hold: boolean): void {
  // A round that holds leaves the working set out, and is taken to get half way if the set grows.
  const wanted = hold ? Math.max(0, play.pending - play.workingSet) : play.pending;
  const seen = survey.settings.samplingTime;
  const whole = timeFor(survey, wanted, rate);
  const grows = hold && pagesWritten(survey, seen + whole) > pagesWritten(survey, seen);
  const sent = grows ? Math.ceil(wanted / 2) : wanted;
  const time = timeFor(survey, sent, rate);
  const dirtied = pagesWritten(survey, time);
  play.rounds.push({
    round: play.rounds.length + 1,
    sentPages: sent,
    zeroPages: 0,
    skippedPages: 0,
    bytes: bytesFor(survey, sent),
    duration: duration(time),
    dirtiedPages: hold ? 0 : dirtied,
  });
  play.elapsed += time;
  play.bytes += bytesFor(survey, sent);
  play.lost += hold ? 0 : dirtied * survey.faultCost;
  play.pending = hold ? play.pending - sent : dirtied;
  play.rate = rate;
}

function end(survey: Survey, play: Play, pull: PullKind): Prediction {
  const { bitsPerSecond, roundTrip } = survey;
  const pulls = pull !== 'none';
  const wire = timeFor(survey, play.pending, bitsPerSecond);
  // Each page asked for is a round trip of its own.
  const rest = pull === 'on-demand' ? wire + play.pending * roundTrip : wire;
  const handshake = Math.ceil((CROSSINGS * roundTrip) / 2) + FIXED_COST;
  const page = timeFor(survey, 1, bitsPerSecond);
  const share = pull === 'pushed' ? LATE_SHARE : 1;
  const faults = pulls ? Math.ceil(Math.min(play.pending, pagesWritten(survey, rest)) / share) : 0;
  const lost = play.lost + Math.min(rest, faults * (roundTrip + page));
  const running = play.elapsed + (pulls ? rest : 0);
  const total = play.elapsed + rest + handshake + 4 * roundTrip;
  return {
    ends: true,
    downtime: duration(handshake + (pulls ? 0 : rest)),
    totalTime: duration(total),
    slowdown: running > 0 ? Math.round((lost / running) * 10_000) : 0,
    bytes: play.bytes + bytesFor(survey, play.pending),
  };
}

/** Zero pages are spread evenly as far as anybody knows. */
function bytesFor({ totalPages, zeroPages }: Survey, pages: number): number {
  const zero = Math.floor((pages * zeroPages) / Math.max(1, totalPages));
  return (pages - zero) * (PAGE_SIZE + ZERO_PAGE_BYTES) + zero * ZERO_PAGE_BYTES;
}

function timeFor(survey: Survey, pages: number, bitsPerSecond: number): number {
  return Math.ceil((bytesFor(survey, pages) * 8e9) / bitsPerSecond);
}
