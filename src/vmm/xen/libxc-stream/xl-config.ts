/**
 * The JSON in an `xl` save file. `c_info` and `b_info` are what xl itself writes there of a domain's
 * configuration (libxl_domain_config); `vm_ferry` is what a domain image has no place for, which xl
 * passes over.
 */
import { exists } from '../../../base/assert.ts';
import { DecodeError } from '../../../base/bytes.ts';
import type { CommonRam } from '../../../image/model.ts';
import { MAX_REGIONS } from '../../../image/validate.ts';
import type { NativeState } from '../../native-layout.ts';
import type { VmIdentity } from '../../native-model.ts';
import { PRIVATE_FIELDS } from '../private-fields.ts';

const VERSION = 1;
/** Characters. */
export const MAX_CONFIG = 0x1_0000;
const MAX_DEPTH = 16;
const KIB_PER_PAGE = 4;

export interface XlConfig {
  readonly about: VmIdentity;
  /** The places of `vmm_private`. */
  readonly state: NativeState;
}

export function writeConfig({ about, state }: XlConfig): string {
  const kib = about.memory.reduce((sum, { pages }) => sum + pages, 0) * KIB_PER_PAGE;
  const values = PRIVATE_FIELDS.map(({ name }) => [name, toJson(privateOf(state, name))]);
  const config = {
    c_info: { type: 'hvm', hap: 'False', name: about.identity.name },
    b_info: { max_vcpus: 1, max_memkb: kib, target_memkb: kib, 'type.hvm': {} },
    vm_ferry: {
      version: VERSION,
      id: about.identity.id,
      memory: about.memory.map(({ firstGfn, pages }) => ({ firstGfn, pages })),
      state: Object.fromEntries(values),
    },
  };
  return JSON.stringify(config, undefined, 2);
}

function privateOf(state: NativeState, name: string): bigint {
  return exists(state.get(`vmm_private.${name}`), name);
}

/** Large values as hexadecimal text, which every JSON reader keeps whole. */
const toJson = (value: bigint): number | string =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : `0x${value.toString(16)}`;

/** Throws a DecodeError. */
export function readConfig(text: string): XlConfig {
  const root = object(parse(text), 'the configuration');
  const type = object(part(root, 'c_info'), 'c_info').get('type');
  if (type !== 'hvm') fail('unsupported', `c_info.type is ${show(type)}; this host takes "hvm"`);
  const name = object(part(root, 'c_info'), 'c_info').get('name');
  if (typeof name !== 'string') fail('bad-value', 'c_info.name is no text');
  const own = object(
    part(
      root,
      'vm_ferry',
      'the toy PC’s devices are described there, and no other program writes it',
    ),
    'vm_ferry',
  );
  if (own.get('version') !== VERSION) {
    fail('bad-version', `vm_ferry.version is ${show(own.get('version'))}, not ${VERSION}`);
  }
  const id = own.get('id');
  if (typeof id !== 'string') fail('bad-value', 'vm_ferry.id is no text');
  return {
    about: { identity: { id, name }, memory: readMemory(own.get('memory')) },
    state: readState(object(part(own, 'state'), 'vm_ferry.state')),
  };
}

function readMemory(value: unknown): CommonRam[] {
  if (!Array.isArray(value)) fail('bad-value', 'vm_ferry.memory is no list');
  if (value.length > MAX_REGIONS) fail('too-many', `over ${MAX_REGIONS} stretches of RAM`);
  return value.map((item: unknown) => {
    const stretch = object(item, 'vm_ferry.memory');
    const firstGfn = count(stretch.get('firstGfn'), 'firstGfn');
    return { firstGfn, pages: count(stretch.get('pages'), 'pages') };
  });
}

function readState(values: ReadonlyMap<string, unknown>): NativeState {
  const stray = [...values.keys()].find((key) => !PRIVATE_FIELDS.some(({ name }) => name === key));
  if (stray !== undefined) fail('unsupported', `vm_ferry.state.${stray} is not known`);
  return new Map(
    PRIVATE_FIELDS.map(({ name, bytes }) => {
      const what = `vm_ferry.state.${name}`;
      const value = fromJson(values.get(name), what);
      if (value >= 1n << BigInt(8 * bytes)) fail('bad-value', `${what} is over ${bytes} bytes`);
      return [`vmm_private.${name}`, value];
    }),
  );
}

function fromJson(value: unknown, what: string): bigint {
  if (typeof value === 'string' && /^0x[0-9a-f]{1,32768}$/.test(value)) return BigInt(value);
  return BigInt(count(value, what));
}

function count(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  return fail('bad-value', `${what} is ${show(value)}, not a whole number`);
}

function part(root: ReadonlyMap<string, unknown>, key: string, why = ''): unknown {
  if (root.has(key)) return root.get(key);
  return fail('missing', `the configuration has no ${key}${why === '' ? '' : `: ${why}`}`);
}

/** As a map: keys like `__proto__` are keys and nothing else. */
function object(value: unknown, what: string): ReadonlyMap<string, unknown> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? new Map(Object.entries(value)) : fail('bad-value', `${what} is no object`);
}

function parse(text: string): unknown {
  if (depthOf(text) > MAX_DEPTH) fail('bad-text', `JSON deeper than ${MAX_DEPTH} levels`);
  try {
    return JSON.parse(text);
  } catch {
    return fail('bad-text', 'the configuration is no JSON');
  }
}

/** Brackets inside of texts count too, which can only refuse more. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

const show = (value: unknown): string => (JSON.stringify(value) ?? 'absent').slice(0, 40);

/** Offsets are those of the text as a whole; its caller knows where it starts. */
function fail(code: string, message: string): never {
  throw new DecodeError(code, 0, message);
}
