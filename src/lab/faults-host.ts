/**
 * What befalls one host by itself: pauses, a wrong clock, a neighbour that takes the memory, lost
 * announcements; and the faults that wait until this host sees the migration come so far.
 */
import {
  after,
  type Duration,
  duration,
  gfn,
  type Instant,
  latest,
  milliseconds,
  START,
} from '../base/units.ts';
import type { EventFields, EventKind } from '../trace/event.ts';
import type { HostParty } from './host-party.ts';
import type { LabInput } from './scenario.ts';
import type { TriggeredFault } from './wiring.ts';

/** The VM of somebody else, whose memory no migration may touch. */
export const NEIGHBOUR_ID = 'neighbour';
export const NEIGHBOUR_BYTE = 0x4e;

export interface HostFaultsState {
  readonly pausedUntil: Instant;
  readonly clockPercent: number;
  readonly announcementsToLose: number;
  readonly struck: readonly boolean[];
  readonly healed: boolean;
}

export class HostFaults {
  /** The processor does nothing before this moment. */
  pausedUntil: Instant = START;
  private readonly host: HostParty;
  private clockPercent = 100;
  private announcementsToLose: number;
  private struck: boolean[];
  private healed = false;

  constructor(host: HostParty) {
    this.host = host;
    this.announcementsToLose = host.wiring.lostAnnouncements;
    this.struck = host.wiring.triggeredFaults.map(() => false);
  }

  /** Something happened here that a fault may have waited for. */
  notice<Kind extends EventKind>(at: Instant, kind: Kind, fields: EventFields[Kind]): void {
    const { triggeredFaults } = this.host.wiring;
    if (triggeredFaults.length === 0) return;
    const round =
      kind === 'round.started' ? (fields as EventFields['round.started']).round : undefined;
    const stage = stageSeen(at, kind, fields);
    triggeredFaults.forEach((fault, i) => {
      if (this.struck[i] || !waitedFor(fault, at, round, stage)) return;
      this.struck[i] = true;
      this.host.schedule(after(at, duration(fault.afterNs)), {
        kind: 'triggered',
        input: fault.input,
      });
    });
  }

  apply(input: LabInput): void {
    const { host } = this;
    switch (input.kind) {
      case 'pause':
        this.pausedUntil = latest(this.pausedUntil, after(host.now, milliseconds(input.forMs)));
        host.schedule(this.pausedUntil, { kind: 'wake' });
        break;
      case 'clock':
        this.clockPercent = input.ratePercent;
        break;
      case 'memory':
        this.moveNeighbourIn(input.leaveFrames);
        break;
      case 'announcements':
        this.announcementsToLose += input.lose;
        break;
      case 'heal':
        this.healed = true;
        this.clockPercent = 100;
        this.announcementsToLose = 0;
        break;
      default:
        break;
    }
  }

  /** A fault that waited for its moment comes too late once everything is healed. */
  get disarmed(): boolean {
    return this.healed;
  }

  /** What a timer of this host takes in true time. */
  byOwnClock(delay: Duration): Duration {
    return duration(Math.ceil((delay * 100) / this.clockPercent));
  }

  losesAnnouncement(): boolean {
    if (this.announcementsToLose === 0) return false;
    this.announcementsToLose -= 1;
    return true;
  }

  save(): HostFaultsState {
    const { pausedUntil, clockPercent, announcementsToLose, struck, healed } = this;
    return { pausedUntil, clockPercent, announcementsToLose, struck: [...struck], healed };
  }

  restore(state: HostFaultsState): void {
    this.pausedUntil = state.pausedUntil;
    this.clockPercent = state.clockPercent;
    this.announcementsToLose = state.announcementsToLose;
    this.struck = [...state.struck];
    this.healed = state.healed;
  }

  /** Takes frames as any VM would; what does not fit is not taken. */
  private moveNeighbourIn(leaveFrames: number): void {
    const { host } = this;
    const pages = host.vmm.freeFrames - leaveFrames;
    if (pages <= 0) return;
    const { instructionNs, vmmKind } = host.wiring;
    const created = host.vmm.createVm({ id: NEIGHBOUR_ID, pages, instructionNs });
    if (!created.ok) return;
    const page = new Uint8Array(4096).fill(NEIGHBOUR_BYTE);
    for (let frame = 0; frame < pages; frame++) created.value.installPage(gfn(frame), page);
    host.trace.event(host.now, 'vm.created', { vm: NEIGHBOUR_ID, vmm: vmmKind, pages });
  }
}

function waitedFor(
  { on }: TriggeredFault,
  at: Instant,
  round: number | undefined,
  stage: number | undefined,
): boolean {
  return 'round' in on ? on.round === round : on.stage === stage && at >= on.from;
}

/**
 * The stage that an event of this host begins. The source enters stages by name; the destination
 * sees them by what it does itself.
 */
function stageSeen<Kind extends EventKind>(
  at: Instant,
  kind: Kind,
  fields: EventFields[Kind],
): number | undefined {
  switch (kind) {
    case 'stage.entered':
      return (fields as EventFields['stage.entered']).stage;
    case 'vm.created':
      return reserves(at, fields as EventFields['vm.created']) ? 1 : undefined;
    case 'message.sent':
      return (fields as EventFields['message.sent']).type === 'ready' ? 4 : undefined;
    case 'vm.activated':
      return 5;
    case 'migration.status':
      return stageOfStatus(fields as EventFields['migration.status']);
    default:
      return undefined;
  }
}

/** A VM that boots is no reservation. */
const reserves = (at: Instant, { vm }: EventFields['vm.created']): boolean =>
  vm !== NEIGHBOUR_ID && at > START;

function stageOfStatus({ role, status }: EventFields['migration.status']): number | undefined {
  if (role === 'source') return undefined;
  switch (status) {
    case 'setup':
      return 0;
    case 'active':
      return 2;
    case 'device':
      return 3;
    case 'postcopy-active':
      return 6;
    default:
      return undefined;
  }
}
