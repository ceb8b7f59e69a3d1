/** Debug console at port 0xE9 (Bochs, QEMU's isa-debugcon): a byte written is printed; reading gives 0xE9. */

export const DEBUG_PORT = 0xe9;

export class DebugPort {
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

  takeOutput(): Uint8Array<ArrayBuffer> {
    const bytes = Uint8Array.from(this.line);
    this.line = [];
    return bytes;
  }
}
