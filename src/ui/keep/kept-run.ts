/** A run as the browser's own storage has it: enough to make it again, up to the moment it showed. */
import * as v from 'valibot';
import { scenarioSchema } from '../../lab/scenario.ts';
import { CUSTOM, decodeLink, encodeLink } from '../../store/link.ts';
import { settingsOf } from '../../store/settings.ts';
import type { Mode } from '../../store/shared-view.ts';
import { openDecoded, startDecoded } from '../open-link.ts';
import { viewOf, withoutLongFile } from '../share/make-link.ts';
import type { App } from '../use-store.ts';

const keptSchema = v.object({
  hash: v.string(),
  link: v.string(),
  scenario: scenarioSchema,
  centres: v.optional(v.unknown()),
});
export type KeptRun = v.InferOutput<typeof keptSchema>;

export function keptRunOf(app: App, mode: Mode): v.InferInput<typeof keptSchema> {
  const { preset, base, scenario, inputs, hidden, locked, centresStory, goal } =
    app.store.getState();
  const wishes = { moment: true, selection: true, theme: true, place: true } as const;
  const view = { ...viewOf(app, { ...wishes, mode, hidden, locked }), goal };
  const custom = preset === CUSTOM ? { scenario: base, packed: '' } : undefined;
  const link = encodeLink(preset, settingsOf(scenario), { view, custom });
  const kept = withoutLongFile({ ...base, inputs }, KEPT_FILE);
  return { hash: location.hash, link, scenario: kept, centres: centresStory };
}

/** Letters of a carried file that are written every few seconds. */
const KEPT_FILE = 1 << 20;

/** What another version or another hand has written is no run. */
export function readKept(text: string | null): KeptRun | undefined {
  try {
    const kept = v.safeParse(keptSchema, JSON.parse(text ?? ''));
    return kept.success ? kept.output : undefined;
  } catch {
    return undefined;
  }
}

export const decodeKept = ({ link, scenario }: KeptRun) =>
  decodeLink(link, link.includes(`s=${CUSTOM}`) ? { ...scenario, inputs: [] } : undefined);

/** A run whose file was too long to be kept waits for it. */
export function openKept(app: App, kept: KeptRun): Promise<void> {
  const { file } = kept.scenario.vm;
  app.store.setState({ centresBefore: kept.centres, centresStory: undefined });
  const open = file !== undefined && file.data === undefined ? openDecoded : startDecoded;
  return open(app, decodeKept(kept), kept.scenario.inputs);
}
