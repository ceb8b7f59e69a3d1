/**
 * The network as one party: a learning switch with ports to host A, host B and the client, and the
 * client itself. The switch forwards at wire speed; what limits a rate is the sender's own port.
 */
import { after, type Instant, milliseconds, START } from '../base/units.ts';
import { Client, type ClientAction, type ClientState, type ClientTimer } from '../net/client.ts';
import { describeFrame } from '../net/describe.ts';
import { mac } from '../net/ethernet.ts';
import { ip } from '../net/ipv4.ts';
import { LearningSwitch, type SwitchState } from '../net/switch.ts';
import { EventQueue, type Scheduled } from '../sim/event-queue.ts';
import type { Envelope, Grant } from '../sim/lockstep.ts';
import { NETWORK } from '../trace/event.ts';
import { Recorder } from '../trace/recorder.ts';
import type {
  GuestInput,
  LabParty,
  PartyCheckpoint,
  PartyReport,
  Payload,
  Testimony,
} from './party.ts';
import type { LabInput } from './scenario.ts';
import { CLIENT_IP, CLIENT_MAC, inputParties, type NetworkWiring, VM_IP } from './wiring.ts';

/** From the dynamic range (RFC 6335). */
const CLIENT_UDP_PORT = 50000;
/** Ports 0 and 1 of the switch lead to the hosts, as their parties are numbered. */
const CLIENT_PORT = 2;

type NetworkEvent =
  | Payload
  | { readonly kind: 'start' }
  | { readonly kind: 'client-timer'; readonly timer: ClientTimer }
  /** A frame of the client reaches the switch. */
  | { readonly kind: 'from-client'; readonly id: number; readonly frame: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'to-client'; readonly id: number; readonly frame: Uint8Array<ArrayBuffer> };

interface NetworkState extends PartyCheckpoint {
  readonly now: Instant;
  readonly queue: readonly Scheduled<NetworkEvent>[];
  readonly eventSequence: number;
  readonly traceSequence: number;
  readonly envelopes: number;
  readonly frames: number;
  readonly staleUntil: Instant;
  readonly client: ClientState;
  readonly switch: SwitchState;
}

export class NetworkParty implements LabParty {
  private readonly wiring: NetworkWiring;
  private readonly trace = new Recorder(NETWORK);
  private queue = new EventQueue<NetworkEvent>();
  private client: Client;
  private switch: LearningSwitch;
  private now: Instant = START;
  private limit: Instant = START;
  private outgoing: Envelope<Payload>[] = [];
  private eventSequence = 0;
  private envelopes = 0;
  private frames = 0;
  /** The switch learns nothing before this moment. */
  private staleUntil: Instant = START;

  constructor(wiring: NetworkWiring) {
    this.wiring = wiring;
    this.client = new Client(
      {
        self: { mac: mac(CLIENT_MAC), ip: ip(CLIENT_IP), port: CLIENT_UDP_PORT },
        vmIp: ip(VM_IP),
        interval: wiring.probeInterval,
        probe: wiring.probe,
        arp: wiring.arpTimes,
        ...(wiring.fetch && { fetch: wiring.fetch }),
      },
      this.trace,
    );
    this.switch = new LearningSwitch(wiring.switchTimes);
    this.schedule(START, { kind: 'start' });
  }

  advance(grant: Grant<Payload>): PartyReport {
    for (const { at, from, sequence, payload } of grant.deliveries) {
      this.queue.push({ at, origin: from, sequence, event: payload });
    }
    this.limit = grant.until;
    while (this.queue.nextAt() < this.limit) {
      const item = this.queue.pop();
      if (item === undefined) break;
      this.now = item.at;
      this.handle(item);
    }
    const outgoing = this.outgoing;
    this.outgoing = [];
    const nextEvent = this.queue.nextAt();
    return {
      done: this.limit,
      now: this.now,
      nextEvent,
      couldSend: nextEvent,
      outgoing,
      trace: this.trace.take(),
    };
  }

  private handle({ origin, event }: Scheduled<NetworkEvent>): void {
    switch (event.kind) {
      case 'start':
        this.perform(this.client.start(this.now));
        break;
      case 'client-timer':
        this.perform(this.client.timer(this.now, event.timer));
        break;
      case 'frame':
        this.forward(origin, event.id, event.frame);
        break;
      case 'from-client':
        this.forward(CLIENT_PORT, event.id, event.frame);
        break;
      case 'to-client': {
        const { type, summary } = describeFrame(event.frame);
        this.trace.event(this.now, 'frame.received', { id: event.id, type, summary });
        this.perform(this.client.receive(this.now, event.frame));
        break;
      }
      case 'input':
        this.applyInput(event.input);
        break;
      case 'message':
        break;
    }
  }

  private applyInput(text: string): void {
    const input = JSON.parse(text) as LabInput;
    if (inputParties(input)[0] === NETWORK)
      this.trace.event(this.now, 'lab.input', { input: text });
    if (input.kind === 'console') this.perform(this.client.type(this.now, input.text));
    else if (input.kind === 'switch')
      this.staleUntil = after(this.now, milliseconds(input.staleForMs));
    else if (input.kind === 'heal') this.staleUntil = START;
  }

  private perform(actions: readonly ClientAction[]): void {
    for (const action of actions) {
      if (action.kind === 'timer')
        this.schedule(action.at, { kind: 'client-timer', timer: action.timer });
      else this.sendFromClient(action.frame);
    }
  }

  private sendFromClient(frame: Uint8Array<ArrayBuffer>): void {
    const id = this.frames++ * 4 + NETWORK;
    const { type, from, to, summary } = describeFrame(frame);
    this.trace.event(this.now, 'frame.sent', { id, type, from, to, bytes: frame.length, summary });
    this.schedule(after(this.now, this.wiring.lanLatency), { kind: 'from-client', id, frame });
  }

  private forward(port: number, id: number, frame: Uint8Array<ArrayBuffer>): void {
    const learns = this.now >= this.staleUntil;
    const result = this.switch.receive(this.now, port, frame, learns);
    const { aged, learned, forwards, flooded, dropped } = result;
    for (const entry of aged) this.trace.event(this.now, 'switch.aged', { ...entry });
    if (learned) {
      this.trace.event(this.now, 'switch.learned', {
        mac: learned.mac,
        port: learned.port,
        previousPort: learned.previousPort,
      });
    }
    const { type } = describeFrame(frame);
    if (dropped !== undefined)
      this.trace.event(this.now, 'frame.dropped', { id, type, reason: dropped });
    for (const forward of forwards) {
      this.trace.event(this.now, 'frame.forwarded', { id, type, port: forward.port, flooded });
      if (forward.port === CLIENT_PORT)
        this.schedule(after(this.now, this.wiring.lanLatency), { kind: 'to-client', id, frame });
      else this.emit(forward.port, { kind: 'frame', id, frame });
    }
  }

  private emit(to: number, payload: Payload): void {
    const at = after(this.now, this.wiring.lanLatency);
    this.outgoing.push({ from: NETWORK, to, at, sequence: this.envelopes++, payload });
    // A host could answer one propagation after the frame arrives there.
    const answer = after(at, this.wiring.lanLatency);
    if (answer < this.limit) this.limit = answer;
  }

  private schedule(at: Instant, event: NetworkEvent): void {
    this.queue.push({ at, origin: NETWORK, sequence: this.eventSequence++, event });
  }

  testimony(): Testimony | undefined {
    return undefined;
  }

  guestInputs(): readonly GuestInput[] {
    return [];
  }

  inspect(): undefined {
    return undefined;
  }

  framesInUse(): number {
    return 0;
  }

  checkpoint(): NetworkState {
    return {
      now: this.now,
      queue: this.queue.save(),
      eventSequence: this.eventSequence,
      traceSequence: this.trace.nextSequence,
      envelopes: this.envelopes,
      frames: this.frames,
      staleUntil: this.staleUntil,
      client: this.client.save(),
      switch: this.switch.save(),
    };
  }

  restore(checkpoint: PartyCheckpoint): void {
    const state = checkpoint as NetworkState;
    this.now = state.now;
    this.queue = EventQueue.restore(state.queue);
    this.eventSequence = state.eventSequence;
    this.trace.restart(state.traceSequence);
    this.envelopes = state.envelopes;
    this.frames = state.frames;
    this.staleUntil = state.staleUntil;
    this.client = Client.restore(state.client, this.trace);
    this.switch = LearningSwitch.restore(state.switch);
    this.outgoing = [];
  }
}
