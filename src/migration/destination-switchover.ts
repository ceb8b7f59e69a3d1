/** Stages 3 to 5 at the destination: the state, READY, GO and the first instruction. */
import { err, type Result } from '../base/result.ts';
import { decodeImage } from '../image/codec.ts';
import { costOf } from '../vmm/costs.ts';
import type { DestinationCore } from './destination-core.ts';
import type { MessageOf } from './messages.ts';
import { pageFrames } from './page-set.ts';
import { COMMON_FORMAT, nativeStateWork, translationWork } from './work.ts';

export function expectState(core: DestinationCore, paused: MessageOf<'paused'>): void {
  core.state.byHand = paused.byHand;
  core.setStatus('device');
  core.enter('switching');
}

/** Decode, validate, then apply: only a state that is whole and fits touches the VM [SW-3]. */
export function loadState(core: DestinationCore, message: MessageOf<'state'>): void {
  const { state, vm } = core;
  const { pages } = vm.config;
  if (message.format !== state.format) {
    const reason = `the state came as "${message.format}", "${state.format}" was agreed on`;
    core.abort('no-common-format', reason);
    return;
  }
  const unaccounted = pages - state.present.count - state.elsewhere.count;
  if (unaccounted !== 0) {
    const reason = `${unaccounted} of ${pages} pages neither came nor are still to be pulled`;
    core.abort('incomplete-image', reason);
    return;
  }
  if (state.uncompared > 0) {
    core.abort('incomplete-image', `${state.uncompared} pages were to be compared and never came`);
    return;
  }
  const common = message.format === COMMON_FORMAT;
  const applied = common ? applyCommon(core, message.bytes) : applyNative(core, message.bytes);
  if (!applied.ok) {
    core.abort('bad-state', applied.error.message);
    return;
  }
  core.enter('ready');
  core.send({ type: 'ready', present: state.present.count, missing: state.elsewhere.count });
}

function applyNative({ services, vm }: DestinationCore, bytes: Uint8Array<ArrayBuffer>) {
  services.spend(nativeStateWork(bytes.length));
  return vm.restoreNative(bytes);
}

function applyCommon(
  { services, vm }: DestinationCore,
  bytes: Uint8Array,
): Result<void, { readonly message: string }> {
  const image = decodeImage(bytes);
  if (!image.ok) return image;
  const pages = image.value.memory.reduce((sum, ram) => sum + ram.pages, 0);
  if (pages !== vm.config.pages) {
    return err({ message: `the state is of a VM of ${pages} pages, not ${vm.config.pages}` });
  }
  const cost = translationWork(bytes.length);
  const to = services.vmm.offer.nativeFormat;
  services.spend(cost);
  const fields = { from: COMMON_FORMAT, to, bytes: bytes.length, costNs: cost };
  services.trace.event(services.now(), 'state.translated', fields);
  return vm.restoreCommon(image.value);
}

/** GO: from here on the VM is this host's [SW-4]. */
export function takeOver(core: DestinationCore): void {
  const { state, services, vm } = core;
  const missing = pageFrames(state.elsewhere);
  if (missing.length > 0) vm.markMissing(missing);
  services.spend(costOf('resume'));
  services.activate(vm, state.byHand);
  core.send({ type: 'started', retired: BigInt(vm.retired) });
  if (missing.length === 0) {
    core.end('completed', '');
    return;
  }
  core.setStatus('postcopy-active');
  core.enter('pull');
}

export function deny(core: DestinationCore): void {
  const message = 'the copy here was destroyed before GO came; it never ran';
  core.send({ type: 'abort', code: 'no-copy-here', message });
}
