// `npm run bench`: guest speed against v86 in one run, logging, logs and pages, as ratios. Needs gcc
// with -m32 for the guest programs. Nothing is asserted: figures depend on the machine.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withBundle } from './bundle.mjs';
import { setup } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const main = () =>
  withBundle('test/bench/main.ts', ({ bench }) =>
    bench({ programs: join(root, 'test/bench/programs') }),
  );

if (!(await setup())) process.exit(1);
await main();
process.exit(0);
