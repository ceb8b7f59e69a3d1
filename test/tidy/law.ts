/**
 * The import law: what a room may import, as an allow-list. Imports run downward only, so that a
 * room can be read, tested and reused with nothing but what is above it in this list.
 * An entry is a room, or one file of a room.
 */
export interface RoomLaw {
  readonly rooms: readonly string[];
  /** Rooms or files of which only types may be imported. */
  readonly types?: readonly string[];
  readonly packages?: readonly string[];
}

const MACHINE = ['base', 'sim', 'memory', 'cpu', 'devices', 'machine'];
const VMM = [...MACHINE, 'trace', 'image', 'vmm'];
const BELOW_LAB = [...VMM, 'net', 'migration', 'migration/algorithms'];
/** A scenario is plain data with a schema: whoever offers or checks one may have it. */
const SCENARIOS = [
  'lab/scenario.ts',
  'lab/scenario-file.ts',
  'lab/presets.ts',
  'lab/guests.ts',
  'migration/algorithms/ids.ts',
];

/** Pure readers of bytes, and consoles that only print, for panels that take things apart. */
const LOOKING = [
  'cpu/disassemble.ts',
  'cpu/walk-steps.ts',
  'net/dissect.ts',
  'net/pcap.ts',
  'migration/dissect.ts',
  'vmm/consoles.ts',
];

export const LAW: Readonly<Record<string, RoomLaw>> = {
  base: { rooms: [] },
  trace: { rooms: ['base'], packages: ['@noble/hashes'] },
  sim: { rooms: ['base', 'trace'] },
  memory: { rooms: ['base'] },
  cpu: { rooms: ['base', 'memory'] },
  devices: { rooms: ['base', 'sim', 'memory'] },
  // The opcode table is the processor's.
  asm: { rooms: ['base', 'cpu'] },
  machine: { rooms: MACHINE },
  image: { rooms: ['base'] },
  // Only `registry.ts` knows the VMMs there are; a test of its own sees to that.
  vmm: { rooms: [...VMM, 'vmm/xen', 'vmm/kvm'] },
  'vmm/xen': { rooms: VMM },
  'vmm/kvm': { rooms: VMM },
  net: { rooms: ['base', 'trace', 'sim'] },
  migration: {
    rooms: [
      'base',
      'trace',
      'sim',
      'image',
      'net',
      'vmm/vmm.ts',
      'vmm/costs.ts',
      'migration/algorithms',
    ],
    packages: ['fflate'],
  },
  'migration/algorithms': { rooms: ['base'], types: ['migration', 'trace'] },
  lab: { rooms: [...BELOW_LAB, 'lab/simulation/checker'], packages: ['valibot', 'fflate'] },
  // It judges the engine, so it may know none of it.
  'lab/simulation/checker': { rooms: ['base', 'trace'], types: ['lab'] },
  bridge: { rooms: ['base'], types: ['sim', 'trace', 'lab'], packages: ['comlink'] },
  'bridge/node': {
    rooms: ['base', 'bridge'],
    types: ['lab'],
    packages: ['comlink', 'node:worker_threads', 'node:url', 'node:path', 'node:fs/promises'],
  },
  store: { rooms: ['base', 'trace', ...SCENARIOS], types: ['lab'], packages: ['zustand'] },
  scene: { rooms: ['base', 'trace', 'store'], types: ['lab'], packages: ['pixi.js'] },
  // The only part of the page with the assembler and an editor: it is loaded for who wants to write.
  'ui/program': {
    rooms: ['base', 'asm', 'store', 'ui', 'ui/kit', 'ui/strings', ...SCENARIOS],
    packages: [
      'preact',
      '@codemirror/commands',
      '@codemirror/language',
      '@codemirror/lint',
      '@codemirror/state',
      '@codemirror/view',
      '@lezer/highlight',
    ],
  },
  // Whatever the page says, as texts and functions that make them.
  'ui/strings': {
    rooms: [
      'trace',
      'store',
      'ui/notice/trouble-kind.ts',
      // A lesson's texts stand beside the moments and the figures they speak of.
      'ui/lessons/cues.ts',
      'ui/lessons/facts.ts',
    ],
    types: ['lab', 'ui'],
  },
  'ui/kit': { rooms: ['base', 'ui/strings'], packages: ['preact'] },
  ui: {
    rooms: [
      'base',
      'trace',
      'store',
      'bridge',
      'scene',
      'ui/kit',
      'ui/program',
      'ui/strings',
      ...SCENARIOS,
      ...LOOKING,
    ],
    types: ['lab', 'migration/algorithms'],
    packages: ['preact', 'zustand', 'tinykeys', 'valibot', 'uqr'],
  },
  cli: {
    rooms: [...BELOW_LAB, 'asm', 'lab', 'lab/simulation/checker', 'bridge/node'],
    packages: [
      'valibot',
      '@valibot/to-json-schema',
      'node:util',
      'node:path',
      'node:fs/promises',
      'node:crypto',
      'node:net',
      'node:os',
      'node:worker_threads',
      'node:child_process',
    ],
  },
  // The page's entry.
  '': { rooms: ['base', 'bridge', 'store', 'scene', 'ui', ...SCENARIOS], packages: ['preact'] },
  workers: {
    rooms: ['base', 'asm', 'bridge', 'bridge/node', 'lab'],
    packages: ['comlink', 'node:worker_threads'],
  },
};

/** Imports that break the law and are still tolerated: `file -> target`. To be kept empty. */
export const DEBT: readonly string[] = [];

/** The rooms that compute what happens, alike on every machine. */
export const CORE_ROOMS = [
  'base',
  'trace',
  'sim',
  'memory',
  'cpu',
  'devices',
  'asm',
  'machine',
  'image',
  'vmm',
  'vmm/xen',
  'vmm/kvm',
  'net',
  'migration',
  'migration/algorithms',
  'lab',
  'lab/simulation/checker',
];

/** Folder below `src`; a folder that has no law of its own belongs to the one above it. */
export function roomOf(path: string): string {
  if (path.startsWith('workers/')) return 'workers';
  let folder = path.replace(/^src\//, '').replace(/\/?[^/]*$/, '');
  while (!Object.hasOwn(LAW, folder))
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
  return folder;
}
