/** What the network and its client see: probes and their answers, the switch's table, ARP, the link. */
import type { Instant } from '../base/units.ts';
import { HOST_B, type LabEvent } from './event.ts';
import type { Picture, ProbePicture } from './picture.ts';

/** Probes kept for the strip and the timeline; a scenario's longest run at the shortest interval fits. */
const PROBES_MAX = 4000;
/** Announcements and drops kept for the drawing. */
const FRAMES_MAX = 16;
/** How the trace describes a gratuitous ARP. */
const GRATUITOUS = 'Gratuitous ARP';

/** Characters of the terminal that are kept. */
const TERMINAL_MAX = 4096;

export function foldNetwork(picture: Picture, event: LabEvent): void {
  switch (event.kind) {
    case 'probe.sent':
      picture.probes.push({ probe: event.probe, sentAt: event.at });
      if (picture.probes.length > PROBES_MAX) picture.probes.shift();
      return;
    case 'probe.answered':
      answered(picture, event.probe, event.at);
      picture.lastRoundTripNs = event.roundTripNs;
      return;
    case 'probe.lost': {
      const probe = findProbe(picture, event.probe);
      if (probe) probe.lost = true;
      picture.probesLost += 1;
      return;
    }
    case 'frame.sent':
      if (isAnnouncement(event)) keepFrame(picture, event, 'announced');
      return;
    case 'frame.dropped':
      // Announcements go to everyone, the old host too: those are not late.
      if (event.type !== 'RARP' && event.type !== 'ARP' && isLeftBehind(picture, event.party)) {
        keepFrame(picture, event, 'dropped');
        picture.framesDropped += 1;
      }
      return;
    case 'switch.learned': {
      const { mac, port, previousPort, at } = event;
      picture.switchTable.set(mac, { mac, port, previousPort, at });
      return;
    }
    case 'switch.aged':
      picture.switchTable.delete(event.mac);
      return;
    case 'arp.aged':
      picture.arp.delete(event.ip);
      return;
    case 'arp.updated': {
      const { ip, mac, previousMac, at } = event;
      picture.arp.set(ip, { ip, mac, previousMac, at });
      return;
    }
    case 'link.changed': {
      const { up, bitsPerSecond, latencyNs } = event;
      picture.link = { up, bitsPerSecond, latencyNs };
      return;
    }
    case 'lab.input':
      foldTyped(picture, event.input);
      return;
    case 'console.answered': {
      const { typed, answered, text } = picture.terminal;
      const all = (text + event.text).slice(-TERMINAL_MAX);
      picture.terminal = { typed, answered: answered + event.text.length, text: all };
      return;
    }
    case 'parameter.changed':
      picture.parameters.set(event.name, event.value);
      return;
    default:
  }
}

function foldTyped(picture: Picture, input: string): void {
  const { kind, text = '' } = JSON.parse(input) as { readonly kind: string; text?: string };
  if (kind !== 'console') return;
  const { typed, ...rest } = picture.terminal;
  picture.terminal = { ...rest, typed: typed + text.length };
}

/** How a VM tells the network where it is: RARP as QEMU sends it, or a gratuitous ARP. */
function isAnnouncement({ party, type, to, summary }: LabEvent & { kind: 'frame.sent' }): boolean {
  if (party > HOST_B) return false;
  return type === 'RARP' || (type === 'ARP' && to === 'everyone' && summary.startsWith(GRATUITOUS));
}

/** The VM was at this host and is not: what still comes here for it is late. */
function isLeftBehind({ hosts }: Picture, party: number): boolean {
  const host = party <= HOST_B ? hosts[party] : undefined;
  return (
    host !== undefined && host.ran.length > 0 && host.vm !== 'running' && host.vm !== 'blocked'
  );
}

function keepFrame(
  { frames }: Picture,
  { at, party, type }: LabEvent & { readonly type: string },
  what: 'announced' | 'dropped',
): void {
  frames.push({ at, what, port: party, type });
  if (frames.length > FRAMES_MAX) frames.shift();
}

function findProbe(picture: Picture, probe: number): ProbePicture | undefined {
  return picture.probes.findLast((candidate) => candidate.probe === probe);
}

function answered(picture: Picture, number: number, at: Instant): void {
  const previous = picture.probes.findLast(({ answeredAt }) => answeredAt !== undefined);
  const probe = findProbe(picture, number);
  if (!probe) return;
  probe.answeredAt = at;
  if (previous?.answeredAt === undefined) return;
  const outageNs = Math.max(0, at - previous.answeredAt - probeInterval(picture));
  if (outageNs > (picture.outage?.outageNs ?? 0))
    picture.outage = { from: previous.answeredAt, to: at, outageNs };
}

/** The client's own beat, as seen on its first two probes. */
export function probeInterval(picture: Picture): number {
  const [first, second] = picture.probes;
  return first && second ? second.sentAt - first.sentAt : 0;
}

/** The silence that lasts now, when it is longer than the beat explains, and by how much it is. */
export function silence(
  picture: Picture,
): { readonly from: Instant; readonly ns: number; readonly beyondNs: number } | undefined {
  const last = picture.probes.findLast(({ answeredAt }) => answeredAt !== undefined)?.answeredAt;
  if (last === undefined) return undefined;
  const ns = picture.now - last;
  const beat = probeInterval(picture);
  return ns > 1.5 * beat + (picture.lastRoundTripNs ?? 0)
    ? { from: last, ns, beyondNs: ns - beat }
    : undefined;
}
