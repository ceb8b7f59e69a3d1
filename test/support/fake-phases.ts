/** Brings a pair of daemons into any phase, and says which run gets there. */
import { milliseconds } from '../../src/base/units.ts';
import type { DestinationPhase } from '../../src/migration/destination-states.ts';
import { NO_ADD_ONS } from '../../src/migration/settings.ts';
import type { SourcePhase } from '../../src/migration/source-states.ts';
import type { WireState } from '../../src/migration/wire.ts';
import { FakePair, type PairOptions } from './fake-pair.ts';

/** Few pages and a slow guest, so that a run has few events. */
const OPTIONS: Partial<PairOptions> = {
  pages: 48,
  instruction: milliseconds(1),
  script: (n) => (n * 5) % 24,
};

const VERIFYING: Partial<PairOptions> = {
  ...OPTIONS,
  settings: { addOns: { ...NO_ADD_ONS, verify: true } },
};

export function sourceIn(phase: SourcePhase): FakePair {
  switch (phase) {
    case 'idle':
      return new FakePair(OPTIONS);
    case 'suspending':
      return untilSource(new FakePair({ ...OPTIONS, paravirtual: true }).start('pre-copy'), phase);
    case 'surveying': {
      const targets = {
        downtime: milliseconds(100),
        totalTime: undefined,
        slowdownPercent: undefined,
        bytes: undefined,
      };
      return untilSource(new FakePair(OPTIONS).start('pull', { by: 'qos', targets }), phase);
    }
    case 'sampling':
      return untilSource(new FakePair(OPTIONS).start('retransmission-free'), phase);
    case 'stopping':
      return untilSource(new FakePair(OPTIONS).start('stop-and-copy'), phase);
    case 'verifying':
      return untilSource(new FakePair(VERIFYING).start('stop-and-copy'), phase);
    case 'pull':
      return untilSource(new FakePair(OPTIONS).start('pull'), phase);
    case 'postcopy-paused':
      return untilSource(cut(sourceIn('pull')), phase);
    case 'recovering':
      return recovering();
    case 'cancelling':
      return sourceIn('iterating').cancel();
    case 'in-doubt':
      return untilSource(cut(sourceIn('committed')), phase);
    case 'cancelled':
      return sourceIn('cancelling').finish();
    case 'failed':
      return cut(sourceIn('iterating')).finish();
    default:
      return untilSource(new FakePair(OPTIONS).start('pre-copy'), phase);
  }
}

export function destinationIn(phase: DestinationPhase): FakePair {
  switch (phase) {
    case 'idle':
      return new FakePair(OPTIONS);
    case 'verifying':
      return untilDestination(new FakePair(VERIFYING).start('stop-and-copy'), phase);
    case 'pull':
      return untilDestination(new FakePair(OPTIONS).start('pull'), phase);
    case 'postcopy-paused':
      return untilDestination(cut(destinationIn('pull')), phase);
    case 'recovering':
      return untilDestination(recovering(), phase);
    case 'cancelled':
      return sourceIn('cancelled');
    case 'failed':
      return cut(sourceIn('iterating')).finish();
    default:
      return untilDestination(new FakePair(OPTIONS).start('pre-copy'), phase);
  }
}

/** Both ends know of the loss, the cable is in again, and the source has called. */
function recovering(): FakePair {
  const pair = untilDestination(sourceIn('postcopy-paused'), 'postcopy-paused');
  pair.linkUp = true;
  pair.source.recover();
  return pair;
}

function untilSource(pair: FakePair, phase: SourcePhase): FakePair {
  return pair.runUntil(({ source }) => source.phase === phase);
}

function untilDestination(pair: FakePair, phase: DestinationPhase): FakePair {
  return pair.runUntil(({ destination }) => destination.phase === phase);
}

function cut(pair: FakePair): FakePair {
  pair.linkUp = false;
  return pair;
}

export const wireOf = (daemon: { checkpoint(): object }): WireState =>
  (daemon.checkpoint() as { wire: WireState }).wire;
