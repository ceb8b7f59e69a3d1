/** What crossed the cables as one list: frames of guest and client, messages between the hosts. */
import type { Instant } from '../base/units.ts';
import type { LabEvent, Party } from './event.ts';
import { Follow } from './follow.ts';

export interface WireRow {
  readonly kind: 'frame' | 'message';
  readonly id: number;
  /** Who sent it. */
  readonly party: Party;
  readonly at: Instant;
  /** ARP, UDP, …; or the message's type. */
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly bytes: number;
  readonly summary: string;
  /** The switch sent it out of every other port. */
  flooded: boolean;
  readonly received: { readonly party: Party; readonly at: Instant }[];
  readonly dropped: { readonly party: Party; readonly at: Instant; readonly reason: string }[];
}

export interface WireRows {
  /** Oldest first. */
  rows: WireRow[];
  /** So many older ones are not listed any more. */
  forgotten: number;
  readonly newest: Map<string, WireRow>;
}

const ROWS_MAX = 50_000;
const HOSTS = ['host A', 'host B'];

export const wireKey = (kind: WireRow['kind'], party: Party, id: number): string =>
  kind === 'frame' ? `frame ${id}` : `message ${party} ${id}`;

export const followWire = (): Follow<WireRows> =>
  new Follow<WireRows>(() => ({ rows: [], forgotten: 0, newest: new Map() }), foldWire);

export function foldWire(state: WireRows, event: LabEvent): void {
  switch (event.kind) {
    case 'frame.sent': {
      const { id, type, from, to, bytes, summary } = event;
      add(state, event, { kind: 'frame', id, type, from, to, bytes, summary });
      return;
    }
    case 'message.sent': {
      const { id, type, bytes, summary, party } = event;
      const [from, to] = [HOSTS[party] ?? '?', HOSTS[1 - party] ?? '?'];
      add(state, event, { kind: 'message', id, type, from, to, bytes, summary });
      return;
    }
    case 'frame.forwarded': {
      const row = state.newest.get(wireKey('frame', event.party, event.id));
      if (row !== undefined && event.flooded) row.flooded = true;
      return;
    }
    case 'frame.received':
    case 'message.received':
      rowOf(state, event)?.received.push({ party: event.party, at: event.at });
      return;
    case 'frame.dropped':
    case 'message.dropped': {
      const { party, at, reason } = event;
      rowOf(state, event)?.dropped.push({ party, at, reason });
      return;
    }
    default:
  }
}

function rowOf(
  state: WireRows,
  event: Extract<LabEvent, { kind: `${'frame' | 'message'}.${'received' | 'dropped'}` }>,
): WireRow | undefined {
  const kind = event.kind.startsWith('frame') ? 'frame' : 'message';
  return state.newest.get(wireKey(kind, 1 - event.party, event.id));
}

function add(
  state: WireRows,
  { party, at }: LabEvent,
  row: Omit<WireRow, 'party' | 'at' | 'flooded' | 'received' | 'dropped'>,
): void {
  const entry = { ...row, party, at, flooded: false, received: [], dropped: [] };
  state.rows.push(entry);
  state.newest.set(wireKey(row.kind, party, row.id), entry);
  // Not one by one: that would move the whole list each time.
  if (state.rows.length < 2 * ROWS_MAX) return;
  for (const gone of state.rows.slice(0, ROWS_MAX)) {
    const key = wireKey(gone.kind, gone.party, gone.id);
    if (state.newest.get(key) === gone) state.newest.delete(key);
  }
  state.rows = state.rows.slice(ROWS_MAX);
  state.forgotten += ROWS_MAX;
}

export type WireFilter = 'all' | 'arp' | 'icmp' | 'udp' | 'tcp' | 'migration' | 'lost';

export function passes(row: WireRow, filter: WireFilter, words: string): boolean {
  if (words !== '' && !textOf(row).includes(words.toLowerCase())) return false;
  switch (filter) {
    case 'all':
      return true;
    case 'migration':
      return row.kind === 'message';
    case 'lost':
      return row.received.length === 0;
    case 'arp':
      return row.type === 'ARP' || row.type === 'RARP';
    default:
      return row.kind === 'frame' && row.type.toLowerCase() === filter;
  }
}

const textOf = ({ type, from, to, summary }: WireRow): string =>
  `${type} ${from} ${to} ${summary}`.toLowerCase();

/** How far it had come at a moment. */
export function fate({ received, dropped, flooded }: WireRow, now: Instant): string {
  if (received.some(({ at }) => at < now)) return flooded ? 'arrived, flooded' : 'arrived';
  const drop = dropped.find(({ at }) => at < now);
  if (drop !== undefined) return `dropped: ${drop.reason}`;
  return received.length + dropped.length > 0 ? 'on its way' : 'not arrived so far';
}
