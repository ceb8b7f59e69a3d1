/** Makes what a link asks for the page's scenario, its moment, and the page's own looks. */
import * as v from 'valibot';
import { type Scenario, scenarioSchema } from '../lab/scenario.ts';
import type { AppState } from '../store/app-state.ts';
import {
  type DecodedLink,
  decodeLink,
  packedScenario,
  type RecordedInputs,
  unpack,
} from '../store/link.ts';
import { scenarioWith } from '../store/settings.ts';
import type { SharedView } from '../store/shared-view.ts';
import * as words from './strings/page.ts';
import type { App } from './use-store.ts';

export async function openLink(app: App, hash: string): Promise<void> {
  const link = decodeLink(hash, await customScenario(hash));
  const { packedInputs, packedCentres } = link;
  const centresBefore = packedCentres && ((await unpack(packedCentres)) ?? 'unreadable');
  app.store.setState({ centresBefore, centresStory: undefined });
  const inputs = packedInputs === undefined ? [] : checkedInputs(await unpack(packedInputs));
  await openDecoded(app, inputs ? link : withNotice(link, NO_INPUTS), inputs ?? []);
}

/** `inputs`: checked already. A program or a VM from elsewhere is shown, and runs only when somebody says so. */
export async function openDecoded(
  app: App,
  link: DecodedLink,
  inputs: RecordedInputs,
): Promise<void> {
  const { program, file } = link.base.vm;
  if (program === undefined && file === undefined) await startDecoded(app, link, inputs);
  else await hold(app, link, inputs);
}

async function hold({ store, player }: App, link: DecodedLink, inputs: RecordedInputs) {
  const { program, file } = link.base.vm;
  const { notices, view } = link;
  const insideTab = file === undefined ? 'program' : 'files';
  const shown = { ...shownBy(view), view: 'inside', insideTab } as const;
  const { phase, scenario } = store.getState();
  store.setState({ held: { link, inputs }, ...(program && { program }), notices, ...shown });
  // Where nothing was open, the page's own scenario is.
  if (phase === 'opening') await player.open(scenario);
}

export async function startDecoded(
  { store, player }: App,
  { preset, base, settings, view, notices }: DecodedLink,
  inputs: RecordedInputs,
): Promise<void> {
  store.setState({
    preset,
    base,
    draft: settings,
    notices,
    held: undefined,
    ...shownBy(view),
  });
  await player.open({ ...scenarioWith(base, settings), inputs }, view.moment);
  const { moment } = view;
  const { now } = player.picture;
  if (typeof moment !== 'number' || now >= moment || store.getState().phase !== 'done') return;
  const late = words.momentAfterEnd(moment, now);
  store.setState({ notices: [...notices, late] });
}

/** What of the page's state a link sets. The theme is the visitor's own unless the link has one. */
function shownBy(view: SharedView): Partial<AppState> {
  const { selection, theme, mode, hidden, locked, compare, centres, inside, lesson } = view;
  const { lanes, lanesMoment, goal } = view;
  return {
    cursor: selection?.gfn ?? 0,
    inspecting: selection?.inspected ?? false,
    ...(theme ? { theme } : {}),
    mode,
    hidden,
    locked,
    view: compare ? 'compare' : centres ? 'centres' : inside ? 'inside' : 'run',
    ...(inside ? { insideTab: inside } : {}),
    lanes,
    lanesMoment,
    side: lesson === undefined ? 'controls' : 'lessons',
    lesson,
    goal,
  };
}

const NO_INPUTS = words.inputsUnreadable;

const withNotice = (link: DecodedLink, notice: string): DecodedLink => ({
  ...link,
  notices: [...link.notices, notice],
});

export function checkedInputs(value: unknown): RecordedInputs | undefined {
  const checked = v.safeParse(scenarioSchema, { inputs: value });
  return checked.success ? checked.output.inputs : undefined;
}

async function customScenario(hash: string): Promise<Scenario | undefined> {
  const packed = packedScenario(hash);
  if (packed === undefined) return undefined;
  const checked = v.safeParse(scenarioSchema, await unpack(packed));
  return checked.success ? checked.output : undefined;
}
