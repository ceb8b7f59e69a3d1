/** Guests that a real QEMU 10.0 booted and saved: here no QEMU is needed, but for the last test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import type { FieldRow } from '../../../src/vmm/field-table.ts';
import { findFormat } from '../../../src/vmm/formats.ts';
import { WRITABLE_MACHINES } from '../../../src/vmm/kvm/qemu-stream/machines.ts';
import { type QemuStream, readStream } from '../../../src/vmm/kvm/qemu-stream/reader.ts';
import { readWhole } from '../../../src/vmm/kvm/qemu-stream/stream-cursor.ts';
import { VMM_KINDS } from '../../../src/vmm/vmm.ts';
import { CAPTURES, captured } from '../../support/captures.ts';
import { Qemu, qemuVersion } from '../../support/qemu.ts';
import { runCli } from '../cli/run-cli.ts';
import { loaded } from '../vmm/qemu-stream/small-stream.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vmferry-'));
  for (const { name } of CAPTURES) writeFileSync(join(folder, `${name}.mig`), captured(name));
});
afterAll(() => rmSync(folder, { recursive: true }));

const streamOf = (bytes: Uint8Array): QemuStream => readWhole(bytes, readStream());

/** Over a second of a guest that never sleeps. */
const A_SECOND = '22000000';
const RUNS = CAPTURES.flatMap((capture) => VMM_KINDS.map((host) => ({ ...capture, host })));

describe('a guest saved by QEMU 10.0', () => {
  it.each(RUNS)('$name goes on counting on the $host-like host', async ({ host, ...capture }) => {
    const file = `${capture.name}.mig`;
    const args = ['resume', file, '--host', host, '--max-instructions', A_SECOND];
    const { status, stdout } = await runCli(args, folder);
    expect(status).toBe(0);
    const [before, ...later] = [
      ...`${capture.printed}\n${stdout}`.matchAll(new RegExp(capture.line)),
    ];
    expect(later.length).toBeGreaterThanOrEqual(1);
    // A ticker stops at the first page that has lost its count, and says no more.
    later.forEach(([, count, second], i) => {
      const [, last] = later[i - 1] ?? before;
      expect(Number(second)).toBe(Number(before[2]) + 1 + i);
      expect(Number(count)).toBeGreaterThan(Number(last));
    });
  });

  it('is read with its resent pages, and what the toy PC lacks is skipped by its name', () => {
    const [ticker, board] = CAPTURES.map(({ name }) => streamOf(captured(name)));
    expect(ticker.ram.counts).toMatchObject({ received: 724, resent: 212 });
    expect(board.devices.skipped).toEqual(
      expect.arrayContaining(['cirrus_vga', 'mc146818rtc', 'fdc', 'pckbd', 'vmmouse', 'isa-ide']),
    );
    expect(board.ram.otherBlocks).toEqual(expect.arrayContaining(['vga.vram', 'pc.bios']));
    expect(board.devices.places.get('globalstate.has_vm_was_suspended')).toBe(1n);
  });

  it.each(CAPTURES)(
    '$name comes back from common, xl and common with every field that no rule drops',
    ({ name }) => {
      const first = captured(name);
      let image = loaded(first).image;
      for (const id of ['common', 'xl', 'common', 'qemu'] as const) {
        const format = exists(findFormat(id), id);
        const written = format.write(image, { machine: 'isapc' });
        if (!written.ok) throw new Error(written.error.message);
        const read = format.read(written.value.bytes);
        if (!read.ok) throw new Error(read.error.message);
        image = read.value.image;
        if (id === 'qemu') expect(differing(first, written.value.bytes)).toEqual([]);
      }
      expect(image.pages).toEqual(loaded(first).image.pages);
      expect(image.pages.length).toBeGreaterThan(3);
    },
  );
});

describe.skipIf(qemuVersion() === undefined)('with a QEMU of its own', () => {
  it('a guest of QEMU 10.0 goes on there after xl and common', async () => {
    let file = 'ticker-10.0.mig';
    for (const to of ['xl', 'common', 'qemu'] as const) {
      const machine = to === 'qemu' ? ['--machine', 'isapc'] : [];
      const args = ['convert', file, '--to', to, ...machine, '-o', `ticker.${to}`];
      const run = await runCli(args, folder);
      expect(run.status).toBe(0);
      if (to === 'qemu') expect(run.stdout).toContain('-bios qboot.rom');
      file = `ticker.${to}`;
    }
    const qemu = await Qemu.start([
      ...['-M', 'isapc', '-cpu', '486', '-m', '2M', '-bios', 'qboot.rom', '-serial', 'stdio'],
      ...['-incoming', `exec:cat ${join(folder, file)}`],
    ]);
    try {
      let printed = '';
      const line = new Promise<string>((resolve) => {
        qemu.onOutput((text) => {
          printed += text;
          const found = /ticker-pc: (\d+) passes at 2\.00 s/.exec(printed)?.[1];
          if (found !== undefined) resolve(found);
        });
      });
      await qemu.loaded();
      expect(Number(await line)).toBeGreaterThan(146957);
    } finally {
      await qemu.stop();
    }
  });
});

/**
 * Rows that say something else of the second stream than of the first, or dropped ones that are not
 * their default. A recomputed one is asked what it means: of a segment's flags QEMU keeps the whole
 * descriptor, whose other bits stand in base and limit too.
 */
function differing(first: Uint8Array, last: Uint8Array): string[] {
  const [before, after] = [streamOf(first), streamOf(last)].map(({ devices }) => devices.places);
  const rows = WRITABLE_MACHINES.isapc.fields.filter(
    (row) => row.rule !== 'derived' && row.native.some((place) => before.has(place)),
  );
  expect(rows.length).toBeGreaterThan(150);
  const valuesIn = (row: FieldRow, places: ReadonlyMap<string, bigint>) =>
    // What a subsection would hold that neither stream needs.
    row.native.map((place) => places.get(place) ?? 0n);
  const different = rows.filter((row) => {
    const [theirs, ours] = [valuesIn(row, before), valuesIn(row, after)];
    if (row.rule === 'dropped') return String(ours) !== String(row.defaults);
    if (row.rule !== 'recomputed') return String(ours) !== String(theirs);
    return String(row.formula.toCommon(ours)) !== String(row.formula.toCommon(theirs));
  });
  return different.map(({ name }) => name);
}
