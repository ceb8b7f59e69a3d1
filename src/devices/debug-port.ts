/** Debug console at port 0xE9 (Bochs, QEMU's isa-debugcon): a byte written is printed; reading gives 0xE9. */
import type { AccessSize, PortDevice, PortRange } from './device.ts';

export const DEBUG_PORT = 0xe9;

export class DebugPort implements PortDevice {
  readonly ports: readonly PortRange[] = [{ first: DEBUG_PORT, count: 1 }];
  private line: number[] = [];

  /** Bytes that nobody took yet. */
  get pending(): number {
    return this.line.length;
  }

  read(): number {
    return DEBUG_PORT;
  }

  write(value: number): void {
    this.line.push(value & 0xff);
  }

  readPort(_port: number, _size: AccessSize): number {
    return this.read();
  }

  writePort(_port: number, _size: AccessSize, value: number): void {
    this.write(value);
  }

  takeOutput(): Uint8Array<ArrayBuffer> {
    const bytes = Uint8Array.from(this.line);
    this.line = [];
    return bytes;
  }
}
