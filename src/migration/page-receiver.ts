/** What the destination does with pages: before GO they make up the copy, after it they fill its gaps. */
import { between, duration, type Gfn, gfn, PAGE_SIZE } from '../base/units.ts';
import { type PageReason, packPageDetail } from '../trace/event.ts';
import type { DestinationCore } from './destination-core.ts';
import { DEFLATE } from './late-deflate.ts';
import { XBZRLE } from './late-xbzrle.ts';
import type { FrameRun, MessageOf, PageRun } from './messages.ts';
import { addPage, hasPage, removePage } from './page-set.ts';
import { installingWork } from './work.ts';

export function installPages(
  core: DestinationCore,
  { runs, round }: MessageOf<'pages' | 'page-response'>,
): void {
  if (!allInside(core, runs)) return;
  const decoded = runs.map((run) => decodeRun(core, run));
  const bad = decoded.findIndex((run) => typeof run === 'string');
  if (bad >= 0) {
    const { kind, gfn: frame } = runs[bad];
    core.trouble('bad-page', `page ${frame} came as ${kind} and cannot be read: ${decoded[bad]}`);
    return;
  }
  for (const run of decoded) {
    if (typeof run === 'string') continue;
    for (let i = 0; i < run.count; i++)
      installPage(core, run.gfn + i, contentOf(run, i), round, run.reason);
  }
  core.services.spend(installingWork(runs));
  completeIfWhole(core);
}

type PlainRun = Extract<PageRun, { kind: 'full' | 'zero' }>;

/** A text: why its bytes make no page. A page that the guest has here is skipped later, whatever comes. */
function decodeRun({ state, vm }: DestinationCore, run: PageRun): PlainRun | string {
  if (run.kind === 'full' || run.kind === 'zero') return run;
  const { gfn: frame, count, reason } = run;
  // What both ends may use is agreed, and yet this end's own settings may never have asked for it.
  const coding = run.kind === 'deflate' ? DEFLATE : XBZRLE;
  if (!coding.isLoaded) return 'this host was set up without that encoding';
  if (run.kind === 'deflate') {
    const bytes = DEFLATE.now.inflatePage(run.bytes);
    return bytes
      ? { kind: 'full', gfn: frame, count, reason, bytes }
      : 'it does not unpack to a page';
  }
  if (!hasPage(state.present, frame)) return 'there is no page that it could change';
  const bytes = new Uint8Array(PAGE_SIZE);
  vm.readPage(gfn(frame), bytes);
  const trouble = XBZRLE.now.applyDelta(run.bytes, bytes);
  return trouble ?? { kind: 'full', gfn: frame, count, reason, bytes };
}

function contentOf(run: PlainRun, index: number): Uint8Array | undefined {
  if (run.kind === 'zero') return undefined;
  return run.bytes.subarray(index * PAGE_SIZE, (index + 1) * PAGE_SIZE);
}

/** Once the guest runs here, a page that is here is its own and is never written over [PF-4]. */
function installPage(
  core: DestinationCore,
  frame: number,
  bytes: Uint8Array | undefined,
  round: number,
  reason: PageReason,
): void {
  const { services, state, vm } = core;
  const detail = packPageDetail(round, reason, bytes === undefined);
  if (state.phase === 'pull' && !vm.isMissing(gfn(frame))) {
    services.trace.page(services.now(), 'skipped', frame, detail);
    return;
  }
  if (bytes === undefined) vm.installZeroPage(gfn(frame));
  else vm.installPage(gfn(frame), bytes);
  addPage(state.present, frame);
  removePage(state.elsewhere, frame);
  services.trace.page(services.now(), 'installed', frame, detail);
  if (state.blockedOn === frame) unblock(core);
}

function unblock({ state, services }: DestinationCore): void {
  state.blockedOn = undefined;
  state.blocktime = duration(state.blocktime + between(state.blockedSince, services.now()));
}

/** DISCARD: these pages are not here, whatever came before. */
export function discard(core: DestinationCore, { runs }: MessageOf<'discard'>): void {
  if (!allInside(core, runs)) return;
  const { present, elsewhere } = core.state;
  for (const run of runs) {
    for (let frame = run.gfn; frame < run.gfn + run.count; frame++) {
      removePage(present, frame);
      addPage(elsewhere, frame);
    }
  }
}

/** The guest waits for this page: it is asked for, once [PF-2]. */
export function requestPage(core: DestinationCore, frame: Gfn): void {
  const { state, services } = core;
  services.trace.page(services.now(), 'missing', frame, 0);
  if (state.blockedOn === undefined) {
    state.blockedOn = frame;
    state.blockedSince = services.now();
  }
  core.askFor(frame);
}

function completeIfWhole(core: DestinationCore): void {
  const { state } = core;
  if (state.phase !== 'pull' || core.vm.missingPages > 0) return;
  core.send({ type: 'complete', requests: state.requests, blockedNs: state.blocktime });
  core.end('completed', '');
}

/** Nothing is applied before the whole message is known to fit [IT-5]. */
export function allInside(core: DestinationCore, runs: readonly FrameRun[]): boolean {
  const { pages } = core.vm.config;
  const beyond = runs.find((run) => run.gfn + run.count > pages);
  if (beyond === undefined) return true;
  const { gfn: first, count } = beyond;
  core.trouble('bad-page', `frames ${first} + ${count} are beyond the VM's ${pages} pages`);
  return false;
}
