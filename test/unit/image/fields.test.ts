import { describe, expect, it } from 'vitest';
import {
  CPU_FIELDS,
  DEVICE_FIELDS,
  DEVICE_KINDS,
  flattenCpu,
  flattenDevice,
  packQueue,
  unflattenCpu,
  unflattenDevice,
  unpackQueue,
} from '../../../src/image/fields.ts';
import { SAMPLE } from './sample-state.ts';

/** Every leaf of a plain object, as dotted paths; lists count as leaves. */
function leaves(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, child]) =>
    typeof child === 'object' && !Array.isArray(child) && !(child instanceof Uint8Array)
      ? leaves(child, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  );
}

describe('the field lists', () => {
  it('name every leaf of the CPU model and nothing else', () => {
    expect(CPU_FIELDS.map((field) => field.path).toSorted()).toEqual(leaves(SAMPLE.cpu).toSorted());
  });

  it.each(SAMPLE.devices)('name every leaf of the model of a $kind and nothing else', (device) => {
    const { kind, ...registers } = device;
    expect(DEVICE_FIELDS[kind].map((field) => field.path).toSorted()).toEqual(
      leaves(registers).toSorted(),
    );
  });

  it('turn a state into flat values and back', () => {
    expect(unflattenCpu(flattenCpu(SAMPLE.cpu))).toEqual(SAMPLE.cpu);
    expect(SAMPLE.devices.map(({ kind }) => kind)).toEqual(DEVICE_KINDS);
    for (const device of SAMPLE.devices)
      expect(unflattenDevice(device.kind, flattenDevice(device))).toEqual(device);
  });

  it('keep queues of bytes in order', () => {
    expect(packQueue([0x41, 0x42])).toBe(0x424102n);
    expect(unpackQueue(packQueue([1, 0, 255]))).toEqual([1, 0, 255]);
  });
});
