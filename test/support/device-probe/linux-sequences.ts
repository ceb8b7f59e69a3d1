/**
 * The order in which a stock 32-bit Linux kernel feels for the devices of an ISA PC: its serial driver
 * (`autoconfig`, `startup`), its PIC (`probe_8259A`, `mask_and_ack`), its timer and the calibration of
 * the TSC by it, the clock, and the NE2000 driver (`ne_probe1`). What a driver concludes from the
 * answers it must conclude alike on both machines.
 */
import { type Access, interrupt, out, read, readWide, wait } from './accesses.ts';
import type { Sequence } from './sequences.ts';

const [IER, FCR, LCR, MCR, LSR, MSR] = [0x3f9, 0x3fa, 0x3fb, 0x3fc, 0x3fd, 0x3fe];
const IIR = FCR;
const RBR = 0x3f8;
const NIC = 0x300;

/** A write, and what it left. */
const kept = (port: number, value: number): Access[] => [...out(port, value), read(port)];

const serial: Sequence = {
  name: 'Linux feels for a 16550A and starts it',
  accesses: [
    // Is there a UART: four bits of IER, the loop of the modem lines.
    ...[read(IER), ...kept(IER, 0), ...kept(IER, 0x0f), ...out(IER, 0)],
    ...[read(LCR), read(MCR), ...out(MCR, 0x1a), read(MSR, 0xf0), ...out(MCR, 0x08)],
    // Which: FIFOs that work; no EFR of a 16650, no second bank of a NS16550, no 64 bytes of a 16750.
    ...[...out(LCR, 0xbf), ...out(FCR, 0), ...out(LCR, 0), ...out(FCR, 1), read(IIR)],
    ...[...out(LCR, 0x80), read(IIR), ...out(LCR, 0xbf), read(IIR), ...out(LCR, 0), read(MCR)],
    ...[...out(LCR, 0xe0), read(IIR), ...out(LCR, 0), ...kept(MCR, 0x18), ...out(LCR, 0xe0)],
    ...[read(IIR), ...out(LCR, 0), ...out(MCR, 0x08), ...out(FCR, 0x21), read(IIR, 0xe0)],
    ...[...out(FCR, 1), ...out(LCR, 0x80), ...out(FCR, 0x21), read(IIR, 0xe0), ...out(FCR, 1)],
    ...[...out(LCR, 0), ...kept(IER, 0x40), ...out(IER, 0), ...kept(LCR, 0), ...out(FCR, 1, 7, 0)],
    ...[read(RBR, 0), read(LSR), read(IIR), read(MSR, 0xf0)],
    // Start: does THRE ask again each time it is enabled, and with an idle transmitter?
    ...[...out(LCR, 3), ...out(MCR, 0x08), wait(LSR, 0x60, 0x60)],
    ...[...out(IER, 2), read(IIR), ...out(IER, 0), ...out(IER, 2), read(IIR), ...out(IER, 0)],
    ...[...out(IER, 2), read(LSR), read(IIR), ...out(IER, 0), read(LSR), read(RBR, 0), read(IIR)],
    ...[read(MSR, 0xf0), ...out(IER, 5), ...out(LCR, 0x83), ...out(RBR, 1), ...out(IER, 0)],
    ...[...kept(LCR, 3), ...out(FCR, 1), ...out(FCR, 0xa1), read(IIR), ...kept(MCR, 0x0b)],
    ...[...kept(IER, 7), read(IIR), read(IIR), ...out(IER, 0), ...out(FCR, 0), ...out(MCR, 8)],
  ],
};

/** What `handle_level_irq` does first: mask the line, end its service. */
const maskAndAcknowledge = [read(0x21), ...out(0x21, 0xfb), ...out(0x20, 0x64)];

const interrupts: Sequence = {
  name: 'Linux feels for the PICs, sets them up, and serves the serial line',
  accesses: [
    ...[...out(0xa1, 0xff), ...kept(0x21, 0xfb)],
    ...[...out(0x21, 0xff), ...out(0x20, 0x11), ...out(0x21, 0x30, 4, 1)],
    ...[...out(0xa0, 0x11), ...out(0xa1, 0x38, 2, 1), ...kept(0x21, 0xfb), ...kept(0xa1, 0xff)],
    // IRQ 4 unmasked, raised by an idle transmitter, served.
    ...[...kept(0x21, 0xeb), ...out(MCR, 8), ...out(IER, 0), ...out(IER, 2), interrupt],
    ...[...maskAndAcknowledge, read(IIR), ...out(IER, 0), ...kept(0x21, 0xeb), interrupt],
    // A request that goes away is spurious: IRQ 7, and nothing in service.
    ...[...out(0x20, 0x0b), read(0x20), ...out(0x20, 0x0a), read(0x20), ...out(0x21, 0xfb)],
  ],
};

const timer: Sequence = {
  name: 'Linux programs the timer, and calibrates by counter 2',
  accesses: [
    // Periodic at 100 Hz, shut down, one shot.
    ...[...out(0x43, 0x34), ...out(0x40, 0x9c, 0x2e), ...out(0x43, 0x30), ...out(0x40, 0, 0)],
    ...[...out(0x43, 0x38), ...out(0x40, 0x9c, 0x2e)],
    // Gate on, speaker off, mode 0, until the output rises.
    ...[read(0x61, 0x03), ...out(0x61, 1), ...out(0x43, 0xb0), ...out(0x42, 0x9c, 0x2e)],
    ...[read(0x61, 0x23), wait(0x61, 0x20, 0x20), read(0x61, 0x23)],
    // The quick way: the high byte of a counter that was just loaded with its highest count.
    ...[...out(0x43, 0xb0), ...out(0x42, 0xff, 0xff), read(0x42, 0), read(0x42), read(0x42, 0)],
    ...[read(0x42), ...out(0x43, 0x30), ...out(0x40, 0, 0)],
  ],
};

const clock: Sequence = {
  name: 'Linux reads the clock between two updates',
  accesses: [
    // Register A without its update bit; B: 24 hours, BCD; D: battery.
    ...[...out(0x70, 0x0a), wait(0x71, 0x80, 0), read(0x71, 0x7f)],
    ...[...out(0x70, 0x0b), read(0x71), ...out(0x70, 0x0d), read(0x71)],
    ...[...out(0x70, 0x0c), read(0x71, 0), read(0x71, 0x80)],
  ],
};

/** A word by remote DMA. */
const remoteWord = (address: number): Access[] => [
  ...[...out(NIC + 10, 2), ...out(NIC + 11, 0), ...out(NIC + 8, address), ...out(NIC + 9, 0)],
  ...[...out(NIC, 0x0a), readWide(NIC + 16, 2)],
];

const card: Sequence = {
  name: 'Linux feels for an NE2000',
  accesses: [
    // Something answers; page 1 has another register at 13 than page 0, whose tally clears when read.
    ...[read(NIC, 0), ...out(NIC, 0x61), read(NIC + 13), ...out(NIC + 13, 0xff), ...out(NIC, 0x20)],
    ...[read(NIC + 13, 0), read(NIC + 13)],
    // Reset by reading the reset port, which ISR shows.
    ...[read(NIC + 31, 0), ...out(NIC + 31, 0), wait(NIC + 7, 0x80, 0x80), ...out(NIC + 7, 0xff)],
    // The 16 words of the PROM, each byte twice, and the mark of a 16-bit card at its end.
    ...[...out(NIC, 0x21), ...out(NIC + 14, 0x49), ...out(NIC + 10, 0), ...out(NIC + 11, 0)],
    ...[...out(NIC + 15, 0), ...out(NIC + 7, 0xff), ...out(NIC + 12, 0x20), ...out(NIC + 13, 2)],
    ...[0, 2, 4, 6, 8, 10, 28, 30].flatMap(remoteWord),
    // Set up and left stopped: ring, address, groups.
    ...[...out(NIC, 0x21), ...out(NIC + 1, 0x4c), ...out(NIC + 2, 0x80), ...out(NIC + 3, 0x4c)],
    ...[...out(NIC, 0x61), ...out(NIC + 7, 0x4d), read(NIC + 7), ...out(NIC, 0x21), read(NIC)],
    ...[...out(NIC + 7, 0xff), read(NIC + 7, 0x7f), ...out(NIC + 15, 0)],
  ],
};

export const LINUX_SEQUENCES: readonly Sequence[] = [serial, interrupts, timer, clock, card];
