import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KVM_FIELDS } from '../../../../src/vmm/kvm/field-table.ts';
import { FURNITURE } from '../../../../src/vmm/kvm/qemu-stream/device-reader.ts';
import { QEMU_ISAPC_FIELDS } from '../../../../src/vmm/kvm/qemu-stream/field-table.ts';
import {
  READABLE_MACHINES,
  WRITABLE_MACHINES,
} from '../../../../src/vmm/kvm/qemu-stream/machines.ts';
import { NATIVE_MACHINE } from '../../../../src/vmm/kvm/qemu-stream/native-machine.ts';
import { OWN_FIELDS, OWN_SECTION } from '../../../../src/vmm/kvm/qemu-stream/own-section.ts';
import { KNOWN_SECTIONS } from '../../../../src/vmm/kvm/qemu-stream/sections.ts';
import { KNOWN_SUBSECTIONS } from '../../../../src/vmm/kvm/qemu-stream/subsections.ts';
import { placesOf, subsectionsOf } from '../../../../src/vmm/kvm/qemu-stream/vmstate.ts';
import { fieldRows } from '../../../support/field-document.ts';

const FORMAT = readFileSync(new URL('../../../../src/vmm/kvm/FORMAT.md', import.meta.url), 'utf8');

/** `npx vitest run --project node test/unit/vmm/kvm/document.test.ts --update` writes it anew. */
const DOCUMENT = `# Fields of the KVM-like host
Written from the field tables in the code (\`field-table.ts\`, \`qemu-stream/field-table.ts\`, \`qemu-stream/serial-rows.ts\`, \`qemu-stream/pc-rows.ts\`, \`qemu-stream/own-section.ts\`). FORMAT.md says where the sections of QEMU's stream lie.

- *copied*, *renamed*: the same value. *recomputed*: by the formula. *derived*: written from other fields, never read.
- *refused unless*: the common model has no such field; a file with another value is refused by its name, and the value given is written.
- *ignored*: the same, but another value is let go, with a note; the last column says why that does no harm.
- *absent*: the format has no place for the field.

## The host's own state
${fieldRows(KVM_FIELDS)}

## QEMU's stream, machine none
${fieldRows(WRITABLE_MACHINES.none.fields)}

## QEMU's stream, machines isapc and microvm
The sections \`timer\`, \`cpu_common\` and \`cpu\` are as above, but for what is here.

${fieldRows(QEMU_ISAPC_FIELDS.filter((row) => !WRITABLE_MACHINES.none.fields.includes(row)))}

## Between two hosts of this kind
What QEMU's stream for isapc lacks or has only a part of; all other fields are as in it.

${fieldRows(OWN_FIELDS.filter((row) => !QEMU_ISAPC_FIELDS.includes(row)))}
`;

describe('the documents of the KVM-like host', () => {
  it('list every field as the code has it', async () => {
    await expect(DOCUMENT).toMatchFileSnapshot('../../../../src/vmm/kvm/FIELDS.md');
  });

  it('have a row for every field of every section', () => {
    const places = [...READABLE_MACHINES, NATIVE_MACHINE].flatMap(({ sections }) =>
      sections.flatMap((section) => placesOf(section).map(({ place }) => place)),
    );
    expect(new Set(places).size).toBeGreaterThan(250);
    expect(places.filter((place) => !DOCUMENT.includes(`\`${place}\``))).toEqual([]);
  });

  it('name every machine, section and subsection', () => {
    const furniture = FURNITURE.flatMap(({ source }) => source.slice(2, -2).split('|'));
    const names = [
      ...READABLE_MACHINES.flatMap(({ name, ramBlock }) => [name, ramBlock]),
      ...KNOWN_SECTIONS.flatMap((section) => [
        section.name,
        ...subsectionsOf(section).map(({ name }) => name),
      ]),
      ...KNOWN_SUBSECTIONS.keys(),
      ...furniture,
    ];
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !FORMAT.includes(`\`${name}\``))).toEqual([]);
  });

  it('name every field of the section of our own', () => {
    const names = OWN_SECTION.fields.map(({ name }) => name.replace(/^pit[12]/, 'pit0'));
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !FORMAT.includes(name))).toEqual([]);
    expect(FORMAT).toContain(`\`${OWN_SECTION.name}\` version ${OWN_SECTION.version}`);
  });
});
