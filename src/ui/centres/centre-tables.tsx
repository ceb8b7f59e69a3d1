/** What runs in a data center, and which migrations are over. */

import type { CentresView, Move } from '../../lab/data-centre-model.ts';
import * as words from '../strings/centres.ts';
import { bytes, time } from '../strings/format.ts';
import { vmmName } from '../strings/sentences.ts';

interface CentreProps {
  readonly number: 0 | 1;
  readonly view: CentresView;
}

export function Centre({ number, view }: CentreProps) {
  const { vms, ramMiB, ramUsedMiB } = view;
  const used = ramUsedMiB[number];
  const here = vms.filter(({ centre }) => centre === number);
  const coming = vms.filter(({ centre, share }) => centre !== number && share !== undefined);
  return (
    <section class="centre" aria-labelledby={`centre-${number}`}>
      <h3 id={`centre-${number}`}>{words.datacenter(number + 1)}</h3>
      <label class="centre-ram">
        {words.ramInUse(used, ramMiB, Math.round((used / ramMiB) * 100))}{' '}
        <meter min={0} max={ramMiB} value={used} />
      </label>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.vm}</th>
            <th scope="col">{words.vmm}</th>
            <th scope="col">{words.ram}</th>
            <th scope="col">{words.image}</th>
            <th scope="col">{words.megabits}</th>
            <th scope="col">{words.state}</th>
          </tr>
        </thead>
        <tbody>
          {here.map(({ id, kind, memoryMiB, imageMiB, bandwidthMbps, running, retired, share }) => (
            <tr key={id}>
              <th scope="row">{id}</th>
              <td>{vmmName(kind)}</td>
              <td>{words.mebibytes(memoryMiB)}</td>
              <td>{words.mebibytes(imageMiB)}</td>
              <td>{bandwidthMbps}</td>
              <td>
                {words.vmState(
                  running ? words.runs : words.standsStill,
                  share !== undefined ? words.movesWith(share) : '',
                  retired,
                )}
              </td>
            </tr>
          ))}
          {coming.map(({ id, memoryMiB }) => (
            <tr key={id} class="aside">
              <th scope="row">{id}</th>
              <td colSpan={5}>{words.beingReceived(memoryMiB)}</td>
            </tr>
          ))}
          {here.length + coming.length === 0 && (
            <tr>
              <td colSpan={6}>{words.noVmHere}</td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}

export function Moves({ moves, ramMiB }: { readonly moves: readonly Move[]; ramMiB: number }) {
  const share = (used: readonly [number, number]) =>
    used.map((mib) => `${Math.round((mib / ramMiB) * 100)} %`).join(' / ');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key
    <section class="centre-moves" aria-labelledby="centre-moves" tabIndex={0}>
      <h3 id="centre-moves">{words.movesOver}</h3>
      {moves.length === 0 ? (
        <p class="aside">{words.noneYet}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{words.vm}</th>
              <th scope="col">{words.way}</th>
              <th scope="col">{words.total}</th>
              <th scope="col">{words.downtime}</th>
              <th scope="col">{words.sent}</th>
              <th scope="col">{words.compared}</th>
              <th scope="col">{words.ramBefore}</th>
              <th scope="col">{words.ramAfter}</th>
              <th scope="col">{words.fingerprint}</th>
            </tr>
          </thead>
          <tbody>
            {moves.map((move, i) => (
              <tr key={`${move.id} ${i}`}>
                <th scope="row">{move.id}</th>
                <td>
                  {words.wayOf(
                    move.from + 1,
                    2 - move.from,
                    vmmName(move.source),
                    vmmName(move.destination),
                  )}
                </td>
                <td>{time(move.totalTimeMs * 1e6)}</td>
                <td>{time(move.downtimeMs * 1e6)}</td>
                <td>{bytes(move.transferredBytes)}</td>
                <td class={move.verified ? '' : 'bad'}>
                  {move.status === 'completed'
                    ? move.verified
                      ? words.equal
                      : words.notEqual
                    : move.status}
                </td>
                <td>{share(move.ramBefore)}</td>
                <td>{share(move.ramAfter)}</td>
                <td>
                  <code>{move.traceHash.slice(0, 16)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
