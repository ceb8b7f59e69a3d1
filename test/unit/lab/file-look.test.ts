import { describe, expect, it } from 'vitest';
import { assembleGuest } from '../../../src/asm/guest.ts';
import { type ExportRequest, exportFile } from '../../../src/lab/export.ts';
import { type FileLook, lookAtFile } from '../../../src/lab/file-look.ts';
import { FORMAT_IDS } from '../../../src/vmm/format.ts';
import { guestImage, SMALL, scenario } from '../../support/labs.ts';

const made = (kind: ExportRequest['kind'], atNs: number): Uint8Array<ArrayBuffer> => {
  const file = exportFile({ scenario: scenario(SMALL), atNs, kind }, guestImage('muncher'));
  if (!file.ok) throw new Error(file.error);
  return file.value.bytes;
};
function looked(name: string, bytes: Uint8Array): FileLook {
  const look = lookAtFile(name, bytes);
  if (!look.ok) throw new Error(look.error);
  return look.value;
}
const text = (words: string) => new TextEncoder().encode(words);

describe('what is in a file', () => {
  it('is told record by record, from the first byte to the last, in every format', () => {
    for (const kind of FORMAT_IDS) {
      const bytes = made(kind, 45e6);
      const { parts, title } = looked(kind, bytes);
      expect(parts.length, title).toBeGreaterThan(3);
      for (const { offset, bytes: length } of parts) {
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset + length).toBeLessThanOrEqual(bytes.length);
      }
      const offsets = parts.map(({ offset }) => offset);
      expect(offsets, title).toEqual(offsets.toSorted((a, b) => a - b));
    }
  });

  it('has one fingerprint for one VM, whatever the format, and another for another', () => {
    const prints = (atNs: number) =>
      FORMAT_IDS.map((kind) => looked(kind, made(kind, atNs)).fingerprint);
    const [early, late] = [prints(45e6), prints(46e6)];
    expect(early[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set(early).size).toBe(1);
    expect(new Set(late).size).toBe(1);
    expect(late[0]).not.toBe(early[0]);
  });

  it('covers a .vmcf without a gap', () => {
    const bytes = made('common', 45e6);
    let next = 0;
    for (const { offset, bytes: length } of looked('common', bytes).parts) {
      expect(offset).toBe(next);
      next = offset + length;
    }
    expect(next).toBe(bytes.length);
  });

  it('may be a guest or a scenario', () => {
    const elf = assembleGuest('test', 'times 100 nop\n hlt\nsection .bss\nresb 8192');
    if (!elf.ok) throw new Error(elf.error);
    const guest = looked('own.elf', elf.value);
    expect(guest.facts).toContainEqual(['As a guest', 'the hosts can boot it']);
    expect(guest.parts.map(({ bytes, detail }) => [bytes, detail])).toEqual([
      [52, ''],
      [101, 'to 00102000, 101 bytes in memory'],
      [0, expect.stringContaining('8192 bytes in memory')],
    ]);
    const { facts } = looked('a.json', text(' {"name":"mine"}'));
    expect(facts).toContainEqual(['Name', 'mine']);
  });

  it('is refused with where and why', () => {
    const cut = made('qemu', 45e6).subarray(0, 5000);
    const damaged = made('common', 45e6);
    damaged[60] ^= 1;
    const cases = [
      ['nothing', new Uint8Array(0), /nothing is empty \(at byte 0\)/],
      ['a.txt', text('hello'), /a.txt: this is no state file; known are: .+ \(at byte 0\)/],
      ['cut', cut, /cut \(QEMU migration stream\): .+ \(at byte \d+\)/],
      ['damaged', damaged, /damaged \(common VM format .+\): .+ is damaged \(at byte \d+\)/],
      ['s.json', text('{"vm":{"memoryMiB":1000}}'), /s.json: vm.memoryMiB must be /],
      ['s.elf', text('\x7fELF'), /s.elf \(ELF\): .+ \(at byte 4 of 52\)/],
      ['g.elf', guestImage('ticker').subarray(0, 9000), /from byte \d+ to \d+ .+ \(at byte \d+\)/],
      ['u.json', Uint8Array.of(0x7b, 0xff), /u.json is not JSON: its bytes are no text in UTF-8$/],
    ] as const;
    for (const [name, bytes, error] of cases)
      expect(lookAtFile(name, bytes)).toEqual({ ok: false, error: expect.stringMatching(error) });
  });
});
