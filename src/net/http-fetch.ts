/**
 * The transcript of one GET by HTTP/1.0 (RFC 1945): what was asked, what came, whether every byte is
 * the right one, and how long the longest silence was. The guests serve `/file/N`, N bytes that a
 * formula gives (guests/file-bytes.h), so that each byte is checked where it arrives and none is kept.
 */
import { between, type Duration, duration, type Instant } from '../base/units.ts';
import type { Ip } from './ipv4.ts';

export interface HttpFetchState {
  readonly path: string;
  readonly host: Ip;
  readonly startedAt: Instant;
  readonly lastArrivalAt: Instant;
  readonly longestPause: Duration;
  /** Status line and headers, as far as they have come. */
  readonly head: string;
  readonly isHeadComplete: boolean;
  readonly status: number | undefined;
  /** Undefined: the server did not say. */
  readonly total: number | undefined;
  /** Of the body. */
  readonly bytes: number;
  readonly wrongBytes: number;
  /** The body's first characters, where no formula gives it. */
  readonly text: string;
  /** Undefined: it goes on. Empty: all is well. Otherwise what went wrong. */
  readonly trouble: string | undefined;
}

const MOST_HEAD = 4096;
const MOST_TEXT = 4096;
const HEAD_END = '\r\n\r\n';

/** Byte `index` of the file of `length` bytes: the top byte of index × 2654435761 + length, mod 2³². */
export const fileByte = (length: number, index: number): number =>
  (Math.imul(index, 2654435761) + length) >>> 24;

const fileLength = (path: string): number | undefined => {
  const digits = /^\/file\/(\d{1,10})$/.exec(path)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

export class HttpFetch {
  private state: HttpFetchState;

  constructor(state: HttpFetchState) {
    this.state = state;
  }

  static begin(path: string, host: Ip, now: Instant): HttpFetch {
    return new HttpFetch({
      path,
      host,
      startedAt: now,
      lastArrivalAt: now,
      longestPause: duration(0),
      head: '',
      isHeadComplete: false,
      status: undefined,
      total: undefined,
      bytes: 0,
      wrongBytes: 0,
      text: '',
      trouble: undefined,
    });
  }

  save(): HttpFetchState {
    return this.state;
  }

  request(): Uint8Array {
    const { path, host } = this.state;
    return new TextEncoder().encode(`GET ${path} HTTP/1.0\r\nHost: ${host}\r\n\r\n`);
  }

  receive(now: Instant, bytes: Uint8Array): void {
    if (bytes.length === 0 || this.state.trouble !== undefined) return;
    const pause = between(this.state.lastArrivalAt, now);
    const longestPause = duration(Math.max(this.state.longestPause, pause));
    this.change({ lastArrivalAt: now, longestPause });
    const body = this.state.isHeadComplete ? bytes : this.readHead(bytes);
    this.readBody(body);
  }

  /** The server has finished, or the connection has broken for the reason given. */
  end(broken?: string): void {
    if (this.state.trouble === undefined) this.change({ trouble: broken ?? this.judge() });
  }

  /** Bits of the body a second, from the request to the last arrival. */
  get bitsPerSecond(): number {
    const { bytes, startedAt, lastArrivalAt } = this.state;
    const elapsed = between(startedAt, lastArrivalAt);
    // In whole microseconds, so that the product stays exact.
    return elapsed < 1000 ? 0 : Math.floor((bytes * 8e6) / Math.floor(elapsed / 1000));
  }

  private judge(): string {
    const { isHeadComplete, status, total, bytes, wrongBytes, path } = this.state;
    if (!isHeadComplete) return 'the connection ended before the headers did';
    if (status !== 200) return `the server answered with status ${status}`;
    const due = fileLength(path) ?? total ?? bytes;
    if (bytes !== due || bytes !== (total ?? due))
      return `${bytes} bytes of body came where ${total ?? due} were announced and ${due} are right`;
    return wrongBytes === 0 ? '' : `${wrongBytes} bytes are not what the file holds there`;
  }

  /** Returns what comes behind the head. */
  private readHead(bytes: Uint8Array): Uint8Array {
    const before = this.state.head.length;
    const head = this.state.head + latin1(bytes.subarray(0, MOST_HEAD - before));
    const end = head.indexOf(HEAD_END);
    if (end < 0) {
      const tooLong = head.length >= MOST_HEAD;
      this.change({ head, ...(tooLong && { trouble: `no end of headers in ${MOST_HEAD} bytes` }) });
      return new Uint8Array(0);
    }
    const status = /^HTTP\/1\.\d (\d{3})\b/.exec(head)?.[1];
    const total = /\r\nContent-Length: *(\d{1,10})\r\n/i.exec(head)?.[1];
    this.change({
      head: head.slice(0, end),
      isHeadComplete: true,
      status: status === undefined ? undefined : Number(status),
      total: total === undefined ? undefined : Number(total),
      ...(status === undefined && { trouble: 'the answer does not begin like HTTP' }),
    });
    return bytes.subarray(end + HEAD_END.length - before);
  }

  private readBody(body: Uint8Array): void {
    const { bytes, path, status } = this.state;
    const length = status === 200 ? fileLength(path) : undefined;
    if (length === undefined) {
      this.change({ text: (this.state.text + latin1(body)).slice(0, MOST_TEXT) });
    } else {
      let wrong = 0;
      for (let i = 0; i < body.length; i++)
        if (bytes + i >= length || body[i] !== fileByte(length, bytes + i)) wrong++;
      this.change({ wrongBytes: this.state.wrongBytes + wrong });
    }
    this.change({ bytes: bytes + body.length });
  }

  private change(part: Partial<HttpFetchState>): void {
    this.state = { ...this.state, ...part };
  }
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
