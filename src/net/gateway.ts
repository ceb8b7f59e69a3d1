/**
 * The serial console server in the host that holds the VM: it owns the VM's MAC and IP while the VM
 * is here, answers ARP for them, and carries bytes between a UDP port and the VM's UART.
 *
 * The peer is whoever sent to the port last. It may travel with the VM, or be left behind: the next
 * request at the new host teaches it again, and until then what the UART sends reaches only the
 * console.
 */
import { assert } from '../base/assert.ts';
import { arpReply, decodeArp, type Station } from './arp.ts';
import {
  decodeEthernet,
  ETHERTYPE_ARP,
  type EthernetFrame,
  type Frame,
  isGroupMac,
} from './ethernet.ts';
import { consoleText, SERIAL_PORT } from './serial-port.ts';
import { decodeUdpFrame, encodeUdpFrame, MAX_UDP_PAYLOAD_BYTES, type Peer } from './udp.ts';

export interface GatewayReceipt {
  /** To send back at once. */
  readonly replies: readonly Frame[];
  /** For the VM's UART, in order. */
  readonly serial: Uint8Array;
}

export interface GatewayTransmission {
  /** All the bytes, for the peer; none while there is no peer. */
  readonly frames: readonly Frame[];
  /** Those of the bytes that are console text: all but answers to probes. */
  readonly text: string;
}

export interface GatewayState {
  readonly vm: Station | undefined;
  readonly peer: Peer | undefined;
}

const NOTHING: GatewayReceipt = { replies: [], serial: new Uint8Array(0) };

export class SerialGateway {
  private vm: Station | undefined;
  private lastPeer: Peer | undefined;

  static restore(state: GatewayState): SerialGateway {
    const gateway = new SerialGateway();
    gateway.vm = state.vm;
    gateway.lastPeer = state.peer;
    return gateway;
  }

  save(): GatewayState {
    return { vm: this.vm, peer: this.lastPeer };
  }

  get attached(): Station | undefined {
    return this.vm;
  }

  get peer(): Peer | undefined {
    return this.lastPeer;
  }

  /** The VM is here: from now on its addresses are answered for. */
  attach(vm: Station, peer?: Peer): void {
    assert(this.vm === undefined, 'a VM is attached to the gateway already');
    this.vm = vm;
    this.lastPeer = peer;
  }

  /** The VM is here no longer: its frames are nobody's. */
  detach(): void {
    this.vm = undefined;
    this.lastPeer = undefined;
  }

  /** A frame from the network. One for another MAC, or that does not decode, is ignored. */
  receive(frame: Frame): GatewayReceipt {
    const decoded = decodeEthernet(frame);
    if (this.vm === undefined || !decoded.ok) return NOTHING;
    const { destination, source, etherType } = decoded.value;
    const forUs = destination === this.vm.mac || isGroupMac(destination);
    if (!forUs || isGroupMac(source)) return NOTHING;
    return etherType === ETHERTYPE_ARP
      ? receiveArp(this.vm, decoded.value)
      : this.receiveUdp(this.vm, frame);
  }

  /** For the console's port of the VM that is here. What else comes is for a guest's own card. */
  isForConsole(frame: Frame): boolean {
    const decoded = decodeUdpFrame(frame);
    if (!decoded.ok || this.vm === undefined) return false;
    const { to } = decoded.value;
    return to.ip === this.vm.ip && to.port === SERIAL_PORT;
  }

  /** Bytes that the UART sent together. */
  transmit(bytes: Uint8Array): GatewayTransmission {
    return { frames: this.toPeer(bytes), text: consoleText(bytes) };
  }

  private receiveUdp(vm: Station, frame: Frame): GatewayReceipt {
    const decoded = decodeUdpFrame(frame);
    if (!decoded.ok) return NOTHING;
    const { from, to, payload } = decoded.value;
    if (to.ip !== vm.ip || to.port !== SERIAL_PORT) return NOTHING;
    this.lastPeer = from;
    return { replies: [], serial: payload };
  }

  private toPeer(bytes: Uint8Array): Frame[] {
    if (this.vm === undefined || this.lastPeer === undefined) return [];
    const from = { ...this.vm, port: SERIAL_PORT };
    const frames: Frame[] = [];
    for (let at = 0; at < bytes.length; at += MAX_UDP_PAYLOAD_BYTES) {
      const payload = bytes.subarray(at, at + MAX_UDP_PAYLOAD_BYTES);
      frames.push(encodeUdpFrame({ from, to: this.lastPeer, payload }));
    }
    return frames;
  }
}

function receiveArp(vm: Station, { payload }: EthernetFrame): GatewayReceipt {
  const decoded = decodeArp(payload);
  if (!decoded.ok) return NOTHING;
  const { operation, senderMac, senderIp, targetIp } = decoded.value;
  // Someone else's gratuitous ARP for the VM's address is a claim, not a question.
  if (operation !== 'request' || targetIp !== vm.ip || senderIp === vm.ip) return NOTHING;
  const reply = arpReply(vm, { mac: senderMac, ip: senderIp });
  return { ...NOTHING, replies: [reply] };
}
