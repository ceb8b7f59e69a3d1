/** Small guests for tests of Xen's formats, and streams put together record by record. */

import * as fc from 'fast-check';
import { ByteWriter } from '../../src/base/bytes.ts';
import type { ImageFile } from '../../src/image/codec.ts';
import type { CommonDevice, CommonPitCounter } from '../../src/image/device-model.ts';
import type { CommonState } from '../../src/image/model.ts';
import { USUAL_FEATURES } from '../../src/image/model.ts';
import type { PageRun } from '../../src/image/records.ts';
import { powerOnDevices } from '../../src/vmm/machine-values.ts';
import { SAMPLE, uartOf } from '../unit/image/sample-state.ts';

const PAGE = 4096;

export function filledRun(firstGfn: number, count: number, seed = 1): PageRun {
  const data = Uint8Array.from({ length: count * PAGE }, (_, i) => (i * 7 + (i >> 8) * seed) | 1);
  return { firstGfn, count, data };
}

/** Keeps the rules of Xen's loader. */
export const SMALL_STATE: CommonState = {
  ...SAMPLE,
  memory: [{ firstGfn: 0, pages: 6 }],
  cpu: { ...SAMPLE.cpu, interruptShadow: 'none', cr0: 0x11, cr4: 0x10 },
};

export const SMALL_IMAGE: ImageFile = {
  state: SMALL_STATE,
  pages: [filledRun(0, 1), filledRun(3, 2, 5)],
};

/** As a raw stream gives it back: what has no place is as after a reset. */
export const BARE_STATE: CommonState = {
  ...SMALL_STATE,
  identity: { id: 'domain', name: 'domain' },
  policy: { offered: USUAL_FEATURES, used: USUAL_FEATURES },
  cpu: { ...SMALL_STATE.cpu, halted: false, interruptShadow: 'none', retired: 0n },
  devices: [
    {
      kind: 'uart',
      port: 0x3f8,
      divisor: 12,
      interruptEnable: 0,
      fifoControl: 0,
      lineControl: 0,
      modemControl: 0,
      lineErrors: 0,
      modemStatus: 0xb0,
      scratch: 0,
      lastReceived: 0,
      transmitInterrupt: false,
      received: [],
      receiveTimeout: { phase: 'none', at: 0 },
    },
    ...bareDevices(SMALL_STATE),
  ],
};

/** Registers stay; what a raw stream has no place for follows from them, or is as at power-on. */
function bareDevices({ devices, clock }: CommonState): CommonDevice[] {
  const fresh = powerOnDevices(0);
  const counter = (state: CommonPitCounter): CommonPitCounter => ({
    ...state,
    count: state.nextCount,
    written: true,
    phase: state.gate ? 'counting' : 'idle',
    countLoadTime: Number(clock.guestNs),
    held: 0,
  });
  return devices.flatMap((device): CommonDevice[] => {
    switch (device.kind) {
      case 'uart':
        return [];
      case 'pic': {
        const chip = (name: 'master' | 'slave') => ({
          ...device[name],
          lastIrr: fresh.pic[name].lastIrr,
          levelMode: false,
        });
        return [{ ...device, master: chip('master'), slave: chip('slave') }];
      }
      case 'pit': {
        const [counter0, counter1, counter2] = [device.counter0, device.counter1, device.counter2];
        return [
          {
            ...device,
            counter0: counter(counter0),
            counter1: counter(counter1),
            counter2: counter(counter2),
          },
        ];
      }
      default:
        return [fresh[device.kind]];
    }
  });
}

const u32 = fc.nat(0xffff_ffff);
const pages: fc.Arbitrary<{ count: number; pages: PageRun[] }> = fc
  .record({ count: fc.integer({ min: 1, max: 12 }), filled: fc.nat(0xfff), seed: fc.nat(99) })
  .map(({ count, filled, seed }) => {
    const runs: PageRun[] = [];
    for (let pfn = 0; pfn < count; pfn++) {
      if (((filled >> pfn) & 1) === 0) continue;
      const last = runs.at(-1);
      const isNext = last !== undefined && last.firstGfn + last.count === pfn;
      if (isNext) runs.pop();
      runs.push(isNext ? filledRun(last.firstGfn, last.count + 1, seed) : filledRun(pfn, 1, seed));
    }
    return { count, pages: runs };
  });

/** Random guests that a real Xen would take. */
export const images: fc.Arbitrary<ImageFile> = fc
  .record({
    pages,
    general: fc.array(u32, { minLength: 8, maxLength: 8 }),
    cr0: u32.map((value) => ((value & 0xe005_003f) | 0x11) >>> 0),
    eflags: u32.map((value) => ((value & 0x003f_7fd7) | 2) >>> 0),
    cr3: u32,
    tsc: fc.bigInt(0n, (1n << 64n) - 1n),
    guestNs: fc.bigInt(2000n, (1n << 51n) - 1n),
    access: fc.nat(0xfff),
    limit: u32,
    halted: fc.boolean(),
    interruptShadow: fc.constantFrom('none', 'sti', 'mov-ss'),
    retired: fc.maxSafeNat().map(BigInt),
    received: fc.array(fc.nat(255), { maxLength: 16 }),
    name: fc.string({ maxLength: 40, unit: 'grapheme' }),
  })
  .map(({ pages: memory, general, access, limit, received, guestNs, name, ...cpu }) => {
    const [eax, ecx, edx, ebx, esp, ebp, esi, edi] = general;
    const registers = { eax, ecx, edx, ebx, esp, ebp, esi, edi } as CommonState['cpu'];
    const [, ...devices] = SMALL_STATE.devices;
    const timeout = { phase: 'struck', at: 0 } as const;
    const uart: CommonDevice = { ...uartOf(SMALL_STATE), received, receiveTimeout: timeout };
    return {
      state: {
        ...SMALL_STATE,
        identity: { id: 'vm', name },
        memory: [{ firstGfn: 0, pages: memory.count }],
        cpu: {
          ...SMALL_STATE.cpu,
          ...registers,
          ...cpu,
          fs: { ...SMALL_STATE.cpu.fs, access, limit },
        } as CommonState['cpu'],
        devices: [uart, ...devices],
        clock: { guestNs },
      },
      pages: memory.pages,
    };
  });

export interface Piece {
  readonly type: number;
  readonly body: Uint8Array;
}

export const HEADERS = 40;
export const END: Piece = { type: 0, body: new Uint8Array(0) };

/** The records of a raw stream, END among them. */
export function piecesOf(stream: Uint8Array): Piece[] {
  const view = new DataView(stream.buffer, stream.byteOffset);
  const pieces: Piece[] = [];
  for (let at = HEADERS; at < stream.length; ) {
    const type = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    pieces.push({ type, body: stream.slice(at + 8, at + 8 + length) });
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return pieces;
}

export function assemble(headers: Uint8Array, pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter().bytes(headers.subarray(0, HEADERS));
  for (const { type, body } of pieces) {
    writer
      .u32(type)
      .u32(body.length)
      .bytes(body)
      .zeros(-body.length & 7);
  }
  return writer.finish();
}

/** The first piece of the type with its body changed in place. */
export function changed(
  pieces: readonly Piece[],
  type: number,
  change: (body: DataView) => void,
): Piece[] {
  const at = pieces.findIndex((piece) => piece.type === type);
  return pieces.map((piece, i) => {
    if (i !== at) return piece;
    const body = piece.body.slice();
    change(new DataView(body.buffer));
    return { type, body };
  });
}
