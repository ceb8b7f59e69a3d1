/** Exit port 0xF4, as QEMU's isa-debug-exit: a write ends the run with status value × 2 + 1. */

export const EXIT_PORT = 0xf4;
/** Like QEMU's iosize of the device: ports 0xF4 to 0xF5 belong to it. */
export const EXIT_PORTS = 2;

export const exitCode = (value: number): number => (value & 0x7fff_ffff) * 2 + 1;
