/** Stages 0 and 1 at the source: versions, offers, the algorithm, and memory at the destination. */
import { between } from '../base/units.ts';
import { USUAL_FEATURES } from '../image/model.ts';
import {
  type ChannelPlan,
  channelsBeside,
  describePorts,
  MAX_PAGE_CHANNELS,
  ONE_CHANNEL,
} from './channels.ts';
import { commonAlgorithms } from './choice.ts';
import { OLDEST_VERSION, PROTOCOL_VERSION } from './codec.ts';
import { type MessageOf, PAGE_ENCODINGS } from './messages.ts';
import { settleAlgorithm } from './source-choice.ts';
import type { SourceCore } from './source-core.ts';
import { noteRoundTrip, openChannels } from './wire.ts';
import { COMMON_FORMAT } from './work.ts';

export function greet(core: SourceCore): void {
  const { bitsPerSecond } = core.state.request.settings;
  const versions = { oldestVersion: OLDEST_VERSION, newestVersion: PROTOCOL_VERSION };
  core.setStatus('setup');
  core.enterStage(0);
  core.enter('greeting');
  core.send({ type: 'hello', ...versions, bitsPerSecond });
  core.planHeartbeat();
}

export function agreeVersion(core: SourceCore, hello: MessageOf<'hello'>): void {
  const { oldestVersion, newestVersion, bitsPerSecond } = hello;
  if (oldestVersion > PROTOCOL_VERSION || newestVersion < OLDEST_VERSION) {
    const range = `${oldestVersion} to ${newestVersion}`;
    const reason = `no common protocol version: ${OLDEST_VERSION} to ${PROTOCOL_VERSION} here, ${range} there`;
    core.abort('no-common-version', reason);
    return;
  }
  const { wire, enteredAt } = core.state;
  noteRoundTrip(wire, between(enteredAt, core.services.now()));
  core.state.version = Math.min(PROTOCOL_VERSION, newestVersion);
  wire.bitsPerSecond = Math.min(wire.bitsPerSecond, bitsPerSecond);
  const { kind, nativeFormat, algorithms } = core.services.vmm.offer;
  core.enter('offering');
  const encodings = core.state.version < 2 ? [] : PAGE_ENCODINGS;
  // Nothing is said of channels where none are wanted: so a plain migration reads as it always did.
  const wanted = core.state.version >= 3 && wantsChannels(core);
  const channels = wanted ? MAX_PAGE_CHANNELS : 0;
  core.send({ type: 'capabilities', vmm: kind, nativeFormat, algorithms, encodings, channels });
}

/** The algorithm must be in both lists, or the refusal names both [HS-4]. */
export function choose(core: SourceCore, peer: MessageOf<'capabilities'>): void {
  const { state } = core;
  state.peerVmm = peer.vmm;
  state.peerAlgorithms = peer.algorithms;
  state.peerEncodings = peer.encodings;
  state.peerChannels = peer.channels;
  const same = core.services.vmm.offer.nativeFormat === peer.nativeFormat;
  state.format = same ? peer.nativeFormat : COMMON_FORMAT;
  settleAlgorithm(core, propose);
}

/** The algorithm is settled on here; the destination has its own say. */
export function propose(core: SourceCore): void {
  const { offer } = core.services.vmm;
  const { algorithm, format, peerAlgorithms } = core.state;
  const offered = bothOffers(core);
  if (!commonAlgorithms(offer.algorithms, peerAlgorithms).includes(algorithm)) {
    core.abort('no-common-algorithm', `"${algorithm}" is not offered by both hosts: ${offered}`);
    return;
  }
  const now = core.services.now();
  core.services.trace.event(now, 'migration.negotiated', { algorithm, format, offered });
  const plan = planChannels(core);
  core.ask('choosing', { type: 'choose', algorithm, format, plan });
  core.state.plan = plan;
  openChannels(core.state.wire, channelsBeside(plan));
}

const wantsChannels = ({ state }: SourceCore): boolean => {
  const { channels, urgentChannel } = state.request.settings.addOns;
  return channels > 1 || urgentChannel;
};

/** No more than the destination takes; where it says nothing, everything shares one [CH-5]. */
function planChannels(core: SourceCore): ChannelPlan {
  const { peerChannels, request } = core.state;
  if (!wantsChannels(core)) return ONE_CHANNEL;
  const { port, addOns } = request.settings;
  const known = peerChannels > 0;
  const pages = known ? Math.min(addOns.channels, peerChannels) : 1;
  const plan = { pages, urgent: known && addOns.urgentChannel };
  core.decided('channels', describePorts(plan, port));
  return plan;
}

function bothOffers({ services, state }: SourceCore): string {
  const { offer } = services.vmm;
  const here = `source (${offer.kind}) ${offer.algorithms.join(', ')}`;
  return `${here}; destination (${state.peerVmm}) ${state.peerAlgorithms.join(', ')}`;
}

export function reserve(core: SourceCore, ack: MessageOf<'ack'>): void {
  if (ack.of !== core.state.question) {
    core.unexpected(ack);
    return;
  }
  const { id, pages, instructionNs } = core.vm.config;
  core.enterStage(1);
  core.enter('reserving');
  // An older destination knows of no features, and checks the state when it comes.
  const features = core.state.version < 5 ? USUAL_FEATURES : core.vm.offeredFeatures;
  core.send({ type: 'reserve', vm: id, pages, instructionNs, features });
}
