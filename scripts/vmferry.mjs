// `npm run -s vmferry -- COMMAND`: sets up and builds the headless tool when needed, then runs it
// in this process. Standard output belongs to the command's answer alone.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setup } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, '.cache', 'cli');
/** A bundle this old is no other process's any more. */
const STALE_MS = 10 * 60 * 1000;

/** One name for everything the bundle is made of. */
function fingerprint() {
  const hash = createHash('sha256');
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .sort();
  const files = [
    ...sources.map((path) => join('src', path)),
    'package-lock.json',
    'vite.config.ts',
  ];
  for (const path of files)
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)));
  return hash.digest('hex').slice(0, 16);
}

async function build(/** @type {string} */ folder) {
  const { build } = await import('vite');
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    // Guests and pictures are not part of the tool.
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: 'src/cli/main.ts',
      outDir: folder,
      target: 'node20',
      minify: false,
      sourcemap: 'inline',
      rolldownOptions: { output: { entryFileNames: 'main.mjs', codeSplitting: false } },
    },
  });
}

function removeOldBundles(/** @type {string} */ keep) {
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name);
    const old = Date.now() - statSync(folder).mtimeMs > STALE_MS;
    if (name !== keep && old) rmSync(folder, { recursive: true, force: true });
  }
}

/** Built aside and moved into place, so that two commands at once cannot see half a bundle. */
async function bundle() {
  const name = fingerprint();
  const entry = join(cache, name, 'main.mjs');
  if (existsSync(entry)) return entry;
  const aside = join(cache, `${name}.${process.pid}`);
  mkdirSync(cache, { recursive: true });
  await build(aside);
  try {
    renameSync(aside, join(cache, name));
  } catch {
    rmSync(aside, { recursive: true, force: true }); // another command was faster
  }
  removeOldBundles(name);
  return entry;
}

process.stdout.on('error', (error) => {
  // The reader had enough (`| head`): no failure of ours.
  if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPIPE') throw error;
});

if (await setup()) {
  const address = pathToFileURL(await bundle()).href;
  const { main } = await import(address);
  process.exitCode = await main(process.argv.slice(2), {
    directory: process.env.INIT_CWD ?? process.cwd(),
    guests: join(root, 'public', 'guests'),
    bundle: address,
    stdout: (/** @type {string} */ text) => process.stdout.write(text),
    stderr: (/** @type {string} */ text) => process.stderr.write(text),
  });
} else {
  process.exitCode = 1;
}
