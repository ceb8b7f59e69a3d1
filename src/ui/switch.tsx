/** The switch and what it has learned: behind which port the VM's MAC address is. */
import { routeOf, vmEntry } from '../scene/route.ts';
import type { Picture } from '../trace/picture.ts';
import * as words from './strings/stage.ts';
import { usePicture } from './use-store.ts';

export function Switch() {
  const picture = usePicture();
  const entry = vmEntry(picture);
  const route = routeOf(picture);
  const moved = entry !== undefined && entry.previousPort >= 0;
  return (
    <div class={`switch ${route === 0 ? 'to-a' : route === 1 ? 'to-b' : ''}`} data-place="switch">
      <h3>
        {words.switchName} <span class="aside heard">{heard(picture)}</span>
      </h3>
      <table>
        <caption class="sr">{words.switchTable}</caption>
        <tbody>
          {entry ? (
            <tr>
              <th scope="row">{shortMac(entry.mac)}</th>
              <td class={moved ? 'changed' : ''}>
                {words.portOf(entry.port, words.portNames[entry.port] ?? entry.port)}
              </td>
            </tr>
          ) : (
            <tr>
              <th scope="row">{words.vm}</th>
              <td>{words.notKnownYet}</td>
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
  const host = words.portNames[last.port];
  if (last.what === 'dropped') return words.droppedLate(host, framesDropped);
  return last.type === 'RARP' ? words.rarpFrom(host) : words.gratuitousArpFrom(host);
}

/** The last three bytes tell the toy's few machines apart. */
export const shortMac = (mac: string): string => `…${mac.slice(-8)}`;
