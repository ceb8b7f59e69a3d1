/**
 * Conservative lock-step (Chandy and Misra): each party may run, without asking, up to the earliest
 * moment at which any other could reach it. Parties talk only by envelopes that take a fixed
 * propagation time, so the order of what each of them sees is the same however the slices are cut
 * and on whichever thread they run.
 *
 * This class only keeps the books: it says who may run how far, takes what they report, and never
 * waits. A loop in one thread and a pool of workers use it alike.
 */
import { assert } from '../base/assert.ts';
import { after, type Duration, earliest, type Instant, NEVER, START } from '../base/units.ts';

/** Something that travels between parties and arrives at `at`. */
export interface Envelope<P> {
  readonly from: number;
  readonly to: number;
  readonly at: Instant;
  /** Counts up within the sender. */
  readonly sequence: number;
  readonly payload: P;
}

export interface Grant<P> {
  /** Events strictly before this moment may be handled. */
  readonly until: Instant;
  readonly deliveries: readonly Envelope<P>[];
}

export interface Progress<P> {
  /** Everything strictly before this moment is done. */
  readonly done: Instant;
  /** Earliest moment of a pending event, NEVER if none. */
  readonly nextEvent: Instant;
  /** Earliest moment at which the party could send, hearing nothing more: now, while a guest runs. */
  readonly couldSend: Instant;
  readonly outgoing: readonly Envelope<P>[];
}

/** Propagation from party to party, in nanoseconds; NEVER where there is no wire. */
export type LatencyMatrix = readonly (readonly Duration[])[];

export interface LockstepState<P> {
  readonly done: readonly Instant[];
  readonly nextEvent: readonly Instant[];
  readonly couldSend: readonly Instant[];
  readonly inbox: readonly (readonly Envelope<P>[])[];
}

export class Lockstep<P> {
  readonly parties: number;
  /** Shortest time from one party to another along any path. */
  readonly distance: LatencyMatrix;
  private done: Instant[];
  private nextEvent: Instant[];
  private couldSend: Instant[];
  private inbox: Envelope<P>[][];
  private readonly running: boolean[];

  constructor(latency: LatencyMatrix, state?: LockstepState<P>) {
    this.parties = latency.length;
    this.distance = shortestPaths(latency);
    this.done = state ? [...state.done] : latency.map(() => START);
    this.nextEvent = state ? [...state.nextEvent] : latency.map(() => START);
    this.couldSend = state ? [...state.couldSend] : latency.map(() => START);
    this.inbox = state ? state.inbox.map((box) => [...box]) : latency.map(() => []);
    this.running = latency.map(() => false);
  }

  /** The grants that can be given now on the way to `target`; each must be answered by `report`. */
  grants(target: Instant): { readonly party: number; readonly grant: Grant<P> }[] {
    const granted = [];
    for (let party = 0; party < this.parties; party++) {
      if (this.running[party]) continue;
      const until = earliest(target, this.horizon(party));
      if (until <= this.done[party]) continue;
      if (this.isIdleBefore(party, until)) {
        this.done[party] = until;
        continue;
      }
      this.running[party] = true;
      granted.push({ party, grant: { until, deliveries: this.inbox[party] } });
      this.inbox[party] = [];
    }
    return granted;
  }

  /** Something from outside the lab, for a moment that the party has not passed. */
  post(envelope: Envelope<P>): void {
    assert(envelope.at >= this.done[envelope.to], 'an input lies in the past');
    this.inbox[envelope.to].push(envelope);
  }

  report(party: number, progress: Progress<P>): void {
    assert(this.running[party], 'a party reported without a grant');
    this.running[party] = false;
    this.done[party] = progress.done;
    this.nextEvent[party] = progress.nextEvent;
    this.couldSend[party] = progress.couldSend;
    for (const envelope of progress.outgoing) {
      assert(envelope.at >= this.done[envelope.to], 'an envelope would arrive in the past');
      this.inbox[envelope.to].push(envelope);
    }
  }

  reached(target: Instant): boolean {
    return this.done.every((moment, party) => !this.running[party] && moment >= target);
  }

  /** Everything before this moment is done at the party. */
  doneAt(party: number): Instant {
    return this.done[party];
  }

  /** Earliest pending event anywhere; what a step in time goes to. */
  earliestEvent(): Instant {
    let first = NEVER;
    for (let party = 0; party < this.parties; party++) {
      first = earliest(first, earliest(this.nextEvent[party], firstArrival(this.inbox[party])));
    }
    return first;
  }

  save(): LockstepState<P> {
    assert(!this.running.includes(true), 'a checkpoint is taken between slices');
    return {
      done: [...this.done],
      nextEvent: [...this.nextEvent],
      couldSend: [...this.couldSend],
      inbox: this.inbox.map((box) => [...box]),
    };
  }

  /** Nothing can happen at the party before `until`: it need not be asked. */
  private isIdleBefore(party: number, until: Instant): boolean {
    const first = earliest(this.nextEvent[party], firstArrival(this.inbox[party]));
    return first >= until && this.couldSend[party] >= until;
  }

  /** The earliest moment at which something that another party sends could arrive. */
  private horizon(party: number): Instant {
    let horizon = NEVER;
    for (let other = 0; other < this.parties; other++) {
      if (other === party || this.distance[other][party] >= NEVER) continue;
      const sends = this.running[other]
        ? this.done[other]
        : earliest(this.couldSend[other], firstArrival(this.inbox[other]));
      if (sends >= NEVER) continue;
      // A party that has finished up to `done` cannot send anything before it.
      const moment = sends > this.done[other] ? sends : this.done[other];
      horizon = earliest(horizon, after(moment, this.distance[other][party]));
    }
    return horizon;
  }
}

function firstArrival<P>(box: readonly Envelope<P>[]): Instant {
  let first = NEVER;
  for (const envelope of box) first = earliest(first, envelope.at);
  return first;
}

/** Floyd and Warshall over a handful of parties. */
function shortestPaths(latency: LatencyMatrix): LatencyMatrix {
  const paths = latency.map((row) => [...row]);
  for (let via = 0; via < paths.length; via++) {
    for (let from = 0; from < paths.length; from++) {
      for (let to = 0; to < paths.length; to++) {
        const joined = (paths[from][via] + paths[via][to]) as Duration;
        if (from !== to && joined < paths[from][to]) paths[from][to] = joined;
      }
    }
  }
  return paths;
}
