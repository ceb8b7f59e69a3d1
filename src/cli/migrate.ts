/** `vmferry migrate`: one migration, as a table, as JSON, and as a trace. */
import { ok } from '../base/result.ts';
import type { MigrationReport, MoveReport } from '../lab/report.ts';
import { WireTap } from '../lab/wire-tap.ts';
import { ALGORITHM_IDS } from '../migration/algorithms/ids.ts';
import { writePcap } from '../net/pcap.ts';
import { choiceRows, predictions } from './choice-rows.ts';
import { defineCommand } from './define-command.ts';
import { writeOutput } from './files.ts';
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

function figures(report: MigrationReport): string {
  return table([
    ['status', report.error === null ? report.status : `${report.status}: ${report.error}`],
    ['the VM', report.vm.says],
    ['from', `${report.source} to ${report.destination}, by ${report.algorithm}`],
    ['total time', `${ms(report.totalTimeMs)} ms`],
    ['setup', `${ms(report.setupMs)} ms`],
    ['downtime', `${ms(report.downtimeMs)} ms (expected ${ms(report.expectedDowntimeMs)} ms)`],
    ...splitRows(report),
    ...clockRows(report),
    ['downtime limit', `${ms(report.downtimeLimitMs)} ms, ${limitVerdict(report)}`],
    ...choiceRows(report.choice),
    ['last decision', `${report.decision.action}: ${report.decision.reason}`],
    ['client outage', `${outage(report)} ms, ${report.probesLost} probes lost`],
    ['transferred', `${report.transferredBytes} bytes`],
    [
      'pages',
      `${report.normalPages} normal, ${report.duplicatePages} zero, ${report.pagesResent} sent again`,
    ],
    [
      'guest slowdown',
      `${report.guestSlowdown.percent.toFixed(2)} %: dirty faults ${ms(report.guestSlowdown.dirtyFaultsMs)} ms, throttled ${ms(report.guestSlowdown.throttledMs)} ms, stalled ${ms(report.guestSlowdown.stalledMs)} ms, blocked ${ms(report.guestSlowdown.blockedMs)} ms`,
    ],
    [
      'page requests',
      `${report.postcopyRequests}, guest blocked ${ms(report.postcopyBlocktimeMs)} ms`,
    ],
    ...ramRows(report),
    ...xbzrleRows(report),
    ...compressionRows(report),
    ['verified', `${verdict(report)} (${report.verification.pagesCompared} pages compared)`],
    ['trace hash', report.traceHash],
  ]);
}

function splitRows({ downtimeSplit }: MigrationReport): string[][] {
  if (downtimeSplit === null) return [];
  const { lastRoundMs, stateMs, sendMs, resumeMs } = downtimeSplit;
  const parts = `last round ${ms(lastRoundMs)} ms, state ${ms(stateMs)} ms, send ${ms(sendMs)} ms, resume ${ms(resumeMs)} ms`;
  return [['downtime split', parts]];
}

/** Guest time stands still while the VM does, and is not made up for. */
function clockRows({ guestClockBehindMs }: MigrationReport): string[][] {
  if (guestClockBehindMs === null) return [];
  return [['guest clock', `${ms(guestClockBehindMs)} ms behind: the wall time it lost in pauses`]];
}

const kbytes = (bytes: number): string => `${Math.round(bytes / 1024)} kbytes`;

/** These and the next ones are lines of QEMU's `info migrate`; what is 0 is left out. */
function ramRows({ ram }: MigrationReport): string[][] {
  const rows: [string, number][] = [
    ['precopy ram', ram.precopyBytes],
    ['downtime ram', ram.downtimeBytes],
    ['postcopy ram', ram.postcopyBytes],
    ['multifd bytes', ram.multifdBytes],
  ];
  return rows.filter(([, bytes]) => bytes > 0).map(([name, bytes]) => [name, kbytes(bytes)]);
}

function compressionRows({ compression }: MigrationReport): string[][] {
  if (compression === null) return [];
  return [
    ['compression pages', `${compression.pages} pages`],
    ['compressed size', kbytes(compression.compressedSize)],
    ['compression rate', compression.compressionRate.toFixed(2)],
  ];
}

function xbzrleRows({ xbzrleCache }: MigrationReport): string[][] {
  if (xbzrleCache === null) return [];
  return [
    ['cache size', `${xbzrleCache.cacheSize} bytes`],
    ['xbzrle transferred', kbytes(xbzrleCache.bytes)],
    ['xbzrle pages', `${xbzrleCache.pages} pages`],
    ['xbzrle cache miss', `${xbzrleCache.cacheMiss} pages`],
    ['xbzrle cache miss rate', xbzrleCache.cacheMissRate.toFixed(2)],
    ['xbzrle encoding rate', xbzrleCache.encodingRate.toFixed(2)],
    ['xbzrle overflow', String(xbzrleCache.overflow)],
  ];
}

function rounds(report: MigrationReport): string {
  if (report.iterations.length === 0) return '';
  const rows = report.iterations.map((round) => [
    String(round.index),
    ms(round.startMs),
    ms(round.durationMs),
    String(round.sentPages),
    String(round.zeroPages),
    String(round.bytes),
    String(round.dirtyPages),
  ]);
  return `\n${table([['round', 'start ms', 'took ms', 'sent', 'zero', 'bytes', 'dirtied'], ...rows])}`;
}

/** All migrations of the run in a line each, if there were several. */
function moves(report: MigrationReport): string {
  if (report.earlier.length === 0) return '';
  const rows = [...report.earlier, report].map((move: MoveReport, index) => [
    String(index + 1),
    ms(move.startMs),
    `${move.source} to ${move.destination}`,
    move.algorithm,
    move.status,
    ms(move.totalTimeMs),
    ms(move.downtimeMs),
    String(move.transferredBytes),
    String(move.pagesResent),
    move.vm.says,
  ]);
  const head = ['migration', 'start ms', 'from', 'algorithm', 'status', 'total ms'];
  return `\n${table([[...head, 'downtime ms', 'bytes', 'resent', 'the VM'], ...rows])}`;
}

export const migrate = defineCommand({
  name: 'migrate',
  summary: 'Migrates one VM as the scenario says and reports what it cost.',
  argument: { name: 'SCENARIO', help: 'A preset (default, …) or a JSON file.', required: true },
  options: {
    guest: GUEST_OPTION,
    algorithm: {
      kind: 'choice',
      value: 'A',
      choices: ALGORITHM_IDS,
      help: 'In place of the scenario’s.',
    },
    seed: {
      kind: 'integer',
      value: 'N',
      min: 0,
      max: 0xffff_ffff,
      help: 'In place of the scenario’s.',
    },
    trace: { kind: 'text', value: 'FILE', help: 'Write every event there, one a line.' },
    pcap: { kind: 'text', value: 'FILE', help: 'Write the frames on the hosts’ cables there.' },
    json: { kind: 'flag', help: 'Print the report as JSON.' },
  },
  async run({ argument, options }, surroundings) {
    const loaded = await loadScenario(argument, surroundings);
    if (!loaded.ok) return loaded;
    const { algorithm, seed = loaded.value.seed } = options;
    const chosen = algorithm === undefined ? loaded.value : chosenByUser(loaded.value, algorithm);
    const scenario = { ...chosen, seed };
    const wire = new WireTap(Number.POSITIVE_INFINITY);
    const lab = await runMigration(scenario, options.guest, surroundings, wire.hear);
    if (!lab.ok) return lab;
    if (options.trace !== undefined) {
      const written = await writeOutput(options.trace, lab.value.traceText(), surroundings);
      if (!written.ok) return written;
    }
    if (options.pcap !== undefined) {
      const written = await writeOutput(options.pcap, writePcap(wire.frames()), surroundings);
      if (!written.ok) return written;
    }
    const report = lab.value.report();
    surroundings.stdout(
      options.json
        ? `${JSON.stringify(report, undefined, 2)}\n`
        : figures(report) + predictions(report.choice) + rounds(report) + moves(report),
    );
    return ok(statusOf(report));
  },
});
