/** Files through all formats and back: what is lost is what the formats say that they lack. */
import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { PAGE_SIZE } from '../../../src/base/units.ts';
import type { ImageFile } from '../../../src/image/codec.ts';
import { COMMON_PATHS, commonToValues } from '../../../src/vmm/common-values.ts';
import type { FieldRow } from '../../../src/vmm/field-table.ts';
import {
  type FormatId,
  QEMU_MACHINES,
  type QemuMachine,
  type WriteOptions,
} from '../../../src/vmm/format.ts';
import { findFormat } from '../../../src/vmm/formats.ts';
import { WRITABLE_MACHINES } from '../../../src/vmm/kvm/qemu-stream/machines.ts';
import { commonToQemu, ramPages } from '../../../src/vmm/kvm/qemu-stream/translate.ts';
import {
  joined,
  streamHead,
  streamPages,
  streamTail,
} from '../../../src/vmm/kvm/qemu-stream/writer.ts';
import { SMALL_IMAGE, SMALL_STATE } from '../../support/xen-images.ts';

function must<T>(result: { ok: true; value: T } | { ok: false; error: { message: string } }): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function formatOf(id: FormatId) {
  const format = findFormat(id);
  if (format === undefined) throw new Error(`no format ${id}`);
  return format;
}

const write = (id: FormatId, image: ImageFile, options?: WriteOptions) =>
  must(formatOf(id).write(image, options));
const read = (id: FormatId, bytes: Uint8Array) => must(formatOf(id).read(bytes)).image;

/** A guest that every format's processor can go on with, and every machine: its UART asks for nothing. */
const IMAGE: ImageFile = {
  pages: SMALL_IMAGE.pages,
  state: {
    ...SMALL_STATE,
    cpu: {
      ...SMALL_STATE.cpu,
      pendingEvent: { kind: 'none', vector: 0, hasErrorCode: false, errorCode: 0 },
    },
    devices: SMALL_STATE.devices.map((device) =>
      device.kind === 'uart' ? { ...device, interruptEnable: 0 } : device,
    ),
  },
};

/** The same guest; what machine none lacks it does not use. */
const POLLED: ImageFile = {
  pages: IMAGE.pages,
  state: {
    ...IMAGE.state,
    cpu: { ...IMAGE.state.cpu, eflags: IMAGE.state.cpu.eflags & ~0x200 },
    devices: IMAGE.state.devices.map((device) =>
      device.kind === 'ne2000' ? { ...device, pstop: 0 } : device,
    ),
  },
};
const imageFor = (machine: QemuMachine): ImageFile => (machine === 'none' ? POLLED : IMAGE);

/** Through the formats in turn, each time as the bytes of a file. */
function through(image: ImageFile, ids: readonly FormatId[], machine: QemuMachine): ImageFile {
  return ids.reduce((file, id) => read(id, write(id, file, { machine }).bytes), image);
}

/** Common fields without a place in QEMU's stream, with what each comes back as. */
function droppedBy(machine: QemuMachine): ReadonlyMap<string, bigint> {
  const rows = WRITABLE_MACHINES[machine].fields.filter((row) => row.rule === 'absent');
  return new Map(
    rows.flatMap(({ common, defaults }) =>
      common.map((path, i) => [path, exists(defaults[i], path)]),
    ),
  );
}

/**
 * QEMU knows no count that waits for the running period to end, and no counter that its gate has
 * stopped midway; the writer names each.
 */
const IN_QEMUS_WAY: Readonly<Record<QemuMachine, readonly string[]>> = {
  none: [],
  isapc: [
    'pit.counter0.count',
    'pit.counter1.count',
    'pit.counter1.held',
    'pit.counter2.count',
    'pit.counter2.phase',
    'pit.counter2.held',
  ],
};

describe('an xl file', () => {
  it.each(QEMU_MACHINES)(
    'comes back from QEMU’s stream for machine %s but for what that has no place for',
    (machine) => {
      const image = imageFor(machine);
      const { notes } = write('qemu', image, { machine });
      const last = through(image, ['xl', 'common', 'qemu', 'common', 'xl'], machine);
      expect(last.pages).toEqual(image.pages);
      expect(last.state.memory).toEqual(image.state.memory);
      expect(last.state.identity).toEqual({ id: 'qemu', name: 'qemu' });
      const before = must(commonToValues(image.state));
      const after = must(commonToValues(last.state));
      const dropped = droppedBy(machine);
      const expected = (path: string) => dropped.get(path) ?? before.get(path);
      const others = COMMON_PATHS.filter((path) => after.get(path) !== expected(path));
      expect(others).toEqual(IN_QEMUS_WAY[machine]);
      for (const path of others) expect(notes.join()).toContain(path);
      // Of what is dropped something was set, and all of that is named.
      const lost = [...dropped].filter(([path, value]) => before.get(path) !== value);
      expect(lost.length).toBeGreaterThan(0);
      for (const [path] of lost) expect(notes.join()).toContain(nameOf(path));
    },
  );

  it('is the same file, byte for byte, after the common format', () => {
    const first = write('xl', IMAGE).bytes;
    const common = write('common', read('xl', first)).bytes;
    expect(write('xl', read('common', common)).bytes).toEqual(first);
  });
});

/** Names of fields are their paths, `cpu.` left out. */
function nameOf(path: string): string {
  return path.replace(/^cpu\./, '');
}

describe('QEMU’s stream', () => {
  it.each(QEMU_MACHINES)(
    'for machine %s is the same, byte for byte, after an xl file',
    (machine) => {
      // Once through the stream: QEMU’s own files know no counter that waits.
      const own = through(imageFor(machine), ['qemu'], machine);
      const first = write('qemu', own, { machine }).bytes;
      const last = through(read('qemu', first), ['common', 'xl', 'common'], machine);
      expect(write('qemu', last, { machine }).bytes).toEqual(first);
    },
  );

  it.each(QEMU_MACHINES)('for machine %s gets back the defaults of what is dropped', (machine) => {
    const own = through(imageFor(machine), ['qemu'], machine);
    const first = write('qemu', own, { machine }).bytes;
    const { fields } = WRITABLE_MACHINES[machine];
    const droppedRows = fields.filter((row) => row.rule === 'dropped');
    const ignored = droppedRows.filter(({ ignorable }) => ignorable === true);
    expect(ignored.length).toBeGreaterThan(20);
    const other = streamWith(own, machine, ignored);
    expect(other).not.toEqual(first);
    const last = through(read('qemu', other), ['common', 'xl', 'common'], machine);
    expect(write('qemu', last, { machine }).bytes).toEqual(first);
    // Any other dropped field with a value is a guest that would notice: refused by its name.
    for (const row of droppedRows.filter((each) => !ignored.includes(each))) {
      const result = formatOf('qemu').read(streamWith(own, machine, [row]));
      expect(result.ok ? `${row.name} is taken` : result.error.message).toContain(row.name);
    }
  });
});

/** The stream of an image in which these fields hold something else than their defaults. */
function streamWith(
  { state, pages }: ImageFile,
  id: QemuMachine,
  rows: readonly FieldRow[],
): Uint8Array {
  const machine = WRITABLE_MACHINES[id];
  const native = new Map(must(commonToQemu(state, machine)).value);
  for (const place of rows.flatMap((row) => row.native))
    native.set(place, exists(native.get(place), place) ^ 1n);
  const filled = pages.flatMap(({ firstGfn, count, data }) =>
    Array.from({ length: count }, (_, i) => ({
      frame: firstGfn + i,
      data: data?.subarray(i * PAGE_SIZE, (i + 1) * PAGE_SIZE),
    })),
  );
  const ramBytes = must(ramPages(state)) * PAGE_SIZE;
  return joined([
    streamHead(machine, ramBytes),
    streamPages(machine, filled, false),
    streamPages(machine, [], true),
    streamTail(machine, native, 'running'),
  ]);
}
