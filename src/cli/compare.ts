/** `vmferry compare`: the same workload and seed under several algorithms, side by side. */
import { err, ok, type Result } from '../base/result.ts';
import type { MigrationReport } from '../lab/report.ts';
import { ALGORITHM_IDS, type AlgorithmId } from '../migration/algorithms/ids.ts';
import { defineCommand } from './define-command.ts';
import { GUEST_OPTION } from './load-guest.ts';
import { loadScenario } from './load-scenario.ts';
import {
  chosenByUser,
  limitVerdict,
  outage,
  runMigration,
  statusOf,
  verdict,
} from './run-migration.ts';
import { ms, table } from './table.ts';

const isAlgorithm = (id: string): id is AlgorithmId =>
  (ALGORITHM_IDS as readonly string[]).includes(id);

function algorithmList(text: string | undefined): Result<readonly AlgorithmId[], string> {
  if (text === undefined) return ok(ALGORITHM_IDS);
  const known: AlgorithmId[] = [];
  for (const id of text.split(',').map((part) => part.trim())) {
    if (!isAlgorithm(id))
      return err(`--algorithms: "${id}" is none of ${ALGORITHM_IDS.join(', ')}`);
    if (known.includes(id)) return err(`--algorithms: ${id} is given twice`);
    known.push(id);
  }
  return ok(known);
}

function comparison(reports: readonly MigrationReport[]): string {
  const row = (report: MigrationReport) => [
    report.algorithm,
    report.status,
    ms(report.totalTimeMs),
    ms(report.downtimeMs),
    limitVerdict(report),
    outage(report),
    String(report.iterations.length),
    String(pagesSent(report)),
    String(report.pagesResent),
    String(report.transferredBytes),
    report.guestSlowdown.percent.toFixed(2),
    ms(report.guestSlowdown.stalledMs),
    String(report.postcopyRequests),
    ms(report.postcopyBlocktimeMs),
    verdict(report),
  ];
  return table([
    [
      'algorithm',
      'status',
      'total ms',
      'downtime ms',
      'limit',
      'outage ms',
      'rounds',
      'pages sent',
      'resent',
      'bytes',
      'slowdown %',
      'stalled ms',
      'requests',
      'blocked ms',
      'verified',
    ],
    ...reports.map(row),
  ]);
}

/** In whatever form. */
const pagesSent = ({ normalPages, duplicatePages, addOns }: MigrationReport): number =>
  normalPages + duplicatePages + addOns.xbzrlePages + addOns.compressedPages;

/**
 * The claim of the paper, a migration without retransmission, is met by several: what each pays for
 * it with.
 */
function claim(reports: readonly MigrationReport[]): string {
  const met = reports.filter(({ status, pagesResent }) => status === 'completed' && !pagesResent);
  if (met.length === 0) return '';
  const rows = met.map(({ algorithm, downtimeMs, guestSlowdown }) => [
    algorithm,
    ms(downtimeMs),
    ms(guestSlowdown.stalledMs),
    ms(guestSlowdown.blockedMs),
  ]);
  const head = ['no page twice', 'downtime ms', 'stalled writes ms', 'waits for pages ms'];
  return `\n${table([head, ...rows])}`;
}

export const compare = defineCommand({
  name: 'compare',
  summary: 'Runs one scenario and seed under several algorithms and prints one table.',
  argument: { name: 'SCENARIO', help: 'A preset (default, …) or a JSON file.', required: true },
  options: {
    guest: GUEST_OPTION,
    algorithms: {
      kind: 'text',
      value: 'A,B',
      help: `Which ones (all: ${ALGORITHM_IDS.join(',')}).`,
    },
    seed: {
      kind: 'integer',
      value: 'N',
      min: 0,
      max: 0xffff_ffff,
      help: 'In place of the scenario’s.',
    },
    json: { kind: 'flag', help: 'Print the reports as a JSON array.' },
  },
  async run({ argument, options }, surroundings) {
    const algorithms = algorithmList(options.algorithms);
    if (!algorithms.ok) return algorithms;
    const loaded = await loadScenario(argument, surroundings);
    if (!loaded.ok) return loaded;
    const seed = options.seed ?? loaded.value.seed;
    const reports: MigrationReport[] = [];
    for (const algorithm of algorithms.value) {
      const scenario = { ...chosenByUser(loaded.value, algorithm), seed };
      const lab = await runMigration(scenario, options.guest, surroundings);
      if (!lab.ok) return lab;
      reports.push(lab.value.report());
    }
    surroundings.stdout(
      options.json
        ? `${JSON.stringify(reports, undefined, 2)}\n`
        : comparison(reports) + claim(reports),
    );
    return ok(reports.every((report) => statusOf(report) === 0) ? 0 : 1);
  },
});
