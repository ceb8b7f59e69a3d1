/** Prefixes written as words before an instruction, and whether they mean anything there. */
import { STRINGS } from '../cpu/mnemonics.ts';
import { formsOf } from './instruction-set.ts';
import { refuse } from './problem.ts';
import { registerOf } from './registers.ts';
import type { Instruction, Prefixes } from './statement.ts';
import type { TokenReader } from './token-reader.ts';

export const NO_PREFIXES: Prefixes = {
  repeat: 0,
  lock: false,
  segment: undefined,
  operandSize: undefined,
  addressSize: undefined,
};

const WORDS: Readonly<Record<string, Partial<Prefixes>>> = {
  lock: { lock: true },
  rep: { repeat: 0xf3 },
  repe: { repeat: 0xf3 },
  repz: { repeat: 0xf3 },
  repne: { repeat: 0xf2 },
  repnz: { repeat: 0xf2 },
  o16: { operandSize: 2 },
  o32: { operandSize: 4 },
  a16: { addressSize: 2 },
  a32: { addressSize: 4 },
};

export const isPrefixWord = (word: string): boolean =>
  Object.hasOwn(WORDS, word) || registerOf(word)?.kind === 'segment';

export function parsePrefixes(reader: TokenReader): Prefixes {
  let prefixes = NO_PREFIXES;
  while (isPrefixWord(reader.word())) {
    const word = reader.word();
    const register = registerOf(word);
    const own: Partial<Prefixes> = register === undefined ? WORDS[word] : { segment: register };
    const { column } = reader.next();
    for (const [name, value] of Object.entries(own)) {
      const before = prefixes[name as keyof Prefixes];
      if (before === undefined || before === false || before === 0) continue;
      if (before !== value || name !== 'segment')
        refuse(
          column,
          `the prefix ${word} comes too late`,
          'a prefix of its kind stands before it already, and an instruction has one of each',
          'leave one of them out',
        );
    }
    prefixes = { ...prefixes, ...own };
  }
  return prefixes;
}

/** A prefix that the processor would ignore, or stop at, is a mistake. */
export function checkPrefixes({ name, prefixes, operands, column }: Instruction): void {
  const forms = formsOf(name);
  const repeats = forms.some(({ opcode }) => STRINGS.includes(opcode.mnemonic));
  // `rep nop` is PAUSE, and `rep ret` an old habit of compilers.
  if (prefixes.repeat !== 0 && !repeats && forms.length > 0 && !/^(nop|retn?)$/.test(name))
    refuse(
      column,
      `${name} cannot be repeated`,
      'rep repeats string instructions only, and the processor ignores it elsewhere',
      'write a loop with ecx: "again: … loop again"',
    );
  if (!prefixes.lock || forms.length === 0) return;
  const inMemory = operands.some(({ kind }) => kind === 'memory');
  if (inMemory && forms.some(({ opcode }) => opcode.lockable)) return;
  refuse(
    column,
    `${name} cannot be locked`,
    'lock needs an instruction that reads and writes its memory operand; elsewhere it is an invalid opcode',
    inMemory ? 'leave lock out' : 'leave lock out, or use an operand in memory',
  );
}
