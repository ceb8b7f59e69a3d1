/** A program of the visitor's own as the guest of a run, and as a link. */
import type { Scenario } from '../../lab/scenario.ts';
import { CUSTOM, encodeLink, pack } from '../../store/link.ts';
import { settingsOf } from '../../store/settings.ts';
import { PLAIN_VIEW } from '../../store/shared-view.ts';
import { startDecoded } from '../open-link.ts';
import { openOwn, scenarioWithGuest } from '../own-guest.ts';
import type { App } from '../use-store.ts';

export const scenarioFor = (app: App, program: string): Scenario =>
  scenarioWithGuest(app, 'own program', { guest: 'own', program });

/** What a link brought runs as the link says, unless it was changed. */
export async function runProgram(app: App, program: string): Promise<void> {
  const { held } = app.store.getState();
  if (held?.link.base.vm.program === program) await startDecoded(app, held.link, held.inputs);
  else await openOwn(app, scenarioFor(app, program));
}

/** Who opens it sees the program, and runs it by a press. */
export async function programLink(app: App, program: string): Promise<string> {
  const scenario = scenarioFor(app, program);
  const custom = { scenario, packed: await pack(scenario) };
  const view = { ...PLAIN_VIEW, inside: 'program' } as const;
  return encodeLink(CUSTOM, settingsOf(scenario), { custom, view });
}
