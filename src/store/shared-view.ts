/**
 * What a link says beside the run: the moment, what is selected, how the page looks, and which of its
 * controls are hidden or locked. Names are stable: links are kept in books and courses.
 */
import type { ThemeChoice } from './app-state.ts';
import { LANES_MAX, LANES_MIN, type LaneChoice, laneFrom, laneText } from './lanes.ts';
import * as words from './strings.ts';

/** The whole page, what a hall needs of it, or what fits into somebody else's page. */
export const MODES = ['full', 'present', 'embed'] as const;
export type Mode = (typeof MODES)[number];

/** Settings by the names that links use; they can be hidden or locked. */
export const SETTING_CONTROLS = [
  'alg',
  'src',
  'dst',
  'hot',
  'wr',
  'mem',
  'bw',
  'lat',
  'seed',
] as const;
/** What of the inside can be shown, by the names that links use. */
export const INSIDE_TABS = ['frames', 'client', 'consoles', 'machine', 'program', 'files'] as const;
export type InsideTab = (typeof INSIDE_TABS)[number];

/** Parts of the page that can be hidden. */
export const PAGE_PARTS = [
  'verdict',
  'figures',
  'rounds',
  'details',
  'scenarios',
  'lessons',
  'compare',
  'inside',
  'program',
  'centres',
  'theme',
] as const;
export type SettingControl = (typeof SETTING_CONTROLS)[number];
export type ControlName = SettingControl | (typeof PAGE_PARTS)[number];
const HIDEABLE: readonly ControlName[] = [...SETTING_CONTROLS, ...PAGE_PARTS];

export const LESSON_COUNT = 9;
export const GOAL_IDS = ['short-pause', 'no-waiting', 'both'] as const;
export type GoalId = (typeof GOAL_IDS)[number];
const VIEWS = [
  'compare',
  'centres',
  ...INSIDE_TABS.map((tab) => `inside:${tab}` as const),
] as const;
const THEMES = ['light', 'dark', 'projector'] as const;

export interface Selection {
  readonly gfn: number;
  /** Its inspector is open; otherwise only the page cursor stands there. */
  readonly inspected: boolean;
}

export interface SharedView {
  /** Virtual time in nanoseconds; undefined: just before the migration. */
  readonly moment?: number | 'end' | undefined;
  readonly selection?: Selection | undefined;
  /** Undefined leaves the visitor's own. */
  readonly theme?: Exclude<ThemeChoice, 'system'> | undefined;
  readonly mode: Mode;
  readonly hidden: readonly ControlName[];
  readonly locked: readonly SettingControl[];
  readonly compare: boolean;
  /** The comparison's lanes; undefined: those that it opens with. */
  readonly lanes?: readonly LaneChoice[] | undefined;
  /** Virtual time in nanoseconds that all lanes have reached; undefined: just before they migrate. */
  readonly lanesMoment?: number | undefined;
  /** Data centres in the run's place. */
  readonly centres?: boolean | undefined;
  /** The run is taken apart, at this tab. */
  readonly inside?: InsideTab | undefined;
  /** Counted from one. */
  readonly lesson?: number | undefined;
  /** What is to be reached with the run. */
  readonly goal?: GoalId | undefined;
}

export const PLAIN_VIEW: SharedView = { mode: 'full', hidden: [], locked: [], compare: false };

export const VIEW_NAMES: readonly string[] = [
  't',
  'sel',
  'theme',
  'mode',
  'hide',
  'lock',
  'view',
  'lanes',
  'lt',
  'lesson',
  'goal',
];

export function encodeView(view: SharedView, query: URLSearchParams): void {
  const { moment, selection, theme, mode, hidden, locked, compare, centres, inside, lesson } = view;
  const { lanes, lanesMoment, goal } = view;
  // Milliseconds with all six digits behind the point are whole nanoseconds.
  if (moment !== undefined) query.set('t', moment === 'end' ? 'end' : String(moment / 1e6));
  if (selection) query.set('sel', `${selection.inspected ? 'page' : 'cursor'}:${selection.gfn}`);
  if (theme) query.set('theme', theme);
  if (mode !== 'full') query.set('mode', mode);
  if (hidden.length > 0) query.set('hide', hidden.join(','));
  if (locked.length > 0) query.set('lock', locked.join(','));
  if (compare) query.set('view', 'compare');
  else if (centres) query.set('view', 'centres');
  else if (inside) query.set('view', `inside:${inside}`);
  if (lanes) query.set('lanes', lanes.map(laneText).join());
  if (lanesMoment !== undefined) query.set('lt', String(lanesMoment / 1e6));
  if (lesson !== undefined) query.set('lesson', String(lesson));
  if (goal) query.set('goal', goal);
}

export interface ViewLimits {
  readonly pages: number;
  /** No run is longer, in nanoseconds. */
  readonly limitNs: number;
}

/** What could not be taken as it was is clamped or left out, and said in one sentence each. */
export function decodeView(
  query: URLSearchParams,
  limits: ViewLimits,
  notices: string[],
): SharedView {
  const reader = new Reader(query, notices);
  const view = reader.oneOf('view', VIEWS);
  return {
    moment: reader.moment(limits.limitNs),
    lanes: reader.lanes(),
    lanesMoment: reader.time('lt', limits.limitNs),
    selection: reader.selection(limits.pages),
    theme: reader.oneOf('theme', THEMES),
    mode: reader.oneOf('mode', MODES) ?? 'full',
    hidden: reader.list('hide', HIDEABLE),
    locked: reader.list('lock', SETTING_CONTROLS),
    compare: view === 'compare',
    centres: view === 'centres' || undefined,
    inside: INSIDE_TABS.find((tab) => view === `inside:${tab}`),
    lesson: reader.whole('lesson', 1, LESSON_COUNT),
    goal: reader.oneOf('goal', GOAL_IDS),
  };
}

const shown = (text: string): string => text.slice(0, 40);

class Reader {
  private readonly query: URLSearchParams;
  private readonly notices: string[];

  constructor(query: URLSearchParams, notices: string[]) {
    this.query = query;
    this.notices = notices;
  }

  moment(limitNs: number): SharedView['moment'] {
    const text = this.query.get('t');
    return text === 'end' ? 'end' : this.time('t', limitNs);
  }

  /** Milliseconds, as nanoseconds. */
  time(key: string, limitNs: number): number | undefined {
    const ms = this.number(key, this.query.get(key));
    if (ms === undefined) return undefined;
    return this.clamped(key, Math.round(ms * 1e6), 0, limitNs, 1e6);
  }

  lanes(): LaneChoice[] | undefined {
    const text = this.query.get('lanes');
    if (text === null) return undefined;
    const lanes = text.split(',').map(laneFrom);
    const known = lanes.filter((lane) => lane !== undefined).slice(0, LANES_MAX);
    if (known.length === lanes.length && known.length >= LANES_MIN) return known;
    this.notices.push(words.unknownLanes(shown(text)));
    return known.length >= LANES_MIN ? known : undefined;
  }

  selection(pages: number): Selection | undefined {
    const text = this.query.get('sel');
    if (text === null) return undefined;
    const [, kind, number] = /^(page|cursor):(\d{1,9})$/.exec(text) ?? [];
    if (kind === undefined) {
      this.notices.push(words.unknownSelection(shown(text)));
      return undefined;
    }
    const gfn = this.clamped('sel', Number(number), 0, pages - 1);
    return { gfn, inspected: kind === 'page' };
  }

  oneOf<Name extends string>(key: string, names: readonly Name[]): Name | undefined {
    const text = this.query.get(key);
    if (text === null) return undefined;
    const found = names.find((name) => name === text);
    if (found === undefined)
      this.notices.push(words.leftOutChoice(key, shown(text), names.join(', ')));
    return found;
  }

  list<Name extends string>(key: string, names: readonly Name[]): Name[] {
    const wanted = new Set((this.query.get(key) ?? '').split(',').filter((name) => name !== ''));
    const known = names.filter((name) => wanted.delete(name));
    if (wanted.size > 0)
      this.notices.push(words.unknownControls(key, shown([...wanted].join(', '))));
    return known;
  }

  whole(key: string, min: number, max: number): number | undefined {
    const number = this.number(key, this.query.get(key));
    return number === undefined ? undefined : this.clamped(key, Math.round(number), min, max);
  }

  private number(key: string, text: string | null): number | undefined {
    if (text === null) return undefined;
    const number = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(number)) return number;
    this.notices.push(words.leftOutNumber(key, shown(text)));
    return undefined;
  }

  private clamped(key: string, value: number, min: number, max: number, unit = 1): number {
    const used = Math.min(max, Math.max(min, value));
    if (used !== value)
      this.notices.push(
        words.outOfRange(
          key,
          shown(String(this.query.get(key))),
          min / unit,
          max / unit,
          used / unit,
        ),
      );
    return used;
  }
}
