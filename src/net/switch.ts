/**
 * A learning Ethernet switch (the forwarding and learning process of IEEE 802.1D §7.7 and §7.8,
 * without spanning tree): a frame's source is known from then on to be behind the port it came in
 * by, until it has been silent for the ageing time (§7.9.2). So a silent VM that has moved is found
 * again by its own frames, by its announcement, or when its old entry is forgotten and frames for it
 * are flooded.
 */
import { assert } from '../base/assert.ts';
import type { Instant } from '../base/units.ts';
import { decodeEthernet, type Frame, isGroupMac, type Mac } from './ethernet.ts';
import { LearnedTable, SWITCH_TIMES, type TableEntry, type TableTimes } from './learned-table.ts';

export const PORT_A = 0;
export const PORT_B = 1;
export const PORT_CLIENT = 2;
const PORT_COUNT = 3;
/** As `previousPort`: the address was not known. */
export const NO_PORT = -1;
/** A table that is full learns nothing new and floods instead, as hardware does. */
export const TABLE_CAPACITY = 1024;

export interface SwitchEntry {
  readonly mac: Mac;
  readonly port: number;
}

export interface Learned extends SwitchEntry {
  readonly previousPort: number;
}

export interface SwitchResult {
  /** Too old by now, and forgotten. */
  readonly aged: readonly SwitchEntry[];
  /** Present when the table changed. */
  readonly learned?: Learned;
  /** All with the one frame that came in: nobody may write to it. */
  readonly forwards: readonly { readonly port: number; readonly frame: Frame }[];
  /** Sent to every other port, because for a group or for an unknown address. */
  readonly flooded: boolean;
  /** Present when the frame goes nowhere: why. */
  readonly dropped?: string;
}

export interface SwitchState {
  readonly times: TableTimes;
  readonly table: readonly TableEntry<Mac, number>[];
}

export class LearningSwitch {
  private readonly times: TableTimes;
  private readonly entries: LearnedTable<Mac, number>;

  constructor(times = SWITCH_TIMES, table: SwitchState['table'] = []) {
    this.times = times;
    this.entries = new LearnedTable(times, table);
  }

  static restore({ times, table }: SwitchState): LearningSwitch {
    return new LearningSwitch(times, table);
  }

  save(): SwitchState {
    return { times: this.times, table: this.entries.entries() };
  }

  /** In the order in which the addresses were first seen. */
  table(): SwitchEntry[] {
    return this.entries.entries().map(entryOf);
  }

  /**
   * A frame came in by `port`. A runt, a giant, or one from a group address goes no further. A switch
   * whose table is stuck forwards without learning.
   */
  receive(now: Instant, port: number, frame: Frame, learns = true): SwitchResult {
    assert(port >= 0 && port < PORT_COUNT, `the switch has no port ${port}`);
    const aged = this.entries.age(now).map(entryOf);
    const decoded = decodeEthernet(frame);
    if (!decoded.ok) return { aged, ...drop(decoded.error.message) };
    const { source, destination } = decoded.value;
    if (isGroupMac(source))
      return { aged, ...drop(`${source} is a group address and cannot be a source`) };
    const learned = learns ? this.learn(now, source, port) : undefined;
    return { aged, ...(learned && { learned }), ...this.forward(destination, port, frame) };
  }

  private learn(now: Instant, mac: Mac, port: number): Learned | undefined {
    const previousPort = this.entries.lookup(mac) ?? NO_PORT;
    if (previousPort === NO_PORT && this.entries.size >= TABLE_CAPACITY) return undefined;
    return this.entries.hear(now, mac, port) ? { mac, port, previousPort } : undefined;
  }

  private forward(destination: Mac, ingress: number, frame: Frame): Forwarding {
    const known = isGroupMac(destination) ? undefined : this.entries.lookup(destination);
    if (known === ingress) return drop(`${destination} is behind the port it came from`);
    if (known !== undefined) return { forwards: [{ port: known, frame }], flooded: false };
    const forwards = [];
    for (let port = 0; port < PORT_COUNT; port++) {
      if (port !== ingress) forwards.push({ port, frame });
    }
    return { forwards, flooded: true };
  }
}

type Forwarding = Pick<SwitchResult, 'forwards' | 'flooded' | 'dropped'>;

const entryOf = ({ key, value }: TableEntry<Mac, number>): SwitchEntry => ({
  mac: key,
  port: value,
});

const drop = (reason: string): Forwarding => ({ forwards: [], flooded: false, dropped: reason });
