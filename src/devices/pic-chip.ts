/**
 * One 8259A interrupt controller (Intel 8259A data sheet, "Programming the 8259A": ICW1 to ICW4,
 * OCW1 to OCW3, poll command, special mask mode), with the ELCR of PCI chipsets (Intel 82371SB,
 * §2.5.5). As in the PICs of QEMU, KVM and Xen, an edge once latched stays requested until it is
 * acknowledged, even if the line falls again.
 */

/** By the names of QEMU's `i8259` section. */
export interface PicChipState {
  /** Levels of the lines at the last look: an edge is a rise from here. */
  readonly lastIrr: number;
  readonly irr: number;
  readonly imr: number;
  readonly isr: number;
  /** The line with the highest priority. */
  readonly priorityAdd: number;
  readonly irqBase: number;
  /** OCW3 chose ISR for the next read of the command port. */
  readonly readIsr: boolean;
  readonly poll: boolean;
  readonly specialMask: boolean;
  /** Which ICW the data port expects: 0 none, 1 ICW2, 2 ICW3, 3 ICW4. */
  readonly initState: number;
  readonly autoEoi: boolean;
  readonly rotateOnAutoEoi: boolean;
  readonly specialFullyNested: boolean;
  readonly expectIcw4: boolean;
  readonly single: boolean;
  /** ICW1's LTIM: all lines are level-triggered. */
  readonly levelMode: boolean;
  readonly elcr: number;
}

/** What ICW1 leaves; masks, levels and ELCR are apart. */
const INITIAL: Omit<PicChipState, 'lastIrr' | 'irr' | 'elcr'> = {
  imr: 0,
  isr: 0,
  priorityAdd: 0,
  irqBase: 0,
  readIsr: false,
  poll: false,
  specialMask: false,
  initState: 0,
  autoEoi: false,
  rotateOnAutoEoi: false,
  specialFullyNested: false,
  expectIcw4: false,
  single: false,
  levelMode: false,
};

const NO_PRIORITY = 8;
const CASCADE = 2;
const SPURIOUS = 7;
const POLL_FOUND = 0x80;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export class PicChip {
  private state: Mutable<PicChipState> = { ...INITIAL, lastIrr: 0, irr: 0, elcr: 0 };
  private readonly isMaster: boolean;
  private readonly elcrMask: number;

  /** `elcrMask`: lines that can be made level-triggered; system lines cannot. */
  constructor(isMaster: boolean, elcrMask: number) {
    this.isMaster = isMaster;
    this.elcrMask = elcrMask;
  }

  /** INT output: a request waits that is neither masked nor beneath one in service. */
  get output(): boolean {
    return this.requested() !== undefined;
  }

  get elcr(): number {
    return this.state.elcr;
  }

  set elcr(value: number) {
    const { state } = this;
    const level = value & this.elcrMask;
    state.elcr = level;
    // A level-triggered request is the line itself.
    state.irr = (state.irr & ~level) | (state.lastIrr & level);
  }

  setLine(line: number, level: boolean): void {
    const { state } = this;
    const bit = 1 << line;
    const rises = level && (state.lastIrr & bit) === 0;
    if (this.isLevel(line)) state.irr = level ? state.irr | bit : state.irr & ~bit;
    else if (rises) state.irr |= bit;
    state.lastIrr = level ? state.lastIrr | bit : state.lastIrr & ~bit;
  }

  /** INTA: the line that is served now; 7 if the request went away in between ("default IR7"). */
  acknowledge(): number {
    const line = this.requested();
    if (line === undefined) return SPURIOUS;
    this.serve(line);
    return line;
  }

  vectorOf(line: number): number {
    return this.state.irqBase | line;
  }

  readCommand(): number {
    if (this.state.poll) return this.readPoll();
    return this.state.readIsr ? this.state.isr : this.state.irr;
  }

  readData(): number {
    return this.state.poll ? this.readPoll() : this.state.imr;
  }

  writeCommand(value: number): void {
    if (value & 0x10) this.writeIcw1(value);
    else if (value & 0x08) this.writeOcw3(value);
    else this.writeOcw2(value >> 5, value & 7);
  }

  writeData(value: number): void {
    const { state } = this;
    switch (state.initState) {
      case 0:
        state.imr = value;
        return;
      case 1:
        state.irqBase = value & 0xf8;
        if (state.single) state.initState = state.expectIcw4 ? 3 : 0;
        else state.initState = 2;
        return;
      case 2:
        // ICW3: how the chips are wired is fixed in a PC.
        state.initState = state.expectIcw4 ? 3 : 0;
        return;
      default:
        state.specialFullyNested = (value & 0x10) !== 0;
        state.autoEoi = (value & 0x02) !== 0;
        state.initState = 0;
    }
  }

  save(): PicChipState {
    return { ...this.state };
  }

  restore(state: PicChipState): void {
    this.state = { ...state };
  }

  private isLevel(line: number): boolean {
    return this.state.levelMode || (this.state.elcr & (1 << line)) !== 0;
  }

  /** 0 is the highest; `NO_PRIORITY` for no bit at all. */
  private priorityOf(lines: number): number {
    if (lines === 0) return NO_PRIORITY;
    let priority = 0;
    while ((lines & (1 << ((priority + this.state.priorityAdd) & 7))) === 0) priority++;
    return priority;
  }

  private requested(): number | undefined {
    const { state } = this;
    const priority = this.priorityOf(state.irr & ~state.imr);
    let inService = state.isr;
    if (state.specialMask) inService &= ~state.imr;
    // The slave may interrupt its own service routine when the master nests fully.
    if (state.specialFullyNested && this.isMaster) inService &= ~(1 << CASCADE);
    if (priority >= this.priorityOf(inService)) return undefined;
    return (priority + state.priorityAdd) & 7;
  }

  private serve(line: number): void {
    const { state } = this;
    if (!state.autoEoi) state.isr |= 1 << line;
    else if (state.rotateOnAutoEoi) state.priorityAdd = (line + 1) & 7;
    if (!this.isLevel(line)) state.irr &= ~(1 << line);
  }

  private readPoll(): number {
    this.state.poll = false;
    const line = this.requested();
    if (line === undefined) return 0;
    this.serve(line);
    return POLL_FOUND | line;
  }

  private writeIcw1(value: number): void {
    const { lastIrr, elcr } = this.state;
    const levelMode = (value & 0x08) !== 0;
    this.state = {
      ...INITIAL,
      // The edge sense circuit starts anew: an edge line must fall and rise again.
      lastIrr,
      irr: lastIrr & (levelMode ? 0xff : elcr),
      elcr,
      initState: 1,
      expectIcw4: (value & 0x01) !== 0,
      single: (value & 0x02) !== 0,
      levelMode,
    };
  }

  private writeOcw3(value: number): void {
    const { state } = this;
    if (value & 0x04) state.poll = true;
    if (value & 0x02) state.readIsr = (value & 0x01) !== 0;
    if (value & 0x40) state.specialMask = (value & 0x20) !== 0;
  }

  private writeOcw2(command: number, line: number): void {
    const { state } = this;
    switch (command) {
      case 0:
      case 4:
        state.rotateOnAutoEoi = command === 4;
        return;
      case 1:
      case 5:
        this.endHighest(command === 5);
        return;
      case 3:
        state.isr &= ~(1 << line);
        return;
      case 6:
        state.priorityAdd = (line + 1) & 7;
        return;
      case 7:
        state.isr &= ~(1 << line);
        state.priorityAdd = (line + 1) & 7;
        return;
      default:
      // OCW2 010: no operation.
    }
  }

  /** Non-specific EOI; in special mask mode it passes over lines that are masked. */
  private endHighest(rotate: boolean): void {
    const { state } = this;
    const priority = this.priorityOf(state.specialMask ? state.isr & ~state.imr : state.isr);
    if (priority === NO_PRIORITY) return;
    const line = (priority + state.priorityAdd) & 7;
    state.isr &= ~(1 << line);
    if (rotate) state.priorityAdd = (line + 1) & 7;
  }
}
