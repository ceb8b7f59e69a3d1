import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/base/units.ts';
import { boot, guestFile, runTo } from '../../support/logged-memory.ts';
import { ENTRY, movRegister, tinyKernel, u32 } from '../../support/tiny-kernel.ts';

const END = 10_000_000;
const out = (port: number, value: number): number[] => [0xb0, value, 0xe6, port];

function run(code: readonly number[], end = END) {
  const booted = boot(tinyKernel(code));
  return { ...booted, ...runTo(booted, 0, end) };
}

describe('the machine', () => {
  it('leaves right after the instruction that made a device speak', () => {
    const { machine } = boot(tinyKernel([...out(0xe9, 0x41), 0x90, ...out(0xe9, 0x42), 0xf4]));
    const first = machine.run(instant(0), instant(END));
    expect(first).toEqual({ exit: { reason: 'output' }, now: 100 });
    expect([...machine.takeOutput().debug]).toEqual([0x41]);
    expect(machine.run(first.now, instant(END)).now).toBe(250);
  });

  it('stops at the exit port with value × 2 + 1, for good', () => {
    const { machine, exits } = run(out(0xf4, 5));
    expect(exits).toEqual([{ reason: 'stopped', cause: 'exit port', code: 11 }]);
    expect(machine.run(instant(5000), instant(6000)).exit.reason).toBe('stopped');
    const twin = boot(tinyKernel([0xf4])).machine;
    twin.restore(machine.save());
    expect(twin.run(instant(0), instant(1)).exit).toEqual(exits[0]);
  });

  it('waits at HLT with interrupts on, and stops with interrupts off', () => {
    expect(run([0xfb, 0xf4]).exits).toEqual([{ reason: 'halted' }]);
    expect(run([0xf4]).exits[0]).toMatchObject({ cause: 'HLT with interrupts off', code: 0 });
  });

  it.each([
    ['an opcode it lacks', [0x90, 0x0f, 0xae], `triple fault after #UD at 0010000d: 0f ae`],
    [
      'a division error',
      [0x31, 0xc9, 0xf7, 0xf1],
      `triple fault after #DE at 0010000e: f7 f1 (div ecx)`,
    ],
    ['a port without a device', [0xe4, 0x60], `read of port 0x60: no device at 0010000c`],
    ['real mode', [0x31, 0xc0, 0x0f, 0x22, 0xc0], `CR0.PE cleared: real mode at 0010000e`],
    [
      'a jump into the void',
      [0xe9, ...u32(0x7000_0000)],
      `triple fault after #UD at 70100011: ff ff`,
    ],
  ])('reports %s by name', (_what, code, cause) => {
    expect(run(code).exits).toEqual([{ reason: 'stopped', cause, code: 0 }]);
  });

  it('takes a fault that cannot be delivered no further than the instruction', () => {
    const { machine } = run([...movRegister(0, 5), 0x0f, 0xff]);
    expect(machine.eip).toBe(ENTRY + 5);
    expect(machine.retired).toBe(1);
  });

  it('echoes bytes that arrive at the UART, within a millisecond', () => {
    const booted = boot(guestFile('idle'));
    let { now } = runTo(booted, 0, 100_000);
    expect(booted.machine.receiveSerial(0x5a)).toBe(true);
    const asked = now;
    const answer = booted.machine.run(now, instant(END));
    now = answer.now;
    expect(answer.exit.reason).toBe('output');
    expect([...booted.machine.takeOutput().serial]).toEqual([0x5a]);
    expect(now - asked).toBeLessThan(1_000_000);
  });

  it('gives back what it saved, bit for bit', () => {
    const booted = boot(guestFile('muncher'));
    runTo(booted, 0, 1_234_567);
    booted.machine.receiveSerial(1);
    const saved = booted.machine.save();
    const twin = boot(guestFile('idle')).machine;
    twin.restore(structuredClone(saved));
    expect(twin.save()).toEqual(saved);
    expect(twin.registers()).toEqual(booted.machine.registers());
  });

  it('goes on elsewhere from a saved state and copied memory as if nothing had happened', () => {
    const stay = boot(guestFile('muncher'));
    const { now } = runTo(stay, 0, 2_000_000);
    const move = boot(guestFile('idle'));
    for (let gfn = 0; gfn < move.memory.frames; gfn++)
      move.memory.page(gfn).set(stay.memory.page(gfn));
    move.machine.restore(stay.machine.save());
    runTo(stay, now, 4_000_000);
    runTo(move, now, 4_000_000);
    expect(move.machine.save()).toEqual(stay.machine.save());
    expect(move.memory.checksums()).toEqual(stay.memory.checksums());
  });
});

describe('a missing page', () => {
  it('stops the access before anything of the instruction took effect', () => {
    // push dword [0x180ffe]: the operand crosses into the missing page.
    const code = [...movRegister(4, 0x190000), 0xff, 0x35, ...u32(0x180ffe), 0xf4];
    const booted = boot(tinyKernel(code));
    booted.memory.missing.add(0x181);
    const { exits, now } = runTo(booted, 0, END);
    expect(exits).toEqual([{ reason: 'missing-page', gfn: 0x181 }]);
    expect(booted.machine.registers()).toMatchObject({ esp: 0x190000, eip: ENTRY + 5 });
    booted.memory.missing.delete(0x181);
    booted.memory.page(0x181)[0] = 0x77;
    runTo(booted, now, END);
    expect(booted.memory.page(0x18f).subarray(0xffc)).toEqual(Uint8Array.of(0, 0, 0x77, 0));
    expect(booted.machine.retired).toBe(3);
  });

  it.each([
    ['a store over a page border', [0xa3, ...u32(0x180ffe)], 0x181],
    ['a read-modify-write', [0xff, 0x05, ...u32(0x181000)], 0x181],
    ['PUSHA', [...movRegister(4, 0x182010), 0x60], 0x181],
    ['MOVS', [...movRegister(6, 0x180000), ...movRegister(7, 0x181000), 0xa5], 0x181],
    ['a jump', [0xe9, ...u32(0x181000 - ENTRY - 5)], 0x181],
  ])('of %s is named and leaves registers and memory alone', (_what, code, gfn) => {
    const booted = boot(tinyKernel([...code, 0xf4]));
    booted.memory.missing.add(gfn);
    const { exits, now } = runTo(booted, 0, END);
    expect(exits).toEqual([{ reason: 'missing-page', gfn }]);
    const before = booted.memory.checksums();
    const registers = booted.machine.registers();
    expect(booted.machine.run(now, instant(END)).exit).toEqual(exits[0]);
    expect(booted.memory.checksums()).toEqual(before);
    expect(booted.machine.registers()).toMatchObject({ eip: registers.eip, esp: registers.esp });
  });
});

describe('revoked mappings', () => {
  it('make the next write ask again, once', () => {
    const booted = boot(guestFile('ticker'));
    runTo(booted, 0, 2_000_000);
    booted.memory.faults.length = 0;
    const { now } = runTo(booted, 2_000_000, 3_000_000);
    expect(booted.memory.faults).toEqual([]);
    booted.machine.revokeAllWrites();
    runTo(booted, now, 6_000_000);
    const asked = booted.memory.faults.map(([gfn]) => gfn);
    expect(asked.length).toBeGreaterThan(200);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('of a single frame ask for that frame only', () => {
    const booted = boot(guestFile('ticker'));
    const { now } = runTo(booted, 0, 2_000_000);
    booted.memory.faults.length = 0;
    booted.machine.revokeWrite(300);
    runTo(booted, now, 4_000_000);
    expect(booted.memory.faults.map(([gfn]) => gfn)).toEqual([300]);
  });

  it('drop decoded code, so that new content of a page is executed', () => {
    // jmp 0x180000; there: jmp $
    const booted = boot(tinyKernel([0xe9, ...u32(0x180000 - ENTRY - 5)]));
    booted.memory.page(0x180).set([0xeb, 0xfe]);
    const { now } = runTo(booted, 0, 10_000);
    booted.memory.page(0x180).set([0xb0, 0x09, 0xe6, 0xf4]);
    booted.machine.revoke(0x180);
    expect(runTo(booted, now, END).exits[0]).toMatchObject({ cause: 'exit port', code: 19 });
  });

  it('follow a store by the host into code', () => {
    const booted = boot(tinyKernel([0xe9, ...u32(0x180000 - ENTRY - 5)]));
    booted.memory.page(0x180).set([0xeb, 0xfe]);
    const { now } = runTo(booted, 0, 10_000);
    booted.machine.writeMemory(0x180000, Uint8Array.of(0xb0, 0x09, 0xe6, 0xf4));
    expect(runTo(booted, now, END).exits[0]).toMatchObject({ cause: 'exit port', code: 19 });
  });
});
