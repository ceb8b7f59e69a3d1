/** The invariants that are judged when everything has come to rest, with the hosts open before us. */
import { PAGE_SIZE } from '../../../base/units.ts';
import type { Evidence, HostSight } from './evidence.ts';
import { outcomeOf } from './outcome.ts';
import { type Story, WATCHED } from './story.ts';

export interface FinalRule {
  readonly id: string;
  readonly judge: (story: Story, evidence: Evidence) => string | undefined;
}

/** Bits of a figure in milliseconds that floating point may cost. */
const CLOSE_MS = 1e-6;
/** By then a frame has come through the switch. */
const FRAME_ARRIVED_NS = 100e6;
const NAMES = ['A', 'B'] as const;

const has = (sight: HostSight): boolean => sight.vms.some(({ id }) => id === WATCHED);

/** The hosts of the migration that began last, the source's first. */
const byRole = ({ source, destination }: Story, { hosts }: Evidence) =>
  [hosts[source], hosts[destination]] as const;

/** S3: each page at the destination is the source's at the pause, or it has not come yet. */
function memoryIsEqual(story: Story, evidence: Evidence): string | undefined {
  const [from, to] = byRole(story, evidence).map(({ testimony }) => testimony);
  if (!story.arrived || from === undefined || to === undefined) return undefined;
  for (let page = 0; page < from.seen.length; page++) {
    if (to.seen[page] === 0) {
      if (!story.missing.has(page)) return `page ${page} is neither there nor known as missing`;
      continue;
    }
    const start = page * PAGE_SIZE;
    for (let i = start; i < start + PAGE_SIZE; i++) {
      if (from.memory[i] !== to.memory[i]) return `page ${page} differs from byte ${i - start} on`;
    }
  }
  return undefined;
}

/** S7: the CPU that wakes is the CPU that was frozen, the devices are the devices. */
function processorIsEqual(story: Story, evidence: Evidence): string | undefined {
  const [from, to] = byRole(story, evidence).map(({ testimony }) => testimony);
  if (!story.arrived || from === undefined || to === undefined) return undefined;
  const before: Readonly<Record<string, string>> = { ...from.registers, ...from.devices };
  const after: Readonly<Record<string, string>> = { ...to.registers, ...to.devices };
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const differing = [...names].filter((name) => before[name] !== after[name]);
  return differing.length === 0 ? undefined : `differing: ${differing.join(', ')}`;
}

/** S2: a VM that was paused by hand stays so at the destination, until somebody lets it run. */
function handGoesAlong(story: Story, _: Evidence): string | undefined {
  const { alive, byHand } = story.receiver;
  if (!story.arrived || !alive || !story.pausedByHand || byHand) return undefined;
  return 'the VM was paused by hand, and runs at the destination';
}

/** S8, S9: whatever happened, the guest is where a twin is that was never asked to move. */
function equalToTwin(_: Story, { twin }: Evidence): string | undefined {
  if (twin === undefined) return undefined;
  const { pagesDiffering, registersDiffering, retired, party } = twin;
  if (pagesDiffering === 0 && registersDiffering.length === 0) return undefined;
  const registers = registersDiffering.join(', ') || 'none';
  return `after ${retired} instructions on host ${NAMES[party]} ${pagesDiffering} pages differ from the twin's; registers: ${registers}`;
}

/** S9: no brake is left on a guest that runs on, nor is one at the destination ever. */
function noBrakeIsLeft(story: Story, evidence: Evidence): string | undefined {
  const [source, destination] = byRole(story, evidence);
  const over = story.ended || story.status[0] === 'none';
  if (destination.braked) return 'the guest is held back at the destination';
  return over && source.running && source.braked
    ? 'the guest is still held back at the source'
    : undefined;
}

/** S11: what has come of an unfinished download is right. */
function streamIsExactSoFar(_: Story, { wrongBytes }: Evidence): string | undefined {
  return wrongBytes === 0 ? undefined : `${wrongBytes} bytes of a download are not the file's`;
}

/**
 * S14: the timer, the interrupt controller and the clocks stand where the twin's do, at an equal
 * count of instructions: no tick was lost, none came twice, and no time was added.
 */
function devicesEqualTwin(_: Story, { twin }: Evidence): string | undefined {
  if (twin === undefined) return undefined;
  const { devicesDiffering, retired, twinRetired } = twin;
  if (retired !== twinRetired) return `${retired} instructions, the twin's ${twinRetired}`;
  return devicesDiffering.length === 0
    ? undefined
    : `devices differ from the twin's: ${devicesDiffering.join(', ')}`;
}

/** S10: the consoles of both hosts together say what the twin's says, nothing lost or said twice. */
function consoleIsWhole(story: Story, { twin }: Evidence): string | undefined {
  if (twin === undefined || twin.console.startsWith(story.console)) return undefined;
  return `the guest's console says ${JSON.stringify(story.console.slice(-80))}, its twin's ${JSON.stringify(twin.console.slice(-80))}`;
}

/** S12: in the end the switch knows the VM where its last frame came from. */
function switchFollows(story: Story, { macs }: Evidence): string | undefined {
  const { lastFrame, places, ports, staleUntil, now } = story;
  if (lastFrame === undefined) return undefined;
  const { party, at } = lastFrame;
  // A host that was switched off took with it what stood in its port.
  if (!places[party].alive) return undefined;
  const mac = macs[party];
  if (at <= staleUntil || at + FRAME_ARRIVED_NS > now) return undefined;
  const port = ports.get(mac);
  return port === party ? undefined : `the switch has ${mac} at port ${port}, it is at ${party}`;
}

/** S15: when the link is lost in the pull phase both ends wait, or neither does. */
function pullPausesTogether({ status, sender, receiver }: Story): string | undefined {
  if (!sender.alive || !receiver.alive) return undefined;
  const [source, destination] = status;
  if (source === 'postcopy-paused' && destination === 'postcopy-active')
    return 'the source has paused the pull, the destination has not';
  if (destination === 'postcopy-paused' && source === 'postcopy-active')
    return 'the destination has paused the pull, the source has not';
  return undefined;
}

/** S16: nothing of a VM that has moved is left at the source. */
function nothingStaysBehind(story: Story, evidence: Evidence): string | undefined {
  if (story.status[0] !== 'completed' || !story.sender.alive) return undefined;
  const [source] = byRole(story, evidence);
  return has(source) || source.running ? 'the source still has the VM' : undefined;
}

/** S17: frames are the VMs' or free, and a copy that nobody owns is gone. */
function framesAddUp(story: Story, evidence: Evidence): string | undefined {
  for (const [party, sight] of evidence.hosts.entries()) {
    const { framesInUse, framesFree, framesTotal, baseline, vms } = sight;
    const owned = vms.reduce((sum, { pages }) => sum + pages, baseline);
    if (framesInUse + framesFree !== framesTotal || framesInUse !== owned)
      return `host ${NAMES[party]} uses ${framesInUse} of ${framesTotal} frames, its VMs ${owned}, free are ${framesFree}`;
  }
  const { receiver, token } = story;
  const [, destination] = byRole(story, evidence);
  return !receiver.runnable && token !== 'destination' && receiver.alive && has(destination)
    ? 'a copy that never ran is left at the destination'
    : undefined;
}

/** S19: the report's figures are the trace's. */
function figuresAreSeen(story: Story, { report }: Evidence): string | undefined {
  if (story.startedAt === undefined) return undefined;
  const checks: [string, number, number][] = [];
  const { startedAt, overAt, pausedAt, activatedAt } = story;
  if (report.status === 'completed' && overAt !== undefined) {
    checks.push(['total time', report.totalTimeMs, (overAt - startedAt) / 1e6]);
    const { xbzrlePages, compressedPages } = report.addOns;
    const coded = xbzrlePages + compressedPages;
    checks.push(['pages not of zeros', report.normalPages + coded, story.normalPages]);
    checks.push(['zero pages', report.duplicatePages, story.zeroPages]);
    checks.push(['downtime', report.downtimeMs, ((activatedAt ?? 0) - (pausedAt ?? 0)) / 1e6]);
  }
  const wrong = checks.find(([, shown, seen]) => Math.abs(shown - seen) > CLOSE_MS);
  return wrong && `${wrong[0]} is reported as ${wrong[1]}, the trace says ${wrong[2]}`;
}

/** S19: stages follow one another and lie within the migration. */
function stagesAddUp(story: Story, { report }: Evidence): string | undefined {
  const { startedAt } = story;
  if (startedAt === undefined || report.status !== 'completed') return undefined;
  let last = startedAt / 1e6;
  for (const { name, startMs, endMs } of report.stages) {
    if (startMs < last - CLOSE_MS || endMs < startMs) return `${name} overlaps what came before`;
    last = endMs;
  }
  return last <= (story.overAt ?? last * 1e6) / 1e6 + CLOSE_MS ? undefined : 'a stage goes on';
}

/** S20: everything comes to rest, as PROTOCOL.md says it may. */
function comesToRest(story: Story, _: Evidence): string | undefined {
  if (outcomeOf(story) !== 'stuck') return undefined;
  return `the source is "${story.status[0]}", the destination "${story.status[1]}", the token ${story.token}`;
}

/** S20: between two hosts that can talk again no doubt remains, and no pull stands still. */
function nothingUndecided(story: Story, { healed }: Evidence): string | undefined {
  const outcome = outcomeOf(story);
  if (!healed || !story.sender.alive || !story.receiver.alive) return undefined;
  return outcome === 'in doubt' || outcome === 'pull paused'
    ? `${outcome}, though both hosts and the link are whole`
    : undefined;
}

/** S20: no more rounds than allowed, the last one with the VM standing still. */
function roundsAreLimited(story: Story, { maxRounds }: Evidence): string | undefined {
  return story.algorithm !== 'pre-copy' || story.round.number <= maxRounds + 1
    ? undefined
    : `${story.round.number} rounds, ${maxRounds} are the limit`;
}

/** S21: other VMs are as they were. */
function neighboursAreLeftAlone(_: Story, { hosts }: Evidence): string | undefined {
  const changed = hosts[0].neighbourChanged + hosts[1].neighbourChanged;
  return changed === 0 ? undefined : `${changed} pages of a neighbour's VM were changed`;
}

/** S22: memory that is given back holds nothing of the VM. */
function freedMemoryIsZero(_: Story, { hosts }: Evidence): string | undefined {
  const at = hosts.findIndex(({ strayBytes }) => strayBytes > 0);
  return at < 0
    ? undefined
    : `${hosts[at].strayBytes} bytes are left in free frames of host ${NAMES[at]}`;
}

/** S1, S22: no two hosts have the VM running, seen on the hosts themselves. */
function oneIdentity(_: Story, { hosts }: Evidence): string | undefined {
  return hosts[0].running && hosts[1].running ? 'both hosts run the VM' : undefined;
}

export const FINAL_RULES: readonly FinalRule[] = [
  // First: what goes on for ever has loose ends of every kind.
  { id: 'S20', judge: comesToRest },
  { id: 'S1', judge: oneIdentity },
  { id: 'S2', judge: handGoesAlong },
  { id: 'S3', judge: memoryIsEqual },
  { id: 'S7', judge: processorIsEqual },
  { id: 'S14', judge: devicesEqualTwin },
  { id: 'S8', judge: equalToTwin },
  { id: 'S9', judge: noBrakeIsLeft },
  { id: 'S11', judge: streamIsExactSoFar },
  { id: 'S10', judge: consoleIsWhole },
  { id: 'S12', judge: switchFollows },
  { id: 'S15', judge: pullPausesTogether },
  { id: 'S16', judge: nothingStaysBehind },
  { id: 'S17', judge: framesAddUp },
  { id: 'S19', judge: figuresAreSeen },
  { id: 'S19', judge: stagesAddUp },
  { id: 'S20', judge: nothingUndecided },
  { id: 'S20', judge: roundsAreLimited },
  { id: 'S21', judge: neighboursAreLeftAlone },
  { id: 'S22', judge: freedMemoryIsZero },
];
