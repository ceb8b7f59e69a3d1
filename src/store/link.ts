/**
 * A run as a link: the preset's name, what differs from it, and the inputs given on the way. Names
 * are stable; what is unknown or out of range is clamped or ignored, and said so.
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

const VERSION = '1';
/** Longer links break in mail programs; a longer list of inputs needs a file. */
export const LINK_MAX = 2000;

const NAMES: Readonly<Record<SettingName, string>> = {
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
const OTHER_NAMES: readonly string[] = ['v', 's', 'in'];

const CHOICES: Partial<Record<SettingName, readonly string[]>> = {
  algorithm: ALGORITHM_IDS,
  source: ['xen', 'kvm'],
  destination: ['xen', 'kvm'],
};

export interface DecodedLink {
  readonly preset: string;
  readonly settings: Settings;
  /** Inputs as they stand in the link, still packed. */
  readonly packedInputs: string | undefined;
  /** What could not be taken as it was, one sentence each. */
  readonly notices: readonly string[];
}

export function encodeLink(preset: string, settings: Settings, packedInputs = ''): string {
  const base = findPreset(preset) ?? PRESETS[0];
  const query = new URLSearchParams({ v: VERSION, s: base.name });
  for (const name of changedSettings(settingsOf(base.scenario), settings))
    query.set(NAMES[name], String(settings[name]));
  if (packedInputs !== '') query.set('in', packedInputs);
  return `#${query}`;
}

export function decodeLink(hash: string): DecodedLink {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const notices: string[] = [];
  const version = query.get('v');
  if (version !== null && version !== VERSION)
    notices.push(
      `The link is of version ${version.slice(0, 20)}; this page reads version ${VERSION} and took what it knows.`,
    );
  const wanted = query.get('s') ?? DEFAULT_PRESET;
  const found = findPreset(wanted);
  if (!found)
    notices.push(
      `There is no scenario "${wanted.slice(0, 40)}"; “${PRESETS[0].title}” was opened instead.`,
    );
  const { name: preset, scenario } = found ?? PRESETS[0];
  const settings: Record<string, unknown> = { ...settingsOf(scenario) };
  for (const [name, short] of Object.entries(NAMES) as [SettingName, string][]) {
    const text = query.get(short);
    if (text !== null) settings[name] = read(name, short, text, settings[name], notices);
  }
  for (const name of new Set(query.keys())) {
    if (!OTHER_NAMES.includes(name) && !Object.values(NAMES).includes(name))
      notices.push(
        `The link sets “${name.slice(0, 40)}”, which this page does not know; it was left out.`,
      );
  }
  return {
    preset,
    settings: settings as unknown as Settings,
    packedInputs: query.get('in') ?? undefined,
    notices,
  };
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
    notices.push(
      `The link set ${short}=${text.slice(0, 40)}; it can be ${choices.join(', ')}. ${otherwise} was used instead.`,
    );
    return otherwise;
  }
  const { min, max, whole } = RANGES[name as NumberSetting];
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) {
    notices.push(
      `The link set ${short}=${text.slice(0, 40)}, which is no number; ${otherwise} was used instead.`,
    );
    return otherwise;
  }
  const clamped = Math.min(max, Math.max(min, whole ? Math.round(number) : number));
  if (clamped !== number)
    notices.push(
      `The link set ${short}=${text.slice(0, 40)}; it can be ${min} to ${max}, so ${clamped} was used.`,
    );
  return clamped;
}

export type RecordedInputs = Scenario['inputs'];

/** JSON, deflated, in the letters a link may carry. */
export async function packInputs(inputs: RecordedInputs): Promise<string> {
  if (inputs.length === 0) return '';
  const stream = new Blob([JSON.stringify(inputs)])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

const UNPACKED_MAX = 1_000_000;

/** What was packed, unchecked; undefined when it cannot be unpacked. */
export async function unpackInputs(packed: string): Promise<unknown> {
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
