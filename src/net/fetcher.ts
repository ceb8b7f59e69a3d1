/**
 * The client's downloads: one GET after the other, each over a TCP connection of its own. The next
 * begins a pause after the connection before it is closed. A download that hears nothing for long is
 * given up, as by a user who loses patience.
 */
import { assert } from '../base/assert.ts';
import { after, between, type Duration, type Instant, milliseconds, NEVER } from '../base/units.ts';
import type { Tracer } from '../trace/recorder.ts';
import { HttpFetch, type HttpFetchState } from './http-fetch.ts';
import type { Ip } from './ipv4.ts';
import { ETHERNET_SEGMENT_SIZE, type TcpSegment } from './tcp.ts';
import { resetFor, TcpClient, type TcpState, type TcpStep } from './tcp-client.ts';

export interface FetchPlan {
  readonly path: string;
  /** Not before this moment, and not before the VM's MAC is known. */
  readonly startAt: Instant;
  /** From the end of one to the start of the next; undefined: once. */
  readonly pause: Duration | undefined;
}

/** `fetch`: the next one begins. `tcp`: the connection's deadline. `patience`: is it still alive? */
export interface FetchTimer {
  readonly kind: 'fetch' | 'tcp' | 'patience';
  readonly fetch: number;
}

export interface FetchCounts {
  readonly started: number;
  readonly complete: number;
  readonly failed: number;
}

export interface FetcherState {
  readonly counts: FetchCounts;
  readonly connection: TcpState | undefined;
  readonly transcript: HttpFetchState | undefined;
  readonly reportedAt: Instant;
}

export interface FetcherStep {
  readonly segments: readonly TcpSegment[];
  readonly timers: readonly { readonly at: Instant; readonly timer: FetchTimer }[];
}

const HTTP_PORT = 80;
/** The dynamic range (RFC 6335) begins here; a port of its own for each download. */
const FIRST_PORT = 49_152;
const PORTS = 16_384;
const WINDOW = 0xffff;
/** On one switch no segment lives longer than half of this. */
const TIME_WAIT = milliseconds(2000);
const PATIENCE = milliseconds(60_000);
/** Short enough that a VM's pause is seen as one. */
const PROGRESS_INTERVAL = milliseconds(5);

const NOTHING: FetcherStep = { segments: [], timers: [] };
const EMPTY: FetcherState = {
  counts: { started: 0, complete: 0, failed: 0 },
  connection: undefined,
  transcript: undefined,
  reportedAt: 0 as Instant,
};

export class Fetcher {
  private readonly host: Ip;
  private readonly plan: FetchPlan;
  private readonly trace: Tracer;
  private tallies: FetchCounts;
  private connection: TcpClient | undefined;
  private transcript: HttpFetch | undefined;
  private reportedAt: Instant;

  constructor(host: Ip, plan: FetchPlan, trace: Tracer, state: FetcherState = EMPTY) {
    this.host = host;
    this.plan = plan;
    this.trace = trace;
    this.tallies = state.counts;
    this.connection = state.connection && TcpClient.restore(state.connection);
    this.transcript = state.transcript && new HttpFetch(state.transcript);
    this.reportedAt = state.reportedAt;
  }

  save(): FetcherState {
    return {
      counts: this.tallies,
      connection: this.connection?.save(),
      transcript: this.transcript?.save(),
      reportedAt: this.reportedAt,
    };
  }

  get counts(): FetchCounts {
    return this.tallies;
  }

  /** The download that runs or ran last. */
  get latest(): HttpFetchState | undefined {
    return this.transcript?.save();
  }

  /** The VM can be reached. */
  start(now: Instant): FetcherStep {
    return { segments: [], timers: [this.nextAt(now, this.plan.startAt)] };
  }

  timer(now: Instant, { kind, fetch }: FetchTimer): FetcherStep {
    if (kind === 'fetch') return this.begin(now);
    const { connection } = this;
    if (connection === undefined || fetch !== this.current) return NOTHING;
    if (kind === 'tcp') return this.follow(now, connection, connection.timer(now));
    return this.checkPatience(now, connection);
  }

  /** A segment for one of the client's TCP ports. */
  receive(now: Instant, segment: TcpSegment): FetcherStep {
    const { connection } = this;
    if (connection !== undefined && isOf(connection, segment))
      return this.follow(now, connection, connection.receive(now, segment));
    const reset = resetFor(segment);
    return { segments: reset ? [reset] : [], timers: [] };
  }

  private get current(): number {
    return this.tallies.started - 1;
  }

  private begin(now: Instant): FetcherStep {
    const fetch = this.tallies.started;
    this.tallies = { ...this.tallies, started: fetch + 1 };
    const { path } = this.plan;
    this.trace.event(now, 'fetch.started', { fetch, path });
    this.transcript = HttpFetch.begin(path, this.host, now);
    this.reportedAt = now;
    const connection = TcpClient.create({
      localPort: FIRST_PORT + (fetch % PORTS),
      remotePort: HTTP_PORT,
      initialSequence: initialSequence(now, fetch),
      window: WINDOW,
      segmentSize: ETHERNET_SEGMENT_SIZE,
      timeWait: TIME_WAIT,
    });
    this.connection = connection;
    const { send } = connection.connect(now);
    const { send: none, received } = connection.write(now, this.transcript.request());
    assert(none.length === 0, 'a request waits for the handshake');
    const step = this.follow(now, connection, { send, received });
    return { ...step, timers: [...step.timers, this.patience(now)] };
  }

  /** Takes what a step of the connection brought, and what it means for the download. */
  private follow(now: Instant, connection: TcpClient, step: TcpStep): FetcherStep {
    const segments = [...step.send];
    const { transcript } = this;
    if (transcript !== undefined && !isOver(transcript)) {
      transcript.receive(now, step.received);
      this.reportProgress(now, transcript, step.received.length);
      const { ending } = connection;
      if (connection.isPeerFinished) transcript.end();
      else if (ending !== undefined) transcript.end(BROKEN[ending]);
      if (isOver(transcript)) {
        this.finish(now, connection, transcript);
        const last = connection.isPeerFinished ? connection.close(now) : connection.abort(now);
        segments.push(...last.send);
      }
    }
    return { segments, timers: this.timersOf(now, connection) };
  }

  private timersOf(now: Instant, connection: TcpClient): FetcherStep['timers'] {
    if (connection.ending !== undefined) {
      this.connection = undefined;
      const { pause } = this.plan;
      return pause === undefined ? [] : [this.nextAt(now, after(now, pause))];
    }
    if (connection.deadline === NEVER) return [];
    return [{ at: connection.deadline, timer: { kind: 'tcp', fetch: this.current } }];
  }

  private nextAt(now: Instant, at: Instant): FetcherStep['timers'][number] {
    const timer = { kind: 'fetch', fetch: this.tallies.started } as const;
    return { at: at > now ? at : now, timer };
  }

  private patience(now: Instant): FetcherStep['timers'][number] {
    const timer = { kind: 'patience', fetch: this.current } as const;
    const since = this.transcript?.save().lastArrivalAt ?? now;
    return { at: after(since, PATIENCE), timer };
  }

  private checkPatience(now: Instant, connection: TcpClient): FetcherStep {
    const { transcript } = this;
    if (transcript === undefined || isOver(transcript)) return NOTHING;
    const { at } = this.patience(now);
    if (at > now) return { segments: [], timers: [this.patience(now)] };
    transcript.end('nothing came for 60 s');
    this.finish(now, connection, transcript);
    return this.follow(now, connection, connection.abort(now));
  }

  private reportProgress(now: Instant, transcript: HttpFetch, arrived: number): void {
    if (arrived === 0 || between(this.reportedAt, now) < PROGRESS_INTERVAL) return;
    this.reportedAt = now;
    const { bytes, total = 0 } = transcript.save();
    this.trace.event(now, 'fetch.progress', { fetch: this.current, bytes, total });
  }

  private finish(now: Instant, connection: TcpClient, transcript: HttpFetch): void {
    const { path, bytes, wrongBytes, startedAt, longestPause, trouble = '' } = transcript.save();
    const { counts } = this;
    this.tallies =
      trouble === ''
        ? { ...counts, complete: counts.complete + 1 }
        : { ...counts, failed: counts.failed + 1 };
    this.trace.event(now, 'fetch.finished', {
      fetch: this.current,
      path,
      trouble,
      bytes,
      wrongBytes,
      repeatedBytes: connection.repeatedBytes,
      elapsedNs: between(startedAt, now),
      longestPauseNs: longestPause,
      bitsPerSecond: transcript.bitsPerSecond,
    });
  }
}

const BROKEN = {
  closed: 'the connection was closed early',
  refused: 'the connection was refused',
  reset: 'the connection was reset',
  'timed-out': 'the server no longer answered',
  aborted: 'the download was given up',
} as const;

const isOver = (transcript: HttpFetch): boolean => transcript.save().trouble !== undefined;

function isOf(connection: TcpClient, segment: TcpSegment): boolean {
  const { localPort, remotePort } = connection.save().config;
  return segment.destinationPort === localPort && segment.sourcePort === remotePort;
}

/** RFC 9293 §3.4.1: a clock of 4 µs, and something of the connection's own. */
const initialSequence = (now: Instant, fetch: number): number =>
  (Math.floor(now / 4000) + Math.imul(fetch + 1, 0x9e37_79b1)) >>> 0;
