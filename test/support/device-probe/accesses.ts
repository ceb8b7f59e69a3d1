/** Port accesses as data: the same list runs on the toy PC's bus and, in `probe.c`, on a real QEMU. */
import { ByteWriter } from '../../../src/base/bytes.ts';
import { after, duration, type Instant, START } from '../../../src/base/units.ts';
import type { AccessSize } from '../../../src/devices/device.ts';
import { PcBus } from '../../../src/machine/pc-bus.ts';

export type Access =
  | { kind: 'out'; port: number; size: AccessSize; value: number }
  /** Bits outside of `mask` depend on time or are known to differ. */
  | { kind: 'in'; port: number; size: AccessSize; mask: number }
  /** Reads until the masked value is there. */
  | { kind: 'wait'; port: number; mask: number; value: number }
  /** Lets one interrupt in; gives its vector, or all ones. */
  | { kind: 'interrupt' }
  /** Low half of the time-stamp counter: nanoseconds under QEMU's `-icount`. */
  | { kind: 'stamp' };

export const MAC = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56] as const;
export const RAM_MIB = 16;

const KINDS = ['end', 'out', 'in', 'wait', 'interrupt', 'stamp'] as const;
const ACCESS_NS = 1000;
const PATIENCE = 4_000_000;

export const out = (port: number, ...values: number[]): Access[] =>
  values.map((value) => ({ kind: 'out', port, size: 1, value }));
export const outWide = (port: number, size: 2 | 4, value: number): Access => ({
  kind: 'out',
  port,
  size,
  value,
});
export const read = (port: number, mask = 0xff): Access => ({ kind: 'in', port, size: 1, mask });
export const readWide = (port: number, size: 2 | 4): Access => ({
  kind: 'in',
  port,
  size,
  mask: size === 2 ? 0xffff : 0xffff_ffff,
});
export const wait = (port: number, mask: number, value: number): Access => ({
  kind: 'wait',
  port,
  mask,
  value,
});
export const interrupt: Access = { kind: 'interrupt' };
export const stamp: Access = { kind: 'stamp' };

/** The list as `struct access` of `probe.c`. */
export function encodeAccesses(accesses: readonly Access[]): Uint8Array {
  const writer = new ByteWriter();
  for (const access of accesses) {
    const { kind } = access;
    const port = kind === 'interrupt' || kind === 'stamp' ? 0 : access.port;
    const size = kind === 'out' || kind === 'in' ? access.size : 1;
    const value = kind === 'out' || kind === 'wait' ? access.value : 0;
    const mask = kind === 'in' || kind === 'wait' ? access.mask : 0;
    writer.u8(KINDS.indexOf(kind)).u8(size).u16(port).u32(value).u32(mask);
  }
  return writer.zeros(12).finish();
}

/** Runs the list on a PC of its own, whose network gives back every frame sent. */
export function replay(accesses: readonly Access[]): number[] {
  let now: Instant = START;
  const bus = new PcBus(
    { epochSeconds: 0, ramBytes: RAM_MIB << 20, mac: MAC },
    { now: () => now, attention: () => {} },
  );
  const tick = () => {
    now = after(now, duration(ACCESS_NS));
    bus.advance(now);
    for (const frame of bus.takeOutput().frames) bus.receiveFrame(frame);
  };
  const input = (port: number, size: AccessSize) => {
    tick();
    return bus.read(port, size) ?? 0;
  };
  const results: number[] = [];
  for (const access of accesses) {
    if (access.kind === 'in') {
      results.push((input(access.port, access.size) & access.mask) >>> 0);
    } else if (access.kind === 'wait') {
      let tries = 0;
      while ((input(access.port, 1) & access.mask) !== access.value && tries < PATIENCE) tries++;
      results.push(tries < PATIENCE ? 1 : 0);
    } else if (access.kind === 'interrupt') {
      tick();
      results.push(bus.hasInterrupt() ? bus.acknowledge() : 0xffff_ffff);
    } else if (access.kind === 'stamp') {
      results.push(now);
    } else {
      tick();
      bus.write(access.port, access.size, access.value);
    }
  }
  return results;
}
