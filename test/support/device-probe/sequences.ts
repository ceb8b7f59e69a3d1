/**
 * What the device judge asks of both machines. Left out is what depends on the host's clock, and
 * where QEMU is known to part from the data sheets:
 * - PIC: after ICW1 QEMU takes a line that was high all the time for an edge (lines are low here);
 *   in special mask mode its non-specific EOI does not pass over masked lines.
 * - PIT: mode 2 has its output upside down and there is no null count (bits 7 and 6 of the status);
 *   a control word does not drop a latched count.
 * - UART: no modem status changes in loop-back (low half of MSR); an empty FIFO reads as 0.
 * - NE2000: the PROM between address and mark holds what an earlier reset of QEMU's left; a reset leaves CR; STP does not set RST; packets wait instead of overflowing the ring.
 */
import { Prng } from '../../../src/base/prng.ts';
import type { AccessSize } from '../../../src/devices/device.ts';
import { isAddressed } from '../../../src/devices/receive-filter.ts';
import { type Access, interrupt, MAC, out, outWide, read, readWide, wait } from './accesses.ts';
import { LINUX_SEQUENCES } from './linux-sequences.ts';

export interface Sequence {
  readonly name: string;
  readonly accesses: readonly Access[];
}

const UART = 0x3f8;
const NIC = 0x300;
const [PAGE0, PAGE1, PAGE2] = [0x22, 0x62, 0xa2];

/** `count` parts, each drawn from the list. */
function draws(seed: number, name: string, count: number, parts: readonly Draw[]): Access[] {
  const random = Prng.stream(seed, name);
  return Array.from(
    { length: count },
    () => parts[random.below(parts.length)]?.(random) ?? [],
  ).flat();
}
type Draw = (random: Prng) => Access[];

// Interrupt lines that the program itself moves: IRQ 4 by the UART, 9 by the NIC, 0 by the PIT.
const raiseUart = [...out(UART + 1, 0), ...out(UART + 1, 2)];
const lowerUart = out(UART + 1, 0);
const raiseNic = [...out(NIC + 10, 0, 0).map((a, i) => at(a, NIC + 10 + i)), ...out(NIC, 0x0a)];
const lowerNic = out(NIC + 7, 0x40);
const quiet: Access[] = [...out(UART + 4, 0x08), ...lowerUart, ...out(NIC, PAGE0)].concat(
  out(NIC + 15, 0x40),
  lowerNic,
);

function at(access: Access, port: number): Access {
  return 'port' in access ? { ...access, port } : access;
}

/** One edge on IRQ 0, and time for it by counter 2. */
const pulsePit: Access[] = [
  ...[...out(0x43, 0x30), ...out(0x40, 1, 0), ...out(0x61, 1)],
  ...[...out(0x43, 0xb0), ...out(0x42, 20, 0), wait(0x61, 0x20, 0x20)],
];

const initPic = (base: number, vector: number, wiring: number, mode: number): Access[] => [
  ...out(base, 0x11),
  ...out(base + 1, vector, wiring, mode),
];
const readPic = [0x20, 0xa0].flatMap((base) => [
  ...out(base, 0x0a),
  read(base),
  ...out(base, 0x0b),
  read(base),
  read(base + 1),
]);
const startPics = [...quiet, ...initPic(0x20, 0x20, 4, 1), ...initPic(0xa0, 0x28, 2, 1)];

const pic: Sequence = {
  name: 'PIC: requests, masks, service, ends',
  accesses: [
    ...[read(0x21), read(0xa1), read(0x4d0), read(0x4d1)],
    ...startPics,
    ...out(0x21, 0),
    ...out(0xa1, 0),
    ...readPic,
    ...[...raiseUart, ...raiseNic, ...pulsePit, ...readPic],
    ...[interrupt, ...readPic, interrupt, ...out(0x20, 0x20), interrupt, ...readPic],
    ...[...out(0xa0, 0x20), ...out(0x20, 0x62), interrupt, ...readPic, ...out(0x20, 0x20)],
    ...[interrupt, ...readPic],
    // A line that falls before it is acknowledged.
    ...[...out(0x21, 0xff), ...raiseUart, ...lowerUart, ...readPic],
    ...[
      ...out(0x20, 0x0c),
      read(0x20),
      ...out(0x21, 0),
      ...out(0x20, 0x0c),
      read(0x20),
      ...readPic,
    ],
    // Level-triggered.
    ...[...startPics, ...out(0x4d1, 0xff), read(0x4d1), ...out(0x4d0, 0xff), read(0x4d0)],
    ...[...raiseUart, ...raiseNic, ...readPic, interrupt, interrupt, ...out(0x20, 0x20), interrupt],
    ...[...readPic, ...out(0xa0, 0x20), ...out(0x20, 0x20), interrupt, ...readPic],
    ...[...quiet, ...readPic, ...out(0x4d0, 0), ...out(0x4d1, 0)],
  ],
};

const eitherPic = (random: Prng): number => (random.chance(1, 2) ? 0x20 : 0xa0);
const specificEnds: readonly Draw[] = [0x60, 0xc0, 0xe0].map(
  (command) => (random) => out(eitherPic(random), command + random.below(8)),
);
const picDraws: readonly Draw[] = [
  () => raiseUart,
  () => lowerUart,
  () => raiseNic,
  () => lowerNic,
  () => pulsePit,
  () => readPic,
  () => [interrupt],
  () => [interrupt],
  (random) => {
    const base = eitherPic(random);
    return [...out(base, 0x0c), read(base)];
  },
  (random) => out(eitherPic(random) + 1, random.below(256)),
  (random) => out(eitherPic(random) + 1, 0),
  ...specificEnds,
];
const nestingDraws: readonly Draw[] = [
  ...picDraws,
  (random) => out(eitherPic(random), [0x20, 0xa0, 0x00, 0x80][random.below(4)] ?? 0x20),
  (random) => out(eitherPic(random), 0x20),
  (random) => [
    ...quiet,
    ...initPic(0x20, random.below(256), 4, [1, 3, 0x11][random.below(3)] ?? 1),
    ...initPic(0xa0, random.below(256), 2, 1),
  ],
];
const maskingDraws: readonly Draw[] = [
  ...picDraws,
  // QEMU looks at its requests again only with the next write of a mask.
  (random) => {
    const base = eitherPic(random);
    return [...out(base, random.chance(1, 2) ? 0x68 : 0x48), ...out(base + 1, random.below(256))];
  },
];

const uart: Sequence = {
  name: 'UART: registers, loop-back, FIFOs, interrupts',
  accesses: [
    ...quiet,
    ...[
      ...out(UART + 3, 0x83),
      ...out(UART, 0xff),
      ...out(UART + 1, 0xff),
      read(UART),
      read(UART + 1),
    ],
    ...[...out(UART + 3, 0x03), read(UART + 3), ...out(UART + 7, 0x5a), read(UART + 7)],
    ...[...out(UART + 4, 0xff), read(UART + 4), read(UART + 6, 0xf0), ...out(UART + 4, 0x1a)],
    ...[read(UART + 6, 0xf0), ...out(UART + 1, 0xff), read(UART + 1), ...out(UART + 1, 0x07)],
    ...[read(UART + 2), read(UART + 2), ...out(UART, 0x41), read(UART + 5), read(UART + 2)],
    ...[
      ...out(UART, 0x42),
      read(UART + 2),
      read(UART + 5),
      read(UART + 5),
      read(UART),
      read(UART + 2),
    ],
    ...[read(UART + 2), read(UART + 5), ...out(UART + 2, 0x87), read(UART + 2), read(UART + 2)],
    ...Array.from({ length: 7 }, (_, i) => [...out(UART, i), read(UART + 2)]).flat(),
    ...[...out(UART, 7), read(UART + 2), read(UART + 5)],
    ...Array.from({ length: 9 }, (_, i) => [
      ...out(UART, 8 + i),
      read(UART + 5),
      read(UART + 2),
    ]).flat(),
    ...Array.from({ length: 16 }, () => [read(UART), read(UART + 2), read(UART + 5)]).flat(),
    // The receiver's timeout at 115,200 baud.
    ...[...out(UART + 3, 0x83), ...out(UART, 1), ...out(UART + 1, 0), ...out(UART + 3, 0x03)],
    ...[...out(UART + 2, 0xc7), read(UART + 2), ...out(UART, 0x33), ...out(UART, 0x34)],
    ...[wait(UART + 2, 0xff, 0xcc), read(UART), wait(UART + 2, 0xff, 0xcc), read(UART)],
    ...[
      read(UART + 2),
      ...out(UART + 2, 0),
      read(UART + 2),
      ...out(UART + 4, 8),
      read(UART + 6, 0xf0),
    ],
  ],
};

/** At a speed at which nothing times out. */
const slowUart: Access[] = [
  ...quiet,
  ...[...out(UART + 3, 0x83), ...out(UART, 0xff), ...out(UART + 1, 0xff), ...out(UART + 3, 0x03)],
  ...[...out(UART + 4, 0x18), ...out(UART + 2, 0x07)],
];
const uartDraws: readonly Draw[] = [
  (random) => out(UART, random.below(256)),
  (random) => out(UART, random.below(256)),
  // Sent first, so that there is something to read.
  (random) => [...out(UART, random.below(256)), read(UART)],
  () => [read(UART + 2)],
  () => [read(UART + 2)],
  () => [read(UART + 5)],
  (random) => out(UART + 1, random.below(8)),
  (random) => out(UART + 2, random.below(256)),
  (random) => [...out(UART + 7, random.below(256)), read(UART + 7)],
  (random) => [...out(UART + 4, 0x18 | random.below(8)), read(UART + 6, 0xf0), read(UART + 4)],
  () => [...out(0x20, 0x0a), read(0x20, 0x10)],
];

/** In mode 3 with a period of 2 a counter always shows 2: no clock to wait for. */
const steadyCounter = [...out(0x43, 0xb6), ...out(0x42, 2, 0)];
const readBack = (what: number): Access[] => out(0x43, 0xc8 | what);
const drain = Array.from({ length: 3 }, () => read(0x42, 0x3f));
const pitDraws: readonly Draw[] = [
  () => [read(0x42, 0x3f)],
  () => out(0x43, 0x80),
  () => readBack(0x00),
  () => readBack(0x10),
  () => readBack(0x20),
  () => [...drain, ...steadyCounter],
  () => [...drain, ...out(0x43, 0x96), ...out(0x42, 2)],
];
const pit: Sequence = {
  name: 'PIT: control words, latches, read-back',
  accesses: [
    ...[0x30, 0x52, 0x74, 0x96, 0xb8, 0xba, 0xb0, 0x7e].flatMap((control) => {
      const channel = control >> 6;
      const status = [...out(0x43, 0xe0 | (2 << channel)), read(0x40 + channel, 0x3f)];
      return [...out(0x43, control), ...status, ...out(0x40 + channel, 9, 9), ...status];
    }),
    ...[read(0x43), ...out(0x61, 0x03), read(0x61, 0x03), ...out(0x61, 0x01), read(0x61, 0x03)],
    // Counter 2 in mode 0, to its end and again from its start.
    ...[...out(0x43, 0xb0), ...out(0x42, 10, 0), wait(0x61, 0x20, 0x20), ...out(0x43, 0xb0)],
    ...[...out(0x42, 0xff, 0xff), read(0x61, 0x20), ...out(0x61, 0), read(0x61, 0x03)],
    ...out(0x61, 1),
    ...[...steadyCounter, ...drain],
  ],
};

const cmos: Sequence = {
  name: 'CMOS: memory and control registers',
  accesses: [
    ...[0x38, 0x50, 0x7f].flatMap((place, i) => [
      ...[...out(0x70, place), ...out(0x71, 0xa0 + i), ...out(0x70, place), read(0x71), read(0x70)],
    ]),
    ...[0x15, 0x16, 0x17, 0x18, 0x30, 0x31, 0x34, 0x35, 0x0b, 0x0d].flatMap((place) => [
      ...out(0x70, place),
      read(0x71),
    ]),
    ...[...out(0x70, 0x0a), read(0x71, 0x7f), ...out(0x71, 0x2a), read(0x71, 0x7f)],
    // A date set by hand, read back while the clock is stopped.
    ...[...out(0x70, 0x0b), ...out(0x71, 0x82), read(0x71)],
    ...[0x58, 0x59, 0x23, 0x04, 0x29, 0x02, 0x24].flatMap((value, i) => {
      const place = [0, 2, 4, 6, 7, 8, 9][i] ?? 0;
      return [...out(0x70, place), ...out(0x71, value), ...out(0x70, place), read(0x71)];
    }),
    ...[...out(0x70, 0x0b), ...out(0x71, 0x02), read(0x71)],
  ],
};

const setDma = (address: number, count: number): Access[] => [
  ...out(NIC + 8, address & 0xff),
  ...out(NIC + 9, address >> 8),
  ...out(NIC + 10, count & 0xff),
  ...out(NIC + 11, count >> 8),
];
const repeated = (count: number, access: Access): Access[] =>
  Array.from({ length: count }, () => access);
/** Whether a frame came meanwhile depends on the wire. */
const dmaState = [read(NIC + 7, 0x7e), read(NIC + 8), read(NIC + 9), ...out(NIC + 7, 0x40)];

/** Bytes in the card's memory, by words. */
function readMemory(address: number, count: number): Access[] {
  const words = repeated((count + 1) >> 1, readWide(NIC + 16, 2));
  return [...out(NIC, PAGE0), ...setDma(address, count), ...out(NIC, 0x0a), ...words, ...dmaState];
}

/** The station address and the mark behind it. */
function readProm(addressBytes: number, size: AccessSize): Access[] {
  const one = size === 1 ? read(NIC + 16) : readWide(NIC + 16, size);
  return [
    ...[...setDma(0, addressBytes), ...out(NIC, 0x0a), ...repeated(addressBytes / size, one)],
    ...[...dmaState, ...setDma(28, 4), ...out(NIC, 0x0a), ...repeated(4 / size, one), ...dmaState],
  ];
}

function writeMemory(address: number, bytes: readonly number[]): Access[] {
  const words: Access[] = [];
  for (let i = 0; i < bytes.length; i += 2)
    words.push(outWide(NIC + 16, 2, (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8)));
  const start = [...out(NIC, PAGE0), ...setDma(address, bytes.length), ...out(NIC, 0x12)];
  return [...start, ...words, ...dmaState];
}

/** MAR: a quarter of all groups. */
const HASHES = [0, 0xff, 0, 0x0f, 0, 0, 0xf0, 0];

const startNic = (receive: number): Access[] => [
  ...[read(NIC + 31, 0), ...out(NIC, 0x21), ...out(NIC + 14, 0x49), ...setDma(0, 0)],
  ...[...out(NIC + 12, 0x20), ...out(NIC + 13, 0x02), ...out(NIC + 4, 0x40)],
  ...[...out(NIC + 3, 0x4c), ...out(NIC + 1, 0x4c), ...out(NIC + 2, 0x80)],
  ...[...out(NIC + 7, 0xff), ...out(NIC + 15, 0), ...out(NIC, 0x61)],
  ...MAC.flatMap((byte, i) => out(NIC + 1 + i, byte)),
  ...HASHES.flatMap((byte, i) => out(NIC + 8 + i, byte)),
  ...[...out(NIC + 7, 0x4d), ...out(NIC, PAGE0), ...out(NIC + 13, 0), ...out(NIC + 12, receive)],
];
const nicState = [
  ...[read(NIC + 3), read(NIC + 4), read(NIC + 7, 0x7f), read(NIC + 12), read(NIC, 0x3f)],
  ...[...out(NIC, PAGE1), read(NIC + 7), ...out(NIC, PAGE2), read(NIC + 1), read(NIC + 2)],
  ...out(NIC, PAGE0),
];

const frameTo = (address: readonly number[], length: number): number[] => [
  ...address,
  ...MAC,
  ...Array.from({ length: length - 12 }, (_, i) => (i * 7 + length) & 0xff),
];
const send = (frame: readonly number[]): Access[] => [
  ...[...writeMemory(0x4000, frame), ...out(NIC + 5, frame.length & 0xff, 0).slice(0, 1)],
  ...[...out(NIC + 6, frame.length >> 8), ...out(NIC, 0x26), wait(NIC + 7, 0x02, 0x02)],
  ...out(NIC + 7, 0x02),
];
const arrives = [wait(NIC + 7, 0x01, 0x01), ...out(NIC + 7, 0x01), ...nicState];

const BROADCAST = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const STRANGER = [0x52, 0x54, 0, 0x12, 0x34, 0x57];
/** Multicast addresses whose hashes are spread over all bits of MAR. */
const groups = Array.from({ length: 24 }, (_, i) => [0x01, 0x00, 0x5e, 0x00, i, i * 11]);

const strangers = [BROADCAST, STRANGER, [1, 2, 3, 4, 5, 6]];

/** Frames of one page each, of which the filter takes some, and one for the station itself. */
function filtered(rcr: number, addresses: readonly (readonly number[])[]): Access[] {
  const frames = [...addresses, [...MAC]].map((address) => frameTo(address, 64));
  const taken = frames.filter((frame) =>
    isAddressed({ rcr, par: MAC, mar: HASHES }, Uint8Array.from(frame)),
  );
  const curr = wait(NIC + 7, 0xff, 0x4d + taken.length);
  return [
    ...[...startNic(rcr), ...frames.flatMap(send), ...out(NIC, PAGE1), curr, ...out(NIC, PAGE0)],
    ...nicState,
  ];
}

const nic: Sequence = {
  name: 'NE2000: PROM, remote DMA, ring, filters',
  accesses: [
    ...[read(NIC + 31, 0), ...out(NIC, 0x21), ...out(NIC + 14, 0x48), read(NIC + 7)],
    // The PROM by bytes, words and double words.
    ...[...readProm(12, 1), ...readProm(12, 2), ...readProm(12, 4), ...out(NIC + 14, 0x49)],
    ...[...readProm(12, 2), ...readProm(12, 4), ...startNic(0x04), ...nicState],
    ...[...writeMemory(0x4000, frameTo(MAC, 60)), ...readMemory(0x4000, 60)],
    ...[...setDma(0x4100, 8), ...out(NIC, 0x12), outWide(NIC + 16, 4, 0x8765_4321)],
    ...[outWide(NIC + 16, 4, 0x0fed_cba9), ...dmaState, ...readMemory(0x4100, 8)],
    // A remote read that wraps at PSTOP, and outside of memory.
    ...[...writeMemory(0x7ffc, [1, 2, 3, 4]), ...writeMemory(0x4c00, [5, 6, 7, 8])],
    ...[...readMemory(0x7ffc, 8), ...readMemory(0x0100, 8), ...setDma(0, 0), ...out(NIC, 0x0a)],
    ...dmaState,
    // Frames to itself, of all sizes, around the end of the ring.
    ...[60, 61, 248, 249, 1514, 504].flatMap((size) => [
      ...[...send(frameTo(MAC, size)), ...arrives],
    ]),
    ...readMemory(0x4d00, 64),
    ...[...startNic(0x04), ...out(NIC, PAGE1), ...out(NIC + 7, 0x7e), ...out(NIC, PAGE0)],
    ...[...out(NIC + 3, 0x7d), ...send(frameTo(MAC, 1000)), ...arrives],
    ...[...readMemory(0x7e00, 1004), ...out(NIC + 3, 0x4c), ...nicState],
    ...[0x00, 0x04, 0x08, 0x0c, 0x10].flatMap((receive) => filtered(receive, strangers)),
    ...[0x08, 0x0c].flatMap((receive) => filtered(receive, groups)),
    ...[...out(NIC, 0x21), ...nicState.slice(0, 3)],
  ],
};

/** Random use of the devices that answer apart from the host's clock. */
export const randomSequences = (seed: number, count: number): readonly Sequence[] => [
  {
    name: 'PIC: random requests, ends and initialisations, vectors as delivered',
    accesses: [...startPics, ...draws(seed, 'nesting', count, nestingDraws)],
  },
  {
    name: 'PIC: random requests in special mask mode',
    accesses: [...startPics, ...draws(seed, 'masking', count, maskingDraws)],
  },
  {
    name: 'UART: random use of the registers in loop-back',
    accesses: [...startPics, ...slowUart, ...draws(seed, 'uart', count, uartDraws)],
  },
  {
    name: 'PIT: random latches, read-backs and loads of a steady counter',
    accesses: [...out(0x61, 1), ...steadyCounter, ...draws(seed, 'pit', count, pitDraws)],
  },
];

export const SEQUENCES: readonly Sequence[] = [
  pic,
  uart,
  pit,
  cmos,
  nic,
  ...LINUX_SEQUENCES,
  ...randomSequences(1, 2000),
];
