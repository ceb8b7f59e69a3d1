/**
 * Between the hardware and the KVM-like VMM's own record of a VM: what the KVM_GET and KVM_SET
 * calls do for the processor. The devices follow their field table.
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
import { KVM_DEVICE_FIELDS } from './device-fields.ts';
import { KVM_FIELDS, PENDING_EVENT } from './field-table.ts';
import { MP_STATE_HALTED, MP_STATE_RUNNABLE } from './layout.ts';

const DEBUG_REGISTERS = ['db0', 'db1', 'db2', 'db3', 'dr6', 'dr7'] as const;
/** kvm_vcpu_events: KVM_X86_SHADOW_INT_MOV_SS is 1, KVM_X86_SHADOW_INT_STI is 2. */
const SHADOW_TO_KVM = [0, 2, 1] as const;
const SHADOW_FROM_KVM = [0, 2, 1] as const;
const placeOf = (segment: SegmentRegister): string =>
  `sregs.${segment === 'ldtr' ? 'ldt' : segment}`;

export function saveKvm(vm: VmState): NativeState {
  const { cpu } = vm.machine;
  const writer = new StateWriter(KVM_FIELDS);
  GENERAL_REGISTERS.forEach((name, i) => {
    writer.put(`regs.r${name.slice(1)}`, cpu.general[i] ?? 0);
  });
  writer.put('regs.rip', cpu.eip);
  writer.put('regs.rflags', cpu.eflags);
  for (const name of SEGMENT_REGISTERS) saveSegment(writer, placeOf(name), cpu.segments[name]);
  for (const name of ['gdt', 'idt'] as const) {
    writer.put(`sregs.${name}.base`, cpu[`${name}r`].base);
    writer.put(`sregs.${name}.limit`, cpu[`${name}r`].limit);
  }
  for (const name of ['cr0', 'cr2', 'cr3', 'cr4'] as const) writer.put(`sregs.${name}`, cpu[name]);
  DEBUG_REGISTERS.forEach((name, i) => {
    writer.put(`debugregs.${name}`, cpu.debug[i] ?? 0);
  });
  const event = pendingToValues(cpu.pendingVector);
  writer.translate(
    [PENDING_EVENT],
    new Map(PENDING_EVENT.common.map((path, i) => [path, event[i] ?? 0n])),
  );
  writer.put('events.interrupt.shadow', SHADOW_TO_KVM[cpu.interruptShadow] ?? 0);
  writer.put('mp_state.mp_state', cpu.halted ? MP_STATE_HALTED : MP_STATE_RUNNABLE);
  writer.put('msrs.tsc.data', cpu.tsc);
  writer.put('tsc_khz.khz', vm.tscKhz);
  writer.put('vmm_private.retired', cpu.retired);
  writer.put('vmm_private.features_offered', vm.offered);
  writer.put('vmm_private.features_used', vm.used);
  writer.translate(KVM_DEVICE_FIELDS, machineToValues(vm.machine));
  return writer.state;
}

function saveSegment(
  writer: StateWriter,
  at: string,
  segment: { selector: number; base: number; limit: number; access: number },
): void {
  const { access } = segment;
  writer.put(`${at}.base`, segment.base);
  writer.put(`${at}.limit`, segment.limit);
  writer.put(`${at}.selector`, segment.selector);
  writer.put(`${at}.type`, access & 15);
  writer.put(`${at}.s`, (access >> 4) & 1);
  writer.put(`${at}.dpl`, (access >> 5) & 3);
  writer.put(`${at}.present`, (access >> 7) & 1);
  writer.put(`${at}.avl`, (access >> 8) & 1);
  writer.put(`${at}.l`, (access >> 9) & 1);
  writer.put(`${at}.db`, (access >> 10) & 1);
  writer.put(`${at}.g`, (access >> 11) & 1);
  writer.put(`${at}.unusable`, ((access >> 7) & 1) ^ 1);
}

/** Can this host go on from the state? Pre: the state is valid. */
export function kvmAccepts(state: NativeState): Result<void, VmmError> {
  const reader = new StateReader(state);
  const ports = {
    uart: reader.number('vmm_private.serial.iobase'),
    ne2000: reader.number('ne2000.iobase'),
    ne2000Irq: reader.number('ne2000.irq'),
  };
  return hostAccepts(reader.big('tsc_khz.khz'), ports, eventOf(reader));
}

const eventOf = (reader: StateReader): bigint[] => [...reader.common([PENDING_EVENT]).values()];

/** Pre: the state is valid and accepted. */
export function loadKvm(state: NativeState): VmState {
  const reader = new StateReader(state);
  const regs = (name: string): number => reader.number(`regs.${name}`);
  const sregs = (name: string): number => reader.number(`sregs.${name}`);
  const segment = (name: SegmentRegister) => loadSegment(reader, placeOf(name));
  return {
    machine: {
      cpu: {
        general: GENERAL_REGISTERS.map((name) => regs(`r${name.slice(1)}`)),
        eip: regs('rip'),
        eflags: regs('rflags'),
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
        gdtr: { base: sregs('gdt.base'), limit: sregs('gdt.limit') },
        idtr: { base: sregs('idt.base'), limit: sregs('idt.limit') },
        cr0: sregs('cr0'),
        cr2: sregs('cr2'),
        cr3: sregs('cr3'),
        cr4: sregs('cr4'),
        debug: DEBUG_REGISTERS.map((name) => reader.number(`debugregs.${name}`)),
        tsc: reader.big('msrs.tsc.data'),
        halted: reader.big('mp_state.mp_state') === MP_STATE_HALTED,
        interruptShadow: SHADOW_FROM_KVM[reader.number('events.interrupt.shadow')] ?? 0,
        ...pendingVector(eventOf(reader)),
        retired: reader.number('vmm_private.retired'),
      },
      ...valuesToMachine(reader.common(KVM_DEVICE_FIELDS)),
    },
    offered: reader.big('vmm_private.features_offered'),
    used: reader.big('vmm_private.features_used'),
    tscKhz: reader.big('tsc_khz.khz'),
  };
}

function loadSegment(reader: StateReader, at: string) {
  const part = (name: string): number => reader.number(`${at}.${name}`);
  const low = part('type') | (part('s') << 4) | (part('dpl') << 5) | (part('present') << 7);
  const high = (part('avl') << 8) | (part('l') << 9) | (part('db') << 10) | (part('g') << 11);
  return {
    selector: part('selector'),
    base: part('base'),
    limit: part('limit'),
    access: low | high,
  };
}
