/** The switch's table and the client's ARP cache as they are at the moment shown. */
import { clock } from '../../strings/format.ts';
import { usePicture } from '../../use-store.ts';

const PORTS = ['0: host A', '1: host B', '2: client'];
const portName = (port: number): string => PORTS[port] ?? String(port);

export function TablesThen() {
  const { switchTable, arp, now } = usePicture();
  return (
    <section class="tables-then" aria-label="Tables at the moment shown">
      <table>
        <caption>Switch: MAC → port, at {clock(now)}</caption>
        <tbody>
          {[...switchTable.values()].map(({ mac, port, previousPort, at }) => (
            <tr key={mac}>
              <th scope="row">{mac}</th>
              <td>{portName(port)}</td>
              <td class="aside">
                since {clock(at)}
                {previousPort >= 0 && `, before on ${portName(previousPort)}`}
              </td>
            </tr>
          ))}
          {switchTable.size === 0 && (
            <tr>
              <td>It knows nobody yet: it floods.</td>
            </tr>
          )}
        </tbody>
      </table>
      <table>
        <caption>Client’s ARP cache: IP → MAC</caption>
        <tbody>
          {[...arp.values()].map(({ ip, mac, previousMac, at }) => (
            <tr key={ip}>
              <th scope="row">{ip}</th>
              <td>{mac}</td>
              <td class="aside">
                since {clock(at)}
                {previousMac !== '' && `, before ${previousMac}`}
              </td>
            </tr>
          ))}
          {arp.size === 0 && (
            <tr>
              <td>Empty: it asks who has the VM’s address.</td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}
