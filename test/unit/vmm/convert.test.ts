/** Files through all formats and back: what is lost is what the formats say that they lack. */
import { describe, expect, it } from 'vitest';
import type { ImageFile } from '../../../src/image/codec.ts';
import { COMMON_PATHS, commonToValues } from '../../../src/vmm/common-values.ts';
import type { FormatId, WriteOptions } from '../../../src/vmm/format.ts';
import { findFormat } from '../../../src/vmm/formats.ts';
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
const imageFor = (machine: 'none' | 'isapc'): ImageFile => (machine === 'none' ? POLLED : IMAGE);

/** Names of fields are their paths, `cpu.` left out. */
const nameOf = (path: string): string => path.replace(/^cpu\./, '');

describe('an xl file', () => {
  it.each(['none', 'isapc'] as const)(
    'comes back from QEMU’s stream for machine %s but for what that says it lacks',
    (machine) => {
      const image = imageFor(machine);
      const first = write('xl', image).bytes;
      const common = write('common', read('xl', first)).bytes;
      const qemu = write('qemu', read('common', common), { machine });
      const back = write('common', read('qemu', qemu.bytes)).bytes;
      const last = read('xl', write('xl', read('common', back)).bytes);
      expect(last.pages).toEqual(image.pages);
      const before = must(commonToValues(image.state));
      const after = must(commonToValues(last.state));
      const moved = COMMON_PATHS.filter((path) => before.get(path) !== after.get(path));
      const notes = qemu.notes.join('\n');
      expect(moved.filter((path) => !notes.includes(nameOf(path)))).toEqual([]);
      expect(moved).not.toContain('cpu.eax');
    },
  );

  it('is the same file, byte for byte, after the common format', () => {
    const first = write('xl', IMAGE).bytes;
    const common = write('common', read('xl', first)).bytes;
    expect(write('xl', read('common', common)).bytes).toEqual(first);
  });
});

describe('QEMU’s stream', () => {
  it.each(['none', 'isapc'] as const)(
    'for machine %s is the same, byte for byte, after an xl file',
    (machine) => {
      // Once through the stream: QEMU’s own files know no counter that waits.
      const own = write('qemu', imageFor(machine), { machine }).bytes;
      const first = write('qemu', read('qemu', own), { machine }).bytes;
      const xl = write('xl', read('qemu', first)).bytes;
      expect(write('qemu', read('xl', xl), { machine }).bytes).toEqual(first);
    },
  );
});
