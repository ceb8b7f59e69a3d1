/** A program of the visitor's own as the guest of a run, and as a link. */
import type { Scenario } from '../../lab/scenario.ts';
import { CUSTOM, encodeLink, pack } from '../../store/link.ts';
import { scenarioWith, settingsOf } from '../../store/settings.ts';
import { PLAIN_VIEW } from '../../store/shared-view.ts';
import { startDecoded } from '../open-link.ts';
import type { App } from '../use-store.ts';

/**
 * The scenario that is open with another guest. It migrates when somebody says so; faults and a
 * download were meant for another guest.
 */
export function scenarioFor({ store }: App, program: string): Scenario {
  const { base, draft, held } = store.getState();
  const { vm, network, migration, ...rest } = held?.link.base ?? scenarioWith(base, draft);
  const { fetch: _, ...net } = network;
  return {
    ...rest,
    name: 'own program',
    vm: { ...vm, guest: 'own', program },
    network: { ...net, probe: 'serial' },
    migration: { ...migration, startMs: null },
    faults: [],
    inputs: [],
  };
}

/** What a link brought runs as the link says, unless it was changed. */
export async function runProgram(app: App, program: string): Promise<void> {
  const { held } = app.store.getState();
  if (held?.link.base.vm.program === program) {
    await startDecoded(app, held.link, held.inputs);
    return;
  }
  const scenario = scenarioFor(app, program);
  const draft = settingsOf(scenario);
  app.store.setState({ preset: CUSTOM, base: scenario, draft, held: undefined, notices: [] });
  await app.player.open(scenario);
}

/** Who opens it sees the program, and runs it by a press. */
export async function programLink(app: App, program: string): Promise<string> {
  const scenario = scenarioFor(app, program);
  const custom = { scenario, packed: await pack(scenario) };
  const view = { ...PLAIN_VIEW, inside: 'program' } as const;
  return encodeLink(CUSTOM, settingsOf(scenario), { custom, view });
}
