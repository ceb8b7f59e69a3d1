/**
 * Connections of one migration: the control channel, page channels beside it, and one for pages that
 * the guest waits for. Each is ordered in itself and has ids of its own; between them nothing is
 * [CH-1, CH-2].
 */

/** As CHOOSE says it. */
export interface ChannelPlan {
  /** Channels that carry PAGES; 1: the control channel does (QEMU `multifd-channels`). */
  readonly pages: number;
  /** PAGE-RESPONSE has a channel of its own (QEMU `postcopy-preempt`). */
  readonly urgent: boolean;
}

export const ONE_CHANNEL: ChannelPlan = { pages: 1, urgent: false };
export const MAX_PAGE_CHANNELS = 16;
export const CONTROL = 0;
/** Of the control channel, as xend's; the others have the ports that follow. */
export const DEFAULT_PORT = 8002;
/** Where a message's id says its channel. Bit 31 marks heartbeats. */
const CHANNEL_SHIFT = 26;
const CHANNEL_MASK = 0x1f;
/** Messages that one channel can carry. */
export const MAX_COUNT = 2 ** CHANNEL_SHIFT - 1;

/** Channels beside the control channel. */
export const channelsBeside = ({ pages, urgent }: ChannelPlan): number =>
  pageChannels(pages) + (urgent ? 1 : 0);

/** Page channels beside the control channel. */
export const pageChannels = (pages: number): number => (pages === 1 ? 0 : pages);

export const urgentChannel = (plan: ChannelPlan): number =>
  plan.urgent ? channelsBeside(plan) : CONTROL;

export const idOn = (channel: number, count: number): number =>
  channel * 2 ** CHANNEL_SHIFT + count;

export const channelOf = (id: number): number => (id >>> CHANNEL_SHIFT) & CHANNEL_MASK;

export const countOf = (id: number): number => id & MAX_COUNT;

/** In words, with the port of each. */
export function describePorts(plan: ChannelPlan, port: number): string {
  const control = `control on port ${port}`;
  const last = port + pageChannels(plan.pages);
  const pages = plan.pages === 1 ? 'with the pages' : `pages on ports ${port + 1} to ${last}`;
  const urgent = plan.urgent ? `, urgent pages on port ${last + 1}` : '';
  return `${control}, ${pages}${urgent}`;
}
