/** The PC's I/O ports: which device answers where. Wide accesses fall apart into bytes, as on an 8-bit bus. */
import { DEBUG_PORT, DebugPort } from '../devices/debug-port.ts';
import { EXIT_PORT, EXIT_PORTS, exitCode } from '../devices/exit-port.ts';
import { UART_PORT, UART_PORTS, Uart } from '../devices/uart.ts';

export interface PortExit {
  readonly cause: string;
  readonly code: number;
}

export class PortBus {
  readonly uart = new Uart();
  /** Set once the guest wrote to the exit port. */
  exit: PortExit | undefined;
  private readonly debug = new DebugPort();
  private produced = false;
  private readonly endSlice: () => void;

  /** `endSlice` makes the processor stop after the current instruction. */
  constructor(endSlice: () => void) {
    this.endSlice = endSlice;
  }

  /** Did a device produce output since the last call? */
  takeProduced(): boolean {
    const produced = this.produced;
    this.produced = false;
    return produced;
  }

  takeOutput(): { readonly debug: Uint8Array; readonly serial: Uint8Array } {
    return { debug: this.debug.takeOutput(), serial: this.uart.takeOutput() };
  }

  /** Undefined: no device at the port. */
  read(port: number, size: number): number | undefined {
    if (!isPresent(port)) return undefined;
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.readByte(port + i) << (8 * i);
    return value;
  }

  /** False: no device at the port. */
  write(port: number, size: number, value: number): boolean {
    if (!isPresent(port)) return false;
    if (isExit(port)) {
      this.exit = { cause: 'exit port', code: exitCode(value) };
      this.endSlice();
      return true;
    }
    const before = this.debug.pending + this.uart.pending;
    for (let i = 0; i < size; i++) this.writeByte(port + i, (value >>> (8 * i)) & 0xff);
    if (this.debug.pending + this.uart.pending > before) {
      this.produced = true;
      this.endSlice();
    }
    return true;
  }

  private readByte(port: number): number {
    if (isUart(port)) return this.uart.read(port - UART_PORT);
    if (port === DEBUG_PORT) return this.debug.read();
    if (isExit(port)) return 0;
    return 0xff;
  }

  private writeByte(port: number, value: number): void {
    if (isUart(port)) this.uart.write(port - UART_PORT, value);
    else if (port === DEBUG_PORT) this.debug.write(value);
  }
}

const isUart = (port: number): boolean => port >= UART_PORT && port < UART_PORT + UART_PORTS;
const isExit = (port: number): boolean => port >= EXIT_PORT && port < EXIT_PORT + EXIT_PORTS;
const isPresent = (port: number): boolean => isUart(port) || isExit(port) || port === DEBUG_PORT;
