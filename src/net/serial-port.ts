/**
 * What client and gateway agree on: the UDP port behind which a VM's serial console is, and how a
 * probe is one byte of the upper half, so that console text (ASCII) is never taken for an answer.
 */

/** Chosen freely; telnet, which a console server would speak, has 23. */
export const SERIAL_PORT = 2323;

/** Probe numbers come round after this many. */
export const PROBE_BYTES = 128;

export const probeByte = (probe: number): number => 0x80 | (probe % PROBE_BYTES);
/** The number that the byte carries. */
export const probeMark = (byte: number): number => byte % PROBE_BYTES;
export const isProbeByte = (byte: number): boolean => byte >= 0x80;

/** What is left of a UART's bytes without the probes. */
export const consoleText = (bytes: Uint8Array): string =>
  new TextDecoder().decode(bytes.filter((byte) => !isProbeByte(byte)));
