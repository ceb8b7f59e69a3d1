import { describe, expect, it } from 'vitest';
import {
  CPU_FIELDS,
  flattenCpu,
  flattenUart,
  packQueue,
  UART_FIELDS,
  unflattenCpu,
  unflattenUart,
  unpackQueue,
} from '../../../src/image/fields.ts';
import { SAMPLE } from './sample-state.ts';

/** Every leaf of a plain object, as dotted paths; lists count as leaves. */
function leaves(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, child]) =>
    typeof child === 'object' && !Array.isArray(child)
      ? leaves(child, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  );
}

describe('the field lists', () => {
  it('name every leaf of the CPU model and nothing else', () => {
    expect(CPU_FIELDS.map((field) => field.path).toSorted()).toEqual(leaves(SAMPLE.cpu).toSorted());
  });

  it('name every leaf of the UART model and nothing else', () => {
    const { kind: _, ...registers } = SAMPLE.devices[0] as (typeof SAMPLE.devices)[number];
    expect(UART_FIELDS.map((field) => field.path).toSorted()).toEqual(leaves(registers).toSorted());
  });

  it('turn a state into flat values and back', () => {
    const uart = SAMPLE.devices[0] as (typeof SAMPLE.devices)[number];
    expect(unflattenCpu(flattenCpu(SAMPLE.cpu))).toEqual(SAMPLE.cpu);
    expect(unflattenUart(flattenUart(uart))).toEqual(uart);
  });

  it('keep queues of bytes in order', () => {
    expect(packQueue([0x41, 0x42])).toBe(0x424102n);
    expect(unpackQueue(packQueue([1, 0, 255]))).toEqual([1, 0, 255]);
  });
});
