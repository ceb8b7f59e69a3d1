/** What somebody asks of the migration daemons of a host by hand. */
import { decodeFrame, sessionOfFrame } from '../migration/codec.ts';
import type { Daemon } from '../migration/daemon.ts';
import type { DestinationDaemon } from '../migration/destination-daemon.ts';
import type { SourceDaemon } from '../migration/source-daemon.ts';
import { typeOf } from './faults-link.ts';
import type { LabInput } from './scenario.ts';

/** Both daemons of a host, and whether it is the one that the VM booted on. */
export interface Daemons {
  readonly source: SourceDaemon;
  readonly destination: DestinationDaemon;
  readonly first: boolean;
}

/** False: the input is for somebody else. Each daemon refuses by itself what has no place now. */
export function askDaemons(input: LabInput, daemons: Daemons): boolean {
  const { source, destination } = daemons;
  switch (input.kind) {
    case 'cancel':
      if (sends(daemons)) source.cancel();
      return true;
    case 'switch-to-pull':
      if (sends(daemons)) source.switchToPull();
      return true;
    case 'switch-over':
      if (sends(daemons)) source.switchOver();
      return true;
    case 'recover':
      if (sends(daemons)) source.recover();
      return true;
    case 'resolve':
      if (sends(daemons)) source.resolve(input.owner);
      return true;
    case 'give-up':
      source.giveUp();
      destination.giveUp();
      return true;
    default:
      return false;
  }
}

/** What is asked of the source is asked of the host that sends the VM away, or would. */
function sends({ source, destination, first }: Daemons): boolean {
  return source.underWay || (first && !destination.underWay);
}

/**
 * Whose a message is, where a VM has moved to and fro: the daemon's whose session it names. A call is
 * for the destination. What names no session that is known here is for the daemon that is at work.
 */
export function daemonFor(bytes: Uint8Array, daemons: Daemons): Daemon {
  const { source, destination, first } = daemons;
  const session = sessionOfFrame(bytes);
  if (source.phase !== 'idle' && source.session === session) return source;
  if (destination.phase !== 'idle' && destination.session === session) return destination;
  const type = typeOf(bytes);
  const calls = type === 'hello' || type === 'resume';
  if (destination.underWay || (calls && decodeFrame(bytes).ok)) return destination;
  return first || source.underWay ? source : destination;
}
