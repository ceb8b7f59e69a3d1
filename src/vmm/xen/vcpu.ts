/**
 * Between the hardware and the Xen-like VMM's own record of a VM: what `hvm_save_cpu_ctxt` and
 * `hvm_load_cpu_ctxt` do in a real Xen. The devices follow their field table.
 */
import type { Result } from '../../base/result.ts';
import { GENERAL_REGISTERS, SEGMENT_REGISTERS, type SegmentRegister } from '../../cpu/state.ts';
import { machineToValues, valuesToMachine } from '../machine-values.ts';
import type { NativeState } from '../native-layout.ts';
import {
  hostAccepts,
  pendingToValues,
  pendingVector,
  StateReader,
  StateWriter,
  type VmState,
} from '../vm-state.ts';
import type { VmmError } from '../vmm.ts';
import { PENDING_EVENT, XEN_FIELDS, XEN_MACHINE_FIELDS } from './field-table.ts';

const DEBUG_NUMBERS = [0, 1, 2, 3, 6, 7] as const;

export function saveXen(vm: VmState): NativeState {
  const { cpu } = vm.machine;
  const writer = new StateWriter(XEN_FIELDS);
  GENERAL_REGISTERS.forEach((name, i) => {
    writer.put(`cpu.r${name.slice(1)}`, cpu.general[i] ?? 0);
  });
  writer.put('cpu.rip', cpu.eip);
  writer.put('cpu.rflags', cpu.eflags);
  for (const name of ['cr0', 'cr2', 'cr3', 'cr4'] as const) writer.put(`cpu.${name}`, cpu[name]);
  DEBUG_NUMBERS.forEach((number, i) => {
    writer.put(`cpu.dr${number}`, cpu.debug[i] ?? 0);
  });
  for (const name of SEGMENT_REGISTERS) {
    const { selector, base, limit, access } = cpu.segments[name];
    writer.put(`cpu.${name}_sel`, selector);
    writer.put(`cpu.${name}_base`, base);
    writer.put(`cpu.${name}_limit`, limit);
    writer.put(`cpu.${name}_arbytes`, access);
  }
  for (const name of ['gdtr', 'idtr'] as const) {
    writer.put(`cpu.${name}_base`, cpu[name].base);
    writer.put(`cpu.${name}_limit`, cpu[name].limit);
  }
  writer.put('cpu.tsc', cpu.tsc);
  const event = pendingToValues(cpu.pendingVector);
  writer.translate(
    [PENDING_EVENT],
    new Map(PENDING_EVENT.common.map((path, i) => [path, event[i] ?? 0n])),
  );
  writer.put('header.gtsc_khz', vm.tscKhz);
  writer.put('tsc_info.khz', vm.tscKhz);
  writer.put('vmm_private.retired', cpu.retired);
  writer.put('vmm_private.interrupt_shadow', cpu.interruptShadow);
  writer.put('vmm_private.halted', cpu.halted);
  writer.put('vmm_private.features_offered', vm.offered);
  writer.put('vmm_private.features_used', vm.used);
  writer.translate(XEN_MACHINE_FIELDS, machineToValues(vm.machine));
  return writer.state;
}

/** Can this host go on from the state? Pre: the state is valid. */
export function xenAccepts(state: NativeState): Result<void, VmmError> {
  const reader = new StateReader(state);
  const ports = {
    uart: reader.number('vmm_private.uart_port'),
    ne2000: reader.number('vmm_private.ne2000_port'),
    ne2000Irq: reader.number('vmm_private.ne2000_irq'),
  };
  return hostAccepts(reader.big('header.gtsc_khz'), ports, eventOf(reader));
}

const eventOf = (reader: StateReader): bigint[] => [...reader.common([PENDING_EVENT]).values()];

/** Pre: the state is valid and accepted. */
export function loadXen(state: NativeState): VmState {
  const reader = new StateReader(state);
  const cpu = (name: string): number => reader.number(`cpu.${name}`);
  const segment = (name: SegmentRegister) => ({
    selector: cpu(`${name}_sel`),
    base: cpu(`${name}_base`),
    limit: cpu(`${name}_limit`),
    access: cpu(`${name}_arbytes`),
  });
  return {
    machine: {
      cpu: {
        general: GENERAL_REGISTERS.map((name) => cpu(`r${name.slice(1)}`)),
        eip: cpu('rip'),
        eflags: cpu('rflags'),
        segments: {
          es: segment('es'),
          cs: segment('cs'),
          ss: segment('ss'),
          ds: segment('ds'),
          fs: segment('fs'),
          gs: segment('gs'),
          ldtr: segment('ldtr'),
          tr: segment('tr'),
        },
        gdtr: { base: cpu('gdtr_base'), limit: cpu('gdtr_limit') },
        idtr: { base: cpu('idtr_base'), limit: cpu('idtr_limit') },
        cr0: cpu('cr0'),
        cr2: cpu('cr2'),
        cr3: cpu('cr3'),
        cr4: cpu('cr4'),
        debug: DEBUG_NUMBERS.map((number) => cpu(`dr${number}`)),
        tsc: reader.big('cpu.tsc'),
        halted: reader.flag('vmm_private.halted'),
        interruptShadow: reader.number('vmm_private.interrupt_shadow'),
        ...pendingVector(eventOf(reader)),
        retired: reader.number('vmm_private.retired'),
      },
      ...valuesToMachine(reader.common(XEN_MACHINE_FIELDS)),
    },
    offered: reader.big('vmm_private.features_offered'),
    used: reader.big('vmm_private.features_used'),
    tscKhz: reader.big('header.gtsc_khz'),
  };
}
