/**
 * What the firmware of a PC leaves in the devices when it starts a Multiboot kernel, as read back
 * under QEMU's `isapc` with SeaBIOS.
 */
type Write = readonly [port: number, value: number];

const WRITES: readonly Write[] = [
  // PICs: vectors 0x08 and 0x70, cascade on line 2, no automatic EOI.
  [0x20, 0x11],
  [0xa0, 0x11],
  [0x21, 0x08],
  [0xa1, 0x70],
  [0x21, 0x04],
  [0xa1, 0x02],
  [0x21, 0x01],
  [0xa1, 0x01],
  [0x21, 0xb8],
  [0xa1, 0x8e],
  // Counter 0: rate generator, 18.2 Hz.
  [0x43, 0x34],
  [0x40, 0x00],
  [0x40, 0x00],
  // COM1's interrupt reaches the PIC.
  [0x3fc, 0x08],
];

export function setUpAsFirmware(write: (port: number, value: number) => void): void {
  for (const [port, value] of WRITES) write(port, value);
}
