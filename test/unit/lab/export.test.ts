import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/base/units.ts';
import { type ExportRequest, exportFile } from '../../../src/lab/export.ts';
import { Lab } from '../../../src/lab/lab.ts';
import { FORMAT_IDS } from '../../../src/vmm/format.ts';
import { detectFormat } from '../../../src/vmm/formats.ts';
import { finishedLab, guestImage, newLab, SMALL, scenario } from '../../support/labs.ts';

const MS = 1e6;
const made = (request: Omit<ExportRequest, 'scenario'>, input = SMALL) => {
  const wanted = scenario(input);
  return exportFile({ scenario: wanted, ...request }, guestImage(wanted.vm.guest));
};
const bytesOf = (request: Omit<ExportRequest, 'scenario'>) => {
  const file = made(request);
  if (!file.ok) throw new Error(file.error);
  return file.value.bytes;
};

/** Before the migration, in a round, and at the destination. */
const MOMENTS = [10, 45, 2000].map((ms) => [ms] as const);

describe('a file of a run at a moment', () => {
  it.each(MOMENTS)('holds the VM of %i ms in every format, and all say the same', (ms) => {
    const atNs = ms * MS;
    const images = FORMAT_IDS.map((kind) => {
      const bytes = bytesOf({ kind, atNs });
      const format = detectFormat(bytes);
      if (!format.ok) throw new Error(format.error.message);
      expect(format.value.id).toBe(kind);
      const file = format.value.read(bytes);
      if (!file.ok) throw new Error(file.error.message);
      return file.value.image;
    });
    const [common] = images;
    const lab = newLab(SMALL);
    lab.advance(instant(atNs));
    const host = lab.hosts.find(({ running }) => running);
    expect(host?.vm?.eip).toBe(common.state.cpu.eip);
    for (const image of images) expect(image.state.cpu.eip).toBe(common.state.cpu.eip);
  });

  it('is the same however often it is made', () => {
    const request = { kind: 'common', atNs: 45 * MS } as const;
    expect(bytesOf(request)).toEqual(bytesOf(request));
  });

  it('follows the changes that were made on the way', () => {
    const input = { kind: 'workload', writesPerSecond: 0 } as const;
    const changed = { ...SMALL, inputs: [{ atNs: 12 * MS, input }] };
    const request = { kind: 'common', atNs: 45 * MS } as const;
    const other = made(request, changed);
    expect(other.ok && other.value.bytes).not.toEqual(bytesOf(request));
  });

  it('has the frames that had arrived by then', () => {
    const early = bytesOf({ kind: 'pcap', atNs: 45 * MS });
    const late = bytesOf({ kind: 'pcap', atNs: 2000 * MS });
    expect(early.length).toBeGreaterThan(100);
    expect(late.length).toBeGreaterThan(early.length);
    expect(late.subarray(0, early.length)).toEqual(early);
  });

  it('cannot hold a VM that is spread over both hosts, and says what to do', () => {
    const input = { ...SMALL, algorithm: 'pull' } as const;
    const lab = finishedLab(input);
    expect(lab.report().status).toBe('completed');
    const search = Lab.create(scenario(input), guestImage('muncher'));
    if (!search.ok) throw new Error(search.error);
    let atNs = 30 * MS;
    for (; (search.value.hosts[1].vm?.missingPages ?? 0) === 0; atNs += MS)
      search.value.advance(instant(atNs));
    const file = made({ kind: 'common', atNs }, input);
    expect(file).toMatchObject({ ok: false, error: expect.stringContaining('not arrived yet') });
  });
});
