/** The machine between two KVM-like hosts: QEMU's isapc, complete. */
import { type StreamMachine, WRITABLE_MACHINES } from './machines.ts';
import { OWN_FIELDS, OWN_SECTION, TSC_KHZ } from './own-section.ts';
import { NE2000 } from './pc-sections.ts';
import { CPU } from './sections.ts';
import { i64, type VmstateSection } from './vmstate.ts';

const { isapc } = WRITABLE_MACHINES;

/** With the frequency of its counter, which the destination must know. */
const CPU_WITH_FREQUENCY: VmstateSection = {
  ...CPU,
  subsections: [{ name: TSC_KHZ, version: 1, fields: [i64('env.tsc_khz')], needed: () => true }],
};

/** Every host of this kind has the card. */
const CARD: VmstateSection = { ...NE2000, needed: () => true };

const COMPLETE: ReadonlyMap<VmstateSection, VmstateSection> = new Map([
  [CPU, CPU_WITH_FREQUENCY],
  [NE2000, CARD],
]);

export const NATIVE_MACHINE: StreamMachine = {
  ...isapc,
  otherBlocks: [],
  hidden: [],
  sections: [...isapc.sections.map((section) => COMPLETE.get(section) ?? section), OWN_SECTION],
  fields: OWN_FIELDS,
};
