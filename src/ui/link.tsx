/** The link between the hosts: its rate, what is on it, and the last message that crossed. */
import { rate } from './strings/format.ts';
import * as words from './strings/stage.ts';
import { usePicture, useStore } from './use-store.ts';

export function Link() {
  const picture = usePicture();
  const bandwidth = useStore((state) => state.scenario.network.bandwidthMbps);
  const latency = useStore((state) => state.scenario.network.latencyMs);
  const now = picture.link?.bitsPerSecond;
  const perRing = useStore((state) => state.pagesPerRing);
  const inFlight = picture.pages.flight.size;
  const message = picture.messages.findLast(({ type }) => type !== 'ping' && type !== 'pong');
  const down = picture.link !== undefined && !picture.link.up;
  return (
    <div class="link">
      <p class="link-rate">
        {down ? (
          <strong class="bad">{words.linkDown}</strong>
        ) : (
          <>
            <strong>{rate(now === undefined ? bandwidth : now / 1e6)}</strong>
            <span class="aside">{words.away(latency)}</span>
          </>
        )}
      </p>
      <div class="place pipe" data-place="link" />
      <p class="link-load">
        <span>
          {inFlight === 0
            ? words.nothingOnTheWay
            : down
              ? words.pagesNotArrived(inFlight)
              : words.pagesOnTheWay(inFlight)}
        </span>
        {perRing > 1 && inFlight > 0 && <span class="per-ring">{words.ringOf(perRing)}</span>}
      </p>
      <p class="message" title={message?.summary}>
        {message && (
          <>
            <span class={message.from === 0 ? 'from-a' : 'from-b'}>
              {message.from === 0 ? words.aToB : words.bToA}
            </span>{' '}
            <b class="type">{message.type}</b> {message.summary}
          </>
        )}
      </p>
    </div>
  );
}
