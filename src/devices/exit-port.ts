/** Exit port 0xF4, as QEMU's isa-debug-exit: a write ends the run with status value × 2 + 1. */
import type { AccessSize, PortDevice, PortRange } from './device.ts';

export const EXIT_PORT = 0xf4;
/** Like QEMU's iosize of the device: ports 0xF4 to 0xF5 belong to it. */
export const EXIT_PORTS = 2;

export const exitCode = (value: number): number => (value & 0x7fff_ffff) * 2 + 1;

export class ExitPort implements PortDevice {
  readonly ports: readonly PortRange[] = [{ first: EXIT_PORT, count: EXIT_PORTS, wide: true }];
  /** Set once the guest wrote. */
  code: number | undefined;

  readPort(_port: number, _size: AccessSize): number {
    return 0;
  }

  writePort(_port: number, _size: AccessSize, value: number): void {
    this.code = exitCode(value);
  }
}
