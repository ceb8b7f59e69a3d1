// Checks the types inside all four fences: core (no DOM, no Node), app, workers, Node.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const FENCES = ['core', 'app', 'workers', 'node'];

/** @returns {Promise<boolean>} */
function check(/** @type {string} */ fence) {
  const args = ['node_modules/typescript/bin/tsc', '-p', `tsconfig.${fence}.json`, '--pretty'];
  const compiler = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  return new Promise((resolve) => {
    compiler.on('close', (status) => {
      if (status !== 0) console.error(`types: the ${fence} fence (tsconfig.${fence}.json) fails`);
      resolve(status === 0);
    });
  });
}

const results = [];
for (const fence of FENCES) results.push(await check(fence));
process.exitCode = results.every(Boolean) ? 0 : 1;
