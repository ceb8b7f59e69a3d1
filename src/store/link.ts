/**
 * A run as a link: the preset's name, what differs from it, the inputs given on the way, and what the
 * page shows of it. Names are stable; what is unknown or out of range is clamped or ignored, and said so.
 */
import { DEFAULT_PRESET, findPreset, PRESETS } from '../lab/presets.ts';
import type { Scenario } from '../lab/scenario.ts';
import { ALGORITHM_IDS } from '../migration/algorithms/ids.ts';
import {
  changedSettings,
  type NumberSetting,
  RANGES,
  type SettingName,
  type Settings,
  settingsOf,
} from './settings.ts';
import {
  decodeView,
  encodeView,
  PLAIN_VIEW,
  type SettingControl,
  type SharedView,
  VIEW_NAMES,
} from './shared-view.ts';
import * as words from './strings.ts';

const VERSION = '1';
/** Longer links break in mail programs; a longer list of inputs needs a file. */
export const LINK_MAX = 2000;

/** A scenario that is none of the presets: it stands in the link as a whole. */
export const CUSTOM = 'custom';

const NAMES: Readonly<Record<SettingName, SettingControl>> = {
  algorithm: 'alg',
  source: 'src',
  destination: 'dst',
  memoryMiB: 'mem',
  workingSetPercent: 'hot',
  writesPerSecond: 'wr',
  bandwidthMbps: 'bw',
  latencyMs: 'lat',
  seed: 'seed',
};
const KNOWN_NAMES: readonly string[] = [
  'v',
  's',
  'in',
  'sc',
  'dc',
  ...VIEW_NAMES,
  ...Object.values(NAMES),
];

const CHOICES: Partial<Record<SettingName, readonly string[]>> = {
  algorithm: ALGORITHM_IDS,
  source: ['xen', 'kvm'],
  destination: ['xen', 'kvm'],
};

export interface DecodedLink {
  readonly preset: string;
  /** What the settings are changes of. */
  readonly base: Scenario;
  readonly settings: Settings;
  readonly view: SharedView;
  /** Inputs as they stand in the link, still packed. */
  readonly packedInputs: string | undefined;
  /** What was done in the data centres, still packed. */
  readonly packedCentres?: string | undefined;
  /** What could not be taken as it was, one sentence each. */
  readonly notices: readonly string[];
}

/** A scenario of one's own, as it is and packed. */
export interface CustomScenario {
  readonly scenario: Scenario;
  readonly packed: string;
}

export interface LinkParts {
  readonly inputs?: string;
  readonly view?: SharedView;
  readonly custom?: CustomScenario | undefined;
  /** What was done in the data centres, packed. */
  readonly centres?: string | undefined;
}

export function encodeLink(preset: string, settings: Settings, parts: LinkParts = {}): string {
  const { inputs = '', view = PLAIN_VIEW, custom, centres } = parts;
  const known = findPreset(preset) ?? PRESETS[0];
  const { name, scenario } = custom ? { name: CUSTOM, scenario: custom.scenario } : known;
  const query = new URLSearchParams({ v: VERSION, s: name });
  if (custom) query.set('sc', custom.packed);
  for (const setting of changedSettings(settingsOf(scenario), settings))
    query.set(NAMES[setting], String(settings[setting]));
  encodeView(view, query);
  if (inputs !== '') query.set('in', inputs);
  if (centres !== undefined) query.set('dc', centres);
  // A comma and a colon need no escape here, and a person may read them.
  return `#${String(query).replaceAll('%2C', ',').replaceAll('%3A', ':')}`;
}

const queryOf = (hash: string) => new URLSearchParams(hash.replace(/^#/, ''));

/** The scenario of its own that a link carries, still packed. */
export function packedScenario(hash: string): string | undefined {
  const query = queryOf(hash);
  return query.get('s') === CUSTOM ? (query.get('sc') ?? undefined) : undefined;
}

/** `custom`: what `packedScenario` of this link was, unpacked and checked. */
export function decodeLink(hash: string, custom?: Scenario): DecodedLink {
  const query = queryOf(hash);
  const notices: string[] = [];
  const version = query.get('v');
  if (version !== null && version !== VERSION)
    notices.push(words.otherVersion(version.slice(0, 20), VERSION));
  const { name: preset, scenario } = custom
    ? { name: CUSTOM, scenario: custom }
    : wantedPreset(query.get('s') ?? DEFAULT_PRESET, notices);
  const settings: Record<string, unknown> = { ...settingsOf(scenario) };
  for (const [name, short] of Object.entries(NAMES) as [SettingName, string][]) {
    const text = query.get(short);
    if (text !== null) settings[name] = read(name, short, text, settings[name], notices);
  }
  for (const name of new Set(query.keys())) {
    if (!KNOWN_NAMES.includes(name)) notices.push(words.unknownName(name.slice(0, 40)));
  }
  const { memoryMiB } = settings as unknown as Settings;
  const limits = { pages: memoryMiB * 256, limitNs: scenario.migration.limitMs * 1e6 };
  const view = decodeView(query, limits, notices);
  return {
    preset,
    base: scenario,
    settings: settings as unknown as Settings,
    view,
    packedInputs: query.get('in') ?? undefined,
    packedCentres: query.get('dc') ?? undefined,
    notices,
  };
}

function wantedPreset(wanted: string, notices: string[]) {
  const found = findPreset(wanted);
  if (found) return found;
  notices.push(
    wanted === CUSTOM
      ? words.scenarioUnreadable(PRESETS[0].title)
      : words.noSuchScenario(wanted.slice(0, 40), PRESETS[0].title),
  );
  return PRESETS[0];
}

function read(
  name: SettingName,
  short: string,
  text: string,
  otherwise: unknown,
  notices: string[],
): unknown {
  const choices = CHOICES[name];
  if (choices) {
    if (choices.includes(text)) return text;
    notices.push(words.notAChoice(short, text.slice(0, 40), choices.join(', '), otherwise));
    return otherwise;
  }
  const { min, max, whole } = RANGES[name as NumberSetting];
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) {
    notices.push(words.noNumber(short, text.slice(0, 40), otherwise));
    return otherwise;
  }
  const clamped = Math.min(max, Math.max(min, whole ? Math.round(number) : number));
  if (clamped !== number)
    notices.push(words.outOfRange(short, text.slice(0, 40), min, max, clamped));
  return clamped;
}

export type RecordedInputs = Scenario['inputs'];

export const packInputs = async (inputs: RecordedInputs): Promise<string> =>
  inputs.length === 0 ? '' : pack(inputs);

/** JSON, deflated, in the letters a link may carry. */
export async function pack(value: unknown): Promise<string> {
  const stream = new Blob([JSON.stringify(value)])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

const UNPACKED_MAX = 1_000_000;

/** What was packed, unchecked; undefined when it cannot be unpacked. */
export async function unpack(packed: string): Promise<unknown> {
  try {
    const binary = atob(packed.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const text = await boundedText(stream.getReader());
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A small link must not unpack into a large memory. */
async function boundedText(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > UNPACKED_MAX) return undefined;
  }
}
