/** One migration of one scenario in this thread, to its end: what `migrate` and `compare` share. */
import { err, ok, type Result } from '../base/result.ts';
import { Lab, type LinkTap } from '../lab/lab.ts';
import type { MigrationReport } from '../lab/report.ts';
import type { Scenario } from '../lab/scenario.ts';
import type { AlgorithmId } from '../migration/algorithms/ids.ts';
import type { ExitStatus, Surroundings } from './command.ts';
import { chooseGuest } from './load-guest.ts';
import { ms } from './table.ts';

/** An algorithm named on the command line is the user's choice, whoever the scenario lets choose. */
export const chosenByUser = (scenario: Scenario, algorithm: AlgorithmId): Scenario => ({
  ...scenario,
  algorithm,
  migration: { ...scenario.migration, choice: 'user' },
});

/** `own`: the guest that is to run in place of the scenario's. */
export async function runMigration(
  given: Scenario,
  own: string | undefined,
  surroundings: Surroundings,
  tap?: LinkTap,
): Promise<Result<Lab, string>> {
  const chosen = await chooseGuest(given, own, surroundings);
  if (!chosen.ok) return chosen;
  const { scenario, guest } = chosen.value;
  const lab = Lab.create(scenario, guest, tap);
  if (!lab.ok) return err(`the scenario ${scenario.name} cannot run: ${lab.error}`);
  lab.value.finish();
  return ok(lab.value);
}

/** A migration is a success when the VM arrived and arrived whole. */
export function statusOf({ status, verification }: MigrationReport): ExitStatus {
  const { memoryEqual, cpuEqual, devicesEqual } = verification;
  const whole = memoryEqual && cpuEqual && devicesEqual;
  return status === 'completed' && whole ? 0 : 1;
}

/** "yes", or what differed; nothing is claimed of a migration that did not complete. */
export function verdict({ status, verification }: MigrationReport): string {
  if (status !== 'completed') return '–';
  const differing = [
    verification.memoryEqual ? '' : 'memory differs',
    verification.cpuEqual ? '' : 'CPU differs',
    verification.devicesEqual ? '' : 'devices differ',
  ].filter((part) => part !== '');
  return differing.length === 0 ? 'yes' : differing.join(', ');
}

/** "≥": no answer had come when the run ended. */
export const outage = ({ clientOutageMs, clientOutageOpen }: MigrationReport): string =>
  `${clientOutageOpen ? '≥' : ''}${ms(clientOutageMs)}`;

/** Of a downtime limit; nothing is claimed of a VM that did not move. */
export function limitVerdict({ downtimeLimitKept: kept }: MigrationReport): string {
  if (kept === null) return '–';
  return kept ? 'kept' : 'missed';
}
