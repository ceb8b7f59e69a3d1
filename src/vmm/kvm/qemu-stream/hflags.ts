/**
 * QEMU's `env.hflags`: what its translator remembers of the processor's mode. A stream must carry it
 * right, because QEMU recomputes only the CPL when it loads one. Bit 3, the interrupt shadow, is state
 * of its own and not made here.
 */

/** The parts of the common state that decide the flags. */
export interface ModeSource {
  readonly cr0: bigint;
  readonly cr4: bigint;
  readonly eflags: bigint;
  readonly csAccess: bigint;
  readonly ssAccess: bigint;
  readonly dataBases: readonly bigint[];
}

/** Bits that mean a mode the toy PC lacks: long mode, system management, a nested guest. */
export const HF_FOREIGN = (1n << 14n) | (1n << 15n) | (1n << 19n) | (1n << 21n);

const CR0_PE = 0x1n;
const CR4_OSFXSR = 0x200n;
const EFLAGS_VM = 0x2_0000n;
const ACCESS_BIG = 0x400n;

export function hflagsOf(mode: ModeSource): bigint {
  const { cr0 } = mode;
  const cs32 = (mode.csAccess & ACCESS_BIG) !== 0n;
  const isVirtual = (mode.eflags & EFLAGS_VM) !== 0n;
  const isProtected = (cr0 & CR0_PE) !== 0n;
  const addSegment =
    !isProtected || isVirtual || !cs32 || mode.dataBases.some((base) => base !== 0n);
  return (
    ((mode.ssAccess >> 5n) & 3n) |
    bit(cs32, 4n) |
    bit((mode.ssAccess & ACCESS_BIG) !== 0n, 5n) |
    bit(addSegment, 6n) |
    bit(isProtected, 7n) |
    // MP, EM and TS are CR0 bits 1 to 3.
    ((cr0 & 0xen) << 8n) |
    bit((mode.cr4 & CR4_OSFXSR) !== 0n, 22n)
  );
}

const bit = (set: boolean, position: bigint): bigint => (set ? 1n << position : 0n);
