/** Help for each trouble: why it is so and what can be done, with the run's own figures. What happened says the headline. */
import type { AppState } from '../../store/app-state.ts';
import type { LabEvent } from '../../trace/event.ts';
import type { Picture } from '../../trace/picture.ts';
import { stuckRound, type TroubleKind } from '../notice/trouble-kind.ts';
import { count, plural, rate, time } from './format.ts';
import { lettersOf } from './sentences.ts';

/** What a button of the help does. */
export type Remedy =
  | 'smaller-set'
  | 'more-bandwidth'
  | 'accept'
  | 'faster-run'
  | 'mend'
  | 'recover'
  | 'give-up'
  | 'owner-source'
  | 'owner-destination'
  | 'reset';

export interface Help {
  readonly text: string;
  readonly remedies: readonly { readonly remedy: Remedy; readonly label: string }[];
}

const RESET = { remedy: 'reset', label: 'Start over' } as const;

/** What is over can only be begun anew. */
const OF_A_NEW_RUN: readonly Remedy[] = ['reset', 'faster-run'];

export function helpFor(
  kind: TroubleKind,
  picture: Picture,
  state: AppState,
  events: readonly LabEvent[],
): Help {
  const help = helpWith(kind, picture, state, events);
  if (state.phase !== 'done') return help;
  const remedies = help.remedies.filter(({ remedy }) => OF_A_NEW_RUN.includes(remedy));
  return { ...help, remedies: remedies.length > 0 ? remedies : [RESET] };
}

function helpWith(
  kind: TroubleKind,
  picture: Picture,
  state: AppState,
  events: readonly LabEvent[],
): Help {
  const [left, right] = lettersOf(picture);
  switch (kind) {
    case 'stuck':
      return stuckHelp(picture, state, events);
    case 'cancelled':
      return {
        text: 'Nothing is lost: until the hand-over the source keeps everything. What was copied is thrown away.',
        remedies: [RESET],
      };
    case 'out-of-time':
      return outOfTimeHelp(picture, state);
    case 'failed':
      return failedHelp(picture, state);
    case 'link-down':
      return {
        text: 'What is sent now is lost. A source that hears nothing for long gives the migration up.',
        remedies: [{ remedy: 'mend', label: 'Mend the link' }],
      };
    case 'pull-interrupted':
      return interruptedHelp(picture);
    case 'in-doubt':
      return {
        text: `The source let go and heard no answer, so it must not run the VM: two copies would. Look at host ${right}, then say who has it.`,
        remedies: [
          { remedy: 'owner-destination', label: `${right} has it` },
          { remedy: 'owner-source', label: `${left} has it` },
        ],
      };
    case 'host-gone':
      return goneHelp(picture);
    case 'vm-lost':
      return lostHelp(picture);
  }
}

/** Distinct pages against the threshold: how fast one page is written again does not matter. */
function stuckHelp(picture: Picture, state: AppState, events: readonly LabEvent[]): Help {
  const round = stuckRound(picture, state);
  const { thresholdPages } = state.scenario.migration;
  const { sent = 0, dirtied = 0 } = round ?? {};
  const estimate = events.findLast(
    (event) => event.kind === 'migration.estimate' && event.at < picture.now,
  );
  const downtime = estimate?.kind === 'migration.estimate' ? ` ${time(estimate.downtimeNs)}` : '';
  return {
    text: `While ${plural(sent, 'page')} are sent, the guest dirties about ${count(dirtied)} different pages; the threshold is ${count(thresholdPages)}.`,
    remedies: [
      { remedy: 'smaller-set', label: 'Smaller hot set' },
      { remedy: 'more-bandwidth', label: 'More bandwidth' },
      { remedy: 'accept', label: downtime === '' ? 'Accept the pause' : `Accept${downtime}` },
    ],
  };
}

/** What a new run over this link could be made with. */
export const fasterMbps = ({ scenario }: AppState): number =>
  Math.min(10_000, 10 * scenario.network.bandwidthMbps);

const fasterRun = (state: AppState) =>
  ({ remedy: 'faster-run', label: `Run again with ${rate(fasterMbps(state))}` }) as const;

function outOfTimeHelp({ pages }: Picture, state: AppState): Help {
  const { migration, network } = state.scenario;
  return {
    text: `A run of this scenario lasts at most ${time(migration.limitMs * 1e6)}. ${plural(pages.left, 'page')} were still to come over ${rate(network.bandwidthMbps)}. A faster link, less memory or a smaller hot set ends in time.`,
    remedies: [fasterRun(state)],
  };
}

function failedHelp({ link, statusReason }: Picture, state: AppState): Help {
  if (/given up|gives up/.test(statusReason))
    return {
      text: 'The rounds got no nearer to their end, so the algorithm stopped them. The VM has lost nothing. A faster link, or another algorithm, may come to an end.',
      remedies: [fasterRun(state)],
    };
  if (link && !link.up)
    return {
      text: 'The link is cut, so the source heard no more of the destination. Before the hand-over that costs only time.',
      remedies: [{ remedy: 'mend', label: 'Mend the link' }],
    };
  const refused = /offer|feature|version|format|supports?|lacks|reserve|frames/.test(statusReason);
  return {
    text: refused
      ? 'The two hosts do not agree, so nothing was sent. Another algorithm, another pair of hosts or less memory may suit both.'
      : 'Before the hand-over every failure leaves the VM at the source, unchanged. Run again when the cause is gone.',
    remedies: [RESET],
  };
}

function interruptedHelp(picture: Picture): Help {
  const { link, pages, hosts } = picture;
  const cut = link !== undefined && !link.up;
  const missing = `${plural(pages.left, 'page')} ${pages.left === 1 ? 'is' : 'are'} still at ${lettersOf(picture)[0]}`;
  const guest =
    hosts[1 - pages.from].vm === 'blocked'
      ? 'The guest waits for one of them'
      : 'The guest runs until it touches one of them';
  return {
    text: cut
      ? `The link is cut and ${missing}. ${guest}. Once the link is mended, the pull can be taken up again.`
      : `${missing}. ${guest}.`,
    remedies: cut
      ? [{ remedy: 'mend', label: 'Mend the link' }]
      : [
          { remedy: 'recover', label: 'Take the pull up again' },
          { remedy: 'give-up', label: 'Give the VM up' },
        ],
  };
}

function goneHelp(picture: Picture): Help {
  const { hosts, downtime } = picture;
  const [left, right] = lettersOf(picture);
  const gone = hosts[picture.pages.from].failure === '' ? right : left;
  return {
    text:
      gone === right
        ? 'The source notices by the silence and keeps the VM: until the hand-over it has everything.'
        : downtime?.to === undefined
          ? `The VM is only at host ${right} now, which has not been told to run it.`
          : `The VM runs at host ${right}. If pages were still at ${left}, they are gone with it.`,
    remedies: [RESET],
  };
}

function lostHelp({ hosts, downtime }: Picture): Help {
  const moved = downtime?.to !== undefined;
  const gone = hosts.findIndex(({ failure }) => failure !== '');
  const where = gone < 0 ? '' : ` Host ${gone === 0 ? 'A' : 'B'} went with what it had.`;
  return {
    text: moved
      ? `In a pull each host has only a part of the VM, and both are needed.${where} Pre-copy would have kept a whole copy at the source.`
      : `The VM ran there, and no host has a whole copy.${where} A VM is as safe as its host: only a backup would help.`,
    remedies: [RESET],
  };
}
