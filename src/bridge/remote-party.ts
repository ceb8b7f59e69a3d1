/**
 * The simulation's side of a host in a worker. A worker that throws answers with a failure; one that
 * hangs or was killed answers nothing, and is given up after a time of silence, because an endless
 * loop raises no event anywhere. The silence is counted in two halves: after a computer's sleep the
 * timer is due at once, and the answer that has long been there gets its turn before the second half.
 */
import type {
  GuestInput,
  Insight,
  PartyCheckpoint,
  PartyReport,
  Question,
  Testimony,
} from '../lab/party.ts';
import type { PartyPort } from '../lab/party-port.ts';
import type { HostWiring } from '../lab/wiring.ts';
import type { Endpoint } from './endpoint.ts';
import type { PartyAnswer, PartyCall } from './party-wire.ts';
import { Patience } from './patience.ts';

/** A slice is some milliseconds of work; on a machine that is not busy, a second of silence is a death. */
const SILENCE_MS = 1000;

export interface Timers {
  /** Wall clock in milliseconds. */
  now(): number;
  after(milliseconds: number, action: () => void): () => void;
}

interface Waiting {
  readonly askedAt: number;
  resolve(value: unknown): void;
  reject(error: Error): void;
  cancelTimer(): void;
}

export async function connectHost(
  endpoint: Endpoint,
  wiring: HostWiring,
  timers: Timers,
): Promise<PartyPort> {
  const remote = new RemoteParty(endpoint, timers);
  // Starting a worker includes fetching and compiling its script.
  await remote.call({ kind: 'create', wiring }, 20 * SILENCE_MS);
  return remote;
}

class RemoteParty implements PartyPort {
  private readonly endpoint: Endpoint;
  private readonly timers: Timers;
  private readonly waiting = new Map<number, Waiting>();
  private readonly patience = new Patience(SILENCE_MS);
  private nextId = 0;
  private death: string | undefined;

  constructor(endpoint: Endpoint, timers: Timers) {
    this.endpoint = endpoint;
    this.timers = timers;
    endpoint.onMessage((message) => this.settle(message as PartyAnswer));
    endpoint.onFailure((reason) => this.die(reason));
  }

  advance(grant: Parameters<PartyPort['advance']>[0]): Promise<PartyReport> {
    return this.call({ kind: 'advance', grant }) as Promise<PartyReport>;
  }

  checkpoint(): Promise<PartyCheckpoint> {
    return this.call({ kind: 'checkpoint' }) as Promise<PartyCheckpoint>;
  }

  async restore(checkpoint: PartyCheckpoint): Promise<void> {
    await this.call({ kind: 'restore', checkpoint });
  }

  testimony(): Promise<Testimony | undefined> {
    return this.call({ kind: 'testimony' }) as Promise<Testimony | undefined>;
  }

  guestInputs(): Promise<readonly GuestInput[]> {
    return this.call({ kind: 'guest-inputs' }) as Promise<readonly GuestInput[]>;
  }

  inspect(question: Question): Promise<Insight | undefined> {
    return this.call({ kind: 'inspect', question }) as Promise<Insight | undefined>;
  }

  mark(id: number): Promise<number> {
    return this.call({ kind: 'mark', id }) as Promise<number>;
  }

  async rewind(id: number): Promise<void> {
    await this.call({ kind: 'rewind', id });
  }

  async forget(ids: readonly number[]): Promise<void> {
    await this.call({ kind: 'forget', ids });
  }

  async pulse(): Promise<void> {
    await this.call({ kind: 'pulse' });
  }

  close(): void {
    this.die('it was closed');
    this.endpoint.close();
  }

  call(call: PartyCall, leastMs = SILENCE_MS): Promise<unknown> {
    if (this.death !== undefined) return Promise.reject(new Error(this.death));
    const id = this.nextId++;
    const askedAt = this.timers.now();
    return new Promise((resolve, reject) => {
      const half = Math.max(leastMs, this.patience.limitMs(askedAt)) / 2;
      let cancel = this.timers.after(half, () => {
        cancel = this.timers.after(half, () => this.die('it does not answer'));
      });
      this.waiting.set(id, { askedAt, resolve, reject, cancelTimer: () => cancel() });
      this.endpoint.postMessage({ id, call });
    });
  }

  private settle(answer: PartyAnswer): void {
    const waiting = this.waiting.get(answer.id);
    if (waiting === undefined) return;
    this.waiting.delete(answer.id);
    waiting.cancelTimer();
    const now = this.timers.now();
    this.patience.heard(now, now - waiting.askedAt);
    if (answer.ok) waiting.resolve(answer.value);
    else this.fail(waiting, answer.reason);
  }

  /** After a throw the worker lives on with half-done state: it is as good as dead. */
  private fail(waiting: Waiting, reason: string): void {
    waiting.reject(new Error(reason));
    this.die(reason);
  }

  private die(reason: string): void {
    this.death ??= reason;
    for (const waiting of this.waiting.values()) {
      waiting.cancelTimer();
      waiting.reject(new Error(reason));
    }
    this.waiting.clear();
  }
}
