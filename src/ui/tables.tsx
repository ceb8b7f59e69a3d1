/** The run as tables: what the drawing and the timeline show, in words and numbers. */
import type { MigrationReport } from '../lab/report.ts';
import { figuresOf } from '../store/figures.ts';
import { count, time } from './strings/format.ts';
import { lettersOf } from './strings/sentences.ts';
import * as words from './strings/tables.ts';
import { usePicture, useStore } from './use-store.ts';

export function Tables() {
  return (
    <>
      <Outcome />
      <Downtime />
      <RoundsTable />
      <StagesTable />
      <PagesTable />
      <NetworkTable />
    </>
  );
}

/** Names at the left, values at the right. */
function Pairs({
  caption,
  rows,
}: {
  readonly caption: string;
  readonly rows: readonly (readonly [string, string])[];
}) {
  return (
    <table>
      <caption>{caption}</caption>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What the report says beyond the figures: what was verified, the state's way through the common format, the fingerprint. */
function Outcome() {
  const report = useStore((state) => state.report);
  if (!report) return null;
  const { verification, translation, traceHash, status } = report;
  return (
    <Pairs
      caption={words.outcome}
      rows={[
        [words.status, status],
        [words.pagesCompared, count(verification.pagesCompared)],
        [words.memoryEqual, verification.memoryEqual ? words.yes : words.no],
        [words.cpuEqual, verification.cpuEqual ? words.yes : words.no],
        [words.devicesEqual, verification.devicesEqual ? words.yes : words.no],
        [words.cpuAndDevices, stateText(translation)],
        [words.fingerprint, traceHash.slice(0, 16)],
      ]}
    />
  );
}

/** What the VM's pause was spent on, and what the client noticed of it, which is another figure. */
function Downtime() {
  const { downtimeNs, downtimeRuns, outageNs, outageRuns } = figuresOf(usePicture());
  const split = useStore((state) => state.report?.downtimeSplit);
  if (downtimeNs === undefined) return null;
  const parts = split
    ? ([
        [words.lastRound, split.lastRoundMs],
        [words.stateSaved, split.stateMs],
        [words.stateSent, split.sendMs],
        [words.resumed, split.resumeMs],
      ] as const)
    : [];
  return (
    <Pairs
      caption={words.downtimeAndOutage}
      rows={[
        ...parts.map(([name, ms]) => [name, time(ms * 1e6)] as const),
        [words.vmDowntime, asFarAs(downtimeNs, downtimeRuns)],
        [
          words.clientOutage,
          outageNs === undefined ? words.noneSoFar : asFarAs(outageNs, outageRuns),
        ],
      ]}
    />
  );
}

const asFarAs = (ns: number, open: boolean): string => (open ? words.soFar(ns) : time(ns));

/** Two hosts of one kind need no common format. */
function stateText({ bytes, format }: MigrationReport['translation']): string {
  return bytes === 0 ? words.asTheyAre(format) : words.bytesAs(bytes, format);
}

function RoundsTable() {
  const { rounds } = usePicture();
  return (
    <table>
      <caption>{words.rounds}</caption>
      <thead>
        <tr>
          <th scope="col">{words.round}</th>
          <th scope="col">{words.sent}</th>
          <th scope="col">{words.writtenMeanwhile}</th>
          <th scope="col">{words.duration}</th>
        </tr>
      </thead>
      <tbody>
        {rounds.map(({ round, from, to, pending, sent, dirtied }) => (
          <tr key={from}>
            <th scope="row">{round}</th>
            <td>{to === undefined ? words.toSend(pending) : count(sent)}</td>
            <td>{to === undefined ? '' : count(dirtied)}</td>
            <td>{to === undefined ? words.now : time(to - from)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function StagesTable() {
  const { stages, startedAt = 0 } = usePicture();
  return (
    <table>
      <caption>{words.stages}</caption>
      <thead>
        <tr>
          <th scope="col">{words.stage}</th>
          <th scope="col">{words.after}</th>
          <th scope="col">{words.took}</th>
        </tr>
      </thead>
      <tbody>
        {stages.map(({ stage, name, from, to }) => (
          <tr key={stage + from}>
            <th scope="row">
              {stage} {name}
            </th>
            <td>{time(from - startedAt)}</td>
            <td>{to === undefined ? '' : time(to - from)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function PagesTable() {
  const picture = usePicture();
  const { pages } = picture;
  const [, notSent, inFlight, same, zero, written, missing] = pages.tally;
  const rows = [
    [words.notSent, notSent],
    [words.onTheWay, inFlight],
    [words.sameOnBoth, same],
    [words.sameZeros, zero],
    [words.writtenAgain, written],
    [words.waitedFor, missing],
    [words.emptyAt(lettersOf(picture)[1]), pages.emptyAtDestination],
  ] as const;
  return <Pairs caption={words.pages} rows={rows.map(([name, value]) => [name, count(value)])} />;
}

function NetworkTable() {
  const { switchTable, arp } = usePicture();
  const ports = [...switchTable.values()].map(
    ({ mac, port }) => [words.switchMac(mac), words.port(port)] as const,
  );
  const known = [...arp.values()].map(({ ip, mac }) => [words.clientArp(ip), mac] as const);
  return <Pairs caption={words.network} rows={[...ports, ...known]} />;
}
