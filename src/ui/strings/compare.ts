/** Comparing runs: lanes, transport, curves, differences. */
import { count, time } from './format.ts';

export const pause = 'Pause';
export const again = 'Again';
export const play = 'Play';
export const migrateAll = 'Migrate all';
export const playback = 'Playback of all lanes';
export const reset = 'Reset';
export const nextTenMs = 'Next 10 ms';
export const toTheEnd = 'To the end';
export const virtualTime = 'Virtual time of all lanes';
export const speed = 'Speed';

export const compare = 'Compare';
export const close = 'Close';
export const lanesDiffer = 'Lanes differ in: {different}. The same in all: {same}.';
export const addAlgorithm = 'Add an algorithm';
export const addUntranslated = 'Add the same without translation';

export const curves = 'Pages left, from each migration’s start; a thick line: the VM stands still';
export const laneLeft = (lane: string, pages: number, ns: number) =>
  `${lane}: ${count(pages)} pages left after ${time(ns)}`;
export const curvesSpoken = (lanes: string) => `Pages left over time. ${lanes}.`;

export const differencesTable = 'Differences between the lanes';
export const differences =
  'Differences, of virtual time and of this migration alone; the least is marked ▾';
export const figure = 'Figure';
export const theLeast = 'the least';
export const verified = 'Verified';
export const verifiedScope = 'every page and the CPU compared at the switch-over';
export const fingerprint = 'Fingerprint';
export const fingerprintScope = 'of the lane’s whole trace';
export const equal = 'equal';
export const notEqual = 'NOT equal';

export const remove = (lane: string) => `Remove ${lane}`;
export const algorithmOf = (lane: string) => `Algorithm of ${lane}`;
export const sourceOf = (lane: string) => `Source’s VMM of ${lane}`;
export const destinationOf = (lane: string) => `Destination’s VMM of ${lane}`;
export const laneCounts = '{same} same on both, {written} written again, {missing} not there yet';

export const pagesAt = (host: string) => `Pages at host ${host}`;

export const none = 'none';
export const totalTime = 'Total time';
export const totalTimeScope = 'from the request to the end';
export const vmDowntime = 'VM downtime';
export const vmDowntimeScope = 'last instruction at A to first at B';
export const clientOutage = 'Client outage';
export const clientOutageScope = 'longest wait for an answer beyond the usual';
export const rounds = 'Rounds';
export const roundsScope = 'passes over memory, the last included';
export const pagesSent = 'Pages sent';
export const pagesSentScope = 'every copy, zero pages included';
export const pagesResent = 'Pages sent again';
export const pagesResentScope = 'copies beyond each page’s first';
export const pagesWaitedFor = 'Pages waited for';
export const pagesWaitedForScope = 'touched at B before they arrived';
export const bytesSent = 'Bytes sent';
export const bytesSentScope = 'all messages from A to B';
export const translatedState = 'Translated state';
export const translatedStateScope = 'CPU and devices as the common format';
export const translationTime = 'Translation time';
export const translationTimeScope = 'of CPU and devices, at both hosts';
export const guestSlowed = 'Guest slowed';
export const guestSlowedScope = 'share of the migration’s time lost, downtime left out';
