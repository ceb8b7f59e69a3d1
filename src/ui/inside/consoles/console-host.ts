/** A host as its console sees it, from the picture, the trace and what the host itself answers. */

import { err, ok } from '../../../base/result.ts';
import type { Insight } from '../../../lab/party.ts';
import { figuresAt } from '../../../trace/host-story.ts';
import type { Picture } from '../../../trace/picture.ts';
import type { ConsoleHost, ConsoleVm } from '../../../vmm/consoles.ts';
import * as words from '../../strings/consoles.ts';
import type { App } from '../../use-store.ts';

export const HOST_NAMES = ['host-a', 'host-b'] as const;
const VM_NAME = 'vm1';

/** What the hosts were asked. */
export interface Answers {
  readonly host: Extract<Insight, { kind: 'host' }> | undefined;
  readonly registers: Extract<Insight, { kind: 'registers' }> | undefined;
}

export function consoleHost(app: App, party: 0 | 1, answers: Answers): ConsoleHost {
  const { player, store } = app;
  const { picture, history } = player;
  const { host, registers } = answers;
  const { instructionNs } = store.getState().scenario.vm;
  const vm = vmOf(picture, party, ((registers?.retired ?? 0) * instructionNs) / 1e6);
  const arrived = hasArrived(picture, party);
  return {
    name: HOST_NAMES[party],
    peer: HOST_NAMES[1 - party],
    ...(vm ? { vm } : { vm: undefined }),
    cpuKhz: host?.tscKhz ?? 0,
    cpuFeatures: host?.cpuFeatures ?? 0,
    totalPages: host?.totalFrames ?? 0,
    freePages: host?.freeFrames ?? 0,
    figures: arrived ? undefined : figuresAt(history.stretches, picture.now, party),
    arrived,
    registers: registers?.values ?? {},
    migrate: () => migrate(app, party),
    cancel: () => player.input({ kind: 'cancel' }),
    pause: () => player.input({ kind: 'suspend-vm' }),
    unpause: () => player.input({ kind: 'resume-vm' }),
  };
}

const hasArrived = ({ startedAt, status, pages }: Picture, party: 0 | 1): boolean =>
  startedAt !== undefined && status === 'completed' && party !== pages.from;

function vmOf(picture: Picture, party: 0 | 1, cpuMilliseconds: number): ConsoleVm | undefined {
  const { vm, ran } = picture.hosts[party];
  const pages = picture.pages.count;
  if (pages === 0) return undefined;
  const about = { name: VM_NAME, pages, cpuMilliseconds };
  switch (vm) {
    case 'running':
    case 'blocked':
      return { ...about, state: vm };
    case 'paused':
      return { ...about, state: ran.length === 0 ? 'incoming' : 'paused' };
    default:
      return undefined;
  }
}

/** The main button's own way before the migration, an input at the moment shown after it. */
function migrate({ player, store }: App, party: 0 | 1) {
  const { phase } = store.getState();
  const { migration } = player.picture.hosts[party];
  if (['setup', 'active', 'device', 'postcopy-active', 'postcopy-paused'].includes(migration))
    return err(words.inProgress);
  if (phase === 'done') return err(words.runIsOver);
  if (phase !== 'ready') player.input({ kind: 'migrate', from: party });
  player.play();
  return ok(undefined);
}
