// Many migrations in one page, one after the other: `npm run endurance`, 1,000 unless told
// (`npm run endurance -- 100`). Heap, workers, listeners and DOM nodes must come back to what they were
// after the first hundred; the end is not 0 when one of them has not.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { findBrowser } from './find-browser.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const SITE = '.cache/endurance-site';
const COUNT = Number(process.argv[2] ?? 1000);
/** Meanwhile caches fill, and the browser's own lists of slow events, long tasks and layout shifts, 150 to 200 each. */
const WARM_UP = 100;
/** A node or two may be held until the next drawing; whatever stays of each run is far more in the end. */
const GROWTH = 1.02;

function build() {
  const vite = ['node_modules/vite/bin/vite.js', 'build', '--outDir', SITE, '--emptyOutDir'];
  execFileSync(process.execPath, [...vite, '--logLevel', 'warn'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: 'inherit',
  });
}

/** Looked at with every frame: a locator waits half a second between two looks, twice a run. */
const said = (/** @type {import('playwright').Page} */ page, /** @type {boolean} */ isOver) =>
  page.waitForFunction((over) => {
    const headline = document.getElementById('headline')?.textContent ?? '';
    const button = document.getElementById('main-button')?.textContent ?? '';
    return over === (headline.includes('compared') && button.includes('Run again'));
  }, isOver);

/** From the page's one press to the closing time, as a visitor does it. */
async function migrate(/** @type {import('playwright').Page} */ page) {
  await page.locator('#main-button').click();
  await said(page, false);
  await page.keyboard.press('End');
  await said(page, true);
}

/** The browser notes what it painted and what was slow, entry by entry, whatever a page does. */
const TIMELINE =
  /^(Performance\w+|LayoutShift\w*|\w+ContentfulPaint|TaskAttributionTiming|DOMRectReadOnly)$/;

/**
 * The sizes of all live objects, without the browser's timeline, and without compiled code: the engine
 * makes more of that for a long time.
 */
async function liveHeap(/** @type {import('playwright').CDPSession} */ session) {
  /** @type {string[]} */
  const chunks = [];
  const collect = (/** @type {{ chunk: string }} */ { chunk }) => chunks.push(chunk);
  session.on('HeapProfiler.addHeapSnapshotChunk', collect);
  // Once for what is garbage, once for what its end set free.
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  session.off('HeapProfiler.addHeapSnapshotChunk', collect);
  const { snapshot, nodes, strings } = JSON.parse(chunks.join(''));
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field));
  let live = 0;
  for (let at = 0; at < nodes.length; at += fields.length) {
    if (types[type][nodes[at + type]] === 'code' || TIMELINE.test(strings[nodes[at + name]]))
      continue;
    live += nodes[at + size];
  }
  return live;
}

async function measure(
  /** @type {import('playwright').Page} */ page,
  /** @type {import('playwright').CDPSession} */ session,
) {
  const live = await liveHeap(session);
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (/** @type {string} */ wanted) =>
    metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  return {
    liveMB: live / 1e6,
    usedMB: usedSize / 1e6,
    nodes: metric('Nodes'),
    listeners: metric('JSEventListeners'),
    workers: page.workers().length,
  };
}

/** Every hundred, and at the end. */
const isDue = (/** @type {number} */ run) =>
  run === COUNT || (run >= WARM_UP && /^[1-9]00+$/.test(String(run)));

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
await session.send('HeapProfiler.enable');
await page.goto(`${server.resolvedUrls?.local[0]}#alg=stop-and-copy&bw=10000&wr=1`);
await page.locator('#headline', { hasText: 'One press moves it' }).waitFor();
const began = Date.now();

/** @type {Awaited<ReturnType<typeof measure>> | undefined} */
let baseline;
let last = baseline;
for (let run = 1; run <= COUNT; run++) {
  try {
    await migrate(page);
  } catch (error) {
    const words = await page.locator('#headline').innerText();
    console.error(`Run ${run} did not end; the page says: ${words}`);
    throw error;
  }
  if (!isDue(run)) continue;
  last = await measure(page, session);
  const { liveMB, usedMB, nodes, listeners, workers } = last;
  const seconds = ((Date.now() - began) / 1000 / run).toFixed(1);
  console.log(
    `${run}: ${liveMB.toFixed(2)} MB of objects (with compiled code ${usedMB.toFixed(2)}), ${nodes} nodes, ${listeners} listeners, ${workers} workers; ${seconds} s a run`,
  );
  baseline ??= last;
}
await browser.close();
await server.close();
if (baseline === undefined || last === undefined) throw new Error('no run was measured');
const { liveMB, nodes, listeners, workers } = last;
const grown = [
  liveMB > baseline.liveMB * GROWTH ? 'heap' : '',
  nodes > baseline.nodes * GROWTH ? 'nodes' : '',
  listeners > baseline.listeners ? 'listeners' : '',
  workers > baseline.workers ? 'workers' : '',
].filter((name) => name !== '');
console.log(
  grown.length === 0 ? 'Nothing has grown.' : `Grown since run ${WARM_UP}: ${grown.join(', ')}.`,
);
process.exit(grown.length === 0 ? 0 : 1);
