/**
 * What is in a file, for people: a VM's state in any format, an ELF guest, a scenario. The whole is
 * decoded and validated; nothing is applied and nothing runs.
 */
import { hex32 } from '../base/hex.ts';
import { err, ok, type Result } from '../base/result.ts';
import { PAGE_SIZE } from '../base/units.ts';
import type { ImageFile } from '../image/codec.ts';
import { CPU_FIELDS, flattenCpu } from '../image/fields.ts';
import { decodeElf } from '../machine/elf.ts';
import { decodeKernel } from '../machine/multiboot.ts';
import { digestOf } from '../trace/hash.ts';
import { type FilePart, formatErrorText } from '../vmm/format.ts';
import { detectFormat } from '../vmm/formats.ts';
import { decodeScenario } from './scenario-file.ts';

export interface FileLook {
  readonly kind: 'state' | 'guest' | 'scenario';
  readonly title: string;
  readonly parts: readonly FilePart[];
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly notes: readonly string[];
  /** Of a VM's memory and registers: the same in every format. */
  readonly fingerprint?: string;
}

const LARGEST_GUEST_RAM = 64 << 20;

export function lookAtFile(name: string, bytes: Uint8Array): Result<FileLook, string> {
  if (bytes.length === 0) return err(`${name} is empty (at byte 0)`);
  if (isElf(bytes)) return elfLook(name, bytes);
  if (firstLetter(bytes) === '{') return scenarioLook(name, bytes);
  const format = detectFormat(bytes);
  if (!format.ok)
    return err(`${name}: ${formatErrorText(format.error)}; an ELF guest or a scenario is neither`);
  const file = format.value.read(bytes);
  if (!file.ok) return err(`${name} (${format.value.title}): ${formatErrorText(file.error)}`);
  const { image, parts, notes } = file.value;
  const { title } = format.value;
  const fingerprint = fingerprintOf(image);
  return ok({ kind: 'state', title, parts, notes, facts: stateFacts(image), fingerprint });
}

export const isElf = (bytes: Uint8Array): boolean =>
  [0x7f, 0x45, 0x4c, 0x46].every((byte, i) => bytes[i] === byte);

/** The first that is no space. */
const firstLetter = (bytes: Uint8Array): string =>
  String.fromCharCode(bytes.find((byte) => ![0x20, 9, 10, 13].includes(byte)) ?? 0);

function stateFacts({ state, pages }: ImageFile): FileLook['facts'] {
  const ram = state.memory.reduce((sum, range) => sum + range.pages, 0);
  const held = pages.reduce((sum, run) => sum + (run.data === undefined ? 0 : run.count), 0);
  return [
    ['VM', state.identity.name],
    ['Memory', `${ram} pages, ${held} with bytes of their own`],
    ['Next instruction', hex32(state.cpu.eip)],
    ['Devices', state.devices.map(({ kind }) => kind).join(', ') || 'none'],
    [
      'CPU features',
      `offered ${state.policy.offered.join(' ')}; used ${state.policy.used.join(' ')}`,
    ],
  ];
}

/** What the processor would see: some formats leave out counters and devices. */
const REGISTERS = CPU_FIELDS.slice(
  0,
  CPU_FIELDS.findIndex(({ path }) => path === 'tsc'),
);

function fingerprintOf({ state, pages }: ImageFile): string {
  const count = state.memory.reduce((end, ram) => Math.max(end, ram.firstGfn + ram.pages), 0);
  const flat = flattenCpu(state.cpu);
  const registers = REGISTERS.map(({ path }) => `${path}=${flat.get(path)}`).join('\n');
  const text = Uint8Array.from(registers, (letter) => letter.charCodeAt(0));
  const all = new Uint8Array(count * PAGE_SIZE + text.length);
  for (const { firstGfn, data } of pages)
    if (data !== undefined) all.set(data, firstGfn * PAGE_SIZE);
  all.set(text, count * PAGE_SIZE);
  return digestOf(all).slice(0, 16);
}

function elfLook(name: string, bytes: Uint8Array): Result<FileLook, string> {
  const elf = decodeElf(bytes);
  if (!elf.ok) return err(`${name} (ELF): ${elf.error.message}`);
  const kernel = decodeKernel(bytes, LARGEST_GUEST_RAM);
  const parts = elf.value.segments.map(({ address, content, memorySize }, i) => ({
    offset: segmentOffset(bytes, i),
    bytes: content.length,
    name: 'segment',
    detail: `to ${hex32(address)}, ${memorySize} bytes in memory`,
  }));
  return ok({
    kind: 'guest',
    title: 'ELF executable for i386',
    parts: [{ offset: 0, bytes: 52, name: 'ELF header', detail: '' }, ...parts],
    facts: [
      ['Begins at', hex32(elf.value.entry)],
      [
        'As a guest',
        kernel.ok ? 'the hosts can boot it' : `cannot be one: ${kernel.error.message}`,
      ],
    ],
    notes: [],
  });
}

/** Of the `nth` loadable segment. Pre: the file was decoded. */
function segmentOffset(bytes: Uint8Array, nth: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [table, size, count] = [
    view.getUint32(28, true),
    view.getUint16(42, true),
    view.getUint16(44, true),
  ];
  const heads = Array.from({ length: count }, (_, i) => table + i * size);
  const loadable = heads.filter(
    (at) => view.getUint32(at, true) === 1 && view.getUint32(at + 20, true) > 0,
  );
  return view.getUint32(loadable[nth] + 4, true);
}

function scenarioLook(name: string, bytes: Uint8Array): Result<FileLook, string> {
  const decoded = decodeScenario(name, bytes);
  if (!decoded.ok) return decoded;
  const { vm, hosts, algorithm, inputs, faults } = decoded.value;
  return ok({
    kind: 'scenario',
    title: 'scenario (JSON)',
    parts: [],
    facts: [
      ['Name', decoded.value.name],
      ['Guest', `${vm.guest}, ${vm.memoryMiB} MiB`],
      ['Way', `${hosts.source} to ${hosts.destination}, ${algorithm}`],
      ['Recorded changes', String(inputs.length)],
      ['Faults', String(faults.length)],
    ],
    notes: [],
  });
}
