/** The switch and what it has learned: behind which port the VM's MAC address is. */
import { routeOf, vmEntry } from '../scene/route.ts';
import type { Picture } from '../trace/picture.ts';
import { count } from './strings/format.ts';
import { usePicture } from './use-store.ts';

const PORTS = ['A', 'B', 'client'];

export function Switch() {
  const picture = usePicture();
  const entry = vmEntry(picture);
  const route = routeOf(picture);
  const moved = entry !== undefined && entry.previousPort >= 0;
  return (
    <div class={`switch ${route === 0 ? 'to-a' : route === 1 ? 'to-b' : ''}`} data-place="switch">
      <h3>
        Switch <span class="aside heard">{heard(picture)}</span>
      </h3>
      <table>
        <caption class="sr">The switch’s table: address and port</caption>
        <tbody>
          {entry ? (
            <tr>
              <th scope="row">{shortMac(entry.mac)}</th>
              <td class={moved ? 'changed' : ''}>
                port {entry.port} ({PORTS[entry.port] ?? entry.port})
              </td>
            </tr>
          ) : (
            <tr>
              <th scope="row">VM</th>
              <td>not known yet</td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

/** The last of the frames that tell of the move, in words. */
function heard({ frames, framesDropped }: Picture): string {
  const last = frames.at(-1);
  if (last === undefined) return '';
  const host = PORTS[last.port];
  if (last.what === 'dropped') return `${host} dropped ${count(framesDropped)}, late`;
  return last.type === 'RARP' ? `RARP from ${host}` : `gratuitous ARP from ${host}`;
}

/** The last three bytes tell the toy's few machines apart. */
export const shortMac = (mac: string): string => `…${mac.slice(-8)}`;
