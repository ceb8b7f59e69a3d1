/** What goes over once the VM stands still: which pages are not there yet, and the CPU and devices. */
import { encodeImage } from '../image/codec.ts';
import { MAX_DISCARD_RUNS } from './limits.ts';
import { pageRuns } from './page-set.ts';
import type { SourceCore } from './source-core.ts';
import { COMMON_FORMAT, nativeStateWork, translationWork } from './work.ts';

export function sendDiscards(core: SourceCore): void {
  const runs = pageRuns(core.state.sender.pending);
  for (let at = 0; at < runs.length; at += MAX_DISCARD_RUNS) {
    core.send({ type: 'discard', runs: runs.slice(at, at + MAX_DISCARD_RUNS) });
  }
}

/** Only a pair of different VMMs goes through the common format [SW-2]. */
export function sendState(core: SourceCore): void {
  const { format } = core.state;
  const bytes = format === COMMON_FORMAT ? translate(core) : save(core);
  core.send({ type: 'state', format, bytes });
  core.enterStage(4);
  core.enter('preparing');
}

function save({ services, state, vm }: SourceCore): Uint8Array<ArrayBuffer> {
  const bytes = vm.saveNative();
  const costNs = nativeStateWork(bytes.length);
  services.spend(costNs);
  const fields = { format: state.format, bytes: bytes.length, costNs };
  services.trace.event(services.now(), 'state.saved', fields);
  return bytes;
}

function translate({ services, state, vm }: SourceCore): Uint8Array<ArrayBuffer> {
  const bytes = encodeImage(vm.saveCommon());
  const cost = translationWork(bytes.length);
  const figures = { bytes: bytes.length, costNs: cost };
  const from = services.vmm.offer.nativeFormat;
  services.spend(cost);
  const fields = { from, to: COMMON_FORMAT, ...figures };
  services.trace.event(services.now(), 'state.translated', fields);
  state.counters.translation = { format: COMMON_FORMAT, ...figures };
  return bytes;
}
