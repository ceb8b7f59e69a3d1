import '../../support/all-code.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeImage, encodeImage } from '../../../src/image/codec.ts';
import type { CommonState } from '../../../src/image/model.ts';
import { COMMON_PATHS, commonToValues, valuesToCommon } from '../../../src/vmm/common-values.ts';
import { toNative } from '../../../src/vmm/field-table.ts';
import { KVM_NATIVE } from '../../../src/vmm/kvm/vmm.ts';
import { type NativeState, placesOf } from '../../../src/vmm/native-layout.ts';
import {
  type NativeModel,
  nativeToCommon,
  prepareCommon,
  prepareNative,
} from '../../../src/vmm/native-model.ts';
import { XEN_NATIVE } from '../../../src/vmm/xen/vmm.ts';
import { SAMPLE } from '../image/sample-state.ts';
import { vmStates } from './samples.ts';

const ABOUT = { identity: SAMPLE.identity, memory: SAMPLE.memory };
const MODELS = [XEN_NATIVE, KVM_NATIVE];
const NAMED = MODELS.map((model) => [model.format.name, model] as const);

function must<T>(result: { ok: true; value: T } | { ok: false; error: { message: string } }): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** Native state → common image bytes → native state of another VMM. */
function translate(from: NativeModel, to: NativeModel, state: NativeState): NativeState {
  const common = must(nativeToCommon(from, state, ABOUT));
  const image = must(decodeImage(encodeImage(common)));
  return toNative(to.fields, must(commonToValues(image)));
}

describe.each(NAMED)('the field table of the %s-like VMM', (_name, model) => {
  it('has exactly one row for every native place', () => {
    const places = model.fields.flatMap((row) => row.native);
    expect(places.toSorted()).toEqual(placesOf(model.format.layout).toSorted());
  });

  it('has exactly one row for every common field', () => {
    const paths = model.fields
      .filter(({ rule }) => rule !== 'derived')
      .flatMap((row) => row.common);
    expect(paths.toSorted()).toEqual(COMMON_PATHS.toSorted());
  });

  it('gives a reason for every dropped field and a formula for every recomputed one', () => {
    for (const row of model.fields) {
      if (row.rule === 'dropped') expect(row.note).not.toBe('');
      if (row.rule === 'recomputed') expect(row.formula.text).not.toBe('');
    }
  });

  it('loads into the hardware what was saved out of it', () => {
    fc.assert(
      fc.property(vmStates, (vm) => {
        expect(model.load(model.save(vm))).toEqual(vm);
      }),
    );
  });

  it('loads into the hardware what was sent in its own format', () => {
    fc.assert(
      fc.property(vmStates, (vm) => {
        const bytes = model.bytes.encode(model.save(vm), ABOUT);
        expect(must(prepareNative(model, bytes, ABOUT))).toEqual(vm);
      }),
      { numRuns: 30 },
    );
  });
});

describe('translation between the VMMs', () => {
  it.each([
    ['xen', XEN_NATIVE, KVM_NATIVE],
    ['kvm', KVM_NATIVE, XEN_NATIVE],
  ] as const)(
    'brings every native place of the %s-like VMM back [case 36]',
    (_name, home, away) => {
      fc.assert(
        fc.property(vmStates, (vm) => {
          const state = home.save(vm);
          const there = translate(home, away, state);
          expect(translate(away, home, there)).toEqual(state);
        }),
      );
    },
  );

  it('ends in the same hardware state as a direct move', () => {
    fc.assert(
      fc.property(vmStates, (vm) => {
        const common = must(nativeToCommon(XEN_NATIVE, XEN_NATIVE.save(vm), ABOUT));
        expect(must(prepareCommon(KVM_NATIVE, common))).toEqual(vm);
      }),
    );
  });

  it('carries events that were accepted and not delivered', () => {
    const events = [
      SAMPLE.cpu.pendingEvent,
      { kind: 'interrupt', vector: 0x24, hasErrorCode: false, errorCode: 0 },
      { kind: 'nmi', vector: 2, hasErrorCode: false, errorCode: 0 },
      { kind: 'exception', vector: 6, hasErrorCode: false, errorCode: 0 },
    ] as const;
    for (const pendingEvent of events) {
      const state = { ...SAMPLE, cpu: { ...SAMPLE.cpu, pendingEvent } };
      const values = must(commonToValues(state));
      for (const { fields } of MODELS) {
        const native = toNative(fields, values);
        const model = MODELS.find((candidate) => candidate.fields === fields) ?? XEN_NATIVE;
        expect(must(nativeToCommon(model, native, ABOUT)).cpu.pendingEvent).toEqual(pendingEvent);
      }
    }
  });
});

describe('one changed common field', () => {
  const BASE: CommonState = {
    ...SAMPLE,
    cpu: {
      ...SAMPLE.cpu,
      interruptShadow: 'none',
      pendingEvent: { kind: 'none', vector: 0, hasErrorCode: false, errorCode: 0 },
    },
  };

  it.each(NAMED)(
    'changes its own targets in the %s-like state and no other',
    (_name, { fields }) => {
      const values = must(commonToValues(BASE));
      const before = toNative(fields, values);
      for (const path of COMMON_PATHS) {
        // Bit 0 of the line status is no error bit; bit 1 is.
        const bit = path === 'uart.lineErrors' ? 2n : 1n;
        const changed = new Map(values).set(path, (values.get(path) ?? 0n) ^ bit);
        const after = toNative(fields, changed);
        const moved = [...after.keys()].filter((place) => after.get(place) !== before.get(place));
        const rows = fields.filter((row) => row.common.includes(path));
        const targets = rows.flatMap((row) => row.native);
        // The parts of an event that is none are nowhere.
        if (!/pendingEvent\.[^k]/.test(path)) expect(moved.length, path).toBeGreaterThan(0);
        expect(targets, path).toEqual(expect.arrayContaining(moved));
      }
    },
  );
});

describe('a native state from outside', () => {
  const vm = must(prepareCommon(XEN_NATIVE, withoutEvent(SAMPLE)));

  it.each([
    ['a value over 32 bits', XEN_NATIVE, 'cpu.rax', 1n << 32n, 'eax'],
    ['something the toy has no place for', XEN_NATIVE, 'cpu.msr_efer', 0x100n, 'msr_efer'],
    ['two frequencies', XEN_NATIVE, 'tsc_info.khz', 5n, 'tscKhz'],
    ['an unknown CPU feature', KVM_NATIVE, 'vmm_private.features_offered', 0x49n, 'feature'],
    ['more bytes than the FIFO holds', XEN_NATIVE, 'vmm_private.uart_recv_fifo', 17n, 'received'],
  ] as const)('is refused when it holds %s', (_what, model, place, value, named) => {
    const state = new Map(model.save(vm)).set(place, value);
    const result = prepareNative(model, model.bytes.encode(state, ABOUT), ABOUT);
    expect(result.ok ? 'accepted' : result.error.message).toContain(named);
  });

  it.each([
    ['an unusable segment that is present', KVM_NATIVE, 'sregs.cs.unusable', 1n, 'cs.access'],
    ['an unknown state of the processor', KVM_NATIVE, 'mp_state.mp_state', 7n, 'halted'],
    ['two frequencies', XEN_NATIVE, 'tsc_info.khz', 5n, 'tscKhz'],
  ] as const)('does not translate when it holds %s', (_what, model, place, value, named) => {
    const result = nativeToCommon(model, new Map(model.save(vm)).set(place, value), ABOUT);
    expect(result.ok ? 'accepted' : result.error.message).toContain(named);
  });

  it.each(NAMED)('of another frequency is refused by the %s-like host', (_name, model) => {
    const slow = withoutEvent({ ...SAMPLE, cpu: { ...SAMPLE.cpu, tscKhz: 5 } });
    const result = prepareCommon(model, slow);
    expect(result.ok ? 'accepted' : result.error.message).toContain('5 kHz');
  });

  it.each(NAMED)('with a pending event is refused by the %s-like host', (_name, model) => {
    const result = prepareCommon(model, SAMPLE);
    expect(result.ok ? 'accepted' : result.error.message).toContain('pending');
  });

  it('with a CPU feature that the host lacks is refused by its name', () => {
    const state = { ...SAMPLE, policy: { offered: ['486', 'sse2'], used: [] } };
    const result = commonToValues(state);
    expect(result.ok ? 'accepted' : result.error.message).toContain('sse2');
  });
});

describe('flat common values', () => {
  it('turn back into the state', () => {
    expect(must(valuesToCommon(must(commonToValues(SAMPLE)), ABOUT))).toEqual(SAMPLE);
  });
});

function withoutEvent(state: CommonState): CommonState {
  const none = { kind: 'none', vector: 0, hasErrorCode: false, errorCode: 0 } as const;
  return { ...state, cpu: { ...state.cpu, pendingEvent: none } };
}
