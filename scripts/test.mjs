// `npm test`: lock file, types, lint, then every test. Ends with one line `N passed, N failed,
// N skipped` and the names of skipped tests. Fails when anything fails or nothing ran; with
// CI=true a skipped test fails too, since the judge it needs must be there.
// Arguments go to vitest, e.g. `npm test -- --project node test/unit/cpu`: then only tests run.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {{ passed: number, failed: number, skipped: string[] }} Totals
 * @typedef {{ testResults: { name: string, status: string,
 *   assertionResults: { fullName: string, status: string }[] }[] }} VitestReport
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const REPORT = join(root, '.cache', 'test-report.json');

/** Runs one of the project's tools; true when it ends well. */
function node(/** @type {string[]} */ args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

/** A file that could not even be loaded counts as one failure. @returns {Totals} */
export function totalsOf(/** @type {VitestReport} */ report) {
  /** @type {Totals} */
  const totals = { passed: 0, failed: 0, skipped: [] };
  for (const file of report.testResults) {
    const failedTests = file.assertionResults.filter((test) => test.status === 'failed').length;
    totals.passed += file.assertionResults.filter((test) => test.status === 'passed').length;
    totals.failed += failedTests === 0 && file.status === 'failed' ? 1 : failedTests;
    for (const test of file.assertionResults) {
      if (test.status !== 'passed' && test.status !== 'failed') totals.skipped.push(test.fullName);
    }
  }
  return totals;
}

/** Checks before the tests: all of them run, so that one look shows every trouble. */
function checks() {
  const outcomes = [
    ['lock file', node(['scripts/check-lock.mjs'])],
    ['types', node(['scripts/types.mjs'])],
    ['lint', node(['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'])],
  ];
  const failed = outcomes.flatMap(([name, fine]) => (fine ? [] : [name]));
  console.log(failed.length === 0 ? 'checks: lock file, types and lint are fine' : '');
  return failed;
}

/** @returns {{ fine: boolean, totals: Totals }} */
function vitest(/** @type {string[]} */ args) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  rmSync(REPORT, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
  const fine = node(['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args]);
  try {
    return { fine, totals: totalsOf(JSON.parse(readFileSync(REPORT, 'utf8'))) };
  } catch {
    return { fine: false, totals: { passed: 0, failed: 0, skipped: [] } };
  }
}

function main(/** @type {string[]} */ args) {
  const failedChecks = args.length === 0 ? checks() : [];
  const { fine, totals } = vitest(args);
  const { passed, failed, skipped } = totals;
  const ran = passed + failed;
  const missingJudge = process.env.CI === 'true' && skipped.length > 0;
  if (skipped.length > 0)
    console.log(`\nskipped:\n${skipped.map((name) => `  ${name}`).join('\n')}`);
  if (missingJudge) console.error('With CI=true a skipped test is a failure.');
  if (ran === 0) console.error('No test ran.');
  if (!fine && failed === 0) console.error('The test run failed outside the tests: see above.');
  for (const name of failedChecks) console.error(`The ${name} check failed: see above.`);
  console.log(`\n${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  return fine && ran > 0 && failed === 0 && !missingJudge && failedChecks.length === 0;
}

if (process.argv[1]?.endsWith('test.mjs')) process.exitCode = main(process.argv.slice(2)) ? 0 : 1;
