/**
 * Loader for Multiboot 1 kernels in ELF form (Multiboot Specification 0.6.96): §3.1 header, §3.2
 * machine state, §3.3 information structure. Decoded and validated first, then applied.
 */
import { ByteWriter } from '../base/bytes.ts';
import { err, ok, type Result } from '../base/result.ts';
import { PAGE_SIZE } from '../base/units.ts';
import type { CpuState, SegmentState } from '../cpu/state.ts';
import { decodeElf, type ElfImage, type LoadError } from './elf.ts';
import type { Machine } from './machine.ts';

const HEADER_MAGIC = 0x1bad_b002;
const BOOT_MAGIC = 0x2bad_b002;
const HEADER_SEARCH = 8192;
/** Bits 0 to 15 must be understood or the kernel refused. */
const FLAG_PAGE_ALIGN = 1 << 0;
const FLAG_MEMORY_INFO = 1 << 1;
const FLAG_ADDRESSES = 1 << 16;
const INFO_SIZE = 116;
const INFO_MEMORY = 1;
const LOW_MEMORY_END = 640 << 10;
const HIGH_MEMORY = 1 << 20;

const fail = (code: string, message: string) => err<LoadError>({ code, message });

interface Kernel {
  readonly image: ElfImage;
  /** Where the information structure goes. */
  readonly infoAt: number;
}

/** Can this file be started in a machine with so many bytes of RAM? */
export function decodeKernel(elf: Uint8Array, ramSize: number): Result<Kernel, LoadError> {
  const decoded = decodeElf(elf);
  if (!decoded.ok) return decoded;
  const image = decoded.value;
  const trouble = headerTrouble(elf) ?? placementTrouble(image, ramSize);
  if (trouble !== undefined) return err(trouble);
  const infoAt = infoAddress(image, ramSize);
  return infoAt === undefined
    ? fail('too-large', 'the kernel leaves no page for boot information')
    : ok({ image, infoAt });
}

/** Pre: the machine is fresh, its memory zero. On an error nothing was changed. */
export function loadMultiboot(machine: Machine, elf: Uint8Array): Result<void, LoadError> {
  const ramSize = machine.memory.frames * PAGE_SIZE;
  const kernel = decodeKernel(elf, ramSize);
  if (!kernel.ok) return kernel;
  const { image, infoAt } = kernel.value;
  for (const { address, content } of image.segments) machine.writeMemory(address, content);
  machine.writeMemory(infoAt, bootInformation(ramSize));
  machine.restore({ ...machine.save(), cpu: bootState(image.entry, infoAt) });
  return ok(undefined);
}

function headerTrouble(file: Uint8Array): LoadError | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const end = Math.min(HEADER_SEARCH, file.length) - 12;
  for (let at = 0; at <= end; at += 4) {
    if (view.getUint32(at, true) !== HEADER_MAGIC) continue;
    const flags = view.getUint32(at + 4, true);
    const sum = HEADER_MAGIC + flags + view.getUint32(at + 8, true);
    if (sum % 0x1_0000_0000 !== 0) continue;
    return flagsTrouble(flags);
  }
  return {
    code: 'not-multiboot',
    message: 'the ELF file has no Multiboot 1 header with a right checksum in its first 8192 bytes',
  };
}

function flagsTrouble(flags: number): LoadError | undefined {
  if (flags & FLAG_ADDRESSES)
    return {
      code: 'unsupported',
      message:
        'the Multiboot header gives load addresses (flag bit 16); only ELF segments are loaded',
    };
  const unknown = flags & 0xffff & ~(FLAG_PAGE_ALIGN | FLAG_MEMORY_INFO);
  if (unknown !== 0)
    return {
      code: 'unsupported',
      message: `the Multiboot header requires features 0x${unknown.toString(16)} that the toy PC lacks`,
    };
  return undefined;
}

function placementTrouble(image: ElfImage, ramSize: number): LoadError | undefined {
  for (const { address, memorySize } of image.segments) {
    if (address + memorySize <= ramSize) continue;
    const range = `0x${address.toString(16)} to 0x${(address + memorySize).toString(16)}`;
    const message = `a segment at ${range} lies outside the ${ramSize >> 20} MiB of RAM`;
    return { code: 'too-large', message };
  }
  return undefined;
}

/** The first page below 640 KiB, then the last of RAM, that no segment touches. */
function infoAddress(image: ElfImage, ramSize: number): number | undefined {
  const isFree = (page: number) =>
    page + PAGE_SIZE <= ramSize &&
    image.segments.every((s) => page + PAGE_SIZE <= s.address || page >= s.address + s.memorySize);
  for (let page = 0x9000; page < LOW_MEMORY_END; page += PAGE_SIZE) if (isFree(page)) return page;
  const last = ramSize - PAGE_SIZE;
  return isFree(last) ? last : undefined;
}

function bootInformation(ramSize: number): Uint8Array {
  const writer = new ByteWriter();
  writer.u32(INFO_MEMORY);
  writer.u32(Math.min(ramSize, LOW_MEMORY_END) >>> 10);
  writer.u32(Math.max(0, ramSize - HIGH_MEMORY) >>> 10);
  return writer.zeros(INFO_SIZE - writer.length).finish();
}

/** Present, accessed, 4 GiB, 32-bit: code execute/read, data read/write. */
const FLAT_CODE: SegmentState = { selector: 0x08, base: 0, limit: 0xffff_ffff, access: 0xc9b };
const FLAT_DATA: SegmentState = { selector: 0x10, base: 0, limit: 0xffff_ffff, access: 0xc93 };

function bootState(entry: number, info: number): CpuState {
  return {
    general: [BOOT_MAGIC, 0, 0, info, 0, 0, 0, 0],
    eip: entry,
    eflags: 2,
    segments: {
      es: FLAT_DATA,
      cs: FLAT_CODE,
      ss: FLAT_DATA,
      ds: FLAT_DATA,
      fs: FLAT_DATA,
      gs: FLAT_DATA,
      ldtr: { selector: 0, base: 0, limit: 0xffff, access: 0x82 },
      tr: { selector: 0, base: 0, limit: 0xffff, access: 0x8b },
    },
    gdtr: { base: 0, limit: 0 },
    idtr: { base: 0, limit: 0 },
    cr0: 0x11,
    cr2: 0,
    cr3: 0,
    cr4: 0,
    debug: [0, 0, 0, 0, 0xffff_0ff0, 0x400],
    tsc: 0n,
    halted: false,
    interruptShadow: 0,
    retired: 0,
  };
}
