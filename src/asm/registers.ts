/** The registers by name. */
export interface Register {
  readonly name: string;
  readonly kind: 'general' | 'segment' | 'control' | 'debug';
  /** Bytes. */
  readonly size: 1 | 2 | 4;
  readonly number: number;
}

const NAMES: readonly (readonly [Register['kind'], Register['size'], string])[] = [
  ['general', 1, 'al cl dl bl ah ch dh bh'],
  ['general', 2, 'ax cx dx bx sp bp si di'],
  ['general', 4, 'eax ecx edx ebx esp ebp esi edi'],
  ['segment', 2, 'es cs ss ds fs gs'],
  ['control', 4, 'cr0 cr1 cr2 cr3 cr4 cr5 cr6 cr7'],
  ['debug', 4, 'dr0 dr1 dr2 dr3 dr4 dr5 dr6 dr7'],
];

const REGISTERS: ReadonlyMap<string, Register> = new Map(
  NAMES.flatMap(([kind, size, names]) =>
    names.split(' ').map((name, number) => [name, { name, kind, size, number }] as const),
  ),
);

export const registerOf = (word: string): Register | undefined => REGISTERS.get(word.toLowerCase());
