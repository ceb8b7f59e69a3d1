import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LIBXC_FIELDS, XEN_FIELDS } from '../../../../src/vmm/xen/field-table.ts';
import { HVM_KINDS } from '../../../../src/vmm/xen/libxc-stream/hvm-context.ts';
import { LOADER_RULES } from '../../../../src/vmm/xen/libxc-stream/loader-rules.ts';
import { RECORD_KINDS } from '../../../../src/vmm/xen/libxc-stream/record-kinds.ts';
import { PRIVATE_FIELDS } from '../../../../src/vmm/xen/private-fields.ts';
import { fieldRows } from '../../../support/field-document.ts';

const FORMAT = readFileSync(new URL('../../../../src/vmm/xen/FORMAT.md', import.meta.url), 'utf8');

/** `npx vitest run --project node test/unit/vmm/xen/document.test.ts --update` writes it anew. */
const DOCUMENT = `# Fields of the Xen-like host
Written from the field tables in the code (\`field-table.ts\`, \`hvm-params.ts\`, \`private-fields.ts\`). FORMAT.md says where the records lie.

- *copied*, *renamed*: the same value. *recomputed*: by the formula.
- *refused unless*: the common model has no such field; a file with another value is refused by its name, and the value given is written.
- *ignored*: the same, but another value is let go, with a note; the last column says why that does no harm.
- *absent*: the raw stream has no place for the field.

## The host's own state, and xl save files
${fieldRows(XEN_FIELDS)}

## What the raw libxc stream has no place for
All other fields are as above.

${fieldRows(LIBXC_FIELDS.filter(({ rule }) => rule === 'absent'))}
`;

describe('the documents of the Xen-like host', () => {
  it('list every field as the code has it', async () => {
    await expect(DOCUMENT).toMatchFileSnapshot('../../../../src/vmm/xen/FIELDS.md');
  });

  it('name every record, entry and rule', () => {
    const names = [
      ...RECORD_KINDS.map(({ name }) => name),
      ...HVM_KINDS.map(({ name }) => name),
      ...LOADER_RULES.map(({ text }) => text.split(' ')[0] ?? ''),
      ...PRIVATE_FIELDS.map(({ name }) => name),
    ];
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !FORMAT.includes(name))).toEqual([]);
  });
});
