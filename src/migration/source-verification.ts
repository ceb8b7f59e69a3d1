/**
 * Xen's VERIFY at the source: once the VM stands still and the last round has gone, every page that
 * the destination has crosses once more, to be compared there [SW-10].
 */
import { gfn, PAGE_SIZE } from '../base/units.ts';
import { batchPages, MAX_PAGES } from './limits.ts';
import type { PageRun } from './messages.ts';
import { joinRuns } from './page-coding.ts';
import { nextPage, pageFrames, removePage } from './page-set.ts';
import type { SourceCore } from './source-core.ts';
import { sendState } from './source-state-transfer.ts';
import { noEffort, type PageEffort, readingWork } from './work.ts';

/** Nothing goes any more but the state, and before it, if that was asked for, all once more. */
export function verifyThenState(core: SourceCore): void {
  if (wantsToVerify(core)) beginVerifying(core);
  else sendState(core);
}

function wantsToVerify(core: SourceCore): boolean {
  const { version, request, sender } = core.state;
  if (!request.settings.addOns.verify || sender.everSent.count === 0) return false;
  if (version >= 4) return true;
  core.decided('not verified', `the destination speaks version ${version}, which has no VERIFY`);
  return false;
}

function beginVerifying(core: SourceCore): void {
  const { state } = core;
  const { everSent, pending } = state.sender;
  state.unverified = { ...everSent, words: everSent.words.slice() };
  for (const frame of pageFrames(pending)) removePage(state.unverified, frame);
  const { count } = state.unverified;
  if (count === 0) {
    sendState(core);
    return;
  }
  core.decided(
    'verify',
    `${count} pages cross once more and are compared while the VM stands still`,
  );
  core.enter('verifying');
  core.send({ type: 'verify', pages: count });
}

/** The next message of pages to be compared, by the control channel; after the last one, the state. */
export function verifyMore(core: SourceCore): void {
  const { state, services } = core;
  const { addOns } = state.request.settings;
  const effort = noEffort();
  const runs = takeUnverified(core, effort);
  services.spend(readingWork(effort, addOns));
  if (runs.length > 0)
    core.send({ type: 'pages', round: state.sender.round, runs: joinRuns(runs) });
  else sendState(core);
}

function takeUnverified({ state, vm }: SourceCore, effort: PageEffort): PageRun[] {
  const full = batchPages(state.wire.bitsPerSecond);
  const runs: PageRun[] = [];
  for (let copied = 0; copied < full && runs.length < MAX_PAGES; copied = effort.copied) {
    const frame = nextPage(state.unverified, 0);
    if (frame === undefined) break;
    removePage(state.unverified, frame);
    const place = { gfn: frame, count: 1, reason: 'again' } as const;
    const zero = vm.isZeroPage(gfn(frame));
    effort[zero ? 'zero' : 'tested'] += 1;
    if (zero) {
      runs.push({ kind: 'zero', ...place });
      continue;
    }
    const bytes = new Uint8Array(PAGE_SIZE);
    vm.readPage(gfn(frame), bytes);
    effort.copied += 1;
    runs.push({ kind: 'full', ...place, bytes });
  }
  return runs;
}
