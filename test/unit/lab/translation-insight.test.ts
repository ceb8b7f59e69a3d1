import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { instant } from '../../../src/base/units.ts';
import { VMM_KINDS } from '../../../src/vmm/vmm.ts';
import { newLab, SMALL } from '../../support/labs.ts';

/** The processor of a VM that has run for 20 ms, on its way between two kinds of host. */
function lines(source: 'xen' | 'kvm', to: 'xen' | 'kvm') {
  const lab = newLab({ ...SMALL, hosts: { source, destination: to } });
  lab.advance(instant(20_000_000));
  const before = lab.hosts[0].framesInUse();
  const insight = lab.hosts[0].inspect({ kind: 'translation', to });
  if (insight?.kind !== 'translation') throw new Error('a translation');
  expect(lab.hosts[0].framesInUse()).toBe(before);
  const registers = exists(lab.hosts[0].vm, 'the VM').inspect().registers();
  return { lines: insight.lines, registers };
}

describe('the processor on its way', () => {
  it.each([
    ['xen', 'kvm'],
    ['kvm', 'xen'],
  ] as const)('from %s to %s has the running VM’s own values', (from, to) => {
    const { lines: found, registers } = lines(from, to);
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
        const paths = lines(from, to).lines.flatMap((line) => line.common.map((c) => c.place));
        expect(new Set(paths).size).toBe(paths.length);
        expect(paths.length).toBeGreaterThan(50);
      }
  });
});
