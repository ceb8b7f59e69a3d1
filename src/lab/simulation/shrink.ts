/**
 * Makes a failing scenario's list of faults short: each fault is left out for as long as the same
 * invariant still breaks without it.
 */
import type { Scenario } from '../scenario.ts';

/** `stillBroken` runs a scenario; it is asked at most `attempts` times. */
export function shrinkFaults(
  scenario: Scenario,
  stillBroken: (scenario: Scenario) => boolean,
  attempts = 60,
): Scenario {
  let best = scenario;
  let left = attempts;
  for (let smaller = true; smaller && left > 0; ) {
    smaller = false;
    for (let i = best.faults.length - 1; i >= 0 && left > 0; i--) {
      const candidate = { ...best, faults: best.faults.filter((_, at) => at !== i) };
      left -= 1;
      if (!stillBroken(candidate)) continue;
      best = candidate;
      smaller = true;
    }
  }
  return best;
}
