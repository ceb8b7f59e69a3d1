/** Processor and memory: registers, code, stack, page walk, breakpoints. */
import { count } from './format.ts';

export const breakpoints = 'Breakpoints';
export const noBreakpoints =
  'None. At one, everything stands before the guest executes the instruction; the run stays as it is.';
export const removeBreakpoint = (address: string) => `Remove the breakpoint at ${address}`;
export const remove = 'Remove';
export const instructionAt = 'Instruction at, hex';
export const breakThere = 'Break there';
export const runToIt = 'Run to it';
export const noInstructionAddress = (text: string) =>
  `“${text}” is no address: write up to eight hex digits, such as 00102005.`;

export const nextInstruction = 'Next instruction and its neighbours';
export const codeNotThere = 'The page of the next instruction is not there.';
export const breakpointAt = (address: string) => `Breakpoint at ${address}`;
export const decodedBackwards =
  'Those before it are decoded from bytes that lead up to it, and may have been reached otherwise.';

export const onHostA = 'On host A';
export const onHostB = 'On host B';
export const host = 'Host';
export const timePasses = 'Time passes: what stands here is read when it stands.';
export const pause = 'Pause';
export const noVmOnHost = 'No VM is on this host at the moment shown.';
export const hostsNotAsked = 'The hosts cannot be asked now.';
export const oneInstructionOn = 'One instruction on';

export const registers = 'Registers';
export const changedMarked = 'Marked: changed since the last look.';
export const firstLook = 'First look: nothing to compare with.';
export const noFlags = 'none';
export const halted = 'The processor is halted.';
export const flagsSet = (flags: string, halted: string) =>
  `Flags set (EFLAGS): ${flags}. ${halted}`;
export const segments = 'Segments, with their hidden parts';
export const register = 'Register';
export const selector = 'Selector';
export const base = 'Base';
export const limit = 'Limit';
export const access = 'Access';
export const instructions = (instructions: number, tsc: string) =>
  `${count(instructions)} instructions since boot. Time-stamp counter ${tsc}.`;

export const stack = 'Stack';
export const stackNotThere = 'The page of the stack’s top is not there.';
export const atEsp = ' ← esp';
export const atEbp = ' ← ebp';

export const fromAddress = 'From an address to machine memory';
export const linearAddress = 'Linear address';
export const pagingOff = '{paging} (CR0.PG = 0): the linear address is the guest-physical one';
export const pagingIsOff = 'Paging is off';
export const cr3 = 'CR3';
export const guestFrame = '{name} (gfn) {gfn}, guest-physical {address}';
export const guestFrameName = 'Guest frame';
export const memoryThere = 'Memory there';
export const noRam = 'It is no RAM, or has not arrived.';
export const bytesFrom = (address: string) => `Bytes from ${address}`;
export const step = '{entry} number {index} at guest-physical {at} is {value}: {flags}{large}';
export const noBitSet = 'no bit set';
export const mapsLarge = ', maps a large page itself';
export const hostName = (vmm: string, host: string) => `${vmm} host ${host}`;
export const noMemoryHere = '{host}: the VM has no memory here, or this frame is no RAM';
export const p2m = (gfn: number, mfn: number) => `P2M[${gfn}] = machine frame ${mfn}`;
export const slot = (base: number, gfn: number, mfn: number) =>
  `slot from frame ${base}: ${base} + ${gfn} = machine frame ${mfn}`;
export const hostFrame = '{host}: {way}, byte {byte} of its memory; {arrived}{log}{tlb}';
export const notArrived = 'not arrived; ';
export const inDirtyLog = 'in the dirty log';
export const notInDirtyLog = 'not in the dirty log';
export const tlbWrite = 'its TLB holds the page, to read and write';
export const tlbRead = 'its TLB holds the page to read: a write asks the host first';
export const tlbNone = 'not in its TLB: the next access walks the tables';
export const linearAddressHex = 'Linear address, hex';
export const walk = 'Walk';
export const followEip = 'Follow EIP';
export const esp = 'ESP';
export const noLinearAddress = (text: string) =>
  `“${text}” is no address: write up to eight hex digits, such as 00101000.`;
