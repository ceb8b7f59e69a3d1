import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { bigFromBytes } from '../../../src/base/big-bytes.ts';
import { instant } from '../../../src/base/units.ts';
import { encodeImageFile, imageParts } from '../../../src/image/codec.ts';
import type { FieldValue } from '../../../src/lab/translation-insight.ts';
import { imageOf } from '../../../src/vmm/vm-image.ts';
import { VMM_KINDS } from '../../../src/vmm/vmm.ts';
import { newLab, SMALL } from '../../support/labs.ts';

/** The processor of a VM that has run for 20 ms, on its way between two kinds of host. */
function looked(source: 'xen' | 'kvm', to: 'xen' | 'kvm') {
  const lab = newLab({ ...SMALL, hosts: { source, destination: to } });
  lab.advance(instant(20_000_000));
  const before = lab.hosts[0].framesInUse();
  const insight = lab.hosts[0].inspect({ kind: 'translation', to });
  if (insight?.kind !== 'translation') throw new Error('a translation');
  expect(lab.hosts[0].framesInUse()).toBe(before);
  const registers = exists(lab.hosts[0].vm, 'the VM').inspect().registers();
  return { ...insight, registers };
}

describe('the processor on its way', () => {
  it.each([
    ['xen', 'kvm'],
    ['kvm', 'xen'],
  ] as const)('from %s to %s has the running VM’s own values', (from, to) => {
    const { lines: found, registers } = looked(from, to);
    const common = new Map(
      found.flatMap((line) => line.common.map(({ place, value }) => [place, value] as const)),
    );
    for (const name of ['eip', 'esp', 'eflags', 'cr0'])
      expect(common.get(`cpu.${name}`), name).toBe(BigInt(exists(registers[name], name)));
    const eip = exists(
      found.find((line) => line.common.some(({ place }) => place === 'cpu.eip')),
      'eip',
    );
    expect(eip.from.map(({ rule }) => rule)).toEqual(['renamed']);
    expect(eip.to[0]?.places[0]?.value).toBe(common.get('cpu.eip'));
    const rules = new Set(found.flatMap((line) => [...line.from, ...line.to]).map((s) => s.rule));
    for (const rule of ['copied', 'renamed', 'recomputed', 'dropped'])
      expect(rules).toContain(rule);
  });

  it('has every common path once, whichever kinds meet', () => {
    for (const from of VMM_KINDS)
      for (const to of VMM_KINDS) {
        const paths = looked(from, to).lines.flatMap((line) => line.common.map((c) => c.place));
        expect(new Set(paths).size).toBe(paths.length);
        expect(paths.length).toBeGreaterThan(50);
      }
  });

  it('shows beneath each field the bytes that it has in its format', () => {
    for (const [from, to] of [
      ['xen', 'kvm'],
      ['kvm', 'xen'],
    ] as const) {
      const { lines, records } = looked(from, to);
      const check = (side: 'from' | 'common' | 'to', values: readonly FieldValue[]) => {
        for (const { place, value, at } of values) {
          if (at === undefined) continue;
          const record = exists(records[side][at.record], `${side} ${at.record}`);
          const bytes = record.subarray(at.offset, at.offset + at.bytes);
          expect([place, bigFromBytes(bytes)]).toEqual([place, value]);
        }
        return values.filter(({ at }) => at !== undefined).length;
      };
      const shown = lines.map((line) => [
        check(
          'from',
          line.from.flatMap(({ places }) => places),
        ),
        check('common', line.common),
        check(
          'to',
          line.to.flatMap(({ places }) => places),
        ),
      ]);
      expect(shown.flat().reduce((sum, count) => sum + count)).toBeGreaterThan(200);
      expect(records.common.cpu.length).toBeGreaterThan(200);
    }
  });

  it('has the very bytes of the .vmcf record', () => {
    const lab = newLab({ ...SMALL, hosts: { source: 'xen', destination: 'kvm' } });
    lab.advance(instant(20_000_000));
    const vm = exists(lab.hosts[0].vm, 'the VM');
    vm.suspend();
    const insight = lab.hosts[0].inspect({ kind: 'translation', to: 'kvm' });
    if (insight?.kind !== 'translation') throw new Error('a translation');
    const file = encodeImageFile(imageOf(vm));
    const part = exists(
      imageParts(file).find(({ name }) => name === 'cpu'),
      'the record',
    );
    const { cpu } = insight.records.common;
    const body = file.subarray(part.offset, part.offset + part.bytes);
    expect(Buffer.from(body).includes(Buffer.from(cpu))).toBe(true);
  });
});
