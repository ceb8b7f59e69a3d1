/**
 * What the trace says so far, as an observer tells it who knows PROTOCOL.md and none of the engine's
 * code: who runs the VM, who owns it, which pages the destination lacks, which messages are on their
 * way. The invariants are judged against this. Places stand by host; what is of a migration stands by
 * role, for a VM that has come may move back, and then the hosts change their roles.
 */
import {
  HOST_A,
  HOST_B,
  type LabEvent,
  type MigrationStatus,
  type PageEvent,
  type Party,
  pageIsZero,
  pageRound,
} from '../../../trace/event.ts';

export type Token = 'source' | 'in flight' | 'destination';

/** The VM whose migration is watched. */
export const WATCHED = 'vm1';

/** One direction of the conversation. */
export interface Talk {
  /** Messages sent and not yet received, by id, heartbeats left out: what they are. */
  readonly open: Map<number, string>;
  /** The same of the session before, which the destination reads until the new one greets it. */
  former: ReadonlyMap<number, string> | undefined;
  readonly received: Set<number>;
  /** On the control channel. */
  lastReceived: number;
  /** The last one sent that is no heartbeat. */
  last: string;
  /** The channel it went by, and the last id sent and received on each. */
  lastChannel: number;
  readonly sentOn: Map<number, number>;
  readonly receivedOn: Map<number, number>;
  /** Types received in this session. */
  readonly heard: Set<string>;
}

/** The VM on one host. */
export interface Place {
  alive: boolean;
  runnable: boolean;
  /** Somebody has paused it, and it does not run before somebody lets it. */
  byHand: boolean;
  /** The guest waits for this page. */
  blockedOn: number | undefined;
}

export interface Round {
  number: number;
  sent: number;
  zero: number;
}

export class Story {
  /** By host. */
  readonly places: readonly [Place, Place] = [newPlace(), newPlace()];
  /** Who sends the VM away in the migration that began last. */
  source: Party = HOST_A;
  /** Of that migration, the source's and the destination's. */
  readonly talks: readonly [Talk, Talk] = [newTalk(), newTalk()];
  readonly status: [MigrationStatus, MigrationStatus] = ['none', 'none'];
  token: Token = 'source';
  pages = 0;
  started = false;
  /** The guest ended by itself. */
  stopped = false;
  migrations = 0;
  stage: number | undefined;
  goSent = false;
  discarded = false;
  algorithm = '';
  /** Pages whose newest content the source has not sent: the dirty log as read so far counts. */
  needed = new Uint8Array(0);
  neededCount = 0;
  /** First written since the log was read. */
  dirty = new Set<number>();
  /** In this migration. */
  sentEver = new Uint8Array(0);
  /** Copies of a page that were sent and have not been installed. */
  underway = new Uint16Array(0);
  installedRound = new Uint32Array(0);
  /** At the destination from its first instruction on: pages that have not come. */
  missing = new Set<number>();
  asked = new Set<number>();
  requests = 0;
  /** Recoveries of a paused pull. */
  resumes = 0;
  round: Round = { number: 0, sent: 0, zero: 0 };
  retired = 0;
  pausedAt: number | undefined;
  pausedRetired = 0;
  /** It was paused by hand when it was paused for the switchover, and nobody has let it run since. */
  pausedByHand = false;
  /** When the VM woke at the destination, in this migration. */
  activatedAt: number | undefined;
  /** Instructions after which the VM left for good each time, in their order. */
  readonly leftAt: number[] = [];
  normalPages = 0;
  zeroPages = 0;
  startedAt: number | undefined;
  endedAt: number | undefined;
  /** The destination said that it is done. */
  doneThereAt: number | undefined;
  healedAt: number | undefined;
  /** Console of the guest on either host, in the order of time. */
  console = '';
  /** Ports of the switch's table, and the last frame that a host sent for the VM. */
  readonly ports = new Map<string, number>();
  lastFrame: { readonly party: number; readonly at: number } | undefined;
  staleUntil = 0;
  /** Files that the client has fetched whole, and those under way while the VM stood still. */
  downloads = 0;
  downloadsAcross = 0;
  pausesByHand = 0;
  /** The VM woke on host A again. */
  movesBack = 0;
  /** Migrations whose pages crossed once more to be compared. */
  verifications = 0;
  /** Bytes of the file that is being fetched. */
  fetched = 0;
  now = 0;

  page(row: PageEvent): void {
    const { gfn } = row;
    switch (row.kind) {
      case 'dirtied':
        if (row.party === this.source) this.dirty.add(gfn);
        break;
      case 'sent':
        this.pageSent(row);
        break;
      case 'installed':
        this.underway[gfn] -= 1;
        this.installedRound[gfn] = pageRound(row.detail);
        this.missing.delete(gfn);
        break;
      case 'missing':
        this.asked.add(gfn);
        break;
      case 'skipped':
        break;
      case 'unchanged':
        this.notNeeded(gfn);
        break;
    }
  }

  event(event: LabEvent): void {
    this.now = event.at;
    this.vmEvent(event);
    this.labEvent(event);
  }

  private vmEvent(event: LabEvent): void {
    const place = this.places[event.party === HOST_B ? 1 : 0];
    switch (event.kind) {
      case 'vm.created':
        if (event.vm === WATCHED && !this.started) this.takeMeasure(event.pages);
        break;
      case 'vm.started':
        this.started = true;
        place.runnable = true;
        this.retired = event.retired;
        break;
      case 'vm.paused':
        place.runnable = false;
        this.pausedAt = event.at;
        this.pausedByHand = place.byHand;
        this.pausedRetired = event.retired;
        this.retired = event.retired;
        break;
      case 'vm.resumed':
        place.runnable = true;
        place.byHand = false;
        this.token = 'source';
        this.retired = event.retired;
        break;
      case 'vm.activated':
        place.runnable = true;
        place.byHand = false;
        this.activatedAt = event.at;
        this.leftAt.push(this.pausedRetired);
        if (event.party === HOST_A) this.movesBack += 1;
        this.retired = event.retired;
        break;
      case 'vm.paused-by-hand':
        place.byHand = true;
        this.pausesByHand += 1;
        this.retired = event.retired;
        break;
      case 'vm.resumed-by-hand':
        place.byHand = false;
        this.pausedByHand = false;
        break;
      case 'vm.blocked':
        place.blockedOn = event.gfn;
        this.retired = event.retired;
        break;
      case 'vm.unblocked':
        place.blockedOn = undefined;
        break;
      case 'vm.stopped':
        place.runnable = false;
        this.stopped = true;
        break;
      case 'party.failed':
        place.alive = false;
        place.runnable = false;
        break;
      default:
        break;
    }
  }

  private labEvent(event: LabEvent): void {
    switch (event.kind) {
      case 'console.output':
        this.console += event.text;
        break;
      case 'migration.status':
        this.newStatus(event);
        break;
      case 'migration.negotiated':
        this.algorithm = event.algorithm;
        break;
      case 'stage.entered':
        this.stage = event.stage;
        break;
      case 'stage.left':
        this.stage = undefined;
        break;
      case 'round.started':
        this.round = { number: event.round, sent: 0, zero: 0 };
        break;
      case 'dirty-log.read':
        for (const gfn of this.dirty) this.need(gfn);
        this.dirty.clear();
        break;
      case 'message.sent':
        this.sent(event);
        break;
      case 'message.received':
        this.received(event);
        break;
      case 'lab.input':
        this.input(event.at, JSON.parse(event.input));
        break;
      case 'switch.learned':
        this.ports.set(event.mac, event.port);
        break;
      case 'frame.sent':
        if (event.party <= HOST_B) this.lastFrame = { party: event.party, at: event.at };
        break;
      case 'fetch.started':
        this.fetched = 0;
        break;
      case 'fetch.progress':
        this.fetched = event.bytes;
        break;
      case 'fetch.finished':
        this.fetchEnded(event);
        break;
      default:
        break;
    }
  }

  private fetchEnded({ at, elapsedNs, trouble }: Extract<LabEvent, { kind: 'fetch.finished' }>) {
    if (trouble !== '') return;
    const { pausedAt = at } = this;
    this.downloads += 1;
    if (at - elapsedNs < pausedAt && pausedAt < at) this.downloadsAcross += 1;
  }

  get destination(): Party {
    return this.source === HOST_A ? HOST_B : HOST_A;
  }

  get sender(): Place {
    return this.places[this.source];
  }

  get receiver(): Place {
    return this.places[this.destination];
  }

  get arrived(): boolean {
    return this.activatedAt !== undefined;
  }

  /** The host that the VM is to be looked for on. */
  get home(): Party {
    return this.arrived ? this.destination : this.source;
  }

  /** This algorithm leaves pages for last. */
  get holdsBack(): boolean {
    return this.algorithm === 'retransmission-free';
  }

  /** What the trace calls the outcome at the source is final. */
  get ended(): boolean {
    return ['completed', 'failed', 'cancelled'].includes(this.status[0]);
  }

  /**
   * When the migration was over. A source that has failed cannot say so: then the VM has moved when it
   * runs at the destination and nothing is missing there, whatever the source was in doubt of.
   */
  get overAt(): number | undefined {
    const { doneThereAt, activatedAt, endedAt, sender, status } = this;
    if (sender.alive || status[0] === 'completed') return endedAt;
    if (doneThereAt === undefined || activatedAt === undefined) return endedAt;
    return Math.max(doneThereAt, activatedAt);
  }

  private input(at: number, input: { readonly kind: string; readonly staleForMs?: number }): void {
    if (input.kind === 'heal') {
      this.healedAt = at;
      this.staleUntil = at;
    }
    if (input.kind === 'switch') this.staleUntil = at + (input.staleForMs ?? 0) * 1e6;
  }

  private takeMeasure(pages: number): void {
    this.pages = pages;
    this.needed = new Uint8Array(pages).fill(1);
    this.neededCount = pages;
    this.sentEver = new Uint8Array(pages);
    this.underway = new Uint16Array(pages);
    this.installedRound = new Uint32Array(pages);
  }

  private need(gfn: number): void {
    if (this.needed[gfn] === 1) return;
    this.needed[gfn] = 1;
    this.neededCount += 1;
  }

  private notNeeded(gfn: number): void {
    this.neededCount -= this.needed[gfn];
    this.needed[gfn] = 0;
  }

  private pageSent(row: PageEvent): void {
    const { gfn, detail } = row;
    this.notNeeded(gfn);
    this.sentEver[gfn] = 1;
    this.underway[gfn] += 1;
    this.round.sent += 1;
    if (pageIsZero(detail)) {
      this.round.zero += 1;
      this.zeroPages += 1;
    } else {
      this.normalPages += 1;
    }
  }

  private newStatus(event: Extract<LabEvent, { kind: 'migration.status' }>): void {
    if (event.role === 'source' && event.status === 'setup')
      this.beginMigration(event.at, event.party);
    // Whoever had the other role before may still have something to say of that.
    const mine = event.role === 'source' ? this.source : this.destination;
    if (event.party !== mine) return;
    if (event.role === 'destination') {
      this.status[1] = event.status;
      if (event.status === 'completed') this.doneThereAt = event.at;
      return;
    }
    // A request that comes when the VM has left fails at once, and changes nothing.
    if (this.status[0] === 'completed' && event.status === 'failed') return;
    this.status[0] = event.status;
    if (this.ended) this.endedAt = event.at;
  }

  /** The VM moves back: who received it sends it now. */
  private turn(source: Party): void {
    this.source = source;
    this.status[1] = 'none';
    if (this.token !== 'in flight') this.token = this.token === 'source' ? 'destination' : 'source';
  }

  private beginMigration(at: number, source: Party): void {
    if (source !== this.source) this.turn(source);
    this.migrations += 1;
    this.pausedAt = undefined;
    this.activatedAt = undefined;
    this.normalPages = 0;
    this.zeroPages = 0;
    this.startedAt = at;
    this.endedAt = undefined;
    this.doneThereAt = undefined;
    this.goSent = false;
    this.discarded = false;
    this.needed.fill(1);
    this.neededCount = this.pages;
    this.dirty.clear();
    this.sentEver.fill(0);
    this.underway.fill(0);
    this.installedRound.fill(0);
    this.missing.clear();
    this.asked.clear();
    this.requests = 0;
    this.resumes = 0;
    const former = new Map(this.talks[0].open);
    for (const talk of this.talks) resetTalk(talk);
    this.talks[0].former = former;
  }

  private sent(event: Extract<LabEvent, { kind: 'message.sent' }>): void {
    const { type, id } = event;
    if (isHeartbeat(type)) return;
    const source = event.party === this.source;
    const talk = this.talks[source ? 0 : 1];
    if (type === 'hello' && !source) resetTalk(talk);
    if (type === 'resume') this.resumeTalks();
    talk.open.set(id, type);
    talk.sentOn.set(channelOf(id), id);
    talk.lastChannel = channelOf(id);
    // Another caller that is refused is no part of this conversation.
    if (type !== 'refused' || !this.goSent) talk.last = type;
    if (type === 'discard') this.discarded = true;
    if (type === 'verify') this.verifications += 1;
    if (type === 'page-request') this.requests += 1;
    if (type !== 'go' || this.goSent) return;
    this.goSent = true;
    this.token = 'in flight';
    this.missing = new Set<number>();
    this.needed.forEach((needed, gfn) => {
      if (needed === 1) this.missing.add(gfn);
    });
  }

  /**
   * A paused pull is taken up again under a new session, whose messages are numbered afresh. The
   * destination still reads the old one until it hears of the new.
   */
  private resumeTalks(): void {
    this.resumes += 1;
    resetNumbers(this.talks[1]);
    this.talks[0].sentOn.clear();
  }

  /** The destination has said what it has: whatever else was sent is lacking again. */
  private takeAccount(): void {
    this.needed.fill(0);
    for (const gfn of this.missing) this.needed[gfn] = 1;
    this.neededCount = this.missing.size;
  }

  private received(event: Extract<LabEvent, { kind: 'message.received' }>): void {
    const { type, id, party } = event;
    if (isHeartbeat(type)) return;
    const atSource = party === this.source;
    const talk = this.talks[atSource ? 1 : 0];
    if (type === 'resume' || (!atSource && type === 'hello')) {
      resetNumbers(talk);
      talk.former = undefined;
    }
    const inOrder = id === talk.lastReceived + 1;
    if (channelOf(id) === 0) talk.lastReceived = id;
    talk.received.add(id);
    talk.receivedOn.set(channelOf(id), id);
    talk.heard.add(type);
    if (atSource && type === 'received') this.takeAccount();
    // GO after a gap is not believed: the copy may lack what was lost.
    if (!atSource && type === 'go' && inOrder) this.token = 'destination';
    // The destination has destroyed its copy before it says so: the VM is the source's again.
    if (atSource && type === 'abort' && this.goSent) this.token = 'source';
  }
}

/** Ids say their channel in bits 26 to 30; 0 is the control channel. */
export const channelOf = (id: number): number => (id >>> 26) & 31;

export const isHeartbeat = (type: string): boolean => type === 'ping' || type === 'pong';

const newPlace = (): Place => ({
  alive: true,
  runnable: false,
  byHand: false,
  blockedOn: undefined,
});

const newTalk = (): Talk => ({
  open: new Map(),
  former: undefined,
  received: new Set(),
  lastReceived: 0,
  last: '',
  lastChannel: 0,
  sentOn: new Map(),
  receivedOn: new Map(),
  heard: new Set(),
});

function resetNumbers(talk: Talk): void {
  talk.received.clear();
  talk.receivedOn.clear();
  talk.lastReceived = 0;
}

function resetTalk(talk: Talk): void {
  resetNumbers(talk);
  talk.open.clear();
  talk.sentOn.clear();
  talk.heard.clear();
  talk.last = '';
}
