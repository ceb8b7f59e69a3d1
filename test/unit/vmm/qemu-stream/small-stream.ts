/** A small VM and its streams: what tests of the reader start from. */
import type { ImageFile } from '../../../../src/image/codec.ts';
import type { CommonPit, CommonPitCounter } from '../../../../src/image/device-model.ts';
import type { CommonState } from '../../../../src/image/model.ts';
import type { LoadedFile, QemuMachine } from '../../../../src/vmm/format.ts';
import { QEMU_FORMAT } from '../../../../src/vmm/kvm/qemu-stream/format.ts';
import { devicesOf } from '../../../../src/vmm/machine-devices.ts';
import { powerOnDevices } from '../../../../src/vmm/machine-values.ts';
import { SAMPLE, uartOf } from '../../image/sample-state.ts';

const PAGES = 4;

/** Without what QEMU's stream has no place for. */
export const QUIET: CommonState = {
  ...SAMPLE,
  memory: [{ firstGfn: 0, pages: PAGES }],
  cpu: {
    ...SAMPLE.cpu,
    retired: 0n,
    interruptShadow: 'none',
    pendingEvent: { kind: 'none', vector: 0, hasErrorCode: false, errorCode: 0 },
  },
  devices: devicesOf({
    ...powerOnDevices(0),
    uart: {
      ...uartOf(SAMPLE),
      interruptEnable: 0,
      receiveTimeout: { phase: 'none', at: 0 },
    },
  }),
};

/** As a PIT comes back from isapc, whose counters count whenever their gate is high. */
export function countedByQemu(pit: CommonPit): CommonPit {
  const counted = (counter: CommonPitCounter): CommonPitCounter => {
    const waits = counter.mode === 0 || counter.mode === 4 ? 'held' : 'idle';
    const phase = counter.gate ? 'counting' : waits;
    return { ...counter, count: counter.nextCount, phase, written: phase !== 'idle', held: 0 };
  };
  const { counter0, counter1, counter2 } = pit;
  return {
    ...pit,
    counter0: counted(counter0),
    counter1: counted(counter1),
    counter2: counted(counter2),
  };
}

/** Pages 1 and 3 hold data, the others zeros. */
export const SMALL: ImageFile = {
  state: QUIET,
  pages: [1, 3].map((firstGfn) => ({
    firstGfn,
    count: 1,
    data: new Uint8Array(4096).fill(firstGfn),
  })),
};

export function streamOf(image: ImageFile = SMALL, machine: QemuMachine = 'none'): Uint8Array {
  const written = QEMU_FORMAT.write(image, { machine });
  if (!written.ok) throw new Error(written.error.message);
  return written.value.bytes;
}

export function loaded(bytes: Uint8Array): LoadedFile {
  const read = QEMU_FORMAT.read(bytes);
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
}

/** The message of a refusal; fails when the stream is taken. */
export function refusal(bytes: Uint8Array): string {
  const read = QEMU_FORMAT.read(bytes);
  if (read.ok) throw new Error('the stream was taken');
  return `${read.error.code}: ${read.error.message}`;
}

/** Where a part of a stream starts, by its name. */
export function partAt(bytes: Uint8Array, name: string): number {
  const part = loaded(bytes).parts.find((candidate) => candidate.name === name);
  if (part === undefined) throw new Error(`no part ${name}`);
  return part.offset;
}

export function spliced(bytes: Uint8Array, at: number, removed: number, added: readonly number[]) {
  return Uint8Array.from([...bytes.subarray(0, at), ...added, ...bytes.subarray(at + removed)]);
}

export const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
