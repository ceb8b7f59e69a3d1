import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Instant, instant, milliseconds } from '../../../src/base/units.ts';
import type { FetchPlan } from '../../../src/net/fetcher.ts';
import { fileByte, HttpFetch } from '../../../src/net/http-fetch.ts';
import { MILLISECOND, VM } from './stations.ts';
import { type Server, WebVm } from './web-vm.ts';

const ms = (count: number): Instant => instant(count * MILLISECOND);
const text = (content: string) => new TextEncoder().encode(content);
const file = (length: number) => Uint8Array.from({ length }, (_, i) => fileByte(length, i));

function answer(body: Uint8Array, head = `Content-Length: ${body.length}\r\n`): Uint8Array {
  return Uint8Array.from([...text(`HTTP/1.0 200 OK\r\n${head}\r\n`), ...body]);
}

const once = (path: string): FetchPlan => ({ path, startAt: ms(0), pause: undefined });

const webVm = (length: number, pauseMs?: number, server: Server = () => answer(file(length))) =>
  new WebVm(
    {
      probe: 'ping',
      fetch: {
        ...once(`/file/${length}`),
        pause: pauseMs === undefined ? undefined : milliseconds(pauseMs),
      },
    },
    server,
  );

/** How a download of `path` ends that is answered so, cut into pieces. */
function troubleOf(path: string, bytes: Uint8Array, pieceBytes = bytes.length): string | undefined {
  const fetch = HttpFetch.begin(path, VM.ip, ms(0));
  for (let at = 0; at < bytes.length; at += pieceBytes)
    fetch.receive(ms(1), bytes.subarray(at, at + pieceBytes));
  fetch.end();
  return fetch.save().trouble;
}

describe('HttpFetch', () => {
  it('asks as HTTP/1.0 does', () => {
    const request = HttpFetch.begin('/stats', VM.ip, ms(0)).request();
    expect(new TextDecoder().decode(request)).toBe('GET /stats HTTP/1.0\r\nHost: 10.0.0.2\r\n\r\n');
  });

  it('knows the bytes that the guests serve', () => {
    // Worked out by hand from the formula of guests/file-bytes.h, 2654435761 being 9E3779B1 in hex.
    expect([...file(3)]).toEqual([0x00, 0x9e, 0x3c]);
    expect(fileByte(16_777_216, 0)).toBe(1);
  });

  it('is content with the whole file, however it is cut', () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.integer({ min: 1, max: 400 }), (length, pieceBytes) => {
        expect(troubleOf(`/file/${length}`, answer(file(length)), pieceBytes)).toBe('');
      }),
    );
  });

  it('notices one wrong byte anywhere in the body', () => {
    fc.assert(
      fc.property(fc.nat(999), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const body = file(1000);
        body[place] ^= change;
        expect(troubleOf('/file/1000', answer(body))).toMatch(/^1 bytes are not/);
      }),
    );
  });

  it('notices bytes that are missing or too many', () => {
    const head = 'Content-Length: 1000\r\n';
    expect(troubleOf('/file/1000', answer(file(1000).subarray(1), head))).toMatch(/^999 bytes/);
    expect(troubleOf('/file/1000', answer(new Uint8Array(1001), head))).toMatch(/^1001 bytes/);
    expect(troubleOf('/file/1000', answer(file(999)))).toMatch(/^999 bytes/);
  });

  it('says what the server said instead', () => {
    const missing = text('HTTP/1.0 404 Not Found\r\nContent-Length: 4\r\n\r\nnone');
    expect(troubleOf('/file/1', missing)).toBe('the server answered with status 404');
    expect(troubleOf('/', text('hello\r\n\r\n'))).toBe('the answer does not begin like HTTP');
    expect(troubleOf('/', text('HTTP/1.0 200'))).toMatch(/before the headers/);
    expect(troubleOf('/', new Uint8Array(5000).fill(0x61))).toMatch(/no end of headers/);
  });

  it('keeps the text of a page that no formula gives', () => {
    const fetch = HttpFetch.begin('/stats', VM.ip, ms(0));
    fetch.receive(ms(1), answer(text('ticks 5\n')));
    fetch.end();
    expect(fetch.save()).toMatchObject({ trouble: '', text: 'ticks 5\n', bytes: 8 });
  });

  it('measures the longest pause and the throughput in virtual time', () => {
    const fetch = HttpFetch.begin('/', VM.ip, ms(0));
    fetch.receive(ms(10), answer(new Uint8Array(500)));
    fetch.receive(ms(100), new Uint8Array(500));
    expect(fetch.save().longestPause).toBe(90 * MILLISECOND);
    expect(fetch.bitsPerSecond).toBe(80_000);
  });
});

describe("Client's downloads", () => {
  it('come whole, once, and are told from start to end', () => {
    const vm = webVm(200_000).pass(5000);
    expect(vm.client.fetchCounts).toEqual({ started: 1, complete: 1, failed: 0 });
    expect(vm.events('fetch.started')).toMatchObject([{ fetch: 0, path: '/file/200000' }]);
    const progress = vm.events('fetch.progress').map(({ bytes }) => bytes);
    expect(progress.length).toBeGreaterThan(0);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    const [finished] = vm.events('fetch.finished');
    expect(finished).toMatchObject({ trouble: '', bytes: 200_000, wrongBytes: 0 });
    expect(finished?.bitsPerSecond).toBeGreaterThan(0);
  });

  it('begin when the plan says, and again after the pause', () => {
    const vm = new WebVm(
      { fetch: { path: '/file/10', startAt: ms(500), pause: milliseconds(100) } },
      () => answer(file(10)),
    ).pass(1000);
    const started = vm.events('fetch.started').map(({ at }) => at);
    expect(started[0]).toBe(ms(500));
    expect(started.length).toBeGreaterThan(3);
    expect(vm.client.fetchCounts).toMatchObject({ started: started.length, failed: 0 });
  });

  it('outlive a VM that is away for seconds, byte for byte, and show the pause', () => {
    const vm = webVm(200_000);
    vm.isGone = (now) => now > ms(50) && now < ms(3050);
    vm.pass(10_000);
    expect(vm.events('fetch.finished')).toMatchObject([{ trouble: '', bytes: 200_000 }]);
    const pause = vm.client.latestFetch?.longestPause ?? 0;
    expect(pause).toBeGreaterThan(3000 * MILLISECOND - MILLISECOND);
    expect(pause).toBeLessThan(3600 * MILLISECOND);
  });

  it('are given up when nothing has come for a minute', () => {
    const vm = webVm(200_000);
    vm.isGone = (now) => now > ms(50);
    vm.pass(70_000);
    expect(vm.events('fetch.finished')).toMatchObject([{ trouble: 'nothing came for 60 s' }]);
    expect(vm.client.fetchCounts).toEqual({ started: 1, complete: 0, failed: 1 });
  });

  it('fail by name when a byte is wrong', () => {
    const vm = webVm(500, undefined, () => answer(file(500).with(7, 0))).pass(1000);
    expect(vm.events('fetch.finished')).toMatchObject([{ wrongBytes: 1 }]);
    expect(vm.client.fetchCounts).toMatchObject({ failed: 1 });
  });

  it('go on from a saved state as if nothing had happened', () => {
    const twin = webVm(20_000, 50).pass(500);
    const vm = webVm(20_000, 50);
    for (let at = 0; at <= 500; at += 7) vm.pass(at).reload();
    vm.pass(500);
    expect(vm.client.save()).toEqual(twin.client.save());
    expect(vm.frames).toEqual(twin.frames);
  });

  it('leave a client alone that has no plan for them', () => {
    expect(new WebVm({}).pass(100).client.fetchCounts).toBeUndefined();
  });
});
