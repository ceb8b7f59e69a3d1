/**
 * The source's half of a migration. `source-states.ts` says what each message sets off in each
 * phase; `source-negotiation.ts`, `source-rounds.ts` and `source-switchover.ts` say how.
 *
 * Until GO is sent every failure ends in the VM running on here, unchanged; after it nothing runs
 * here again unless the destination gives the VM back.
 */
import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { between, type Gfn } from '../base/units.ts';
import type { MigrationStatus } from '../trace/event.ts';
import type { Daemon, DaemonServices, DaemonTimer, MigrationRequest } from './daemon.ts';
import { ANSWER_LIMIT, SOURCE_PATIENCE } from './limits.ts';
import type { Message, MessageOf, MigrationFailure } from './messages.ts';
import { newSender } from './page-sender.ts';
import { copyPlain } from './plain.ts';
import { sight } from './source-choice.ts';
import { SourceCore } from './source-core.ts';
import { agreeVersion, choose, greet, propose, reserve } from './source-negotiation.ts';
import { askAgain, giveUp, reconcile, recover, resolve } from './source-recovery.ts';
import {
  begin,
  pump,
  respond,
  sampled,
  standStill,
  switchOver,
  switchToPull,
  watch,
  writeHeld,
} from './source-rounds.ts';
import {
  newSource,
  SOURCE_TABLE,
  type SourceAction,
  type SourcePhase,
  type SourceState,
} from './source-states.ts';
import { commit, finish, handOver, takeBack } from './source-switchover.ts';
import { type MigrationStatistics, report } from './statistics.ts';
import {
  answerPing,
  measureRoundTrip,
  receiveMessage,
  sendPings,
  sessionAt,
  silenceTooLong,
} from './wire.ts';

const CANCEL_REFUSED =
  'GO has been sent: the VM may run at the destination, so the migration can no longer be cancelled';

/** What each action is. The table pairs every action with the message it takes. */
const ACTIONS: Readonly<
  Record<SourceAction, (core: SourceCore, message: never, id: number) => void>
> = {
  answer: (core, ping: MessageOf<'ping'>, id) =>
    answerPing(core.services, core.state.wire, ping, id),
  measure: (core, pong: MessageOf<'pong'>) =>
    measureRoundTrip(core.services, core.state.wire, pong),
  'agree-version': agreeVersion,
  choose,
  reserve,
  begin,
  commit,
  'hand-over': handOver,
  respond,
  finish,
  refused: (core, refused: MessageOf<'refused'>) =>
    core.fail(`refused by the destination: ${refused.message}`),
  'peer-aborted': (core, abort: MessageOf<'abort'>) =>
    core.fail(`ended by the destination: ${abort.message}`),
  'take-back': takeBack,
  settle,
  reconcile,
  'pause-again': (core, refused: MessageOf<'refused'>) =>
    core.pausePull(`refused by the destination: ${refused.message}`),
};

/** The destination has let go, by its answer to our ABORT or by giving up itself. */
function settle(core: SourceCore, message: Message): void {
  if (message.type === 'ack' && message.of !== core.state.question) return;
  core.end('cancelled', core.state.counters.reason);
}

export class SourceDaemon implements Daemon {
  readonly role = 'source';
  private readonly core: SourceCore;

  constructor(services: DaemonServices) {
    this.core = new SourceCore(services);
  }

  static restore(
    services: DaemonServices,
    checkpoint: { readonly [key: string]: unknown },
  ): SourceDaemon {
    const daemon = new SourceDaemon(services);
    daemon.core.state = copyPlain(checkpoint) as unknown as SourceState;
    return daemon;
  }

  checkpoint(): { readonly [key: string]: unknown } {
    return { ...copyPlain(this.core.state) };
  }

  get status(): MigrationStatus {
    return this.core.state.status;
  }

  get phase(): SourcePhase {
    return this.core.state.phase;
  }

  /** By which the migration's messages are known. */
  get session(): number {
    return this.core.state.wire.session;
  }

  /** It has a VM to send away, or half of one. */
  get underWay(): boolean {
    return SOURCE_TABLE[this.phase].cancel !== 'nothing' || this.listening();
  }

  statistics(): MigrationStatistics {
    const { counters, status, wire, sender } = this.core.state;
    return report(counters, {
      now: this.core.services.now(),
      status,
      transferredBytes: wire.bytesSent,
      remainingPages: sender.pending.count,
      roundTrip: wire.roundTrip,
    });
  }

  /** A source that is migrating refuses; one that has finished starts afresh. */
  start(request: MigrationRequest): Result<void, MigrationFailure> {
    const { core } = this;
    if (!this.resting()) {
      const message = 'a migration is under way already: wait for its end, or cancel it';
      core.decided('refused', message);
      return err({ code: 'busy', message });
    }
    const now = core.services.now();
    core.state = newSource(now, core.state.epoch + 1, request, sessionAt(now));
    const vm = core.findVm();
    if (vm === undefined) {
      const message = `there is no VM "${request.vm}" on this host`;
      core.end('failed', message);
      return err({ code: 'no-such-vm', message });
    }
    const ended = core.services.ended(vm);
    if (ended !== undefined) {
      const message = `the guest of VM "${request.vm}" has ended (${ended}): there is nothing to migrate`;
      core.end('failed', message);
      return err({ code: 'guest-stopped', message });
    }
    core.state.counters.totalPages = vm.config.pages;
    core.state.counters.xbzrle.cachePages = request.settings.addOns.xbzrleCachePages;
    core.state.sender = newSender(vm.config.pages);
    greet(core);
    return ok(undefined);
  }

  receive(bytes: Uint8Array): void {
    const { core } = this;
    const received = receiveMessage(core.services, core.state.wire, bytes);
    if (received.kind === 'nothing') return;
    const row = SOURCE_TABLE[core.state.phase];
    // Once the VM may be the destination's, what it says counts even if something before was lost [AB-5].
    const counts = received.kind === 'message' || row.otherwise === 'ignore';
    const { message, id } = received;
    const action = message && counts ? row.on[message.type] : undefined;
    if (message !== undefined && action !== undefined) ACTIONS[action](core, message as never, id);
    else if (received.kind === 'trouble') core.trouble(received.code, received.reason);
    else core.unexpected(received.message);
  }

  timer(timer: DaemonTimer): void {
    const { core } = this;
    const { state, services } = core;
    if (timer.epoch !== state.epoch) return;
    if (timer.purpose === 'ask-again') askAgain(core);
    if (timer.purpose === 'recover') recover(core);
    if (!this.listening()) return;
    if (timer.purpose === 'pace') pump(core);
    if (timer.purpose === 'sample') sampled(core);
    if (timer.purpose === 'sight') sight(core, propose);
    if (timer.purpose !== 'heartbeat') return;
    this.checkSilence();
    if (!this.listening()) return;
    sendPings(services, state.wire, state.version);
    core.planHeartbeat();
    watch(core);
  }

  drained(): void {
    pump(this.core);
  }

  /** By hand. What it does in each phase is a column of the table [AB-2]. */
  cancel(): Result<void, string> {
    const { core } = this;
    const { cancel } = SOURCE_TABLE[core.state.phase];
    if (cancel === 'nothing') return err('there is no migration to cancel');
    if (cancel === 'refuse') {
      core.decided('cancel refused', CANCEL_REFUSED);
      return err(CANCEL_REFUSED);
    }
    core.takeVmBack();
    core.leaveStage();
    core.setStatus('cancelling', 'cancelled by hand: the VM runs on here');
    core.ask('cancelling', { type: 'abort', code: 'cancelled', message: 'cancelled by hand' });
    return ok(undefined);
  }

  suspended(): void {
    const { core } = this;
    const { state } = core;
    if (!state.asked) return;
    state.asked = false;
    state.paused = true;
    if (state.phase === 'suspending') standStill(core);
    else core.takeVmBack();
  }

  /** By hand: a pull that was paused goes on [RC-1]. */
  recover(): Result<void, string> {
    return recover(this.core);
  }

  /** By hand: after GO was sent and nothing heard, who has the VM [SW-8]. */
  resolve(owner: 'source' | 'destination'): Result<void, string> {
    return resolve(this.core, owner);
  }

  /** By hand: a pull that was paused will not go on, and the VM is lost. */
  giveUp(): Result<void, string> {
    return giveUp(this.core);
  }

  /** The guest has ended by itself: there is nothing to move any more. */
  guestEnded(cause: string): void {
    const { core } = this;
    if (SOURCE_TABLE[core.state.phase].cancel === 'cancel')
      core.abort('guest-stopped', `the guest has ended: ${cause}`);
  }

  /** By hand, in a round of pre-copy: the VM moves at once, and what has not crossed is pulled. */
  switchToPull(): Result<void, string> {
    return switchToPull(this.core);
  }

  /** By hand, in a round of pre-copy: the downtime that is foreseen is accepted. */
  switchOver(): Result<void, string> {
    return switchOver(this.core);
  }

  /** The guest stands before a store to a page that has crossed. */
  heldWrite(_gfn: Gfn): void {
    writeHeld(this.core);
  }

  missingPage(_gfn: Gfn): void {
    assert(false, 'the source has all its pages');
  }

  private checkSilence(): void {
    const { core } = this;
    const { phase, enteredAt, wire } = core.state;
    const silence = silenceTooLong(core.services, wire, SOURCE_PATIENCE);
    const waited = between(enteredAt, core.services.now());
    if (silence !== undefined) {
      const reason = `nothing heard from the destination for ${inMilliseconds(silence)}`;
      core.silence('link-lost', `link lost: ${reason}`);
    } else if (
      SOURCE_TABLE[phase].awaitsAnswer &&
      waited > ANSWER_LIMIT + 3 * (wire.roundTrip ?? 0)
    ) {
      core.silence('no-answer', `no answer in phase "${phase}" for ${inMilliseconds(waited)}`);
    }
  }

  /** A migration is under way and heartbeats go to and fro. */
  private listening(): boolean {
    return SOURCE_TABLE[this.core.state.phase].silence !== 'none';
  }

  /** Nothing is under way, nor does a guest still owe the answer to being asked to suspend. */
  private resting(): boolean {
    const { phase, asked } = this.core.state;
    return SOURCE_TABLE[phase].cancel === 'nothing' && !this.listening() && !asked;
  }
}

const inMilliseconds = (nanoseconds: number): string => `${Math.round(nanoseconds / 1e6)} ms`;
