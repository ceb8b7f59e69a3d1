/** Three images of the common format, small enough that all damage of a kind can be tried. */
import './all-code.ts';
import { readFileSync } from 'node:fs';
import { instant } from '../../src/base/units.ts';
import { encodeImageFile } from '../../src/image/codec.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import { createVmm } from '../../src/vmm/registry.ts';
import { imageOf } from '../../src/vmm/vm-image.ts';
import { tickerKernel } from '../contract/guest-code.ts';
import { SAMPLE } from '../unit/image/sample-state.ts';

/** Where the ticker is loaded. */
const CODE = 256;

export interface GoldenImage {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the bytes: a change of the format, or of what the guest's host saves, shows here. */
  readonly digest: string;
}

/** The worked example of FORMAT.md: everything before a `;` in the fenced block under §7. */
export function exampleBytes(): Uint8Array<ArrayBuffer> {
  const text = readFileSync(new URL('../../src/image/FORMAT.md', import.meta.url), 'utf8');
  const block = /## 7\.[\s\S]*?```\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const hex = block.replace(/;.*$/gm, '').replace(/\s+/g, '');
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** A guest that has ended, with RAM in two stretches, no device but the UART, and two features. */
function stoppedBytes(): Uint8Array<ArrayBuffer> {
  return encodeImageFile({
    state: {
      ...SAMPLE,
      memory: [
        { firstGfn: 0, pages: 160 },
        { firstGfn: 256, pages: 768 },
      ],
      devices: SAMPLE.devices.slice(0, 1),
      policy: { offered: ['486', 'tsc'], used: ['tsc'] },
      stopped: { cause: 'exit port', code: 3 },
    },
    pages: [
      { firstGfn: 0, count: 160, data: undefined },
      { firstGfn: 256, count: 1, data: undefined },
    ],
  });
}

/** A real guest after 5 µs: it needs no device but the UART, and counts in the page of its code. */
function runningBytes(): Uint8Array<ArrayBuffer> {
  const surroundings = { trace: new Recorder(0), now: () => instant(0) };
  const vmm = createVmm('xen', { machineFrames: 1024, seed: 7 }, surroundings);
  const created = vmm.createVm({ id: 'vm', pages: 272, instructionNs: 50 });
  if (!created.ok) throw new Error(created.error.message);
  const vm = created.value;
  const booted = vmm.boot(vm, tickerKernel(CODE, CODE));
  if (!booted.ok) throw new Error(booted.error.message);
  vm.resume();
  vm.run(instant(0), instant(5_000));
  vm.suspend();
  const { state, pages } = imageOf(vm);
  return encodeImageFile({
    state: { ...state, devices: state.devices.filter(({ kind }) => kind === 'uart') },
    pages: pages.filter(({ firstGfn }) => firstGfn === CODE),
  });
}

export const GOLDEN_IMAGES: readonly [GoldenImage, GoldenImage, GoldenImage] = [
  {
    name: 'in FORMAT.md',
    bytes: exampleBytes(),
    digest: 'e5be454f289f684c10689738704f29c0184fc36dd98fe6991bb496a17d21ce82',
  },
  {
    name: 'of a stopped guest',
    bytes: stoppedBytes(),
    digest: '8bb29f3586c2076f18747fe3d317a5aa92a8b631d02e140d33b665053861ed26',
  },
  {
    name: 'of a running guest',
    bytes: runningBytes(),
    digest: '1d88139c9bd659497067c0982754834763e889744eb46c05ae1539684bae5e9f',
  },
];
