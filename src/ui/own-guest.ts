/** A run whose guest is the visitor's own: a program, or what a file holds. */
import type { Scenario } from '../lab/scenario.ts';
import { CUSTOM } from '../store/link.ts';
import { scenarioWith, settingsOf } from '../store/settings.ts';
import type { App } from './use-store.ts';

type OwnVm = Pick<Scenario['vm'], 'guest'> & Partial<Scenario['vm']>;

/**
 * The scenario that is open with another guest. It migrates when somebody says so; faults and a
 * download were meant for another guest.
 */
export function scenarioWithGuest({ store }: App, name: string, own: OwnVm): Scenario {
  const { base, draft, held } = store.getState();
  const { vm, network, migration, ...rest } = held?.link.base ?? scenarioWith(base, draft);
  const { program: _program, file: _file, paused: _paused, ...bare } = vm;
  const { fetch: _fetch, ...net } = network;
  return {
    ...rest,
    name,
    vm: { ...bare, ...own },
    network: { ...net, newMac: net.newMac && own.file?.nic !== true, probe: 'serial' },
    migration: { ...migration, startMs: null },
    faults: [],
    inputs: [],
  };
}

export async function openOwn({ store, player }: App, scenario: Scenario): Promise<void> {
  const draft = settingsOf(scenario);
  store.setState({ preset: CUSTOM, base: scenario, draft, held: undefined, notices: [] });
  await player.open(scenario);
}
