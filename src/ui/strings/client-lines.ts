/** The client's lines, as `ping` and `curl` would put them. */
import type { ClientLine } from '../../trace/client-log.ts';
import { bytes, rate, time } from './format.ts';

export function clientText({ event, late }: ClientLine, ping: boolean): string {
  switch (event.kind) {
    case 'probe.answered': {
      const what = ping ? `64 bytes: icmp_seq=${event.probe}` : `byte ${event.probe} came back`;
      return `${what} time=${(event.roundTripNs / 1e6).toFixed(3)} ms${late ? ', late: it was given up' : ''}`;
    }
    case 'probe.lost':
      return ping
        ? `no answer yet for icmp_seq=${event.probe}: given up`
        : `✕ byte ${event.probe} did not come back: given up`;
    case 'probe.duplicate':
      return `64 bytes: icmp_seq=${event.probe} (DUP!)`;
    case 'fetch.started':
      return `GET ${event.path} HTTP/1.0`;
    case 'fetch.finished':
      return event.trouble === ''
        ? `${event.path}: 200 OK, ${bytes(event.bytes)} in ${time(event.elapsedNs)}, ${rate(event.bitsPerSecond / 1e6)}, longest pause ${time(event.longestPauseNs)}`
        : `✕ ${event.path}: ${event.trouble}, after ${bytes(event.bytes)}`;
    case 'arp.updated':
      return `ARP: ${event.ip} is at ${event.mac}${event.previousMac === '' ? '' : `, before ${event.previousMac}`}`;
  }
}
