/** What runs in a data center, and which migrations are over. */
import type { CentresView, Move } from '../../lab/data-centre-model.ts';
import { bytes, count, time } from '../strings/format.ts';
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
      <h3 id={`centre-${number}`}>Datacenter {number + 1}</h3>
      <label class="centre-ram">
        RAM in use: {used} of {ramMiB} MiB, {Math.round((used / ramMiB) * 100)} %{' '}
        <meter min={0} max={ramMiB} value={used} />
      </label>
      <table>
        <thead>
          <tr>
            <th scope="col">VM</th>
            <th scope="col">VMM</th>
            <th scope="col">RAM</th>
            <th scope="col">Image</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {here.map(({ id, kind, memoryMiB, imageMiB, running, retired, share }) => (
            <tr key={id}>
              <th scope="row">{id}</th>
              <td>{vmmName(kind)}</td>
              <td>{memoryMiB} MiB</td>
              <td>{imageMiB} MiB</td>
              <td>
                {running ? 'runs' : 'stands still'}
                {share !== undefined && `, moves with ${share} Mbit/s`}, {count(retired)}{' '}
                instructions
              </td>
            </tr>
          ))}
          {coming.map(({ id, memoryMiB }) => (
            <tr key={id} class="aside">
              <th scope="row">{id}</th>
              <td colSpan={4}>is being received: {memoryMiB} MiB reserved</td>
            </tr>
          ))}
          {here.length + coming.length === 0 && (
            <tr>
              <td colSpan={5}>No VM is here.</td>
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
      <h3 id="centre-moves">Migrations that are over</h3>
      {moves.length === 0 ? (
        <p class="aside">None yet.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">VM</th>
              <th scope="col">Way</th>
              <th scope="col">Total</th>
              <th scope="col">Downtime</th>
              <th scope="col">Sent</th>
              <th scope="col">Compared</th>
              <th scope="col">RAM of 1 / 2 before</th>
              <th scope="col">after</th>
            </tr>
          </thead>
          <tbody>
            {moves.map((move, i) => (
              <tr key={`${move.id} ${i}`}>
                <th scope="row">{move.id}</th>
                <td>
                  {move.from + 1} to {2 - move.from}, {vmmName(move.source)} to{' '}
                  {vmmName(move.destination)}
                </td>
                <td>{time(move.totalTimeMs * 1e6)}</td>
                <td>{time(move.downtimeMs * 1e6)}</td>
                <td>{bytes(move.transferredBytes)}</td>
                <td class={move.verified ? '' : 'bad'}>
                  {move.status === 'completed'
                    ? move.verified
                      ? 'equal'
                      : 'not equal'
                    : move.status}
                </td>
                <td>{share(move.ramBefore)}</td>
                <td>{share(move.ramAfter)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
