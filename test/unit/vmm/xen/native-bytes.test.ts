import { describe, expect, it } from 'vitest';
import { commonToValues } from '../../../../src/vmm/common-values.ts';
import { toNative } from '../../../../src/vmm/field-table.ts';
import { XEN_FIELDS } from '../../../../src/vmm/xen/field-table.ts';
import { writeWrapped, XL_FORMAT } from '../../../../src/vmm/xen/formats.ts';
import { decode, encode } from '../../../../src/vmm/xen/native-bytes.ts';
import { SMALL_IMAGE, SMALL_STATE } from '../../../support/xen-images.ts';

const ABOUT = { identity: SMALL_STATE.identity, memory: SMALL_STATE.memory };
const values = commonToValues(SMALL_STATE);
const STATE = toNative(XEN_FIELDS, values.ok ? values.value : new Map());
const BYTES = encode(STATE, ABOUT);

describe('the state that one Xen-like host sends another', () => {
  it('comes back place by place', () => {
    const result = decode(BYTES, ABOUT);
    expect(result.ok && new Map([...result.value].toSorted())).toEqual(
      new Map([...STATE].toSorted()),
    );
  });

  it('is an xl save file without pages, and small', () => {
    expect(XL_FORMAT.detect(BYTES)).toBe(true);
    expect(BYTES.length).toBeLessThan(5_000);
  });

  it('is refused by a VM with other RAM', () => {
    const other = { ...ABOUT, memory: [{ firstGfn: 0, pages: 7 }] };
    const result = decode(BYTES, other);
    expect(result.ok ? 'accepted' : result.error.message).toContain('reserved');
  });

  it('is refused when pages are in it', () => {
    const file = writeWrapped(SMALL_IMAGE);
    const result = file.ok ? decode(file.value.bytes, ABOUT) : undefined;
    expect(result?.ok === false && result.error.message).toContain('pages come before');
  });

  it('is refused cut off anywhere', () => {
    for (let length = 0; length < BYTES.length; length++) {
      expect(decode(BYTES.slice(0, length), ABOUT).ok).toBe(false);
    }
  });
});
