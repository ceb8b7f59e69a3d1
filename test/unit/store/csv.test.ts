import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/base/units.ts';
import { figuresCsv, roundsCsv } from '../../../src/store/csv.ts';
import { History } from '../../../src/store/history.ts';
import { JsonLines } from '../../../src/trace/json-lines.ts';
import { traceText } from '../../../src/trace/text.ts';
import { newLab, SMALL, scenario } from '../../support/labs.ts';

function run() {
  const lab = newLab(SMALL);
  const history = new History();
  const { chunks } = lab.advance(instant(1_000_000_000));
  history.add(chunks, instant(1_000_000_000));
  history.show(1_000_000_000);
  return { lab, history, chunks };
}
const { lab, history, chunks } = run();
const rowsOf = (csv: string) =>
  csv
    .trimEnd()
    .split('\r\n')
    .map((row) => row.split(','));

describe('a run as text for programs', () => {
  it('has each round in a row, as the trace has it', () => {
    const [head, ...rows] = rowsOf(roundsCsv(history.picture));
    expect(head.slice(0, 4)).toEqual(['round', 'from_ms', 'to_ms', 'pages_left']);
    const ended = chunks
      .flatMap(({ events }) => events)
      .filter((event) => event.kind === 'round.ended');
    expect(ended.length).toBeGreaterThan(1);
    expect(rows.map((row) => row.slice(3, 5).map(Number))).toEqual(
      ended.map(({ sent }, i) => [history.picture.rounds[i].pending, sent]),
    );
  });

  it('has the figures with their units, and quotes what needs it', () => {
    const named = { ...scenario(SMALL), name: 'a, "quoted" name' };
    const csv = figuresCsv(history.picture, named, 'abcd');
    expect(csv).toContain('scenario,"a, ""quoted"" name",\r\n');
    expect(csv).toContain(`VM downtime,${lab.report().downtimeMs},ms\r\n`);
    expect(csv).toContain('run fingerprint,abcd,\r\n');
  });

  it('has every event of the trace as a JSON line, in the trace’s order', () => {
    const lines = new JsonLines({ format: 'vm-ferry-trace' });
    history.visit(lines);
    const [head, ...rest] = lines
      .finish()
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(head).toEqual({ format: 'vm-ferry-trace' });
    const text = traceText(chunks).trimEnd().split('\n');
    expect(rest.length).toBe(text.length);
    rest.forEach(({ at, party, kind }, i) => {
      expect(text[i].trim().split(/\s+/).slice(0, 3)).toEqual([String(at), party, kind]);
    });
  });
});
