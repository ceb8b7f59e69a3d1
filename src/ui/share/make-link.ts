/** The link to what the page shows now, with what of it the visitor wants to go along. */
import type { Scenario } from '../../lab/scenario.ts';
import { CUSTOM, type CustomScenario, encodeLink, pack, packInputs } from '../../store/link.ts';
import { settingsOf } from '../../store/settings.ts';
import type { Mode, SharedView } from '../../store/shared-view.ts';
import type { App } from '../use-store.ts';

export interface Wishes {
  readonly moment: boolean;
  readonly selection: boolean;
  readonly theme: boolean;
  /** The comparison, the lesson, the goal, or the part of the inside that is open. */
  readonly place: boolean;
  readonly mode: Mode;
  readonly hidden: SharedView['hidden'];
  readonly locked: SharedView['locked'];
}

/** Letters of a carried file that a link has room for. */
export const LINKED_FILE = 16_000;

/** Who opens the rest has to have the file; its digest tells whether it is the same one. */
export function withoutLongFile(scenario: Scenario, most: number): Scenario {
  const { file } = scenario.vm;
  if (file?.data === undefined || file.data.length <= most) return scenario;
  const { data: _data, ...known } = file;
  return { ...scenario, vm: { ...scenario.vm, file: known } };
}

/** Where the run stands, as a link says it. */
export function momentOf({ store, player }: App): SharedView['moment'] {
  const { phase } = store.getState();
  const { start } = player.history;
  if (phase === 'opening' || (phase === 'ready' && player.picture.now <= start)) return undefined;
  return phase === 'done' && !player.history.inPast ? 'end' : player.picture.now;
}

export function viewOf(app: App, wishes: Wishes): SharedView {
  const { cursor, inspecting, theme, view, insideTab, side, lesson, goal, lanes, lanesMoment } =
    app.store.getState();
  const { mode, hidden, locked } = wishes;
  const selected = cursor > 0 || inspecting;
  const compare = wishes.place && view === 'compare';
  const inLesson = view === 'run' && side === 'lessons';
  return {
    moment: wishes.moment ? momentOf(app) : undefined,
    selection: wishes.selection && selected ? { gfn: cursor, inspected: inspecting } : undefined,
    theme: wishes.theme && theme !== 'system' ? theme : undefined,
    mode,
    hidden,
    locked,
    compare,
    lanes: compare ? lanes : undefined,
    lanesMoment: compare && wishes.moment ? lanesMoment : undefined,
    centres: (wishes.place && view === 'centres') || undefined,
    inside: wishes.place && view === 'inside' ? insideTab : undefined,
    lesson: wishes.place && inLesson ? lesson : undefined,
    goal: wishes.place && view === 'run' && !inLesson ? goal : undefined,
  };
}

/** Every input of the run goes along: without them the link would lead to another run. */
export async function makeLink(app: App, view: SharedView): Promise<string> {
  const { preset, scenario, inputs, centresStory } = app.store.getState();
  return encodeLink(preset, settingsOf(scenario), {
    inputs: await packInputs(inputs),
    view,
    custom: await customOf(app),
    centres: view.centres && centresStory ? await pack(centresStory) : undefined,
  });
}

async function customOf({ store }: App): Promise<CustomScenario | undefined> {
  const { preset, base } = store.getState();
  if (preset !== CUSTOM) return undefined;
  const scenario = withoutLongFile({ ...base, inputs: [] }, LINKED_FILE);
  return { scenario, packed: await pack(scenario) };
}
