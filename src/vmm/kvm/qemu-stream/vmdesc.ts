/**
 * The description of a stream's sections that QEMU appends to it as JSON. It is written so that
 * QEMU's checker can walk our streams, and read because only it says how long the sections of
 * devices are that are unknown here.
 */
import type { NativeState } from '../../native-layout.ts';
import {
  sizeOf,
  type VmstateField,
  type VmstateSection,
  type VmstateSubsection,
} from './vmstate.ts';

/** QEMU's own for a full isapc is 20 KB. */
export const MAX_VMDESC_BYTES = 1 << 20;
const MAX_DEPTH = 16;
const MAX_DEVICES = 1024;

/** What the description says of one section; `size` leaves the subsections out. */
export interface SectionShape {
  readonly name: string;
  readonly instance: number;
  readonly size: number;
  /** Field name → bytes of one element and their number. */
  readonly fields: ReadonlyMap<string, { readonly size: number; readonly count: number }>;
  readonly subsections: readonly SubsectionShape[];
}

export interface SubsectionShape {
  readonly name: string;
  readonly size: number;
  readonly subsections: readonly SubsectionShape[];
}

type Json = { readonly [key: string]: unknown };

/** Space at the end: no byte of the length may look like the brace that the checker searches for. */
export function writeVmdesc(
  sections: readonly VmstateSection[],
  state: NativeState,
): Uint8Array<ArrayBuffer> {
  const devices = sections.map((section) => describeSection(section, state));
  const text = JSON.stringify({ page_size: 4096, devices });
  let bytes = new TextEncoder().encode(text);
  while (lengthLooksLikeBrace(bytes.length)) {
    const padded = new Uint8Array(bytes.length + 1).fill(0x20);
    padded.set(bytes);
    bytes = padded;
  }
  return bytes;
}

function lengthLooksLikeBrace(length: number): boolean {
  return [24, 16, 8, 0].some((shift) => ((length >>> shift) & 0xff) === 0x7b);
}

function describeSection(section: VmstateSection, state: NativeState): Json {
  const { name, instance, version, fields, subsections } = section;
  return {
    name,
    instance_id: instance,
    vmsd_name: name,
    version,
    fields: fields.map((field) => describeField(field, state)),
    ...describeSubsections(subsections, state),
  };
}

/** Those that are there; without any, nothing is said of them. */
function describeSubsections(
  subsections: readonly VmstateSubsection[] = [],
  state: NativeState,
): Json {
  const needed = subsections.filter((candidate) => candidate.needed(state));
  if (needed.length === 0) return {};
  return { subsections: needed.map((subsection) => describeSubsection(subsection, state)) };
}

function describeField(field: VmstateField, state: NativeState): Json {
  const { name, type, count, struct } = field;
  const array = count === undefined ? {} : { array_len: count };
  if (struct === undefined) return { name, ...array, type, size: field.size };
  const needed = (struct.subsections ?? []).filter((candidate) => candidate.needed(state));
  const described = {
    vmsd_name: struct.name,
    version: struct.version,
    fields: struct.fields.map((inner) => describeField(inner, state)),
    ...describeSubsections(struct.subsections, state),
  };
  const more = needed.reduce((sum, subsection) => sum + subsectionBytes(subsection), 0);
  return { name, ...array, type, struct: described, size: field.size + more };
}

function describeSubsection(subsection: VmstateSubsection, state: NativeState): Json {
  const { name, version, fields } = subsection;
  return { vmsd_name: name, version, fields: fields.map((field) => describeField(field, state)) };
}

/** Mark, name with its length, version, fields. */
const subsectionBytes = ({ name, fields }: VmstateSubsection): number =>
  1 + 1 + name.length + 4 + sizeOf(fields);

/**
 * Sections by `name/instance`; where one is there twice (QEMU writes two disk controllers as
 * instance 0), in stream order. Undefined: this is not such a description.
 */
export function readVmdesc(bytes: Uint8Array): ReadonlyMap<string, SectionShape[]> | undefined {
  const json = parseJson(bytes);
  const devices = asArray(json?.devices);
  if (devices === undefined || devices.length > MAX_DEVICES) return undefined;
  const shapes = new Map<string, SectionShape[]>();
  for (const device of devices) {
    const shape = sectionShape(device);
    if (shape === undefined) return undefined;
    const key = shapeKey(shape.name, shape.instance);
    const list = shapes.get(key);
    if (list === undefined) shapes.set(key, [shape]);
    else list.push(shape);
  }
  return shapes;
}

export const shapeKey = (name: string, instance: number): string => `${name}/${instance}`;

function parseJson(bytes: Uint8Array): Json | undefined {
  try {
    return asObject(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return undefined;
  }
}

function sectionShape(value: unknown): SectionShape | undefined {
  const device = asObject(value);
  if (device === undefined || typeof device.name !== 'string') return undefined;
  const instance = asCount(device.instance_id ?? 0);
  const fields = fieldShapes(device.fields);
  const subsections = subsectionShapes(device.subsections, 0);
  if (instance === undefined || fields === undefined || subsections === undefined) return undefined;
  return { name: device.name, instance, ...fields, subsections };
}

function subsectionShapes(value: unknown, depth: number): SubsectionShape[] | undefined {
  const list = asArray(value ?? []);
  if (list === undefined || depth > MAX_DEPTH || list.length > MAX_DEVICES) return undefined;
  const shapes: SubsectionShape[] = [];
  for (const item of list) {
    const subsection = asObject(item);
    const fields = fieldShapes(subsection?.fields);
    const nested = subsectionShapes(subsection?.subsections, depth + 1);
    const name = subsection?.vmsd_name;
    if (typeof name !== 'string' || fields === undefined || nested === undefined) return undefined;
    shapes.push({ name, size: fields.size, subsections: nested });
  }
  return shapes;
}

function fieldShapes(value: unknown): Pick<SectionShape, 'size' | 'fields'> | undefined {
  const list = asArray(value);
  if (list === undefined) return undefined;
  const fields = new Map<string, { readonly size: number; readonly count: number }>();
  let total = 0;
  for (const item of list) {
    const field = asObject(item);
    const size = asCount(field?.size);
    const count = asCount(field?.array_len ?? 1);
    if (size === undefined || count === undefined || typeof field?.name !== 'string')
      return undefined;
    total += size * count;
    if (total > 0xffff_ffff) return undefined;
    fields.set(field.name, { size, count });
  }
  return { size: total, fields };
}

/** The first field of a section of ours that the description gives another shape, if any. */
export function shapeProblem(
  shape: SectionShape,
  fields: readonly VmstateField[],
): string | undefined {
  for (const { name, size, count = 1, struct } of fields) {
    const found = shape.fields.get(name);
    if (found === undefined || found.count !== count) return name;
    // A structure's size includes subsections of its own.
    if (struct?.subsections === undefined ? found.size !== size : found.size < size) return name;
  }
  return shape.fields.size > fields.length ? 'the number of its fields' : undefined;
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;
}

const asArray = (value: unknown): readonly unknown[] | undefined =>
  Array.isArray(value) ? value : undefined;

const asCount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff
    ? value
    : undefined;
