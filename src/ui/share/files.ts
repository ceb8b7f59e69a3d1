/** Which files there are of a run, and how each is made. */

import { err, ok, type Result } from '../../base/result.ts';
import { exportFile } from '../../bridge/connect.ts';
import type { ExportRequest } from '../../lab/export.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { figuresCsv, roundsCsv } from '../../store/csv.ts';
import { JsonLines } from '../../trace/json-lines.ts';
import * as words from '../strings/share.ts';
import type { App } from '../use-store.ts';
import { stagePicture } from './stage-picture.ts';
import { svgText } from './svg-picture.ts';

export interface MadeFile {
  readonly name: string;
  readonly blob: Blob;
  /** What its reader must know. */
  readonly notes: readonly string[];
}

export interface Download {
  readonly title: string;
  /** What is in it and what reads it. */
  readonly what: string;
  make(app: App): Promise<Result<MadeFile, string>>;
}

type Made = Promise<Result<MadeFile, string>>;

/** With every change that was made on the way: the same file gives the same run anywhere. */
function recorded({ store }: App): Scenario {
  const { scenario, inputs } = store.getState();
  return { ...scenario, inputs };
}

function named(app: App, ending: string, atMoment = true): string {
  const { preset } = app.store.getState();
  const moment = atMoment ? `-${(app.player.picture.now / 1e9).toFixed(4)}s` : '';
  return `vm-ferry-${preset}${moment}.${ending}`;
}

async function text(app: App, ending: string, type: string, parts: readonly string[]): Made {
  const blob = new Blob([...parts], { type });
  return ok({ name: named(app, ending), blob, notes: [] });
}

async function fromWorker(
  app: App,
  ending: string,
  want: Pick<ExportRequest, 'kind' | 'machine'>,
): Made {
  const atNs = app.player.picture.now;
  const made = await exportFile({ scenario: recorded(app), atNs, ...want });
  if (!made.ok) return made;
  const { bytes, notes } = made.value;
  return ok({ name: named(app, ending), blob: new Blob([bytes]), notes });
}

const state =
  (ending: string, want: Pick<ExportRequest, 'kind' | 'machine'>) =>
  (app: App): Made =>
    fromWorker(app, ending, want);

async function trace(app: App): Made {
  const { player } = app;
  const lines = new JsonLines({
    format: 'vm-ferry-trace',
    version: 1,
    untilNs: player.picture.now,
    scenario: recorded(app),
  });
  player.history.visit(lines);
  return text(app, 'jsonl', 'application/jsonl', lines.finish());
}

async function stage(app: App): Made {
  const element = document.querySelector<HTMLElement>('.stage');
  if (!element) return err(words.noStage);
  return ok({ name: named(app, 'png'), blob: await stagePicture(element), notes: [] });
}

async function timeline(app: App): Made {
  const svg = document.querySelector<SVGSVGElement>('.timeline svg');
  if (!svg) return err(words.noTimeline);
  const { backgroundColor } = getComputedStyle(document.documentElement);
  return text(app, 'svg', 'image/svg+xml', [svgText(svg, backgroundColor)]);
}

function figures(app: App): Made {
  const { report } = app.store.getState();
  const print = report?.traceHash.slice(0, 16);
  const csv = figuresCsv(app.player.picture, recorded(app), print);
  return text(app, 'figures.csv', 'text/csv', [csv]);
}

async function scenario(app: App): Made {
  const json = `${JSON.stringify(recorded(app), undefined, 2)}\n`;
  const blob = new Blob([json], { type: 'application/json' });
  return ok({ name: named(app, 'scenario.json', false), blob, notes: [] });
}

/** The VM's state, in each format. */
export const STATE_DOWNLOADS: readonly Download[] = [
  {
    title: words.vmCommon,
    what: words.vmCommonWhat,
    make: state('vmcf', { kind: 'common' }),
  },
  {
    title: words.vmQemu,
    what: words.vmQemuWhat,
    make: state('qemu', { kind: 'qemu', machine: 'none' }),
  },
  { title: words.vmXen, what: words.vmXenWhat, make: state('xen', { kind: 'xen' }) },
  { title: words.vmXl, what: words.vmXlWhat, make: state('xl', { kind: 'xl' }) },
];

export const DOWNLOADS: readonly Download[] = [
  { title: words.scenario, what: words.scenarioWhat, make: scenario },
  { title: words.trace, what: words.traceWhat, make: trace },
  {
    title: words.rounds,
    what: words.roundsWhat,
    make: (app) => text(app, 'rounds.csv', 'text/csv', [roundsCsv(app.player.picture)]),
  },
  { title: words.figures, what: words.figuresWhat, make: figures },
  { title: words.stage, what: words.stageWhat, make: stage },
  { title: words.timeline, what: words.timelineWhat, make: timeline },
  {
    title: words.frames,
    what: words.framesWhat,
    make: state('pcap', { kind: 'pcap' }),
  },
  ...STATE_DOWNLOADS,
];
