/**
 * The invariants that are judged at every event, each by a function that is asked before the event
 * becomes part of the story. It answers with what is wrong, or with nothing.
 */
import { HOST_A, HOST_B, type LabEvent } from '../../../trace/event.ts';
import { channelOf, isHeartbeat, type Place, type Story, WATCHED } from './story.ts';
import {
  BESIDE_CONTROL,
  DESTINATION_FOLLOWS,
  DESTINATION_MUST_HAVE_HEARD,
  MUST_HAVE_HEARD,
  SOURCE_FOLLOWS,
} from './wire-law.ts';

export interface EventRule {
  readonly id: string;
  readonly judge: (story: Story, event: LabEvent) => string | undefined;
}

const runsSomewhereElse = (story: Story, party: number): boolean =>
  story.places[party === HOST_A ? 1 : 0].runnable;

/** S1: at most one runnable copy. */
function oneCopy(story: Story, event: LabEvent): string | undefined {
  const begins = ['vm.started', 'vm.resumed', 'vm.activated'].includes(event.kind);
  if (!begins || !runsSomewhereElse(story, event.party)) return undefined;
  return `${event.kind} on host ${event.party} while the VM runs on the other`;
}

/** S1: nobody runs the VM only where PROTOCOL.md says so: a failure before GO is not such a place. */
function noneOnlyWhereNamed(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'migration.status' || event.role !== 'source') return undefined;
  if (!['failed', 'cancelled', 'cancelling'].includes(event.status)) return undefined;
  if (event.party !== story.source) return undefined;
  const { alive, runnable } = story.sender;
  if (!alive || runnable || story.stopped || story.token !== 'source') return undefined;
  return `the source is "${event.status}", owns the VM, and does not run it`;
}

/** S2: only the holder of the token starts the VM, and it starts where it stood. */
function tokenHolderRuns(story: Story, event: LabEvent): string | undefined {
  switch (event.kind) {
    case 'vm.resumed':
      if (story.token !== 'source' || event.party !== story.source)
        return `resumed on host ${event.party}, the token being ${story.token}`;
      break;
    case 'vm.activated':
      if (story.token !== 'destination' || event.party !== story.destination)
        return `activated on host ${event.party}, the token being ${story.token}`;
      if (story.arrived) return 'activated for the second time';
      break;
    default:
      return undefined;
  }
  return event.retired === story.pausedRetired
    ? undefined
    : `${event.kind} at ${event.retired} instructions, paused at ${story.pausedRetired}`;
}

/** S2: a VM that somebody has paused retires nothing and says nothing, wherever it is. */
function handIsObeyed(story: Story, event: LabEvent): string | undefined {
  if (event.party > HOST_B || !story.places[event.party].byHand) return undefined;
  if (event.kind === 'console.output') return 'output of a VM that is paused by hand';
  return 'retired' in event && event.retired !== story.retired
    ? `${event.kind} at ${event.retired} instructions, paused by hand at ${story.retired}`
    : undefined;
}

/** S2: the copy of whoever does not own the VM may go, the owner's may not. */
function ownerIsKept(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'vm.destroyed' || event.vm !== WATCHED) return undefined;
  if (event.party === story.destination)
    return story.token === 'destination' ? 'the destination destroyed the VM it owns' : undefined;
  if (story.token !== 'destination')
    return `the source freed the VM, the token being ${story.token}`;
  if (!story.talks[1].heard.has('started')) return 'the source freed the VM before STARTED came';
  return story.missing.size === 0
    ? undefined
    : `the source freed the VM while ${story.missing.size} pages were missing there`;
}

/** S4: the pages that a round sets out with are those that the destination lacks, but for some held back. */
function roundsBeginWithAll(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'round.started' || event.pending === story.neededCount) return undefined;
  if (event.pending < story.neededCount && story.holdsBack) return undefined;
  return `round ${event.round} begins with ${event.pending} pages, but ${story.neededCount} are lacking`;
}

/** S4, S6: what GO leaves behind was announced as missing, and nothing waits in the dirty log. */
function nothingForgottenAtGo(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'message.sent' || event.type !== 'go') return undefined;
  if (story.dirty.size > 0) return `GO with ${story.dirty.size} pages in a dirty log nobody read`;
  if (story.discarded || story.neededCount === 0) return undefined;
  return `GO, but the newest content of ${story.neededCount} pages was never sent`;
}

/** S4: only a VM that is whole is sent on. */
function wholeBeforeItMovesOn(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'migration.status' || event.role !== 'source') return undefined;
  if (event.status !== 'setup' || event.party === story.source) return undefined;
  if (story.token !== 'destination') return `sent back, the token being ${story.token}`;
  return story.missing.size === 0
    ? undefined
    : `sent back while ${story.missing.size} pages were missing`;
}

/** S4: a destination is done when it has every page. */
function completeIsWhole(story: Story, event: LabEvent): string | undefined {
  const done =
    (event.kind === 'migration.status' &&
      event.role === 'destination' &&
      event.status === 'completed') ||
    (event.kind === 'message.sent' && event.type === 'complete');
  if (!done || story.missing.size === 0) return undefined;
  return `the destination is done, but ${story.missing.size} pages never came`;
}

/** S6: the log gives exactly the pages first written since it was last read. */
function logIsSound(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'dirty-log.read' || event.dirty === story.dirty.size) return undefined;
  return `the dirty log gave ${event.dirty} pages, ${story.dirty.size} had been written`;
}

/** S9: once a migration has ended nothing holds the guest back any more. */
function brakeIsOff(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'vm.slowed' || event.cause === 'dirty-faults') return undefined;
  if (event.party !== story.source) return undefined;
  const { endedAt = event.at } = story;
  return story.ended && event.at > endedAt
    ? `${event.cause} took time from the guest after the migration had ended`
    : undefined;
}

/** S10: nothing is printed twice from the start: the VM does not boot again. */
function bootsOnce(story: Story, event: LabEvent): string | undefined {
  if (event.kind === 'vm.started') return story.started ? 'the guest booted twice' : undefined;
  if (event.kind !== 'console.output' || story.console === '') return undefined;
  const marker = story.console.slice(0, story.console.indexOf('\n') + 1);
  return marker !== '' && event.text === marker ? 'the first line was printed again' : undefined;
}

/** How a download may end: whole, or for want of an answer, since a VM that is lost says nothing. */
const SILENCES = ['', 'the server no longer answered', 'nothing came for 60 s'];

/** S11: a client's TCP stream is the file, byte for byte, and its connection is never reset. */
function streamIsExact(story: Story, event: LabEvent): string | undefined {
  if (event.kind === 'fetch.progress' && event.bytes < story.fetched)
    return `${event.bytes} bytes of a download after ${story.fetched}`;
  if (event.kind !== 'fetch.finished') return undefined;
  if (!SILENCES.includes(event.trouble)) return `a download ended: ${event.trouble}`;
  return event.wrongBytes === 0
    ? undefined
    : `${event.wrongBytes} bytes of a download are not the file's`;
}

/** S12: the VM's frames leave only the host where it runs. */
function framesOnlyFromRunner(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'frame.sent' || event.party > HOST_B) return undefined;
  return story.places[event.party].runnable
    ? undefined
    : `host ${event.party} sent a frame of the VM, which does not run there`;
}

/** S14: the guest's own time, its retired instructions, never runs backwards. */
function guestTimeIsMonotonic(story: Story, event: LabEvent): string | undefined {
  if (!('retired' in event) || event.retired >= story.retired) return undefined;
  return `${event.kind} at ${event.retired} instructions, after ${story.retired}`;
}

/** S15: a guest that waits for a page does nothing. */
function blockedIsSilent(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'console.output' || event.party > HOST_B) return undefined;
  const { blockedOn }: Place = story.places[event.party];
  return blockedOn === undefined ? undefined : `output while the guest waits for page ${blockedOn}`;
}

/** S15: each missing page is asked for once. */
function asksOnce(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'message.sent' || event.type !== 'page-request') return undefined;
  // After a recovery the page that the guest waits for is asked for once more.
  return story.requests < story.asked.size + story.resumes
    ? undefined
    : `more requests than the ${story.asked.size} pages that were touched`;
}

/** S16: once the migration is completed the source says nothing more. */
function sourceIsGone(story: Story, event: LabEvent): string | undefined {
  const speaks = event.kind === 'message.sent' || event.kind === 'console.output';
  if (!speaks || event.party !== story.source || story.status[0] !== 'completed') return undefined;
  return `${event.kind} at the source after the migration was completed`;
}

/** S18: every message is legal after what was sent before it. */
function legalNext(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'message.sent' || isHeartbeat(event.type)) return undefined;
  const source = event.party === story.source;
  const { last } = story.talks[source ? 0 : 1];
  const follows = (source ? SOURCE_FOLLOWS : DESTINATION_FOLLOWS)[last];
  // Callers that come too late are refused under their own session, whatever goes on here.
  const first = event.type === 'hello' || (!source && event.type === 'refused');
  // The marks of one sync go down the channels one by one; the one on the control channel is the last.
  const { lastChannel } = story.talks[0];
  const mark = event.type === 'round-end';
  const outOfTurn = lastChannel > 0 ? !mark || channelOf(event.id) !== lastChannel - 1 : mark;
  if (source && last === 'round-end' && event.type !== 'abort' && outOfTurn)
    return `${event.type} by channel ${channelOf(event.id)} follows the mark of channel ${lastChannel}`;
  if (first || follows === undefined || follows.includes(event.type)) return undefined;
  return `host ${event.party} sent ${event.type} after ${last}`;
}

/** S18: only the source has channels beside the first, for pages alone; each counts for itself. */
function channelsKeepCount(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'message.sent' || isHeartbeat(event.type)) return undefined;
  const channel = channelOf(event.id);
  if (channel === 0) return undefined;
  const { party, type, id } = event;
  if (party !== story.source || !BESIDE_CONTROL.includes(type))
    return `host ${party} sent ${type} by channel ${channel}`;
  const { sentOn } = story.talks[0];
  const before = sentOn.get(channel) ?? channel * 2 ** 26;
  return id === before + 1 ? undefined : `message ${id} follows ${before} on channel ${channel}`;
}

/** S18: what a channel delivers comes in order. */
function channelsKeepOrder(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'message.received' || isHeartbeat(event.type)) return undefined;
  const { receivedOn, former } = story.talks[event.party === story.source ? 1 : 0];
  if (event.type === 'resume' || (event.type === 'hello' && former !== undefined)) return undefined;
  const before = receivedOn.get(channelOf(event.id)) ?? 0;
  return event.id > before ? undefined : `message ${event.id} was taken after ${before}`;
}

/** S18: nobody runs ahead of the answers it needs. */
function answersCameFirst(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'message.sent') return undefined;
  const source = event.party === story.source;
  const needs = (source ? MUST_HAVE_HEARD : DESTINATION_MUST_HAVE_HEARD)[event.type];
  if (needs === undefined || (source && needs === 'hello' && event.type === 'hello'))
    return undefined;
  const heard = story.talks[source ? 1 : 0].heard;
  return heard.has(needs) ? undefined : `host ${event.party} sent ${event.type} without ${needs}`;
}

/** S18: what is received was sent, and counts once. */
function receivedWasSent(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'message.received' || isHeartbeat(event.type)) return undefined;
  const { open, former, received } = story.talks[event.party === story.source ? 1 : 0];
  const known = event.type === 'hello' ? open : (former ?? open);
  const begins = event.type === 'resume' || (event.type === 'hello' && former !== undefined);
  if (received.has(event.id) && !begins) return `message ${event.id} (${event.type}) counted twice`;
  const sent = known.get(event.id);
  return sent === event.type
    ? undefined
    : `host ${event.party} received ${event.type} as message ${event.id}, which was ${sent ?? 'never sent'}`;
}

/** S18: counters in ROUND-END are what was seen. */
function roundsAddUp(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'round.ended') return undefined;
  const { sent, zero } = story.round;
  if (event.sent === sent && event.zero === zero) return undefined;
  return `round ${event.round} counts ${event.sent} pages (${event.zero} zero), ${sent} (${zero}) left`;
}

/** S24: cancelling before GO stops the migration at once; after GO it changes nothing. */
function cancelIsTabulated(story: Story, event: LabEvent): string | undefined {
  if (event.kind !== 'migration.status' || event.role !== 'source') return undefined;
  if (event.status !== 'cancelling') return undefined;
  return story.goSent ? 'cancelled after GO' : undefined;
}

export const EVENT_RULES: readonly EventRule[] = [
  { id: 'S1', judge: oneCopy },
  { id: 'S1', judge: noneOnlyWhereNamed },
  { id: 'S2', judge: tokenHolderRuns },
  { id: 'S2', judge: handIsObeyed },
  { id: 'S2', judge: ownerIsKept },
  { id: 'S4', judge: roundsBeginWithAll },
  { id: 'S4', judge: nothingForgottenAtGo },
  { id: 'S4', judge: wholeBeforeItMovesOn },
  { id: 'S4', judge: completeIsWhole },
  { id: 'S6', judge: logIsSound },
  { id: 'S9', judge: brakeIsOff },
  { id: 'S10', judge: bootsOnce },
  { id: 'S11', judge: streamIsExact },
  { id: 'S12', judge: framesOnlyFromRunner },
  { id: 'S14', judge: guestTimeIsMonotonic },
  { id: 'S15', judge: blockedIsSilent },
  { id: 'S15', judge: asksOnce },
  { id: 'S16', judge: sourceIsGone },
  { id: 'S18', judge: legalNext },
  { id: 'S18', judge: channelsKeepCount },
  { id: 'S18', judge: channelsKeepOrder },
  { id: 'S18', judge: answersCameFirst },
  { id: 'S18', judge: receivedWasSent },
  { id: 'S18', judge: roundsAddUp },
  { id: 'S24', judge: cancelIsTabulated },
];
