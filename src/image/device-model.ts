/**
 * The PC's devices in the common model, each by its data sheet's registers: Intel 8259A and 8254,
 * National Semiconductor PC16550D and DP8390D, Motorola MC146818. Moments are guest time
 * (`CommonState.clock`), so that a state means the same wherever it is put back.
 */

/** 16550 UART, by register. */
export interface CommonUart {
  readonly kind: 'uart';
  /** First I/O port. */
  readonly port: number;
  readonly divisor: number;
  readonly interruptEnable: number;
  readonly fifoControl: number;
  readonly lineControl: number;
  readonly modemControl: number;
  /** Line status bits 1–4; the others follow from the rest of the state. */
  readonly lineErrors: number;
  readonly modemStatus: number;
  readonly scratch: number;
  /** What an empty receiver gives when it is read: the byte read last. */
  readonly lastReceived: number;
  /** A "transmitter empty" interrupt is due. */
  readonly transmitInterrupt: boolean;
  /** Bytes in the receive FIFO, oldest first, at most 16. */
  readonly received: readonly number[];
  /** Bytes below the trigger level: none wait, they wait until `at`, or they waited too long. */
  readonly receiveTimeout: {
    readonly phase: 'none' | 'waiting' | 'struck';
    /** Later than the state itself; 0 when nothing waits. */
    readonly at: number;
  };
}

/** One 8259A. */
export interface CommonPicChip {
  /** Levels of the lines: an edge is a rise from here. */
  readonly lastIrr: number;
  readonly irr: number;
  readonly imr: number;
  readonly isr: number;
  /** The line with the highest priority. */
  readonly priorityAdd: number;
  /** A multiple of 8. */
  readonly irqBase: number;
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
  /** Lines that are level-triggered. */
  readonly elcr: number;
}

/** The interrupt controllers of a PC: master at 0x20, slave at 0xA0 on the master's line 2. */
export interface CommonPic {
  readonly kind: 'pic';
  readonly master: CommonPicChip;
  readonly slave: CommonPicChip;
}

/** One counter of an 8254. */
export interface CommonPitCounter {
  /** The period that is being counted, 1 to 65,536 ticks of 1,193,182 Hz. */
  readonly count: number;
  /** The count register: takes over at the next load, trigger or end of a period. */
  readonly nextCount: number;
  /** A count was written since the control word. */
  readonly written: boolean;
  /** idle: waits for a count or a trigger; held: the gate is low. */
  readonly phase: 'idle' | 'counting' | 'held';
  /** When the period began; not later than the state itself, and perhaps before the guest's time 0. */
  readonly countLoadTime: number;
  /** Ticks counted before the gate fell. */
  readonly held: number;
  readonly latchedCount: number;
  /** Bytes of the latched count still to be read: 0 none, 1 low, 2 high, 3 both. */
  readonly countLatched: number;
  readonly statusLatched: boolean;
  readonly status: number;
  /** Which byte comes next: 1 low, 2 high, 3 low of both, 4 high of both. */
  readonly readState: number;
  readonly writeState: number;
  readonly writeLatch: number;
  readonly rwMode: number;
  /** As programmed: 6 and 7 mean 2 and 3. */
  readonly mode: number;
  readonly bcd: boolean;
  readonly gate: boolean;
}

/** The interval timer of a PC: 8254 at 0x40, with port 0x61. */
export interface CommonPit {
  readonly kind: 'pit';
  readonly counter0: CommonPitCounter;
  readonly counter1: CommonPitCounter;
  readonly counter2: CommonPitCounter;
  /** Bit 1 of port 0x61. */
  readonly speaker: boolean;
}

/** A DP8390D on an NE2000 board. */
export interface CommonNe2000 {
  readonly kind: 'ne2000';
  /** First I/O port. */
  readonly port: number;
  readonly irq: number;
  readonly cr: number;
  readonly isr: number;
  readonly imr: number;
  readonly dcr: number;
  readonly tcr: number;
  readonly tsr: number;
  readonly rcr: number;
  readonly rsr: number;
  /** Pages of 256 bytes, as are the next four. */
  readonly pstart: number;
  readonly pstop: number;
  readonly curr: number;
  readonly bnry: number;
  readonly tpsr: number;
  readonly tbcr: number;
  /** Address of the remote DMA, counting up. */
  readonly rsar: number;
  /** Bytes left to the remote DMA. */
  readonly rbcr: number;
  /** Frames missed for lack of room, at most 192. */
  readonly missed: number;
  /** Station address in use, 6 bytes. */
  readonly par: Uint8Array;
  /** Multicast filter, 8 bytes. */
  readonly mar: Uint8Array;
  /** Station address in the PROM, 6 bytes. */
  readonly mac: Uint8Array;
  /** Packet memory from 0x4000 on, 16,384 bytes. */
  readonly memory: Uint8Array;
}

/** Clock and CMOS memory at 0x70. */
export interface CommonCmos {
  readonly kind: 'cmos';
  readonly index: number;
  /** Date at guest time 0, in seconds since 1970. */
  readonly epoch: number;
  /** All 128 places; those of the time count only while the clock is being set. */
  readonly memory: Uint8Array;
}

/** One kind of device after another joins here, each a record of its own in the binary form. */
export type CommonDevice = CommonUart | CommonPic | CommonPit | CommonNe2000 | CommonCmos;
export type DeviceKind = CommonDevice['kind'];
