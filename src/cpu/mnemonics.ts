/** What programmers call the rows of the opcode table: shared by disassembler and assembler. */

/** Names of the table that stand for one of several forms, and what programmers call them. */
export const NAMES: Readonly<Record<string, string>> = {
  movfs: 'mov',
  movts: 'mov',
  movfc: 'mov',
  movtc: 'mov',
  movfd: 'mov',
  movtd: 'mov',
  movzxb: 'movzx',
  movzxw: 'movzx',
  movsxb: 'movsx',
  movsxw: 'movsx',
  callf: 'call',
  jmpf: 'jmp',
  nopw: 'nop',
  ud: 'ud2',
  wait: 'fwait',
};
/** Conditions of the table whose other name is the usual one. */
export const CONDITIONS: Readonly<Record<string, string>> = {
  nb: 'ae',
  z: 'e',
  nz: 'ne',
  nbe: 'a',
  nl: 'ge',
  nle: 'g',
};
/** Without operands, the name has the operand size in it: 16 bits, 32 bits. */
export const SIZED: Readonly<Record<string, readonly [string, string]>> = {
  cbw: ['cbw', 'cwde'],
  cwd: ['cwd', 'cdq'],
  pusha: ['pushaw', 'pusha'],
  popa: ['popaw', 'popa'],
  pushf: ['pushfw', 'pushf'],
  popf: ['popfw', 'popf'],
  iret: ['iretw', 'iret'],
  ret: ['retw', 'ret'],
  retf: ['retfw', 'retf'],
  leave: ['leavew', 'leave'],
  enter: ['enterw', 'enter'],
  pushs: ['pushw', 'push'],
  pops: ['popw', 'pop'],
};
export const STRINGS: readonly string[] = ['movs', 'cmps', 'stos', 'lods', 'scas', 'ins', 'outs'];
/** Always one word in memory, whatever the operand size. */
export const WORD_IN_MEMORY: readonly string[] = ['movfs', 'sldt', 'str', 'smsw'];
