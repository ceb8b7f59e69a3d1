// `npm run silicon -- --seed N --count M`: random instructions on this machine's processor (x86-64
// Linux with gcc -m32) and on the toy's; fails on any difference that the table of what is undefined
// does not allow. `--write FILE` records them as the committed set is.
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withBundle } from './bundle.mjs';
import { setup } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const whole = (/** @type {string} */ name, /** @type {string} */ text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`--${name} ${text}: a whole number is needed`);
  return value;
};

async function main() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '200000' },
      write: { type: 'string' },
    },
  });
  const options = {
    seed: whole('seed', values.seed),
    count: whole('count', values.count),
    write:
      values.write === undefined ? undefined : resolve(process.env.INIT_CWD ?? '.', values.write),
  };
  return withBundle(
    'test/silicon/main.ts',
    ({ runSilicon }) => runSilicon(join(root, 'test/silicon/recorder.c'), options) === 0,
  );
}

process.exitCode = (await setup()) && (await main()) ? 0 : 1;
