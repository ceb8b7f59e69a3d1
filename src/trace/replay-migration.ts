/** The migration as both daemons report it: status, stages, rounds, messages, verdict. */
import { HOST_A, HOST_B, type LabEvent, type Party } from './event.ts';
import { PageBook } from './page-book.ts';
import type { MessagePicture, Picture, RoundPicture } from './picture.ts';
import { begins, judge } from './verdict.ts';

const MESSAGES_MAX = 200;

export function foldMigration(picture: Picture, event: LabEvent): void {
  foldVerdict(picture, event);
  switch (event.kind) {
    case 'lab.ready':
      picture.scenario = event.scenario;
      picture.seed = event.seed;
      return;
    case 'migration.status':
      if (event.party === HOST_A || event.party === HOST_B)
        picture.hosts[event.party].migration = event.status;
      return;
    case 'migration.negotiated':
      picture.algorithm = event.algorithm;
      picture.format = event.format;
      return;
    case 'stage.entered':
      if (!picture.stages.some(({ stage, to }) => stage === event.stage && to === undefined))
        picture.stages.push({ stage: event.stage, name: event.name, from: event.at });
      return;
    case 'stage.left': {
      const span = picture.stages.findLast(({ stage }) => stage === event.stage);
      if (span) span.to = event.at;
      return;
    }
    case 'decision':
      picture.decision = { at: event.at, action: event.action, reason: event.reason };
      return;
    case 'dirty-log.read':
      if (event.party === picture.pages.from) picture.pages.logRead();
      return;
    case 'state.translated':
      picture.translation = {
        from: event.from,
        to: event.to,
        bytes: event.bytes,
        costNs: event.costNs,
      };
      return;
    case 'verified': {
      const { memoryEqual, cpuEqual, devicesEqual, pagesCompared } = event;
      picture.verified = { memoryEqual, cpuEqual, devicesEqual, pagesCompared };
      return;
    }
    default:
      foldRound(picture, event);
      foldMessage(picture, event);
  }
}

/** As the report has it: what a host that has failed can no longer say is known all the same. */
function foldVerdict(picture: Picture, event: LabEvent): void {
  const before = picture.verdict;
  if (begins(event) && picture.startedAt !== undefined) beginAnew(picture, event.party);
  picture.verdict = judge(before, event);
  const { status, reason, startedAt, endedAt } = picture.verdict;
  if (status === before.status && endedAt === before.endedAt) return;
  picture.status = status;
  picture.statusReason = reason;
  picture.startedAt ??= startedAt;
  picture.endedAt = endedAt;
  // What a broken connection carried comes with no other.
  const broken = status === 'postcopy-paused' || (endedAt !== undefined && status !== 'completed');
  if (broken) picture.pages.flightLost();
}

/** A run may have several migrations, there and back: the picture is of the last one. */
function beginAnew(picture: Picture, from: Party): void {
  picture.pages = new PageBook(picture.pages.count, from);
  for (const list of [picture.stages, picture.rounds, picture.curve]) list.length = 0;
  // What the migrations before have cost the guest's clock is theirs.
  picture.clockBehindAtFirstNs += picture.clockLostNs ?? 0;
  Object.assign(picture, {
    decision: undefined,
    startedAt: undefined,
    downtime: undefined,
    clockLostNs: undefined,
    outage: undefined,
    translation: undefined,
    verified: undefined,
    bytesSent: 0,
  } satisfies Partial<Picture>);
}

function foldRound(picture: Picture, event: LabEvent): void {
  if (event.kind === 'round.started') {
    const round: RoundPicture = {
      round: event.round,
      from: event.at,
      pending: event.pending,
      sent: 0,
      zero: 0,
      bytes: 0,
      dirtied: 0,
    };
    picture.rounds.push(round);
  }
  if (event.kind !== 'round.ended') return;
  const round = picture.rounds.findLast((candidate) => candidate.round === event.round);
  if (!round) return;
  const { at: to, sent, zero, bytes, dirtied } = event;
  Object.assign(round, { to, sent, zero, bytes, dirtied });
}

function foldMessage(picture: Picture, event: LabEvent): void {
  if (event.kind === 'message.sent') {
    const { id, party: from, type, bytes, summary, at: sentAt } = event;
    const message: MessagePicture = { id, from, type, bytes, summary, sentAt };
    picture.bytesSent += from === picture.pages.from ? bytes : 0;
    picture.messages.push(message);
    if (picture.messages.length > MESSAGES_MAX) picture.messages.shift();
  }
  if (event.kind !== 'message.received' && event.kind !== 'message.dropped') return;
  const receiver = event.party;
  const sender =
    event.kind === 'message.received' ? (receiver === HOST_A ? HOST_B : HOST_A) : receiver;
  const message = picture.messages.findLast(({ id, from }) => id === event.id && from === sender);
  if (!message) return;
  if (event.kind === 'message.received') message.receivedAt = event.at;
  else message.dropped = event.reason;
}
