/**
 * A bug that a test plants between a host and its migration daemons, to see whether the checks find
 * it. No scenario can name one: it is handed to a lab's constructor and comes from nowhere else.
 */
import type { DaemonServices } from '../migration/daemon.ts';
import type { MigrationRole } from '../trace/event.ts';

export interface PlantedBug {
  /** What the daemon is given in place of its host's services. */
  services?(services: DaemonServices, role: MigrationRole): DaemonServices;
  /** What the daemon receives in place of a message: nothing, or several. */
  receive?(bytes: Uint8Array<ArrayBuffer>, role: MigrationRole): readonly Uint8Array<ArrayBuffer>[];
}
