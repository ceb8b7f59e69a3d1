/** A scenario file: JSON that is decoded, and validated before it is used. */
import * as v from 'valibot';
import { err, ok, type Result } from '../base/result.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';

/** A file that it carries is the most of it. */
export const MAX_SCENARIO_BYTES = 16 << 20;

/** `name`: what its errors call the file. */
export function decodeScenario(name: string, bytes: Uint8Array): Result<Scenario, string> {
  const text = utf8(bytes);
  if (text === undefined) return err(`${name} is not JSON: its bytes are no text in UTF-8`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return err(`${name} is not JSON: ${(error as Error).message}`);
  }
  // The schema would take a list for an object that leaves everything out.
  if (Array.isArray(value)) return err(`${name}: the scenario must be Object, got Array`);
  const checked = v.safeParse(scenarioSchema, value);
  if (checked.success) return ok(checked.output);
  return err(`${name}: ${describeIssue(checked.issues[0])}`);
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The first thing wrong, with the path of its key and what would be right. */
function describeIssue(issue: v.BaseIssue<unknown>): string {
  const key = v.getDotPath(issue) ?? 'the scenario';
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return `unknown key ${key}; vmferry scenario --schema prints the keys there are`;
  if (issue.type === 'check') return issue.message;
  const expected = issue.expected ?? issue.type;
  return `${key} must be ${expected}, got ${issue.received}`;
}
