/**
 * The guest's own ARP table, read out of its memory: `neighbours` of `guests/kernel/link.c`, at the
 * address that the build notes in `public/guests/manifest.json`. The kernel's linear addresses are
 * guest-physical ones. Only guests that drive the network card have such a table.
 */
import { drivesCard } from '../../../lab/guests.ts';
import type { Scenario } from '../../../lab/scenario.ts';

const USUAL = 0x10f820;
const OTHERS: Readonly<Record<string, number>> = { compile: 0x110820 };

/** `struct neighbour`. */
const ENTRIES = 8;
const ENTRY_BYTES = 1540;
const AT = { address: 0, mac: 4, isKnown: 10, since: 12, waiting: 20 } as const;
const PAGE = 0x1000;

export interface Neighbour {
  readonly ip: string;
  /** Undefined: it has been asked for, and has not answered. */
  readonly mac: string | undefined;
  /** The guest's timer tick at which it was learnt, or last asked for. */
  readonly since: number;
  /** Bytes of the packet that waits for the answer. */
  readonly waiting: number;
}

/** Where the guest has its table; undefined: it has none, or nobody here knows where. */
export function tableAddress(vm: Scenario['vm']): number | undefined {
  if (vm.guest === 'own' || vm.guest === 'file' || !drivesCard(vm)) return undefined;
  return OTHERS[vm.guest] ?? USUAL;
}

/** Guest frames that the table lies in, in order. */
export function framesOf(address: number): number[] {
  const first = Math.floor(address / PAGE);
  const last = Math.floor((address + ENTRIES * ENTRY_BYTES - 1) / PAGE);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** `memory`: the frames of `framesOf`, one behind the other. */
export function neighboursIn(memory: Uint8Array, address: number): Neighbour[] {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const found: Neighbour[] = [];
  for (let entry = 0; entry < ENTRIES; entry++) {
    const at = (address % PAGE) + entry * ENTRY_BYTES;
    const ip = view.getUint32(at + AT.address, true);
    if (ip === 0) continue;
    const mac = [...memory.subarray(at + AT.mac, at + AT.mac + 6)];
    found.push({
      ip: [24, 16, 8, 0].map((shift) => (ip >>> shift) & 0xff).join('.'),
      mac:
        memory[at + AT.isKnown] === 0
          ? undefined
          : mac.map((byte) => byte.toString(16).padStart(2, '0')).join(':'),
      since: view.getUint32(at + AT.since, true),
      waiting: view.getUint32(at + AT.waiting, true),
    });
  }
  return found;
}
