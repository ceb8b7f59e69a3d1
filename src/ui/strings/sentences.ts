/** What the picture says, in sentences: the headline, the verdict, the spoken announcements. Plain word first, term beside it. */
import type { AppState } from '../../store/app-state.ts';
import { JITTER_NS } from '../../store/figures.ts';
import { workingSetOf } from '../../store/working-set.ts';
import type { LabEvent } from '../../trace/event.ts';
import type { Picture } from '../../trace/picture.ts';
import { hostOf } from '../../trace/whereabouts.ts';
import { outOfTime } from '../notice/trouble-kind.ts';
import { count, plural, rate, spokenTime } from './format.ts';

export const VMM_NAMES: Readonly<Record<string, string>> = { xen: 'Xen-like', kvm: 'KVM-like' };
export const vmmName = (kind: string): string => VMM_NAMES[kind] ?? kind;

export const ALGORITHM_NAMES: Readonly<Record<string, string>> = {
  'stop-and-copy': 'Stop and copy',
  'pre-copy': 'Pre-copy',
  pull: 'Pull',
  hybrid: 'Hybrid: pre-copy, then pull',
  'pre-copy-clark': 'Pre-copy, Clark’s rates',
  'pre-copy-xen': 'Pre-copy as Xen’s',
  'pre-copy-xen-legacy': 'Pre-copy as Xen’s older one',
  'pre-copy-qemu': 'Pre-copy as QEMU’s',
  'pre-copy-ovirt': 'Pre-copy as oVirt’s',
  'pre-copy-timeout': 'Pre-copy with a time limit',
  'pull-on-demand': 'Pull on demand only',
  'pull-pre-paging': 'Pull with pre-paging',
  'retransmission-free': 'Each page once',
};
export const algorithmName = (id: string): string => ALGORITHM_NAMES[id] ?? id;

/** What a host is doing, in a word or two. */
export function hostCondition(picture: Picture, party: 0 | 1): string {
  const host = picture.hosts[party];
  if (host.failure !== '') return 'failed';
  if (host.vm === 'running') return 'VM running';
  if (host.vm === 'blocked') return 'VM waits for a page';
  if (host.vm === 'stopped') return 'VM ended';
  // Also one that was paused by hand where it has arrived.
  if (party === picture.pages.from || party === hostOf(picture.verdict.whereabouts))
    return host.vm === 'paused' ? 'VM paused' : host.vm === 'destroyed' ? 'memory freed' : 'empty';
  return host.vm === 'paused' ? 'receiving' : 'ready to receive';
}

/** Of the host that the VM moves away from, and of the other. */
export const lettersOf = ({ pages }: Picture): readonly ['A' | 'B', 'A' | 'B'] =>
  pages.from === 0 ? ['A', 'B'] : ['B', 'A'];

/** The one sentence the screen stands for. */
export function headline(picture: Picture, state: AppState): string {
  const { hosts } = state.scenario;
  const named = [
    `the ${vmmName(hosts.source)} host A`,
    `the ${vmmName(hosts.destination)} host B`,
  ] as const;
  const { from } = picture.pages;
  const [source, destination] = from === 0 ? named : [named[1], named[0]];
  const [left, right] = lettersOf(picture);
  if (state.phase === 'broken') return 'The simulation stopped.';
  if (picture.pages.count === 0) return 'Two emulated hosts are being set up.';
  const gone = goneSentence(picture);
  if (gone !== undefined) return gone;
  const ended = endSentence(picture, state.report?.verification ?? picture.verified);
  if (ended !== undefined) return ended;
  if (outOfTime(picture, state)) return 'The run’s time was up before the migration was over.';
  if (picture.startedAt === undefined && picture.pausedByHand)
    return `A VM stands paused on ${source}: one press lets it run, the next moves it to ${destination}.`;
  if (picture.startedAt === undefined)
    return `A VM runs on ${source}. One press moves it, live, to ${destination}.`;
  const stage = picture.stages.findLast(({ to }) => to === undefined)?.stage;
  if (picture.status === 'postcopy-active')
    return `The VM already runs on host ${right}; ${plural(picture.pages.left, 'page')} ${picture.pages.left === 1 ? 'is' : 'are'} still to come.`;
  if (picture.status === 'postcopy-paused')
    return picture.hosts[1 - from].vm === 'blocked'
      ? `The link is gone in the middle of the pull: the VM waits for a page that only ${left} has.`
      : 'The link is gone in the middle of the pull: the VM runs on with the pages it has.';
  switch (stage) {
    case 0:
      return 'The two hosts agree on a method and a format.';
    case 1:
      return `${capital(destination)} sets memory aside for the VM.`;
    case 2:
      return roundSentence(picture);
    case 3:
      return `The VM is paused. What is left crosses now: ${plural(picture.pages.left, 'page')} and the CPU.`;
    case 4:
      return 'All is sent. Once the destination says that it has everything, the source lets go.';
    case 5:
      return `The VM runs on ${destination}, from the very next instruction.`;
    default:
      return 'The migration begins.';
  }
}

function roundSentence({ rounds }: Picture): string {
  const round = rounds.at(-1);
  if (!round) return 'The source begins to log which pages are written.';
  if (round.round <= 1)
    return 'Round 1 sends every page once. The VM runs on meanwhile, and keeps writing.';
  return `Round ${round.round} sends the ${plural(round.pending, 'page')} written again during round ${round.round - 1}.`;
}

function endSentence(picture: Picture, verified: Picture['verified']): string | undefined {
  const { status, statusReason, hosts } = picture;
  if (status === 'completed')
    return verified ? verdictOf(verified) : 'The VM has moved. Both sides are being compared.';
  const { from } = picture.pages;
  const [left] = lettersOf(picture);
  const runs = hosts[from].vm === 'running' ? ` The VM runs on at ${left}, unchanged.` : '';
  if (status === 'cancelled' || status === 'cancelling')
    return `The migration was cancelled by hand.${runs}`;
  if (status !== 'failed') return undefined;
  // What the silence means says the line below.
  const why = statusReason === '' ? '' : `: ${statusReason.replace(/^link lost: /, '')}`;
  return `The migration failed${why}.${runs}`.replace('..', '.');
}

/** A host that is gone, and where the VM is now. */
function goneSentence({ hosts }: Picture): string | undefined {
  const gone = hosts.findIndex(({ failure }) => failure !== '');
  if (gone < 0) return undefined;
  const letters = ['A', 'B'] as const;
  const other = hosts[1 - gone];
  const what = `Host ${letters[gone]} is gone: ${hosts[gone].failure}.`;
  if (other.failure !== '') return 'Both hosts are gone, and the VM with them.';
  if (other.vm === 'running') return `${what} The VM runs on at host ${letters[1 - gone]}.`;
  if (other.vm === 'blocked')
    return `${what} The VM at host ${letters[1 - gone]} waits for a page that only the other had: it is lost.`;
  const nowhere = other.vm === 'destroyed' || other.vm === 'absent' || other.ran.length === 0;
  if (nowhere && hosts[gone].ran.length > 0) return `${what} The VM is lost with it.`;
  return what;
}

export const resetDone = 'Reset.';
export const firstWait = 'The guest waits for its first page (page fault).';
export const waitsInAll = (pages: number) =>
  `The guest waited for ${plural(pages, 'page')} in all.`;

export function verdictOf(verified: NonNullable<Picture['verified']>): string {
  const { pagesCompared, memoryEqual, cpuEqual, devicesEqual } = verified;
  const equal = (is: boolean) => (is ? 'equal' : 'NOT equal');
  const compared = `${plural(pagesCompared, 'page')} compared`;
  if (memoryEqual && cpuEqual && devicesEqual) return `${compared}: memory, CPU and devices equal.`;
  return `${compared}: memory ${equal(memoryEqual)}, CPU ${equal(cpuEqual)}, devices ${equal(devicesEqual)}.`;
}

export interface Verdict {
  readonly text: string;
  readonly tone: 'open' | 'good' | 'not-yet';
}

/** Each algorithm's own question, answered from the run as far as it has come. */
export function verdict(picture: Picture, algorithm: string, threshold: number): Verdict {
  if (algorithm === 'pull') return pullVerdict(picture);
  if (algorithm === 'stop-and-copy')
    return {
      text: 'Nothing is written while pages cross, because the guest stands still. It stands still for all of them.',
      tone: 'open',
    };
  return preCopyVerdict(picture, threshold);
}

/** Distinct pages written while a round was sent, against the threshold: never rates against rates. */
function preCopyVerdict({ rounds, downtime }: Picture, threshold: number): Verdict {
  const round = rounds.findLast(
    ({ from, to }) => to !== undefined && (downtime === undefined || from < downtime.from),
  );
  if (!round)
    return {
      text: 'Pre-copy ends well when few different pages are written while a round is sent.',
      tone: 'open',
    };
  const fact = `While ${plural(round.sent, 'page')} were sent, the guest wrote ${count(round.dirtied)} different ones.`;
  return round.dirtied <= threshold
    ? { text: `${fact} At most ${count(threshold)}: short enough to pause for.`, tone: 'good' }
    : { text: `${fact} More than ${count(threshold)}: too many to pause for.`, tone: 'not-yet' };
}

function pullVerdict({ pages, downtime }: Picture): Verdict {
  if (downtime?.to === undefined)
    return {
      text: 'Pull pauses the VM only for its CPU. It then waits for each page it touches too early.',
      tone: 'open',
    };
  const waits = plural(pages.faults, 'page');
  return {
    text: `The guest had to wait for ${waits}; the others came before it touched them.`,
    tone: pages.left === 0 ? 'good' : 'not-yet',
  };
}

/** A sentence for the live region, or nothing for what is only drawn. */
export function announcement(event: LabEvent): string | undefined {
  switch (event.kind) {
    case 'round.started':
      return `Round ${event.round} begins with ${plural(event.pending, 'page')}.`;
    case 'vm.paused':
      return 'The VM is paused at the source: downtime begins.';
    case 'vm.activated':
      return 'The VM runs at the destination: downtime ends.';
    case 'vm.resumed':
      return 'The VM runs on at the source.';
    case 'switch.learned':
      return event.previousPort >= 0
        ? `The switch now sends the VM’s frames to port ${event.port}.`
        : undefined;
    case 'arp.updated':
      return event.previousMac === ''
        ? undefined
        : 'The client’s ARP cache has the VM’s new address.';
    case 'migration.status':
      if (event.role !== 'source') return undefined;
      if (event.status === 'failed' || event.status === 'cancelled')
        return `The migration ${event.status === 'failed' ? 'failed' : 'was cancelled'}: ${event.reason}.`;
      return event.status === 'setup' ? 'The migration begins.' : undefined;
    case 'verified':
      return verdictOf(event);
    case 'party.failed':
      return `A host failed: ${event.cause}.`;
    default:
      return undefined;
  }
}

/** The stage in words, for those who do not see it. */
export function stageSummary(picture: Picture, state: AppState): string {
  const { pages, hosts } = picture;
  const [, notSent, inFlight, same, zero, written, missing] = pages.tally;
  const workingSet = workingSetOf(picture, state);
  const host = hostOf(picture.verdict.whereabouts);
  const outlined = host === undefined ? '' : 'AB'[host];
  const parts = [
    headline(picture, state),
    `Host A, ${vmmName(hosts[0].vmm || state.scenario.hosts.source)}: ${hostCondition(picture, 0)}.`,
    `Host B, ${vmmName(hosts[1].vmm || state.scenario.hosts.destination)}: ${hostCondition(picture, 1)}.`,
    `Of ${plural(pages.count, 'page')}, ${count(same + zero)} are the same on both, ${count(written)} were written again, ${count(notSent)} have not been sent, ${count(inFlight)} are on the link, ${count(missing)} are waited for.`,
    `${plural(pages.left, 'page')} left to send.`,
    outlined && pages.count > 0 && workingSet > 0
      ? `The working set is outlined at ${outlined}: the last ${plural(workingSet, 'page')}.`
      : '',
    networkSummary(picture, state),
    HINTS[state.phase],
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** Link, switch, ARP and client. */
function networkSummary(picture: Picture, { scenario }: AppState): string {
  const { link, arp, outage, lastRoundTripNs } = picture;
  const bits = link?.bitsPerSecond ?? scenario.network.bandwidthMbps * 1e6;
  const known = [...arp.values()][0];
  const entry = known && picture.switchTable.get(known.mac);
  const parts = [
    link?.up === false ? 'The link is down.' : `The link carries ${rate(bits / 1e6)}.`,
    entry ? `The switch sends the VM’s frames to port ${entry.port}.` : '',
    known ? `The client’s ARP cache has ${known.ip} at ${known.mac}.` : '',
    lastRoundTripNs === undefined
      ? ''
      : `The client was answered in ${spokenTime(lastRoundTripNs)}.`,
    outage && outage.outageNs > JITTER_NS
      ? `The client was without answers for ${spokenTime(outage.outageNs)} longer than usual.`
      : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** What can be done next, by the run's phase. */
const HINTS: Readonly<Record<AppState['phase'], string>> = {
  opening: '',
  ready: 'Space begins the migration; Tab leads to the pages and the controls.',
  moving: 'Space plays and pauses; the arrow keys go from event to event.',
  done: 'Home goes back to the start; Enter on the page cursor shows a page.',
  broken: 'The line below the headline says what can be done.',
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
