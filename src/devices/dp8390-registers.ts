/** Registers of the DP8390D (National Semiconductor DP8390D/NS32490D data sheet, §10 "Internal Registers") and their bits. */

/** By the data sheet's names. */
export interface Dp8390State {
  readonly cr: number;
  readonly isr: number;
  readonly imr: number;
  readonly dcr: number;
  readonly tcr: number;
  readonly tsr: number;
  readonly rcr: number;
  readonly rsr: number;
  /** Pages of 256 bytes. */
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
  /** CNTR2: frames missed for lack of room; it stops at 192. */
  readonly missed: number;
  readonly par: readonly number[];
  readonly mar: readonly number[];
}

export const CR_STOP = 0x01;
export const CR_START = 0x02;
export const CR_TRANSMIT = 0x04;
export const CR_DMA = 0x38;
export const DMA_READ = 0x08;
export const DMA_WRITE = 0x10;
/** Remote read of the packet at BNRY, its length taken from its header. */
export const DMA_SEND_PACKET = 0x18;
export const DMA_NONE = 0x20;

export const ISR_RECEIVED = 0x01;
export const ISR_TRANSMITTED = 0x02;
export const ISR_OVERWRITE = 0x10;
export const ISR_COUNTER = 0x20;
export const ISR_DMA_DONE = 0x40;
export const ISR_RESET = 0x80;

export const DCR_WORD = 0x01;
export const TCR_LOOPBACK = 0x06;
export const TSR_OK = 0x01;

export const RCR_RUNTS = 0x02;
export const RCR_BROADCAST = 0x04;
export const RCR_MULTICAST = 0x08;
export const RCR_PROMISCUOUS = 0x10;
export const RCR_MONITOR = 0x20;

export const RSR_OK = 0x01;
export const RSR_MISSED = 0x10;
/** The address was not the physical one. */
export const RSR_GROUP = 0x20;

/** After a hardware reset: stopped, no DMA. */
export const RESET_STATE: Dp8390State = {
  cr: CR_STOP | DMA_NONE,
  isr: ISR_RESET,
  imr: 0,
  dcr: 0,
  tcr: 0,
  tsr: 0,
  rcr: 0,
  rsr: 0,
  pstart: 0,
  pstop: 0,
  curr: 0,
  bnry: 0,
  tpsr: 0,
  tbcr: 0,
  rsar: 0,
  rbcr: 0,
  missed: 0,
  par: [0, 0, 0, 0, 0, 0],
  mar: [0, 0, 0, 0, 0, 0, 0, 0],
};
