/** On demand: the run as tables, the guest's console, the log. They say what the drawing shows. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { MigrationReport } from '../lab/report.ts';
import { count, time } from './format.ts';
import { usePicture, useStore } from './use-store.ts';
import { noteText } from './words.ts';

export function Details() {
  return (
    <div class="details">
      <Fold title="Rounds and pages as tables">
        <Tables />
      </Fold>
      <Fold title="Log">
        <Log />
      </Fold>
      <Fold title="Guest’s console">
        <Console />
      </Fold>
    </div>
  );
}

/** Its contents exist only while it is open: a closed table costs nothing. */
function Fold({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && children}
    </details>
  );
}

function Tables() {
  const { rounds, pages, stages, startedAt, switchTable, arp } = usePicture();
  const [, notSent, inFlight, same, zero, written, missing] = pages.tally;
  const begin = startedAt ?? 0;
  return (
    <>
      <Outcome />
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
          {rounds.map((round) => (
            <tr key={round.from}>
              <th scope="row">{round.round}</th>
              <td>
                {round.to === undefined ? `${count(round.pending)} to send` : count(round.sent)}
              </td>
              <td>{round.to === undefined ? '' : count(round.dirtied)}</td>
              <td>{round.to === undefined ? 'now' : time(round.to - round.from)}</td>
            </tr>
          ))}
        </tbody>
      </table>
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
          {stages.map((stage) => (
            <tr key={stage.from}>
              <th scope="row">
                {stage.stage} {stage.name}
              </th>
              <td>{time(stage.from - begin)}</td>
              <td>{stage.to === undefined ? '' : time(stage.to - stage.from)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>Pages</caption>
        <tbody>
          {(
            [
              ['not sent', notSent],
              ['on the way', inFlight],
              ['same on both', same],
              ['same, all zeros', zero],
              ['written again', written],
              ['waited for', missing],
              ['empty at B', pages.emptyAtDestination],
            ] as const
          ).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{count(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>Network</caption>
        <tbody>
          {[...switchTable.values()].map(({ mac, port }) => (
            <tr key={mac}>
              <th scope="row">Switch: {mac}</th>
              <td>port {port}</td>
            </tr>
          ))}
          {[...arp.values()].map(({ ip, mac }) => (
            <tr key={ip}>
              <th scope="row">Client’s ARP: {ip}</th>
              <td>{mac}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** What the report says beyond the figures: what was verified, the state's way through the common format, the fingerprint. */
function Outcome() {
  const report = useStore((state) => state.report);
  if (!report) return null;
  const { verification, translation, traceHash, status } = report;
  const rows: readonly (readonly [string, string])[] = [
    ['Status', status],
    ['Pages compared', count(verification.pagesCompared)],
    ['Memory equal', verification.memoryEqual ? 'yes' : 'no'],
    ['CPU equal', verification.cpuEqual ? 'yes' : 'no'],
    ['CPU and devices', stateText(translation)],
    ['Run fingerprint', traceHash.slice(0, 16)],
  ];
  return (
    <table>
      <caption>Outcome</caption>
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

/** Two hosts of one kind need no common format. */
function stateText({ bytes, format }: MigrationReport['translation']): string {
  return bytes === 0 ? `as they are (${format})` : `${count(bytes)} bytes as ${format}`;
}

const LOG_LINES = 60;

function Log() {
  const { notes } = usePicture();
  return (
    <ol class="log" aria-label="What happened, newest first">
      {notes
        .slice(-LOG_LINES)
        .reverse()
        .map((event) => (
          <li key={`${event.party}.${event.sequence}`}>
            <span class="when">{(event.at / 1e6).toFixed(3)} ms</span> {noteText(event)}
          </li>
        ))}
    </ol>
  );
}

function Console() {
  const { hosts } = usePicture();
  const text = hosts.map(({ console }) => console).join('');
  return <pre class="console">{text === '' ? 'Nothing printed yet.' : text}</pre>;
}
