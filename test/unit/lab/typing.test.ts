import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/base/units.ts';
import type { Lab } from '../../../src/lab/lab.ts';
import type { LabInput } from '../../../src/lab/scenario.ts';
import type { TraceChunk } from '../../../src/trace/recorder.ts';
import { Replay } from '../../../src/trace/replay.ts';
import { asciiOnly, keyText, terminalText } from '../../../src/ui/console/terminal.ts';
import { newLab, type ScenarioInput, SMALL } from '../../support/labs.ts';

const key = (atMs: number, text: string): { atNs: number; input: LabInput } => ({
  atNs: atMs * 1e6,
  input: { kind: 'console', text },
});

function toEnd(lab: Lab): TraceChunk[] {
  const chunks: TraceChunk[] = [];
  while (!lab.finished) chunks.push(...lab.advance(instant(lab.now + 20_000_000)).chunks);
  return chunks;
}

/** The picture of a run with keys pressed in it, and its hash. */
function typed(scenario: ScenarioInput, keys: readonly ReturnType<typeof key>[]) {
  const lab = newLab({ ...scenario, inputs: [...keys] });
  const replay = new Replay();
  const chunks = toEnd(lab);
  replay.fold(chunks, lab.now);
  const report = lab.report();
  return { ...replay.picture, hash: report.traceHash, report };
}

describe('typing at the guest’s console', () => {
  it('is answered by a bare guest, before and after it moves', () => {
    const { terminal, report } = typed({ ...SMALL, algorithm: 'pull' }, [
      key(20, 'Hi'),
      key(60, '\n'),
      key(120, 'B?'),
    ]);
    expect(report.verification).toMatchObject({ memoryEqual: true, cpuEqual: true });
    expect(terminal).toMatchObject({ typed: 5, text: expect.stringMatching(/^Hi.*B\?$/s) });
  });

  it('is answered by a guest that lives by interrupts', () => {
    const { terminal } = typed(
      {
        ...SMALL,
        vm: { ...SMALL.vm, guest: 'idle-pc' },
        migration: { startMs: 1300, runOnMs: 30, limitMs: 3000 },
      },
      [key(1200, 'Hi'), key(1210, '!')],
    );
    expect(terminal.text).toContain('Hi!');
  });

  it('is part of the run: the same keys make the same trace, others another', () => {
    const one = typed(SMALL, [key(20, 'a')]);
    expect(typed(SMALL, [key(20, 'a')]).hash).toBe(one.hash);
    expect(typed(SMALL, [key(20, 'b')]).hash).not.toBe(one.hash);
    expect(one.terminal).toEqual({ typed: 1, answered: 1, text: 'a' });
  });

  it('leaves a run in which nobody types as it was', () => {
    const chunks = toEnd(newLab(SMALL));
    const kinds = chunks.flatMap(({ events }) => events.map(({ kind }) => kind));
    expect(kinds).not.toContain('console.answered');
    expect(kinds).toContain('probe.answered');
  });
});

describe('a terminal', () => {
  it('takes the keys that a serial line knows', () => {
    expect([keyText('Enter'), keyText('Backspace'), keyText('ArrowUp')]).toEqual([
      '\n',
      '\b',
      undefined,
    ]);
    expect(asciiOnly('naïve?')).toBe('nave?');
  });

  it('carries backspaces out, and not over the line’s beginning', () => {
    expect(terminalText('ab\bc\n\bd\u0007')).toBe('ac\nd');
  });
});
