import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommonDevice } from '../../../../src/image/device-model.ts';
import { COMMON_PATHS, commonToValues } from '../../../../src/vmm/common-values.ts';
import { toNative } from '../../../../src/vmm/field-table.ts';
import { WRITABLE_MACHINES } from '../../../../src/vmm/kvm/qemu-stream/machines.ts';
import { placesOf } from '../../../../src/vmm/kvm/qemu-stream/vmstate.ts';
import { KVM_NATIVE } from '../../../../src/vmm/kvm/vmm.ts';
import { devicesOf } from '../../../../src/vmm/machine-devices.ts';
import { powerOnDevices } from '../../../../src/vmm/machine-values.ts';
import { nativeToCommon } from '../../../../src/vmm/native-model.ts';
import { uartOf } from '../../image/sample-state.ts';
import { vmStates } from '../samples.ts';
import { countedByQemu, loaded, QUIET, streamOf } from './small-stream.ts';

const MACHINES = Object.values(WRITABLE_MACHINES).map(
  (machine) => [machine.name, machine] as const,
);

function must<T>(result: { ok: true; value: T } | { ok: false; error: { message: string } }): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe.each(MACHINES)('the field table of machine %s', (_name, { fields, sections }) => {
  it('has exactly one row for every place of its sections', () => {
    const places = sections.flatMap((section) => placesOf(section)).map(({ place }) => place);
    expect(fields.flatMap((row) => row.native).toSorted()).toEqual(places.toSorted());
  });

  it('has exactly one row that gives every common field', () => {
    const giving = fields.filter((row) => row.rule !== 'derived');
    expect(giving.flatMap((row) => row.common).toSorted()).toEqual(COMMON_PATHS.toSorted());
  });

  it('gives a reason for all that is left out and a formula for all that is computed', () => {
    for (const row of fields) {
      if (row.rule === 'dropped' || row.rule === 'absent') expect(row.note, row.name).not.toBe('');
      if ('formula' in row) expect(row.formula.text, row.name).not.toBe('');
    }
  });

  it('changes only its own places when one common field changes', () => {
    const values = must(commonToValues(QUIET));
    const before = toNative(fields, values);
    for (const path of COMMON_PATHS) {
      const bit = path === 'uart.lineErrors' ? 2n : 1n;
      const after = toNative(fields, new Map(values).set(path, (values.get(path) ?? 0n) ^ bit));
      const moved = [...after.keys()].filter((place) => after.get(place) !== before.get(place));
      const rows = fields.filter((row) => row.common.includes(path));
      expect(
        rows.flatMap((row) => row.native),
        path,
      ).toEqual(expect.arrayContaining(moved));
    }
  });
});

describe('any state of the hardware', () => {
  it('comes back from a stream for isapc, but for what has no place in it', () => {
    fc.assert(
      fc.property(vmStates, (random) => {
        const { stopped: _, ...machine } = random.machine;
        const vm = { ...random, machine };
        const about = { identity: { id: 'qemu', name: 'qemu' }, memory: QUIET.memory };
        const common = must(nativeToCommon(KVM_NATIVE, KVM_NATIVE.save(vm), about));
        const state = { ...common, cpu: { ...common.cpu, halted: false } };
        const back = loaded(streamOf({ state, pages: [] }, 'isapc')).image.state;
        const uart = uartOf(state);
        const shadow = state.cpu.interruptShadow === 'none' ? 'none' : 'sti';
        const tr = { ...state.cpu.tr, access: busy(state.cpu.tr.access) };
        const waiting = uart.received.length > 0;
        // Without FIFOs there is room for one byte, which hides the one read last.
        const single = (uart.fifoControl & 1) === 0 && waiting;
        const received = single ? uart.received.slice(0, 1) : uart.received;
        const lastReceived = single ? received[0] : uart.lastReceived;
        expect(back).toEqual({
          ...state,
          cpu: { ...state.cpu, tr, retired: 0n, interruptShadow: shadow },
          devices: devicesOf({
            ...fromQemu(state.devices, back.devices),
            uart: { ...uart, received, lastReceived, receiveTimeout: { phase: 'none', at: 0 } },
          }),
        });
      }),
      { numRuns: 25 },
    );
  });
});

/** What isapc gives back of the devices beside the UART. */
function fromQemu(sent: readonly CommonDevice[], back: readonly CommonDevice[]) {
  const power = powerOnDevices(0);
  const pit = device(sent, 'pit');
  const { master, slave } = device(sent, 'pic');
  // In mode 2 the timer's line follows the data sheet, not QEMU.
  const line =
    pit.counter0.mode === 2 ? device(back, 'pic').master.lastIrr & 1 : master.lastIrr & 1;
  const lastIrr = (master.lastIrr & ~1) | line;
  const card = device(sent, 'ne2000');
  return {
    ...power,
    pit: countedByQemu(pit),
    pic: {
      kind: 'pic' as const,
      master: { ...master, lastIrr, levelMode: false },
      slave: { ...slave, levelMode: false },
    },
    ne2000: card.pstop === 0 ? power.ne2000 : { ...card, tcr: 0, missed: 0 },
  };
}

function device<K extends CommonDevice['kind']>(devices: readonly CommonDevice[], kind: K) {
  const found = devices.find(
    (each): each is Extract<CommonDevice, { kind: K }> => each.kind === kind,
  );
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}

/** A task segment is always the running one. */
const busy = (access: number): number => ((access & 0x15) === 1 ? access | 2 : access);
