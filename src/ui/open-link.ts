/** Makes what a link asks for the page's scenario. */
import * as v from 'valibot';
import { findPreset, PRESETS } from '../lab/presets.ts';
import { scenarioSchema } from '../lab/scenario.ts';
import type { AppStore } from '../store/app-state.ts';
import { decodeLink, type RecordedInputs, unpackInputs } from '../store/link.ts';
import type { Player } from '../store/player.ts';
import { scenarioWith } from '../store/settings.ts';

export async function openLink(store: AppStore, player: Player, hash: string): Promise<void> {
  const { preset, settings, packedInputs, notices } = decodeLink(hash);
  const base = (findPreset(preset) ?? PRESETS[0]).scenario;
  const recorded = packedInputs === undefined ? [] : await checkedInputs(packedInputs);
  const all = recorded === undefined ? [...notices, NO_INPUTS] : notices;
  store.setState({ preset, base, draft: settings, notices: all });
  await player.open({ ...scenarioWith(base, settings), inputs: recorded ?? [] });
}

const NO_INPUTS =
  'The inputs recorded in the link could not be read, perhaps because the link was cut; the scenario was opened without them.';

async function checkedInputs(packed: string): Promise<RecordedInputs | undefined> {
  const checked = v.safeParse(scenarioSchema, { inputs: await unpackInputs(packed) });
  return checked.success ? checked.output.inputs : undefined;
}
