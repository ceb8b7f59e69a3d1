/** The client that talks to the VM all the time: its ARP cache, and whether it is answered. */
import type { ProbePicture } from '../trace/picture.ts';
import { silence } from '../trace/replay-network.ts';
import { rich } from './kit/rich.tsx';
import * as words from './strings/stage.ts';
import { shortMac } from './switch.tsx';
import { usePicture } from './use-store.ts';

const SHOWN = 20;

export function Client() {
  const picture = usePicture();
  const arp = [...picture.arp.values()][0];
  const quiet = silence(picture);
  const { lastRoundTripNs } = picture;
  return (
    <div class="client">
      <h3>{words.client}</h3>
      <p class="arp">
        {arp
          ? rich(words.isAt, {
              ip: arp.ip,
              mac: <span class={arp.previousMac === '' ? '' : 'changed'}>{shortMac(arp.mac)}</span>,
            })
          : words.asksForAddress}
      </p>
      <Strip probes={picture.probes} />
      <p class={quiet ? 'pulse bad' : 'pulse'}>
        {quiet
          ? words.noAnswerFor(quiet.ns)
          : lastRoundTripNs === undefined
            ? words.noAnswerYet
            : words.answeredIn(lastRoundTripNs)}
      </p>
    </div>
  );
}

/** The last probes: a tick where answered, a cross where lost, a dot while it is waited for. */
function Strip({ probes }: { readonly probes: readonly ProbePicture[] }) {
  const shown = probes.slice(-SHOWN);
  const start = SHOWN - shown.length;
  return (
    <svg
      class="strip"
      viewBox={`0 0 ${SHOWN * 8} 14`}
      role="img"
      aria-label={words.answeredOf(
        shown.length,
        shown.filter(({ answeredAt }) => answeredAt !== undefined).length,
      )}
    >
      {shown.map((probe, i) => {
        const x = (start + i) * 8 + 4;
        const path =
          probe.answeredAt !== undefined
            ? `M${x} 3v8`
            : probe.lost
              ? `M${x - 2.5} 4.5l5 5m0 -5l-5 5`
              : `M${x} 8.6v1.4`;
        return (
          <path
            key={probe.probe}
            class={probe.answeredAt !== undefined ? 'ok' : probe.lost ? 'lost' : 'open'}
            d={path}
          />
        );
      })}
    </svg>
  );
}
