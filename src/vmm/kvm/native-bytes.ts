/**
 * The state of a VM as its host sends it to another of its kind when the pages have gone before: a
 * QEMU stream for isapc without pages, with one section more (`qemu-stream/own-section.ts`).
 */
import { assert } from '../../base/assert.ts';
import { DecodeError } from '../../base/bytes.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { PAGE_SIZE } from '../../base/units.ts';
import { commonToValues, valuesToCommon } from '../common-values.ts';
import { toCommon, toNative } from '../field-table.ts';
import type { NativeState } from '../native-layout.ts';
import type { VmIdentity } from '../native-model.ts';
import type { VmmError } from '../vmm.ts';
import { KVM_FIELDS } from './field-table.ts';
import { NATIVE_MACHINE } from './qemu-stream/native-machine.ts';
import { type QemuStream, readStream } from './qemu-stream/reader.ts';
import { readWhole } from './qemu-stream/stream-cursor.ts';
import { complete } from './qemu-stream/translate.ts';
import { placesOf } from './qemu-stream/vmstate.ts';
import { globalState, joined, streamHead, streamPages, streamTail } from './qemu-stream/writer.ts';

const bad = (message: string) =>
  err<VmmError>({ code: 'bad-state', message: `kvm state: ${message}` });

/** Pre: the VM's RAM is one stretch from 0, as every slot of this host. */
export function encode(state: NativeState, about: VmIdentity): Uint8Array<ArrayBuffer> {
  const { common } = toCommon(KVM_FIELDS, state);
  const places = toNative(NATIVE_MACHINE.fields, common);
  return joined([
    streamHead(NATIVE_MACHINE, ramBytes(about)),
    streamPages(NATIVE_MACHINE, [], true),
    streamTail(NATIVE_MACHINE, places, 'running'),
  ]);
}

function ramBytes({ memory }: VmIdentity): number {
  const [ram, ...more] = memory;
  assert(ram?.firstGfn === 0 && more.length === 0, 'the RAM of a VM here is one stretch from 0');
  return ram.pages * PAGE_SIZE;
}

/** Any bytes give every place of the layout, or an error. */
export function decode(bytes: Uint8Array, about: VmIdentity): Result<NativeState, VmmError> {
  const stream = readAll(bytes);
  if (!stream.ok) return stream;
  const { ram, devices } = stream.value;
  if (ram.counts.received > 0) return bad('pages come before the state, not in it');
  const reserved = ramBytes(about) / PAGE_SIZE;
  if (ram.frames !== reserved)
    return bad(`RAM of the VM is ${ram.frames} pages, reserved are ${reserved}`);
  const [strange] = devices.skipped;
  if (strange !== undefined) return bad(`no host of this kind has a device ${strange}`);
  const missing = NATIVE_MACHINE.sections.find(
    (section) => !placesOf(section).some(({ place }) => devices.places.has(place)),
  );
  if (missing !== undefined) return bad(`section ${missing.key} is missing`);
  return translated(devices.places, about);
}

function readAll(bytes: Uint8Array): Result<QemuStream, VmmError> {
  try {
    return ok(readWhole(bytes, readStream({ machines: [NATIVE_MACHINE] })));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return bad(error.message);
  }
}

/** Nothing may be lost between two of a kind: each value must be the one that would be written. */
function translated(places: NativeState, about: VmIdentity): Result<NativeState, VmmError> {
  const { fields } = NATIVE_MACHINE;
  const state = valuesToCommon(toCommon(fields, complete(places, NATIVE_MACHINE)).common, about);
  if (!state.ok) return bad(state.error.message);
  const values = commonToValues(state.value);
  if (!values.ok) return bad(values.error.message);
  const written = new Map([...toNative(fields, values.value), ...globalState('running')]);
  const strange = [...places].find(([place, value]) => written.get(place) !== value);
  if (strange !== undefined) return bad(`${strange[0]} contradicts the rest, or cannot be here`);
  return ok(toNative(KVM_FIELDS, values.value));
}
