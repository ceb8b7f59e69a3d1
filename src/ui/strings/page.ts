/** The page’s frame: header, help, what can be opened. */
import type { ThemeChoice } from '../../store/app-state.ts';
import { clock } from './format.ts';

export const name = 'VM Ferry';
export const present = 'Present';
export const keysAndHelp = 'Keys and help';
export const scenarios = 'Scenarios';
export const lessons = 'Lessons';
export const compare = 'Compare';
export const dataCentres = 'Data centers';
export const inside = 'Inside';
export const theme = 'Theme';
export const share = 'Share';
export const shortTitles: Readonly<Record<string, string>> = {
  converges: 'Converges',
  'hot-set': 'Hot set',
  pull: 'Pull',
};
export const themeNames: Readonly<Record<ThemeChoice, string>> = {
  system: 'System',
  light: 'Light',
  dark: 'Dark',
  projector: 'Projector',
};

export const runAgainWithAnother = 'Run again with another algorithm';
export const runAgainWith = 'Run again with';
/** Of a VM that was opened paused: it stands at the start again, and waits. */
export const beginAgainWith = 'Begin again with';

export const close = 'Close';
export const whatThisIs =
  'Two emulated hosts run in this page. A virtual machine with a real CPU state and real memory pages runs on one and is moved to the other while it works. Every figure is read from the run’s trace.';
export const keys = 'Keys';
export const key = 'Key';
export const does = 'Does';
export const singleKeys = 'Single keys do something (those with Alt always do)';

export const skipToPlayback = 'Skip to playback';
export const theComparison = 'The comparison';
export const theDataCentres = 'The data centers';
export const theInside = 'The inside';
export const theLessons = 'The lessons';
export const theBar = 'The bar';
export const theLecture = 'The lecture';
export const theLink = 'The link';
export const thePageInspector = 'The page inspector';

export const stepIn = 'Step in: cancel, cut, crash';
export const charts = 'Charts';
export const asTables = 'Rounds and pages as tables';
export const log = 'Log';
export const processor = 'Processor in three formats';
export const guestConsole = 'Guest’s console';
export const whatCanBeDone = 'What can be done';
export const theCharts = 'The charts';
export const theTables = 'The tables';
export const theProcessor = 'The processor';
export const theLog = 'The log';
export const theConsole = 'The console';

export const momentAfterEnd = (moment: number, end: number) =>
  `The link’s moment, ${clock(moment)}, lies after the run’s end; its end, ${clock(end)}, is shown.`;
export const inputsUnreadable =
  'The inputs recorded in the link could not be read, perhaps because the link was cut; the scenario was opened without them.';

/** Of a term. */
export const meaning = 'The meaning';
