/** The guest's ARP table at the moment shown, as its memory has it, wherever the VM runs. */
import { useEffect, useState } from 'preact/hooks';
import { hex32 } from '../../../base/hex.ts';
import type { Player } from '../../../store/player.ts';
import { HOST_B } from '../../../trace/event.ts';
import { hostOf } from '../../../trace/whereabouts.ts';
import * as words from '../../strings/frames.ts';
import { useApp, usePicture, useStore } from '../../use-store.ts';
import { framesOf, type Neighbour, neighboursIn, tableAddress } from './guest-arp.ts';

type Read =
  | { readonly known: readonly Neighbour[]; readonly party: 0 | 1 }
  | { readonly why: string };

export function GuestTable() {
  const { player } = useApp();
  const { now } = usePicture();
  const playing = useStore((state) => state.playing);
  const vm = useStore((state) => state.scenario.vm);
  const address = tableAddress(vm);
  const [read, setRead] = useState<{ readonly at: number; readonly value: Read }>();
  useEffect(() => {
    if (playing || address === undefined) return;
    let over = false;
    void readTable(player, address).then((value) => !over && setRead({ at: now, value }));
    return () => {
      over = true;
    };
  }, [player, now, playing, address]);
  const value = read?.at === now && !playing ? read.value : undefined;
  return (
    <table>
      <caption>{words.guestTable}</caption>
      <tbody>
        {address === undefined && <Said text={words.noGuestTable(vm.guest)} />}
        {address !== undefined && value === undefined && <Said text={words.whenTimeStands} />}
        {value && 'why' in value && <Said text={value.why} />}
        {value && 'known' in value && value.known.length === 0 && <Said text={words.emptyTable} />}
        {value &&
          'known' in value &&
          value.known.map(({ ip, mac, since, waiting }) => (
            <tr key={ip}>
              <th scope="row">{ip}</th>
              <td>{mac ?? words.askedFor}</td>
              <td class="aside">{words.sinceTick(since, waiting)}</td>
            </tr>
          ))}
        {address !== undefined && value && 'known' in value && (
          <Said text={words.readFrom(value.party, hex32(address))} />
        )}
      </tbody>
    </table>
  );
}

function Said({ text }: { readonly text: string }) {
  return (
    <tr>
      <td class="aside" colSpan={3}>
        {text}
      </td>
    </tr>
  );
}

async function readTable(player: Player, address: number): Promise<Read> {
  const party = hostOf(player.picture.verdict.whereabouts) === HOST_B ? 1 : 0;
  const frames = framesOf(address);
  const memory = new Uint8Array(frames.length * 4096);
  for (const [i, gfn] of frames.entries()) {
    const answer = await player.inspect({ kind: 'page', gfn });
    if (!answer.ok) return { why: answer.error };
    const page = answer.value[party];
    if (page?.kind !== 'page') return { why: words.noVmThere };
    if (page.missing) return { why: words.notArrived(gfn) };
    memory.set(page.bytes, i * 4096);
  }
  return { known: neighboursIn(memory, address), party };
}
