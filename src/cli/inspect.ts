/** `vmferry inspect`: what is in a state file, whatever its format. */
import { ok } from '../base/result.ts';
import { CPU_FIELDS, flattenCpu } from '../image/fields.ts';
import type { CommonState } from '../image/model.ts';
import type { LoadedFile } from '../vmm/format.ts';
import { defineCommand } from './define-command.ts';
import { type LoadedStateFile, loadStateFile } from './state-files.ts';
import { table } from './table.ts';

/** More sections than this are not listed for people. */
const MAX_LISTED_PARTS = 60;

function cpuValues(state: CommonState): [string, string][] {
  const flat = flattenCpu(state.cpu);
  return CPU_FIELDS.map(({ path, bits, form }) => {
    const value = flat.get(path) ?? 0n;
    if (typeof form === 'object') return [path, form[Number(value)] ?? String(value)];
    if (form === 'flag' || bits === 64) return [path, String(value)];
    return [path, `0x${value.toString(16).padStart(bits / 4, '0')}`];
  });
}

function pageCount({ image }: LoadedFile): { readonly ram: number; readonly pages: number } {
  const ram = image.state.memory.reduce((sum, { pages }) => sum + pages, 0);
  return { ram, pages: image.pages.reduce((sum, { count }) => sum + count, 0) };
}

function asJson({ format, file, bytes }: LoadedStateFile): string {
  const { state } = file.image;
  const plain = {
    format: format.id,
    bytes,
    identity: state.identity,
    memory: state.memory,
    pages: pageCount(file).pages,
    cpu: state.cpu,
    devices: state.devices,
    clock: state.clock,
    policy: state.policy,
    parts: file.parts,
    notes: file.notes,
  };
  // JSON has no 64-bit integers.
  const text = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
  return `${JSON.stringify(plain, text, 2)}\n`;
}

function asText({ format, file, bytes }: LoadedStateFile): string {
  const { state } = file.image;
  const { ram, pages } = pageCount(file);
  const head = [
    ['format', format.title],
    ['bytes', String(bytes)],
    ['vm', state.identity.name],
    ['memory', `${ram} pages, ${pages} of them in the file and not zero by rule`],
    ['devices', state.devices.map(({ kind }) => kind).join(', ')],
    ['guest time', `${state.clock.guestNs} ns`],
    [
      'CPU features',
      `offered ${state.policy.offered.join(' ')}; used ${state.policy.used.join(' ')}`,
    ],
  ];
  const listed = file.parts.slice(0, MAX_LISTED_PARTS);
  const parts = [
    ['at byte', 'bytes', 'part', 'holds'],
    ...listed.map((part) => [String(part.offset), String(part.bytes), part.name, part.detail]),
  ];
  const more = file.parts.length - listed.length;
  return [
    table(head),
    '\n',
    table(parts),
    more > 0 ? `and ${more} more\n` : '',
    '\n',
    table(cpuValues(state)),
    file.notes.length > 0 ? '\n' : '',
    ...file.notes.map((note) => `${note}\n`),
  ].join('');
}

export const inspect = defineCommand({
  name: 'inspect',
  summary: 'Prints what is in a state file: sections, processor, devices, memory.',
  argument: { name: 'FILE', help: 'A state file; its format is seen from it.', required: true },
  options: { json: { kind: 'flag', help: 'Print it as JSON.' } },
  async run({ argument, options }, surroundings) {
    const loaded = await loadStateFile(argument, surroundings);
    if (!loaded.ok) return loaded;
    surroundings.stdout(options.json ? asJson(loaded.value) : asText(loaded.value));
    return ok(0);
  },
});
