import { describe, expect, it } from 'vitest';
import { Uart } from '../../../src/devices/uart.ts';

const LSR = 5;

function withFifo(): Uart {
  const uart = new Uart();
  uart.write(2, 0x01);
  return uart;
}

describe('the UART', () => {
  it('puts a byte written to THR on the line at once', () => {
    const uart = new Uart();
    uart.write(0, 0x41);
    expect(uart.read(LSR)).toBe(0x60);
    expect([...uart.takeOutput()]).toEqual([0x41]);
    expect(uart.takeOutput().length).toBe(0);
  });

  it('reads its divisor through the latch bit only', () => {
    const uart = new Uart();
    uart.write(3, 0x83);
    uart.write(0, 0x01);
    uart.write(1, 0x02);
    expect([uart.read(0), uart.read(1)]).toEqual([1, 2]);
    uart.write(3, 0x03);
    expect([uart.read(0), uart.read(1)]).toEqual([0, 0]);
    expect(uart.pending).toBe(0);
  });

  it('keeps sixteen received bytes in order and loses the seventeenth', () => {
    const uart = withFifo();
    const fits = Array.from({ length: 17 }, (_, i) => uart.receive(i));
    expect(fits.lastIndexOf(true)).toBe(15);
    expect(uart.read(LSR)).toBe(0x63);
    expect(uart.read(LSR)).toBe(0x61);
    expect(Array.from({ length: 16 }, () => uart.read(0))).toEqual([...Array(16).keys()]);
    expect(uart.read(LSR)).toBe(0x60);
  });

  it('overwrites the one byte of its receiver when FIFOs are off', () => {
    const uart = new Uart();
    expect(uart.receive(1)).toBe(true);
    expect(uart.receive(2)).toBe(false);
    expect(uart.read(LSR)).toBe(0x63);
    expect(uart.read(0)).toBe(2);
  });

  it('identifies the highest pending cause and forgets THRE when IIR is read', () => {
    const uart = withFifo();
    uart.write(1, 0x03);
    uart.receive(9);
    expect(uart.read(2)).toBe(0xc4);
    uart.read(0);
    expect(uart.read(2)).toBe(0xc2);
    expect(uart.read(2)).toBe(0xc1);
  });

  it('raises its line only with OUT2 set', () => {
    const uart = withFifo();
    uart.write(1, 0x01);
    uart.receive(9);
    expect(uart.interrupt).toBe(false);
    uart.write(4, 0x08);
    expect(uart.interrupt).toBe(true);
  });

  it('sends to itself in loop-back and mirrors the modem lines', () => {
    const uart = withFifo();
    uart.write(4, 0x1f);
    uart.write(0, 0x55);
    expect(uart.pending).toBe(0);
    expect(uart.read(0)).toBe(0x55);
    expect(uart.read(6) & 0xf0).toBe(0xf0);
  });

  it('gives back what it saved, bit for bit', () => {
    const uart = withFifo();
    uart.write(1, 0x07);
    uart.write(7, 0xa5);
    for (let i = 0; i < 20; i++) uart.receive(i);
    const saved = uart.save();
    const twin = new Uart();
    twin.restore(structuredClone(saved));
    expect(twin.save()).toEqual(saved);
  });
});
