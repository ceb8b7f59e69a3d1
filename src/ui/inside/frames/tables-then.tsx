/** The switch's table, the client's ARP cache and the guest's as they are at the moment shown. */
import * as words from '../../strings/frames.ts';
import { usePicture } from '../../use-store.ts';
import { GuestTable } from './guest-table.tsx';

const portName = (port: number): string => words.ports[port] ?? String(port);

export function TablesThen() {
  const { switchTable, arp, now } = usePicture();
  return (
    <section class="tables-then" aria-label={words.tablesThen}>
      <table>
        <caption>{words.switchAt(now)}</caption>
        <tbody>
          {[...switchTable.values()].map(({ mac, port, previousPort, at }) => (
            <tr key={mac}>
              <th scope="row">{mac}</th>
              <td>{portName(port)}</td>
              <td class="aside">
                {words.since(at, previousPort >= 0 ? words.beforeOn(portName(previousPort)) : '')}
              </td>
            </tr>
          ))}
          {switchTable.size === 0 && (
            <tr>
              <td>{words.floods}</td>
            </tr>
          )}
        </tbody>
      </table>
      <table>
        <caption>{words.arpCache}</caption>
        <tbody>
          {[...arp.values()].map(({ ip, mac, previousMac, at }) => (
            <tr key={ip}>
              <th scope="row">{ip}</th>
              <td>{mac}</td>
              <td class="aside">
                {words.since(at, previousMac !== '' ? words.beforeMac(previousMac) : '')}
              </td>
            </tr>
          ))}
          {arp.size === 0 && (
            <tr>
              <td>{words.arpEmpty}</td>
            </tr>
          )}
        </tbody>
      </table>
      <GuestTable />
    </section>
  );
}
