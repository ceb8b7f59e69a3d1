/** Between the common model and the places of a stream, with what a machine of QEMU cannot carry. */
import { err, ok, type Result } from '../../../base/result.ts';
import { instant } from '../../../base/units.ts';
import type { CommonDevice } from '../../../image/device-model.ts';
import type { CommonState } from '../../../image/model.ts';
import { commonToValues, valuesToCommon } from '../../common-values.ts';
import { type CommonValues, lostInNative, toCommon, toNative } from '../../field-table.ts';
import type { FormatError } from '../../format.ts';
import { powerOnDevices } from '../../machine-values.ts';
import type { NativeState } from '../../native-layout.ts';
import type { VmIdentity } from '../../native-model.ts';
import { cpuModel } from './cpu-policy.ts';
import type { DeviceState } from './device-reader.ts';
import { ISAPC_RESET } from './field-table.ts';
import { HF_FOREIGN } from './hflags.ts';
import type { StreamMachine } from './machines.ts';
import { timerOf } from './pc-rows.ts';
import { NE2000, PC_SECTIONS } from './pc-sections.ts';
import { impliedTransmit } from './sections.ts';
import { SERIAL_RESET } from './serial-rows.ts';
import { TSC_KHZ_PLACE } from './subsections.ts';
import { placesOf } from './vmstate.ts';

export interface Translated<T> {
  readonly value: T;
  readonly notes: readonly string[];
}

const unsupported = (message: string) => err<FormatError>({ code: 'unsupported', message });

/** QEMU rounds its RAM up to whole 8 KiB. */
const RAM_STEP_PAGES = 2;

/** RAM must be one stretch from 0: QEMU knows no other without a board. */
export function ramPages({ memory }: Pick<CommonState, 'memory'>): Result<number, FormatError> {
  const [ram, ...more] = memory;
  if (ram?.firstGfn !== 0 || more.length > 0)
    return err({ code: 'unsupported', message: 'QEMU’s RAM is one stretch from address 0' });
  if (ram.pages % RAM_STEP_PAGES !== 0)
    return err({ code: 'unsupported', message: 'QEMU’s RAM comes in steps of 8 KiB' });
  return ok(ram.pages);
}

/** Pre: the state is valid. */
export function commonToQemu(
  state: CommonState,
  machine: StreamMachine,
): Result<Translated<NativeState>, FormatError> {
  const needed = missingDevice(state, machine);
  if (needed !== undefined) return unsupported(needed);
  const values = commonToValues(state);
  if (!values.ok) return values;
  const notes = [`QEMU needs -cpu ${cpuModel(state, machine.name)}`];
  const native = toNative(machine.fields, values.value);
  if (machine.name === 'isapc') notes.push('QEMU needs one serial port: -serial stdio or another');
  if (machine.sections.includes(NE2000) && NE2000.needed?.(native) === true)
    notes.push('QEMU needs the network card: -device ne2k_isa,netdev=N with a -netdev of id N');
  const lost = lostInNative(machine.fields, values.value);
  if (lost.length > 0) notes.push(`without a place in the stream: ${lost.join(', ')}`);
  const changed = changedInNative(machine, values.value, native).filter(
    (path) => !lost.includes(path),
  );
  if (changed.length > 0) notes.push(`QEMU counts these in its own way: ${changed.join(', ')}`);
  return ok({ value: native, notes });
}

/** Fields that have a place in the stream and do not come back from it as they were. */
function changedInNative(
  machine: StreamMachine,
  values: CommonValues,
  native: NativeState,
): readonly string[] {
  const { common } = toCommon(machine.fields, native);
  return [...values].flatMap(([path, value]) =>
    common.has(path) && common.get(path) !== value ? [path] : [],
  );
}

/** What the guest waits for or uses that the machine cannot give, as a sentence. */
function missingDevice(
  { cpu, devices, stopped }: CommonState,
  machine: StreamMachine,
): string | undefined {
  if (stopped !== undefined) return `the guest has ended: ${stopped.cause}`;
  if (machine.name !== 'none') return undefined;
  if (cpu.halted)
    return 'the guest has halted and waits for an interrupt, and machine none has no interrupt controller (pic); use isapc';
  const used = devices.filter((device) => isUsed(device, cpu.eflags)).map(({ kind }) => kind);
  return used.length === 0
    ? undefined
    : `the guest uses its ${used.join(', ')}, which machine none lacks; use isapc`;
}

const EFLAGS_IF = 0x200;
const FIRMWARE = powerOnDevices(0);

/** Of a kind and in a state that the guest can notice the lack of. */
function isUsed(device: CommonDevice, eflags: number): boolean {
  const takesInterrupts = (eflags & EFLAGS_IF) !== 0;
  if (device.kind === 'pic')
    return takesInterrupts && device.master.imr !== FIRMWARE.pic.master.imr;
  if (device.kind === 'pit')
    return takesInterrupts && device.counter0.nextCount !== FIRMWARE.pit.counter0.nextCount;
  if (device.kind === 'ne2000') return device.pstop !== 0;
  return raisesInterrupts(device);
}

/** OUT2 gates the interrupt line of a PC's UART. */
const UART_OUT2 = 0x08;
const raisesInterrupts = (device: CommonDevice): boolean =>
  device.kind === 'uart' && device.interruptEnable !== 0 && (device.modemControl & UART_OUT2) !== 0;

/** Pre: `places` holds what a stream of this machine held; nothing is known of the values. */
export function qemuToCommon(
  { places }: Pick<DeviceState, 'places'>,
  machine: StreamMachine,
  about: VmIdentity,
): Result<Translated<CommonState>, FormatError> {
  const native = complete(places, machine);
  if (((native.get('cpu.env.hflags.mode') ?? 0n) & HF_FOREIGN) !== 0n)
    return unsupported('the processor is in a mode that the toy PC lacks');
  const { common, lost } = toCommon(machine.fields, native);
  const mattering = lost.filter((name) => !ignorable(machine, name));
  if (mattering.length > 0) return unsupported(reasonsOf(machine, mattering));
  const translated = valuesToCommon(withFrequency(common, places), about);
  if (!translated.ok) return translated;
  const notes = lost.length > 0 ? [`left out, without effect here: ${lost.join(', ')}`] : [];
  return ok({ value: withTimerLine(translated.value), notes });
}

/**
 * In mode 2 a counter's output is high but for the last tick of a period (8254 data sheet); QEMU's
 * is low but for the first. Left as it is, the level would be taken for one more edge.
 */
function withTimerLine(state: CommonState): CommonState {
  const pit = state.devices.find((device) => device.kind === 'pit');
  if (pit?.counter0.mode !== 2) return state;
  const now = instant(Number(state.clock.guestNs));
  const line = timerOf(pit).output(now) ? 1 : 0;
  const devices = state.devices.map((device) =>
    device.kind === 'pic'
      ? { ...device, master: { ...device.master, lastIrr: (device.master.lastIrr & ~1) | line } }
      : device,
  );
  return { ...state, devices };
}

/** Fields of sections that were not sent are as after a reset, except for the clock. */
export function complete(places: ReadonlyMap<string, bigint>, machine: StreamMachine): NativeState {
  const native = new Map<string, bigint>();
  for (const section of machine.sections) {
    const isSent = placesOf(section).some(({ place }) => places.has(place));
    const unsent = isSent || !PC_SECTIONS.includes(section) ? undefined : ISAPC_RESET;
    for (const { place } of placesOf(section))
      native.set(place, places.get(place) ?? unsent?.get(place) ?? 0n);
  }
  for (const row of machine.fields) {
    const [place] = row.native;
    if (row.rule !== 'dropped' || place === undefined || places.has(place)) continue;
    native.set(place, row.defaults[0] ?? 0n);
  }
  const implied = impliedBy(places);
  for (const [place, value] of implied) if (!places.has(place)) native.set(place, value);
  return native;
}

/** What a place is that was not sent, where that is not 0. */
function impliedBy(places: ReadonlyMap<string, bigint>): Map<string, bigint> {
  return new Map([
    ['timer.cpu_ticks_offset', places.get('cpu.env.tsc') ?? 0n],
    ['serial/thr_ipending.thr_ipending', impliedTransmit(places)],
    ...(places.has('serial.state.lsr') ? [] : SERIAL_RESET),
  ]);
}

/** QEMU sends the counter's frequency only when it was set by hand. */
function withFrequency(common: CommonValues, places: ReadonlyMap<string, bigint>): CommonValues {
  const khz = places.get(TSC_KHZ_PLACE) ?? 0n;
  return khz === 0n ? common : new Map([...common, ['cpu.tscKhz', khz]]);
}

function ignorable(machine: StreamMachine, name: string): boolean {
  const row = machine.fields.find((candidate) => candidate.name === name);
  return row?.rule === 'dropped' && row.ignorable === true;
}

function reasonsOf(machine: StreamMachine, names: readonly string[]): string {
  return names
    .map((name) => `${name}: ${machine.fields.find((row) => row.name === name)?.note ?? ''}`)
    .join('; ');
}
