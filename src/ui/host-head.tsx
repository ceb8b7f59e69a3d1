/** A host's name and what it is doing. */
import { hostCondition, vmmName } from './strings/sentences.ts';
import { usePicture, useStore } from './use-store.ts';

export function HostHead({ party }: { readonly party: 0 | 1 }) {
  const picture = usePicture();
  const kind = useStore((state) =>
    party === 0 ? state.scenario.hosts.source : state.scenario.hosts.destination,
  );
  const host = picture.hosts[party];
  const mark =
    host.vm === 'running'
      ? 'full'
      : host.vm === 'blocked' || (party === picture.pages.from && host.vm === 'paused')
        ? 'half'
        : 'hollow';
  return (
    <div class="host-head">
      <h3>
        {vmmName(kind)} <span class="letter">{party === 0 ? 'A' : 'B'}</span>
      </h3>
      <p class="condition">
        <Mark kind={mark} />
        {hostCondition(picture, party)}
      </p>
    </div>
  );
}

/** Full: guest code runs here. Half: it stands still. Hollow: there is no VM. */
function Mark({ kind }: { readonly kind: 'full' | 'half' | 'hollow' }) {
  return (
    <svg class="mark" viewBox="0 0 12 12" aria-hidden="true">
      <circle
        cx="6"
        cy="6"
        r="4.6"
        fill={kind === 'full' ? 'currentColor' : 'none'}
        stroke="currentColor"
        stroke-width="1.8"
      />
      {kind === 'half' && <path d="M4.6 4v4M7.4 4v4" stroke="currentColor" stroke-width="1.6" />}
    </svg>
  );
}
