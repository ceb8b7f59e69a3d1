// `npm run harden [-- --runs N --seed S --only PARSER]`: damages every kind of input, 100,000 mutants a
// parser, and prints what became of them. Status 1: something broke, hung or asked for too much memory.
import { parseArgs } from 'node:util';
import { withBundle } from './bundle.mjs';
import { setup } from './setup.mjs';

/** A whole number from 1, or the program ends with what is wrong. */
function whole(/** @type {string} */ name, /** @type {string} */ text) {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  console.error(`--${name} must be a whole number from 1 to 999999999, got "${text}"`);
  process.exit(2);
}

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const runs = whole('runs', values.runs);
const seed = whole('seed', values.seed);
if (!(await setup())) process.exit(1);
const isSound = await withBundle('test/hardening/main.ts', ({ main }) =>
  main(runs, seed, values.only),
);
process.exit(isSound ? 0 : 1);
