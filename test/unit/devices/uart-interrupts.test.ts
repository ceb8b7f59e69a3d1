import { describe, expect, it } from 'vitest';
import { instant, NEVER } from '../../../src/base/units.ts';
import { Uart } from '../../../src/devices/uart.ts';

const [RBR, IER, IIR, LCR, MCR, LSR, MSR] = [0, 1, 2, 3, 4, 5, 6] as const;
const [RECEIVED, TRANSMIT, LINE, MODEM] = [1, 2, 4, 8] as const;
const OUT2 = 0x08;
/** 10 bits at 115,200 baud, four times. */
const TIMEOUT_NS = 347_223;

/** 115,200 baud, 8N1, FIFOs with the trigger level in bits 6 and 7, OUT2. */
function open(interrupts: number, fcr = 0x01): Uart {
  const uart = new Uart();
  uart.write(LCR, 0x83);
  uart.write(0, 1);
  uart.write(1, 0);
  uart.write(LCR, 0x03);
  uart.write(2, fcr);
  uart.write(MCR, OUT2);
  uart.write(IER, interrupts);
  return uart;
}

const receive = (uart: Uart, count: number) => {
  for (let i = 0; i < count; i++) uart.receive(i);
};

describe('the interrupts of the UART', () => {
  it.each([
    [0x01, 1],
    [0x41, 4],
    [0x81, 8],
    [0xc1, 14],
  ])('strike at the trigger level: FCR %i, %i bytes', (fcr, level) => {
    const uart = open(RECEIVED, fcr);
    receive(uart, level - 1);
    expect(uart.interrupt).toBe(false);
    receive(uart, 1);
    expect([uart.interrupt, uart.read(IIR)]).toEqual([true, 0xc4]);
    uart.read(RBR);
    expect([uart.interrupt, uart.read(IIR)]).toEqual([false, 0xc1]);
  });

  it('report bytes below the level after four characters of silence', () => {
    const uart = open(RECEIVED, 0xc1);
    receive(uart, 2);
    expect(uart.nextEvent()).toBe(TIMEOUT_NS);
    uart.advance(instant(TIMEOUT_NS - 1));
    expect(uart.interrupt).toBe(false);
    uart.advance(instant(TIMEOUT_NS));
    expect([uart.interrupt, uart.read(IIR), uart.nextEvent()]).toEqual([true, 0xcc, NEVER]);
    uart.read(RBR);
    expect([uart.interrupt, uart.nextEvent()]).toEqual([false, 2 * TIMEOUT_NS]);
    uart.read(RBR);
    expect(uart.nextEvent()).toBe(NEVER);
  });

  it('wait longer for slower and longer characters, and from the last one on', () => {
    const uart = open(RECEIVED, 0xc1);
    uart.write(LCR, 0x9f);
    uart.write(0, 12);
    uart.write(LCR, 0x1f);
    uart.advance(instant(1000));
    receive(uart, 1);
    // Start, eight bits, parity, two stop bits at 9,600 baud.
    expect(uart.nextEvent()).toBe(1000 + 5_000_000);
    uart.advance(instant(2000));
    receive(uart, 1);
    expect(uart.nextEvent()).toBe(2000 + 5_000_000);
  });

  it('never time out without FIFOs', () => {
    const uart = open(RECEIVED, 0);
    receive(uart, 1);
    expect([uart.nextEvent(), uart.read(IIR)]).toEqual([NEVER, 0x04]);
  });

  it('come in the order of the data sheet: line, receiver, transmitter, modem', () => {
    const uart = open(RECEIVED | TRANSMIT | LINE | MODEM, 0xc1);
    uart.write(MCR, OUT2 | 0x10);
    uart.write(MCR, OUT2);
    receive(uart, 17);
    expect(uart.read(IIR)).toBe(0xc6);
    uart.read(LSR);
    expect(uart.read(IIR)).toBe(0xc4);
    for (let i = 0; i < 16; i++) uart.read(RBR);
    expect(uart.read(IIR)).toBe(0xc2);
    expect(uart.read(IIR)).toBe(0xc0);
    uart.read(MSR);
    expect(uart.read(IIR)).toBe(0xc1);
  });

  it('tell of the empty transmitter after each byte, and at once when enabled', () => {
    const uart = open(0);
    expect(uart.interrupt).toBe(false);
    uart.write(IER, TRANSMIT);
    expect([uart.interrupt, uart.read(IIR), uart.interrupt]).toEqual([true, 0xc2, false]);
    uart.write(0, 0x41);
    expect([uart.interrupt, uart.read(IIR), uart.interrupt]).toEqual([true, 0xc2, false]);
    uart.write(IER, 0);
    uart.write(IER, TRANSMIT);
    expect(uart.interrupt).toBe(true);
  });

  it('stay pending across save and restore, the running timeout included', () => {
    const uart = open(RECEIVED, 0xc1);
    receive(uart, 1);
    const twin = new Uart();
    twin.restore(structuredClone(uart.save()));
    expect(twin.nextEvent()).toBe(TIMEOUT_NS);
    twin.advance(instant(TIMEOUT_NS));
    const third = new Uart();
    third.restore(structuredClone(twin.save()));
    expect(third.interrupt).toBe(true);
  });
});
