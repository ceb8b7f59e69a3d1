/** The run as tables: what the drawing and the timeline show, in words and numbers. */
import type { MigrationReport } from '../lab/report.ts';
import { figuresOf } from '../store/figures.ts';
import { count, time } from './strings/format.ts';
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
      caption="Outcome"
      rows={[
        ['Status', status],
        ['Pages compared', count(verification.pagesCompared)],
        ['Memory equal', verification.memoryEqual ? 'yes' : 'no'],
        ['CPU equal', verification.cpuEqual ? 'yes' : 'no'],
        ['Devices equal', verification.devicesEqual ? 'yes' : 'no'],
        ['CPU and devices', stateText(translation)],
        ['Run fingerprint', traceHash.slice(0, 16)],
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
        ['Last round', split.lastRoundMs],
        ['CPU and devices saved and translated', split.stateMs],
        ['CPU and devices sent', split.sendMs],
        ['Resumed at the destination', split.resumeMs],
      ] as const)
    : [];
  return (
    <Pairs
      caption="Downtime and outage"
      rows={[
        ...parts.map(([name, ms]) => [name, time(ms * 1e6)] as const),
        ['VM downtime', asFarAs(downtimeNs, downtimeRuns)],
        ['Client outage', outageNs === undefined ? 'none so far' : asFarAs(outageNs, outageRuns)],
      ]}
    />
  );
}

const asFarAs = (ns: number, open: boolean): string =>
  open ? `${time(ns)} so far, still open` : time(ns);

/** Two hosts of one kind need no common format. */
function stateText({ bytes, format }: MigrationReport['translation']): string {
  return bytes === 0 ? `as they are (${format})` : `${count(bytes)} bytes as ${format}`;
}

function RoundsTable() {
  const { rounds } = usePicture();
  return (
    <table>
      <caption>Rounds</caption>
      <thead>
        <tr>
          <th scope="col">Round</th>
          <th scope="col">Sent</th>
          <th scope="col">Written meanwhile</th>
          <th scope="col">Time</th>
        </tr>
      </thead>
      <tbody>
        {rounds.map(({ round, from, to, pending, sent, dirtied }) => (
          <tr key={from}>
            <th scope="row">{round}</th>
            <td>{to === undefined ? `${count(pending)} to send` : count(sent)}</td>
            <td>{to === undefined ? '' : count(dirtied)}</td>
            <td>{to === undefined ? 'now' : time(to - from)}</td>
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
      <caption>Stages</caption>
      <thead>
        <tr>
          <th scope="col">Stage</th>
          <th scope="col">After</th>
          <th scope="col">Took</th>
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
  const { pages } = usePicture();
  const [, notSent, inFlight, same, zero, written, missing] = pages.tally;
  const rows = [
    ['not sent', notSent],
    ['on the way', inFlight],
    ['same on both', same],
    ['same, all zeros', zero],
    ['written again', written],
    ['waited for', missing],
    ['empty at B', pages.emptyAtDestination],
  ] as const;
  return <Pairs caption="Pages" rows={rows.map(([name, value]) => [name, count(value)])} />;
}

function NetworkTable() {
  const { switchTable, arp } = usePicture();
  const ports = [...switchTable.values()].map(
    ({ mac, port }) => [`Switch: ${mac}`, `port ${port}`] as const,
  );
  const known = [...arp.values()].map(({ ip, mac }) => [`Client’s ARP: ${ip}`, mac] as const);
  return <Pairs caption="Network" rows={[...ports, ...known]} />;
}
