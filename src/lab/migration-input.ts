/** What somebody asks of the migration daemons of a host by hand. */
import type { DestinationDaemon } from '../migration/destination-daemon.ts';
import type { SourceDaemon } from '../migration/source-daemon.ts';
import type { LabInput } from './scenario.ts';

/** False: the input is for somebody else. Each daemon refuses by itself what has no place now. */
export function askDaemons(
  input: LabInput,
  source: SourceDaemon,
  destination: DestinationDaemon,
): boolean {
  switch (input.kind) {
    case 'cancel':
      source.cancel();
      return true;
    case 'switch-to-pull':
      source.switchToPull();
      return true;
    case 'recover':
      source.recover();
      return true;
    case 'resolve':
      source.resolve(input.owner);
      return true;
    case 'give-up':
      source.giveUp();
      destination.giveUp();
      return true;
    default:
      return false;
  }
}
