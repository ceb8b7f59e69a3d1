/** What the page remembers beside the picture: plain values, in one store that any view may watch. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CentresStory } from '../lab/data-centre-model.ts';
import type { MigrationReport } from '../lab/report.ts';
import type { Scenario } from '../lab/scenario.ts';
import type { StopCondition } from '../trace/notable.ts';
import type { KeptRun } from './figures.ts';
import type { LaneChoice } from './lanes.ts';
import type { DecodedLink, RecordedInputs } from './link.ts';
import { type Settings, settingsOf } from './settings.ts';
import type { ControlName, GoalId, InsideTab, Mode, SettingControl } from './shared-view.ts';
import { openingSpeed } from './speed.ts';

export type ThemeChoice = 'system' | 'light' | 'dark' | 'projector';

export interface SettingsSlice {
  readonly preset: string;
  /** The preset's scenario: what the controls do not show comes from here. */
  readonly base: Scenario;
  /** What the controls say; differs from the run's own settings while a new run is prepared. */
  readonly draft: Settings;
  readonly notices: readonly string[];
  readonly theme: ThemeChoice;
  readonly shortcuts: boolean;
}

export interface TransportSlice {
  readonly playing: boolean;
  /** Index into SPEEDS. */
  readonly speed: number;
  /** The visitor chose the speed: scenarios no longer bring their own. */
  readonly speedChosen: boolean;
  /** While playing, time stops by itself here. */
  readonly stopAt: StopCondition | 'never';
  /** What it has just stopped at. */
  readonly stoppedAt: StopCondition | 'break' | 'instruction' | undefined;
  /** Linear addresses of instructions before which time stops, ascending. */
  readonly breakpoints: readonly number[];
  /** A change in the past: where, and how much of the old future was discarded. */
  readonly forked: { readonly atNs: number; readonly discardedNs: number } | undefined;
}

export type RunPhase = 'opening' | 'ready' | 'moving' | 'done' | 'broken';

export interface RunSlice {
  readonly phase: RunPhase;
  readonly scenario: Scenario;
  /** Workload as the running guest has it now. */
  readonly settings: Settings;
  /** Grows when the panels should look at the picture again. */
  readonly revision: number;
  /** How many pages one ring on the link stands for, rounded. */
  readonly pagesPerRing: number;
  /** How many pages one cell of a grid stands for. */
  readonly pagesPerCell: number;
  readonly report: MigrationReport | undefined;
  readonly inputs: Scenario['inputs'];
  readonly error: string;
}

export interface KeptSlice {
  readonly previous: KeptRun | undefined;
  /** The run that was going on when the page was left: kept on this device, and offered. */
  readonly kept: { readonly preset: string; readonly moment: number | 'end' } | undefined;
}

/** What of the timeline is in sight, as shares of its axis, and what lies evenly on it. */
export interface TimelineView {
  readonly from: number;
  readonly to: number;
  readonly spacing: 'time' | 'events';
}

/** Where a grid's cells lie on the stage, in CSS pixels from its upper left corner. */
export interface PlacedGrid {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Side of a cell, its gap included. */
  readonly cell: number;
  readonly columns: number;
  readonly cells: number;
  readonly pagesPerCell: number;
}

export interface InspectSlice {
  /** The page under the page cursor. */
  readonly cursor: number;
  /** The inspector of that page is open. */
  readonly inspecting: boolean;
  /** The source's grid and the destination's, once they are drawn. */
  readonly grids: readonly [PlacedGrid, PlacedGrid] | undefined;
}

export interface ViewSlice {
  readonly timeline: TimelineView;
  /** What the page shows: the run, several beside each other, the run taken apart, or data centres. */
  readonly view: 'run' | 'compare' | 'inside' | 'centres';
  /** The comparison's lanes, and how far they have come, in nanoseconds; undefined: as it opens. */
  readonly lanes: readonly LaneChoice[] | undefined;
  readonly lanesMoment: number | undefined;
  /** What was done in the data centres; to be checked, for a link may have told it. */
  readonly centresBefore: unknown;
  /** The same, by now. */
  readonly centresStory: CentresStory | undefined;
  /** What of the inside is shown, or was when it was last open. */
  readonly insideTab: InsideTab;
  /** What stands beside the stage. */
  readonly side: 'controls' | 'lessons';
  /** Which lesson is open, counted from one; undefined: their list. */
  readonly lesson: number | undefined;
  /** The goal that was taken on. */
  readonly goal: GoalId | undefined;
  /** The dialog in which a link is made is open. */
  readonly sharing: boolean;
  /** The hall sees nothing for a while. */
  readonly blank: boolean;
  /** How much of the page there is. */
  readonly mode: Mode;
  /** What a link took out of sight, and what it holds fast. */
  readonly hidden: readonly ControlName[];
  readonly locked: readonly SettingControl[];
}

export interface ProgramSlice {
  /** Opened or dropped somewhere on the page, to be looked into. */
  readonly file: File | undefined;
  /** What stands in the editor; undefined: it was not opened yet. */
  readonly program: string | undefined;
  /** A link or file brought a program or a VM: nothing of it runs before somebody says so. */
  readonly held: { readonly link: DecodedLink; readonly inputs: RecordedInputs } | undefined;
}

export type AppState = SettingsSlice &
  TransportSlice &
  RunSlice &
  KeptSlice &
  InspectSlice &
  ProgramSlice &
  ViewSlice;
export type AppStore = StoreApi<AppState>;

export function createAppStore(preset: string, base: Scenario): AppStore {
  const settings = settingsOf(base);
  return createStore<AppState>()(() => ({
    preset,
    base,
    draft: settings,
    notices: [],
    theme: 'system',
    shortcuts: true,
    playing: false,
    speed: openingSpeed(base),
    speedChosen: false,
    stopAt: 'never',
    stoppedAt: undefined,
    breakpoints: [],
    forked: undefined,
    phase: 'opening',
    scenario: base,
    settings,
    revision: 0,
    pagesPerRing: 1,
    pagesPerCell: 1,
    report: undefined,
    inputs: [],
    error: '',
    previous: undefined,
    file: undefined,
    program: undefined,
    held: undefined,
    kept: undefined,
    cursor: 0,
    inspecting: false,
    grids: undefined,
    timeline: { from: 0, to: 1, spacing: 'time' },
    view: 'run',
    lanes: undefined,
    lanesMoment: undefined,
    centresBefore: undefined,
    centresStory: undefined,
    insideTab: 'frames',
    side: 'controls',
    lesson: undefined,
    goal: undefined,
    sharing: false,
    blank: false,
    mode: 'full',
    hidden: [],
    locked: [],
  }));
}
