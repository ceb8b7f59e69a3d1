// Many migrations in one page, one after the other: `node scripts/endurance.mjs [count]`, 1,000 unless
// told. Heap, workers, listeners and DOM nodes must come back to what they were after the first few.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { findBrowser } from './find-browser.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const SITE = '.cache/endurance-site';
const COUNT = Number(process.argv[2] ?? 1000);
/** Caches fill and code is compiled meanwhile. */
const WARM_UP = 3;
const LOOKS = 10;
/** Of the heap some is garbage that no collection has to find; of the rest nothing may grow. */
const HEAP_GROWTH = 1.25;

function build() {
  const vite = ['node_modules/vite/bin/vite.js', 'build', '--outDir', SITE, '--emptyOutDir'];
  execFileSync(process.execPath, [...vite, '--logLevel', 'warn'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: 'inherit',
  });
}

/** From the page's one press to the closing time, as a visitor does it. */
async function migrate(/** @type {import('playwright').Page} */ page) {
  await page.locator('#main-button').click();
  await page.locator('#headline', { hasNotText: 'compared' }).waitFor();
  await page.keyboard.press('End');
  await page.locator('#headline', { hasText: 'compared' }).waitFor();
  await page.getByRole('button', { name: 'Run again', exact: true }).waitFor();
}

async function measure(
  /** @type {import('playwright').Page} */ page,
  /** @type {import('playwright').CDPSession} */ session,
) {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (/** @type {string} */ wanted) =>
    metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  return {
    heapMB: metric('JSHeapUsedSize') / 1e6,
    nodes: metric('Nodes'),
    listeners: metric('JSEventListeners'),
    workers: page.workers().length,
  };
}

if (!Number.isInteger(COUNT) || COUNT <= WARM_UP) {
  console.error(`The count must be a whole number over ${WARM_UP}, not "${process.argv[2]}".`);
  process.exit(2);
}
build();
const server = await preview({
  root,
  build: { outDir: SITE },
  preview: { port: 0 },
  logLevel: 'warn',
});
const executablePath = await findBrowser();
const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath });
const page = await browser.newPage({ serviceWorkers: 'block' });
page.setDefaultTimeout(120_000);
const session = await page.context().newCDPSession(page);
await session.send('Performance.enable');
await page.goto(`${server.resolvedUrls?.local[0]}#alg=stop-and-copy&bw=1000`);
await page.locator('#headline', { hasText: 'One press moves it' }).waitFor();

/** @type {Awaited<ReturnType<typeof measure>> | undefined} */
let baseline;
let last = await measure(page, session);
for (let run = 1; run <= COUNT; run++) {
  await migrate(page);
  const due = run === WARM_UP || run === COUNT || run % Math.ceil(COUNT / LOOKS) === 0;
  if (!due) continue;
  last = await measure(page, session);
  const { heapMB, nodes, listeners, workers } = last;
  console.log(
    `${run}: heap ${heapMB.toFixed(1)} MB, ${nodes} nodes, ${listeners} listeners, ${workers} workers`,
  );
  if (run >= WARM_UP) baseline ??= last;
}
await browser.close();
await server.close();
if (baseline === undefined) throw new Error('no run was measured');
const grown = [
  last.heapMB > baseline.heapMB * HEAP_GROWTH ? 'heap' : '',
  last.nodes > baseline.nodes ? 'nodes' : '',
  last.listeners > baseline.listeners ? 'listeners' : '',
  last.workers > baseline.workers ? 'workers' : '',
].filter((name) => name !== '');
console.log(
  grown.length === 0 ? 'Nothing has grown.' : `Grown since run ${WARM_UP}: ${grown.join(', ')}.`,
);
process.exit(grown.length === 0 ? 0 : 1);
