/**
 * The toy PC's devices in the words of the common model, and back. The moment at which the PIT and
 * the clock stand is that of the machine as a whole.
 */
import { instant } from '../base/units.ts';
import type { CmosState } from '../devices/cmos.ts';
import type { Ne2000State } from '../devices/ne2000.ts';
import type { PitCounterState } from '../devices/pit-counter.ts';
import { UART_PORT, type UartState } from '../devices/uart.ts';
import type {
  CommonCmos,
  CommonDevice,
  CommonNe2000,
  CommonPic,
  CommonPit,
  CommonPitCounter,
  CommonUart,
} from '../image/device-model.ts';
import type { MachineState } from '../machine/machine-state.ts';
import type { PcState } from '../machine/pc-bus.ts';

/** Where a PC has its card. */
export const NE2000_PORT = 0x300;
export const NE2000_IRQ = 9;

export interface CommonPc {
  readonly uart: CommonUart;
  readonly pic: CommonPic;
  readonly pit: CommonPit;
  readonly ne2000: CommonNe2000;
  readonly cmos: CommonCmos;
}

export const devicesOf = (pc: CommonPc): CommonDevice[] => [
  pc.uart,
  pc.pic,
  pc.pit,
  pc.ne2000,
  pc.cmos,
];

export function pcToCommon({ uart, pic, pit, ne2000, cmos }: PcState): CommonPc {
  const [counter0, counter1, counter2] = pit.counters;
  return {
    uart: uartToCommon(uart),
    pic: { kind: 'pic', master: { ...pic.master }, slave: { ...pic.slave } },
    pit: { kind: 'pit', counter0, counter1, counter2, speaker: pit.speaker },
    ne2000: ne2000ToCommon(ne2000),
    cmos: {
      kind: 'cmos',
      index: cmos.index,
      epoch: cmos.epoch,
      memory: Uint8Array.from(cmos.memory),
    },
  };
}

/** Pre: the devices are valid at guest time `time`. */
export function commonToPc(pc: CommonPc, time: MachineState['time']): PcState {
  const { master, slave } = pc.pic;
  const { counter0, counter1, counter2, speaker } = pc.pit;
  return {
    uart: uartFromCommon(pc.uart),
    pic: { master: { ...master }, slave: { ...slave } },
    pit: {
      counters: [counterOf(counter0), counterOf(counter1), counterOf(counter2)],
      speaker,
      at: time,
    },
    ne2000: ne2000FromCommon(pc.ne2000),
    cmos: cmosFromCommon(pc.cmos, time),
  };
}

function uartToCommon(uart: UartState): CommonUart {
  const { receiveTimeout: timeout } = uart;
  const waits = timeout === undefined ? 'none' : 'waiting';
  return {
    kind: 'uart',
    port: UART_PORT,
    divisor: uart.divisor,
    interruptEnable: uart.ier,
    fifoControl: uart.fcr,
    lineControl: uart.lcr,
    modemControl: uart.mcr,
    lineErrors: uart.lsrErrors,
    modemStatus: uart.msr,
    scratch: uart.scr,
    lastReceived: uart.rbr,
    transmitInterrupt: uart.transmitPending,
    received: uart.received,
    receiveTimeout:
      timeout === 'struck' ? { phase: 'struck', at: 0 } : { phase: waits, at: timeout ?? 0 },
  };
}

function uartFromCommon(uart: CommonUart): UartState {
  const { phase, at } = uart.receiveTimeout;
  const state: UartState = {
    divisor: uart.divisor,
    ier: uart.interruptEnable,
    fcr: uart.fifoControl,
    lcr: uart.lineControl,
    mcr: uart.modemControl,
    lsrErrors: uart.lineErrors,
    msr: uart.modemStatus,
    scr: uart.scratch,
    rbr: uart.lastReceived,
    transmitPending: uart.transmitInterrupt,
    received: uart.received,
  };
  if (phase === 'none') return state;
  return { ...state, receiveTimeout: phase === 'struck' ? 'struck' : instant(at) };
}

const counterOf = (counter: CommonPitCounter): PitCounterState => ({
  ...counter,
  countLoadTime: instant(counter.countLoadTime),
});

function ne2000ToCommon({ chip, mac, memory }: Ne2000State): CommonNe2000 {
  return {
    kind: 'ne2000',
    port: NE2000_PORT,
    irq: NE2000_IRQ,
    ...chip,
    par: Uint8Array.from(chip.par),
    mar: Uint8Array.from(chip.mar),
    mac: Uint8Array.from(mac),
    memory,
  };
}

function ne2000FromCommon(card: CommonNe2000): Ne2000State {
  const { kind: _kind, port: _port, irq: _irq, mac, memory, ...chip } = card;
  return { chip: { ...chip, par: [...chip.par], mar: [...chip.mar] }, mac: [...mac], memory };
}

function cmosFromCommon({ index, epoch, memory }: CommonCmos, at: CmosState['at']): CmosState {
  return { index, epoch, memory: [...memory], at };
}
