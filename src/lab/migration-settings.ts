/** What the engine makes of a scenario's wishes. Apart from their schema, which hosts need not load. */
import { milliseconds } from '../base/units.ts';
import {
  type AddOns,
  type AlgorithmChoice,
  defaultSettings,
  type MigrationSettings,
} from '../migration/settings.ts';
import type { MigrationWishes } from './migration-schema.ts';

export function choiceOf({ choice, targets }: MigrationWishes, seed: number): AlgorithmChoice {
  if (choice === 'user') return { by: 'user' };
  if (choice === 'random') return { by: 'random', seed };
  const span = (value: number | null) => (value === null ? undefined : milliseconds(value));
  return {
    by: 'qos',
    targets: {
      downtime: span(targets.downtimeMs),
      totalTime: span(targets.totalTimeMs),
      slowdownPercent: targets.slowdownPercent ?? undefined,
      bytes: targets.bytes ?? undefined,
    },
  };
}

const bits = (mbps: number | null): number | undefined =>
  mbps === null ? undefined : Math.max(1, Math.round(mbps * 1e6));

export function settingsOf(wanted: MigrationWishes, bitsPerSecond: number): MigrationSettings {
  const usual = defaultSettings(bitsPerSecond);
  return {
    bitsPerSecond,
    maxRounds: wanted.maxRounds,
    thresholdPages: wanted.thresholdPages,
    downtimeLimit: milliseconds(wanted.downtimeLimitMs),
    timeout: wanted.timeoutMs === null ? usual.timeout : milliseconds(wanted.timeoutMs),
    timeoutStrategy: wanted.timeoutStrategy,
    minimumRate: bits(wanted.minimumRateMbps) ?? usual.minimumRate,
    maximumRate: bits(wanted.maximumRateMbps) ?? usual.maximumRate,
    rateStep: bits(wanted.rateStepMbps) ?? usual.rateStep,
    hybridRounds: wanted.hybridRounds,
    pivots: wanted.pivots,
    spread: wanted.spread,
    quietTime: milliseconds(wanted.quietMs),
    samplingTime: milliseconds(wanted.samplingMs),
    heldWrites: wanted.heldWrites,
    recoverAfter: wanted.recoverAfterMs === null ? undefined : milliseconds(wanted.recoverAfterMs),
    port: wanted.port,
    addOns: addOnsOf(wanted.addOns),
  };
}

function addOnsOf(wanted: MigrationWishes['addOns']): AddOns {
  return {
    zeroPages: wanted.zeroPages,
    xbzrleCachePages: Math.floor(wanted.xbzrleCacheKiB / 4),
    compression: wanted.compression,
    channels: wanted.channels,
    urgentChannel: wanted.urgentChannel,
    autoConverge: wanted.autoConverge,
    throttleInitial: wanted.throttleInitialPercent,
    throttleIncrement: wanted.throttleIncrementPercent,
    throttleMax: wanted.throttleMaxPercent,
    throttleTrigger: wanted.throttleTriggerPercent,
    dirtyPagesPerSecond: wanted.dirtyLimitPagesPerSecond,
    maxBitsPerSecond: bits(wanted.maxBandwidthMbps) ?? 0,
    verify: wanted.verify,
  };
}
