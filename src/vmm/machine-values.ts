/**
 * The toy PC's devices, and what it keeps beside processor and devices, as flat common values: the
 * part of a native state that every VMM puts through its field table alone.
 */
import { assert, exists } from '../base/assert.ts';
import { bigFromBytes, bigToBytes } from '../base/big-bytes.ts';
import { instant, PAGE_SIZE, START } from '../base/units.ts';
import type { CommonDevice, DeviceKind } from '../image/device-model.ts';
import {
  type CommonField,
  DEVICE_FIELDS,
  DEVICE_KINDS,
  flattenDevice,
  unflattenDevice,
} from '../image/fields.ts';
import type { CommonState, CommonStop } from '../image/model.ts';
import { MAX_CAUSE } from '../image/validate.ts';
import type { MachineState } from '../machine/machine-state.ts';
import { PcBus } from '../machine/pc-bus.ts';
import type { CommonValues } from './field-table.ts';
import { type CommonPc, commonToPc, devicesOf, pcToCommon } from './machine-devices.ts';

/** A VM that has stopped for good; no cause: it lives. */
export const STOP_FIELDS: readonly CommonField[] = [
  { path: 'cause', bits: 8 * MAX_CAUSE, form: 'bytes' },
  { path: 'code', bits: 32, form: 'number' },
];

/** Every common field with its path in a VMM's table, the processor's left out. */
export const MACHINE_FIELDS: readonly (readonly [prefix: string, CommonField])[] = [
  ...DEVICE_KINDS.flatMap((kind) => DEVICE_FIELDS[kind].map((field) => [kind, field] as const)),
  ...STOP_FIELDS.map((field) => ['stopped', field] as const),
];

/** Devices as they are when a PC of so much memory starts, after its firmware. */
export function powerOnDevices(ramBytes: number): CommonPc {
  const config = { epochSeconds: 0, ramBytes, mac: [0x52, 0x54, 0, 0x12, 0x34, 0x56] };
  const bus = new PcBus(config, { now: () => START, attention: () => {} });
  return pcToCommon(bus.save());
}

export function deviceValues(devices: readonly CommonDevice[]): Map<string, bigint> {
  const values = new Map<string, bigint>();
  for (const device of devices) {
    for (const [path, value] of flattenDevice(device)) values.set(`${device.kind}.${path}`, value);
  }
  return values;
}

export function stopValues(stopped: CommonStop | undefined): Map<string, bigint> {
  // A reason is for people: a long one is cut, and the guest's end is still the same.
  const cause = new TextEncoder().encode(stopped?.cause ?? '').subarray(0, MAX_CAUSE);
  return new Map([
    ['stopped.cause', bigFromBytes(cause)],
    ['stopped.code', BigInt(stopped?.code ?? 0)],
  ]);
}

/** Pre: every value has the form of its field. */
export function stopFrom(values: CommonValues): CommonStop | undefined {
  const cause = exists(values.get('stopped.cause'), 'stopped.cause');
  if (cause === 0n) return undefined;
  const text = new TextDecoder().decode(bigToBytes(cause, MAX_CAUSE)).replace(/\0+$/, '');
  return { cause: text, code: Number(values.get('stopped.code')) };
}

/** Pre: every value has the form of its field. */
export function pcFrom(values: CommonValues): CommonPc {
  const device = (kind: DeviceKind): CommonDevice => unflattenDevice(kind, section(values, kind));
  return {
    uart: device('uart') as CommonPc['uart'],
    pic: device('pic') as CommonPc['pic'],
    pit: device('pit') as CommonPc['pit'],
    ne2000: device('ne2000') as CommonPc['ne2000'],
    cmos: device('cmos') as CommonPc['cmos'],
  };
}

/** Devices, time and end of a machine that stands still. */
export function machineToValues(machine: MachineState): CommonValues {
  const { time, pit, cmos } = machine;
  assert(pit.at === time && cmos.at === time, 'devices stand at the machine’s own moment');
  return new Map([
    ...deviceValues(devicesOf(pcToCommon(machine))),
    ...stopValues(machine.stopped),
    ['clock.guestNs', BigInt(time)],
  ]);
}

/** Pre: the values are valid. */
export function valuesToMachine(values: CommonValues): Omit<MachineState, 'cpu'> {
  const time = instant(Number(exists(values.get('clock.guestNs'), 'clock.guestNs')));
  const stopped = stopFrom(values);
  return {
    time,
    ...commonToPc(pcFrom(values), time),
    ...(stopped === undefined ? {} : { stopped }),
  };
}

/** Devices that a state leaves out are as at power-on. */
export function completeDevices({ devices, memory }: CommonState): CommonDevice[] {
  if (DEVICE_KINDS.every((kind) => devices.some((device) => device.kind === kind)))
    return [...devices];
  const pages = memory.reduce((sum, ram) => sum + ram.pages, 0);
  const missing = devicesOf(powerOnDevices(pages * PAGE_SIZE)).filter(
    ({ kind }) => !devices.some((device) => device.kind === kind),
  );
  return [...devices, ...missing];
}

export function section(values: CommonValues, prefix: string): CommonValues {
  const found = new Map<string, bigint>();
  for (const [path, value] of values) {
    if (path.startsWith(`${prefix}.`)) found.set(path.slice(prefix.length + 1), value);
  }
  return found;
}
