/** A run's rounds and figures as comma-separated values (RFC 4180), for spreadsheets. */
import type { Scenario } from '../lab/scenario.ts';
import type { Picture } from '../trace/picture.ts';
import { figuresOf } from './figures.ts';

type Cell = string | number | undefined;

function csv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

function quoted(cell: Cell): string {
  const text = cell === undefined ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const ms = (ns: number | undefined): number | undefined =>
  ns === undefined ? undefined : ns / 1e6;

export function roundsCsv({ rounds }: Picture): string {
  const head = ['round', 'from_ms', 'to_ms', 'pages_left', 'sent', 'zero', 'bytes', 'dirtied'];
  const rows = rounds.map(({ round, from, to, pending, sent, zero, bytes, dirtied }) => [
    round,
    ms(from),
    ms(to),
    pending,
    sent,
    zero,
    bytes,
    dirtied,
  ]);
  return csv([head, ...rows]);
}

/** `fingerprint`: of the whole run, once it is known. */
export function figuresCsv(
  picture: Picture,
  { name, seed, algorithm, hosts, vm, network }: Scenario,
  fingerprint: string | undefined,
): string {
  const figures = figuresOf(picture);
  return csv([
    ['figure', 'value', 'unit'],
    ['scenario', name, ''],
    ['seed', seed, ''],
    ['algorithm', algorithm, ''],
    ['source', hosts.source, ''],
    ['destination', hosts.destination, ''],
    ['memory', vm.memoryMiB, 'MiB'],
    ['bandwidth', network.bandwidthMbps, 'Mbit/s'],
    ['latency', network.latencyMs, 'ms'],
    ['moment', ms(picture.now), 'ms'],
    ['status', picture.status, ''],
    ['rounds', figures.rounds, ''],
    ['pages left', figures.pagesLeft, 'pages'],
    ['pages sent', figures.pagesSent, 'pages'],
    ['sent', figures.bytesSent, 'bytes'],
    ['total time', ms(figures.totalNs), 'ms'],
    ['VM downtime', ms(figures.downtimeNs), 'ms'],
    ['client outage', ms(figures.outageNs), 'ms'],
    ['requests lost', figures.probesLost, ''],
    ['run fingerprint', fingerprint, ''],
  ]);
}
