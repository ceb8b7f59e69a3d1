/**
 * The destination's half of a migration. `destination-states.ts` says what each message sets off in
 * each phase; `destination-negotiation.ts`, `page-receiver.ts` and `destination-switchover.ts` say
 * how.
 *
 * Until GO comes the copy here never runs and is destroyed on any trouble; from GO on the VM is this
 * host's own.
 */
import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { between, type Gfn } from '../base/units.ts';
import type { MigrationStatus } from '../trace/event.ts';
import { decodeFrame } from './codec.ts';
import type { Daemon, DaemonServices, DaemonTimer } from './daemon.ts';
import { type HeldMessage, inTurn } from './destination-channels.ts';
import { DestinationCore } from './destination-core.ts';
import { consider, greet, offer, open, reserve } from './destination-negotiation.ts';
import {
  confirm,
  giveUp,
  reconnect,
  reconnects,
  resumePull,
  takeUp,
  turnAway,
} from './destination-recovery.ts';
import {
  DESTINATION_TABLE,
  type DestinationAction,
  type DestinationPhase,
  type DestinationState,
  newDestination,
} from './destination-states.ts';
import { deny, expectState, loadState, takeOver } from './destination-switchover.ts';
import { ANSWER_LIMIT, DESTINATION_PATIENCE } from './limits.ts';
import type { MessageOf } from './messages.ts';
import { comparePages, expectCopies } from './page-comparison.ts';
import { discard, installPages, requestPage } from './page-receiver.ts';
import { copyPlain } from './plain.ts';
import { answerPing, measureRoundTrip, receiveMessage, sendPings, silenceTooLong } from './wire.ts';

type Action = (core: DestinationCore, message: never, id: number) => void;

/** What each action is. The table pairs every action with the message it takes. */
const ACTIONS: Readonly<Record<DestinationAction, Action>> = {
  answer: (core, ping: MessageOf<'ping'>, id) =>
    answerPing(core.services, core.state.wire, ping, id),
  measure: (core, pong: MessageOf<'pong'>) =>
    measureRoundTrip(core.services, core.state.wire, pong),
  greet,
  offer,
  consider,
  reserve,
  open,
  install: installPages,
  note: () => {},
  'expect-state': expectState,
  discard,
  'load-state': loadState,
  'expect-copies': expectCopies,
  compare: comparePages,
  'take-over': takeOver,
  'peer-aborted': (core, abort: MessageOf<'abort'>, id) => core.peerAborted(abort, id),
  deny,
  reconnect,
  'resume-pull': resumePull,
  confirm,
};

export class DestinationDaemon implements Daemon {
  readonly role = 'destination';
  private readonly core: DestinationCore;

  constructor(services: DaemonServices) {
    this.core = new DestinationCore(services);
  }

  static restore(
    services: DaemonServices,
    checkpoint: { readonly [key: string]: unknown },
  ): DestinationDaemon {
    const daemon = new DestinationDaemon(services);
    daemon.core.state = copyPlain(checkpoint) as unknown as DestinationState;
    return daemon;
  }

  checkpoint(): { readonly [key: string]: unknown } {
    return { ...copyPlain(this.core.state) };
  }

  get status(): MigrationStatus {
    return this.core.state.status;
  }

  /** Why it ended as it did. */
  get reason(): string {
    return this.core.state.reason;
  }

  get phase(): DestinationPhase {
    return this.core.state.phase;
  }

  /** By which the migration's messages are known. */
  get session(): number {
    return this.core.state.wire.session;
  }

  /** It is receiving a VM, or lacks half of one. */
  get underWay(): boolean {
    return DESTINATION_TABLE[this.phase].cancel !== 'nothing';
  }

  receive(bytes: Uint8Array): void {
    const { core } = this;
    this.meet(bytes);
    const received = receiveMessage(core.services, core.state.wire, bytes);
    if (received.kind === 'nothing') return;
    if (received.kind === 'message') {
      inTurn(core, received, (message) => this.carryOut(message));
      return;
    }
    // Where the table ignores trouble, a message that belongs there counts all the same [AB-5].
    const { otherwise, on } = DESTINATION_TABLE[core.state.phase];
    const { message, id } = received;
    const counts = message !== undefined && otherwise === 'ignore' && on[message.type];
    if (counts) this.carryOut({ id, message });
    else core.trouble(received.code, received.reason);
  }

  private carryOut({ id, message }: HeldMessage): void {
    const action = DESTINATION_TABLE[this.core.state.phase].on[message.type];
    if (action !== undefined) ACTIONS[action](this.core, message as never, id);
    else this.unexpected(message.type);
  }

  timer(timer: DaemonTimer): void {
    const { core } = this;
    const { state, services } = core;
    if (timer.purpose !== 'heartbeat' || timer.epoch !== state.epoch || !this.listening()) return;
    this.checkSilence();
    if (!this.listening()) return;
    sendPings(services, state.wire, state.version);
    core.planHeartbeat();
  }

  /** Nothing here waits for room in the port: answers are small and few. */
  drained(): void {}

  suspended(): void {
    assert(false, 'only the source asks a guest to suspend itself');
  }

  /** By hand, on this side [AB-2]. */
  cancel(): Result<void, string> {
    const { cancel } = DESTINATION_TABLE[this.core.state.phase];
    if (cancel === 'nothing') return err('there is no migration to cancel');
    if (cancel === 'refuse') return err('the VM runs here: it is too late to cancel');
    this.core.abort('cancelled', 'cancelled by hand at the destination');
    return ok(undefined);
  }

  missingPage(gfn: Gfn): void {
    requestPage(this.core, gfn);
  }

  /** By hand: a pull that was paused will not go on, and the VM is lost. */
  giveUp(): Result<void, string> {
    return giveUp(this.core);
  }

  /** A resting daemon takes up whichever migration greets it [HS-1]. */
  private meet(bytes: Uint8Array): void {
    const { core } = this;
    const { state, services } = core;
    const decoded = decodeFrame(bytes);
    if (!decoded.ok || decoded.value.session === state.wire.session) return;
    const { session, message } = decoded.value;
    const resting = DESTINATION_TABLE[state.phase].cancel === 'nothing';
    if (message?.type === 'hello' && resting)
      core.state = newDestination(services.now(), state.epoch + 1, session, message.bitsPerSecond);
    else if (reconnects(core, decoded.value)) takeUp(core, session);
    else turnAway(core, decoded.value);
  }

  private unexpected(type: string): void {
    const reason = `${type.toUpperCase()} has no place in phase "${this.phase}"`;
    this.core.trouble('unexpected-message', reason);
  }

  private checkSilence(): void {
    const { core } = this;
    const { phase, enteredAt, wire } = core.state;
    const silence = silenceTooLong(core.services, wire, DESTINATION_PATIENCE);
    const waited = between(enteredAt, core.services.now());
    const patience = ANSWER_LIMIT + 3 * (wire.roundTrip ?? 0);
    if (silence !== undefined) {
      const reason = `nothing heard from the source for ${inMilliseconds(silence)}`;
      core.silence('link-lost', `link lost: ${reason}`);
    } else if (DESTINATION_TABLE[phase].awaitsAnswer && waited > patience) {
      const reason = `the source did not go on from phase "${phase}"`;
      core.silence('no-answer', `${reason} for ${inMilliseconds(waited)}`);
    }
  }

  private listening(): boolean {
    return DESTINATION_TABLE[this.core.state.phase].silence !== 'none';
  }
}

const inMilliseconds = (nanoseconds: number): string => `${Math.round(nanoseconds / 1e6)} ms`;
