/**
 * Operations that the interpreter executes without a call, in the order of their numbers. The switch
 * in `execute.ts` uses the numbers as literals, because engines turn only those into a jump table; a
 * test holds both together.
 */
export const HOT = [
  'follow', // 0
  'jo.j', // 1
  'jno.j',
  'jb.j',
  'jnb.j',
  'jz.j',
  'jnz.j',
  'jbe.j',
  'jnbe.j',
  'js.j',
  'jns.j',
  'jp.j',
  'jnp.j',
  'jl.j',
  'jnl.j',
  'jle.j',
  'jnle.j', // 16
  'jmp.j',
  'call32.j',
  'ret32',
  'push32.r', // 20
  'push32.i',
  'push32.m',
  'pop32.r',
  'leave32',
  'mov32.rr', // 25
  'mov32.ri',
  'mov32.rm',
  'mov32.mr',
  'mov32.mi',
  'lea32.rm', // 30
  'movzxb32.rr',
  'movzxb32.rm',
  'movzxw32.rm',
  'movsxb32.rm',
  'mov8.rm', // 35
  'mov8.mr',
  'mov8.mi',
  'add32.rr',
  'add32.ri',
  'add32.rm', // 40
  'add32.mr',
  'add32.mi',
  'sub32.rr',
  'sub32.ri',
  'sub32.rm', // 45
  'and32.rr',
  'and32.ri',
  'and32.rm',
  'or32.rr',
  'or32.ri', // 50
  'or32.rm',
  'xor32.rr',
  'xor32.ri',
  'xor32.rm',
  'cmp32.rr', // 55
  'cmp32.ri',
  'cmp32.rm',
  'cmp32.mr',
  'cmp32.mi',
  'test32.rr', // 60
  'test32.ri',
  'cmp8.ri',
  'cmp8.mi',
  'cmp8.rm',
  'test8.rr', // 65
  'test8.ri',
  'inc32.r',
  'dec32.r',
  'neg32.r',
  'not32.r', // 70
  'shl32.ri',
  'shr32.ri',
  'sar32.ri',
  'imul32.rr',
  'imul32.rri', // 75
  'cwd32',
  'nop',
  'adc32.rr',
  'sbb32.rr',
  'movzxw32.rr', // 80
  'movsxw32.rm',
  'mov16.mr',
  'mov16.rm',
  'setz8.r',
  'setnz8.r', // 85
  'jmp32.m',
  'adc32.rm',
  'and8.ri',
  'xchg32.rr',
  'inc32.m', // 90
  'dec32.m',
  'mov8.rr',
  'mov8.ri',
  'cmp8.rr',
  'test8.mi', // 95
] as const;
