/** Stage 0 at the source, once both offers are known: which algorithm it is to be. */
import {
  between,
  type Duration,
  duration,
  gfn,
  type Instant,
  milliseconds,
} from '../base/units.ts';
import { costOf } from '../vmm/costs.ts';
import { type Choice, chooseAtRandom, commonAlgorithms } from './choice.ts';
import { QOS_CHOICE } from './late-qos-choice.ts';
import { addPage, noPages, type PageSet } from './page-set.ts';
import type { Candidate } from './qos-choice.ts';
import type { Survey, WritesSeen } from './rehearsal.ts';
import type { QosTargets } from './settings.ts';
import type { SourceCore } from './source-core.ts';
import { takeDirty } from './source-rounds.ts';

/** Sights of the guest's writes, each twice as long after the one before. */
const SIGHTS: readonly Duration[] = [10, 20, 40, 80, 160].map(milliseconds);

/** What has been seen of the guest's writes so far. */
export interface SurveyState {
  readonly startedAt: Instant;
  readonly seen: PageSet;
  readonly writes: WritesSeen[];
  faults: number;
  lost: number;
}

/** Settles on an algorithm, at once or after a look at the guest; then `go` goes on [HS-8]. */
export function settleAlgorithm(core: SourceCore, go: (core: SourceCore) => void): void {
  const { request, peerAlgorithms } = core.state;
  const { choice } = request;
  const candidates = commonAlgorithms(core.services.vmm.offer.algorithms, peerAlgorithms);
  if (choice === undefined || choice.by === 'user' || candidates.length === 0) go(core);
  else if (choice.by === 'random') {
    take(core, 'random', chooseAtRandom(candidates, choice.seed));
    go(core);
  } else beginSurvey(core);
}

function beginSurvey(core: SourceCore): void {
  const { state, services, vm } = core;
  core.enter('surveying');
  services.spend(vm.startDirtyLog());
  state.logging = true;
  // A log that is cleared by hand begins with every page given (QEMU's dirty-rate sees to it too).
  arm(core, Array(vm.config.pages).keys());
  state.survey = {
    startedAt: services.now(),
    seen: noPages(vm.config.pages),
    writes: [],
    faults: 0,
    lost: 0,
  };
  planSight(core);
}

/** What a reading gave is to be noticed again, though none of it is sent. */
function arm({ vm, services }: SourceCore, frames: Iterable<number>): void {
  let cost = 0;
  for (const frame of frames) cost += vm.clearDirty(gfn(frame));
  services.spend(duration(cost));
}

function planSight(core: SourceCore): void {
  const { state, services } = core;
  const delay = SIGHTS[state.survey?.writes.length ?? 0];
  services.setTimer(delay, { purpose: 'sight', epoch: state.epoch });
}

export function sight(core: SourceCore, go: (core: SourceCore) => void): void {
  const { state, services } = core;
  const { survey, request } = state;
  if (state.phase !== 'surveying' || survey === undefined) return;
  const { frames, faults, lost } = takeDirty(core);
  arm(core, frames);
  for (const frame of frames) addPage(survey.seen, frame);
  survey.faults += faults;
  survey.lost += lost;
  survey.writes.push({ time: between(survey.startedAt, services.now()), pages: survey.seen.count });
  if (survey.writes.length < SIGHTS.length) {
    planSight(core);
    return;
  }
  core.stopLog();
  if (request.choice?.by === 'qos')
    decideByTargets(core, surveyOf(core, survey), request.choice.targets);
  go(core);
}

function decideByTargets(core: SourceCore, survey: Survey, targets: QosTargets): void {
  const { offer } = core.services.vmm;
  const common = commonAlgorithms(offer.algorithms, core.state.peerAlgorithms);
  const candidates = QOS_CHOICE.now.rehearseAll(common, survey, targets);
  for (const candidate of candidates) tell(core, candidate);
  take(core, 'qos', QOS_CHOICE.now.chooseByTargets(candidates));
}

function surveyOf(core: SourceCore, survey: SurveyState): Survey {
  const { state, services, vm } = core;
  const { pages } = vm.config;
  let zeroPages = 0;
  for (let frame = 0; frame < pages; frame++) if (vm.isZeroPage(gfn(frame))) zeroPages += 1;
  services.spend(
    duration(costOf('zeroTest', pages - zeroPages) + costOf('zeroTestOfZero', zeroPages)),
  );
  return {
    totalPages: pages,
    zeroPages,
    writes: survey.writes,
    faultCost: duration(survey.faults === 0 ? 0 : Math.ceil(survey.lost / survey.faults)),
    bitsPerSecond: state.wire.bitsPerSecond,
    roundTrip: state.wire.roundTrip ?? duration(0),
    settings: state.request.settings,
  };
}

function take({ state, services }: SourceCore, by: 'random' | 'qos', choice: Choice): void {
  state.algorithm = choice.id;
  state.counters.algorithm = choice.id;
  const fields = { by, algorithm: choice.id, reason: choice.reason };
  services.trace.event(services.now(), 'choice.made', fields);
}

function tell({ services }: SourceCore, { id, prediction, excess }: Candidate): void {
  const { ends, downtime, totalTime, slowdown, bytes } = prediction;
  services.trace.event(services.now(), 'choice.predicted', {
    algorithm: id,
    ends,
    downtimeNs: downtime,
    totalTimeNs: totalTime,
    slowdownPercent: slowdown / 100,
    bytes,
    keepsTargets: ends && excess === 0,
  });
}
