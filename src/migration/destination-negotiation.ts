/** Stages 0 and 1 at the destination: versions, offers, the algorithm, and the reservation. */
import { between } from '../base/units.ts';
import { channelsBeside, MAX_PAGE_CHANNELS } from './channels.ts';
import { OLDEST_VERSION, PROTOCOL_VERSION } from './codec.ts';
import { closePageChannels } from './destination-channels.ts';
import type { DestinationCore } from './destination-core.ts';
import { type MessageOf, PAGE_ENCODINGS } from './messages.ts';
import { noPages } from './page-set.ts';
import { noteRoundTrip, openChannels } from './wire.ts';
import { COMMON_FORMAT } from './work.ts';

/** Answered even when the versions do not fit, so that the source learns which do [PV-2]. */
export function greet(core: DestinationCore, hello: MessageOf<'hello'>): void {
  const { oldestVersion, newestVersion, bitsPerSecond } = hello;
  const versions = { oldestVersion: OLDEST_VERSION, newestVersion: PROTOCOL_VERSION };
  core.setStatus('setup');
  core.send({ type: 'hello', ...versions, bitsPerSecond });
  if (oldestVersion > PROTOCOL_VERSION || newestVersion < OLDEST_VERSION) {
    const range = `${oldestVersion} to ${newestVersion}`;
    const reason = `no common protocol version: ${OLDEST_VERSION} to ${PROTOCOL_VERSION} here, ${range} there`;
    core.refuse('no-common-version', reason);
    return;
  }
  const barred = core.services.barred();
  if (barred !== undefined) {
    core.refuse('not-admitted', barred);
    return;
  }
  core.state.version = Math.min(PROTOCOL_VERSION, newestVersion);
  core.enter('greeted');
  core.planHeartbeat();
}

export function offer(core: DestinationCore, peer: MessageOf<'capabilities'>): void {
  const { kind, nativeFormat, algorithms } = core.services.vmm.offer;
  noteRoundTrip(core.state.wire, between(core.state.enteredAt, core.services.now()));
  core.state.peerVmm = peer.vmm;
  core.state.peerAlgorithms = peer.algorithms;
  core.enter('offered');
  const encodings = core.state.version < 2 ? [] : PAGE_ENCODINGS;
  const channels = core.state.version >= 3 && peer.channels > 0 ? MAX_PAGE_CHANNELS : 0;
  core.send({ type: 'capabilities', vmm: kind, nativeFormat, algorithms, encodings, channels });
}

/** The destination checks the choice for itself [HS-4]. */
export function consider(core: DestinationCore, choice: MessageOf<'choose'>, id: number): void {
  const { state } = core;
  const { offer: own } = core.services.vmm;
  const { algorithm, format } = choice;
  if (!own.algorithms.includes(algorithm) || !state.peerAlgorithms.includes(algorithm)) {
    const there = `source (${state.peerVmm}) ${state.peerAlgorithms.join(', ')}`;
    const lists = `${there}; destination (${own.kind}) ${own.algorithms.join(', ')}`;
    core.refuse('no-common-algorithm', `"${algorithm}" is not offered by both hosts: ${lists}`);
    return;
  }
  if (format !== COMMON_FORMAT && format !== own.nativeFormat) {
    const known = `${COMMON_FORMAT} and ${own.nativeFormat}`;
    core.refuse('no-common-format', `state as "${format}" cannot be read here, only ${known}`);
    return;
  }
  state.format = format;
  state.plan = choice.plan;
  openChannels(state.wire, channelsBeside(choice.plan));
  closePageChannels(core);
  core.enter('chosen');
  core.send({ type: 'ack', of: id });
}

/** All memory at once or nothing; a VM with this name must not be here already [HS-5], and its CPU features must be here [HS-10]. */
export function reserve(core: DestinationCore, wanted: MessageOf<'reserve'>): void {
  const { services, state } = core;
  const { vm: id, pages, instructionNs } = wanted;
  if (core.findVm(id) !== undefined) {
    core.refuse('busy', `a VM "${id}" is on this host already, and a VM exists once`);
    return;
  }
  const lacking = wanted.features.filter((name) => !services.vmm.offer.features.includes(name));
  if (lacking.length > 0) {
    const reason = `the VM was offered CPU feature ${lacking.join(' and ')}, which this host (${services.vmm.kind}) lacks`;
    core.refuse('no-such-feature', reason);
    return;
  }
  const created = services.vmm.createVm({ id, pages, instructionNs });
  if (!created.ok) {
    const code = created.error.code === 'out-of-memory' ? 'out-of-memory' : 'bad-state';
    core.refuse(code, created.error.message);
    return;
  }
  const fields = { vm: id, vmm: services.vmm.kind, pages };
  services.trace.event(services.now(), 'vm.created', fields);
  state.vm = id;
  state.present = noPages(pages);
  state.elsewhere = noPages(pages);
  state.requested = noPages(pages);
  core.enter('reserved');
  core.send({ type: 'reserved', freeFrames: services.vmm.freeFrames });
}

export function open(core: DestinationCore, start: MessageOf<'start'>): void {
  const { pages } = core.vm.config;
  if (start.pages !== pages) {
    core.abort('bad-page', `${start.pages} pages are announced, ${pages} are reserved`);
    return;
  }
  core.setStatus('active');
  core.enter('receiving');
}
