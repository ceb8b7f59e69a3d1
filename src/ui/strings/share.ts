/** Links, files and codes of a run. */

import type { ControlName } from '../../store/shared-view.ts';
import { clock, count } from './format.ts';

export const hide = (control: string) => `Hide: ${control}`;
export const controlTable = 'Controls that the link hides or locks';
export const control = 'Control';
export const hideColumn = 'Hide';
export const lockColumn = 'Lock';
export const lock = (control: string) => `Lock: ${control}`;
export const controlNames: Readonly<Record<ControlName, string>> = {
  alg: 'Algorithm',
  src: 'Source host',
  dst: 'Destination host',
  hot: 'Working set',
  wr: 'Write rate',
  mem: 'Memory',
  bw: 'Bandwidth',
  lat: 'Latency',
  seed: 'Seed',
  verdict: 'Whether it is getting anywhere',
  figures: 'Figures',
  rounds: 'Timeline',
  details: 'Tables, log and console',
  scenarios: 'Scenarios',
  lessons: 'Lessons',
  compare: 'Comparison',
  inside: 'Inside',
  program: 'Own programs',
  centres: 'Data centers',
  theme: 'Theme',
};

export const copied = 'Copied';
export const copyByHand = 'Copy it by hand: the browser does not let this page';
export const theLink = 'link';
export const theFingerprint = 'fingerprint';
export const theSnippet = 'snippet';
export const copy = (what: string) => `Copy ${what}`;

export const beingMade = (title: string) => `${title}: being made …`;
export const filesOfRun = (at: number) => `Files of the run at ${clock(at)}`;
export const madeFile = (name: string, bytes: number) => `${name}, ${count(bytes)} bytes.`;
export const couldNotBeMade = (title: string, why: string) => `${title} could not be made: ${why}.`;

export const name = 'VM Ferry';
export const openFull = 'Open the full version';

export const noStage = 'the stage is not on the page now; close the comparison first.';
export const noTimeline = 'the timeline is not on the page now.';
export const vmCommon = 'VM, common format';
export const vmCommonWhat = '.vmcf, for vmferry';
export const vmQemu = 'VM for QEMU';
export const vmQemuWhat = 'migration stream for -machine none';
export const vmXen = 'VM for Xen';
export const vmXenWhat = 'libxc stream';
export const vmXl = 'VM for xl';
export const vmXlWhat = 'save file of xl';
export const scenario = 'Scenario';
export const scenarioWhat = 'JSON with all changes; opens here and in vmferry';
export const trace = 'Trace';
export const traceWhat = 'every event, one JSON object a line';
export const rounds = 'Rounds';
export const roundsWhat = 'CSV, a row for each';
export const figures = 'Figures';
export const figuresWhat = 'CSV';
export const stage = 'Stage';
export const stageWhat = 'PNG';
export const timeline = 'Timeline';
export const timelineWhat = 'SVG';
export const frames = 'Frames';
export const framesWhat = 'pcap, for Wireshark';

export const fileTooLarge = (name: string, bytes: number, most: number) =>
  `${name} has ${count(bytes)} bytes; a scenario file has ${count(most)} at most.`;
export const notOpened = (why: string) => `${why}. The run before goes on.`;

export const noLink = 'This is no link of this page: such a link has a # with v= or s= behind it.';
export const openSomething = 'Open a link or a scenario file';
export const scenarioFile = 'Scenario file';
export const link = 'Link';
export const linkExample = 'https://…#v=1…';
export const canBeDropped = 'A file can also be dropped onto the page.';

export const tooLongForQr =
  'The link is too long for a QR code. Leave the moment or the changes out.';
export const qrOfLink = 'QR code of the link';

export const share = 'Share';
export const close = 'Close';
export const longLink = (letters: number, most: number) =>
  `The link has ${count(letters)} letters, because of what it carries along. Some programs cut links after ${count(most)}; the scenario as a file has no such limit.`;
export const controlsToHide = 'Controls to hide or lock';
export const qrCode = 'QR code';
export const oneChange = 'The one change';
export const allChanges = (changes: number) => `All ${count(changes)} changes`;
export const whatGoesAlong = 'What goes along';
export const momentIsEnd = 'The moment shown: the end';
export const momentIs = (moment: number) => `The moment shown, ${clock(moment)}`;
export const inspected = 'inspected';
export const selected = 'selected';
export const pageAlong = (page: number, how: string) => `Page ${count(page)}, which is ${how}`;
export const themeAlong = (theme: string) => `The theme: ${theme}`;
export const alwaysAlong = 'Scenario, settings and seed are always in the link.';
export const changesAlong = (changes: string) =>
  `${changes} made on the way too, each with its moment: who opens the link sees the same run.`;
export const theComparison = 'The comparison';
export const theDataCentres = 'The data centers with their VMs';
export const theInside = 'The inside, as it is open';
export const theGoal = 'The goal';
export const lesson = (lesson: number) => `Lesson ${lesson}`;
export const wholePage = 'the whole page';
export const forAHall = 'for a hall: large text, without controls';
export const insideAnother = 'inside another page: the stage and playback';
export const opensAs = 'Opens as';
export const snippet = (address: string) =>
  `<iframe src="${address}" title="VM Ferry" width="960" height="640" style="border:0" loading="lazy"></iframe>`;
export const forOtherPage = 'For the other page';
export const fingerprint = 'Run fingerprint:';
export const fingerprintLater = 'it is known at the end of the run.';
