/**
 * A learning Ethernet switch (the forwarding and learning process of IEEE 802.1D §7.7 and §7.8,
 * without spanning tree): a frame's source is known from then on to be behind the port it came in
 * by. Entries do not age, so that a silent VM is found again only by its own frames or its
 * announcement; a real switch forgets after 300 s, longer than most runs.
 */
import { assert } from '../base/assert.ts';
import { decodeEthernet, type Frame, isGroupMac, type Mac } from './ethernet.ts';

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
  readonly ports: number;
  readonly table: readonly SwitchEntry[];
}

export class LearningSwitch {
  private readonly ports: number;
  private readonly entries = new Map<Mac, number>();

  constructor(ports = PORT_COUNT) {
    this.ports = ports;
  }

  static restore(state: SwitchState): LearningSwitch {
    const restored = new LearningSwitch(state.ports);
    for (const { mac, port } of state.table) restored.entries.set(mac, port);
    return restored;
  }

  save(): SwitchState {
    return { ports: this.ports, table: this.table() };
  }

  /** In the order in which the addresses were first seen. */
  table(): SwitchEntry[] {
    return Array.from(this.entries, ([mac, port]) => ({ mac, port }));
  }

  /**
   * A frame came in by `port`. A runt, a giant, or one from a group address goes no further. A switch
   * whose table is stuck forwards without learning.
   */
  receive(port: number, frame: Frame, learns = true): SwitchResult {
    assert(port >= 0 && port < this.ports, `the switch has no port ${port}`);
    const decoded = decodeEthernet(frame);
    if (!decoded.ok) return drop(decoded.error.message);
    const { source, destination } = decoded.value;
    if (isGroupMac(source)) return drop(`${source} is a group address and cannot be a source`);
    const learned = learns ? this.learn(source, port) : undefined;
    return { ...(learned && { learned }), ...this.forward(destination, port, frame) };
  }

  private learn(mac: Mac, port: number): Learned | undefined {
    const previousPort = this.entries.get(mac) ?? NO_PORT;
    if (previousPort === port) return undefined;
    if (previousPort === NO_PORT && this.entries.size >= TABLE_CAPACITY) return undefined;
    this.entries.set(mac, port);
    return { mac, port, previousPort };
  }

  private forward(destination: Mac, ingress: number, frame: Frame): SwitchResult {
    const known = isGroupMac(destination) ? undefined : this.entries.get(destination);
    if (known === ingress) return drop(`${destination} is behind the port it came from`);
    if (known !== undefined) return { forwards: [{ port: known, frame }], flooded: false };
    const forwards = [];
    for (let port = 0; port < this.ports; port++) {
      if (port !== ingress) forwards.push({ port, frame });
    }
    return { forwards, flooded: true };
  }
}

const drop = (reason: string): SwitchResult => ({ forwards: [], flooded: false, dropped: reason });
