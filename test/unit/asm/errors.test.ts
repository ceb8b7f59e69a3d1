/** Wrong programs: each error names its line, its column, what is wrong and why, and what to do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../../src/asm/assemble.ts';
import { MAX_PROBLEMS } from '../../../src/asm/limits.ts';
import type { Problem } from '../../../src/asm/problem.ts';

function problemsOf(source: string): readonly Problem[] {
  const result = assemble(source, 0x10_2000);
  return result.ok ? [] : result.error;
}

type Wrong = readonly [source: string, place: string, what: string, why: string];

const WRONG: readonly Wrong[] = [
  // Words
  ['nop\n mvo eax, 1', '2:2', 'unknown instruction "mvo"', 'no instruction'],
  ['lop $', '1:1', 'unknown instruction "lop"', 'of this name'],
  ['nop\n\nstart', '3:1', 'unknown instruction "start"', 'a word alone'],
  ['fld dword [x]', '1:1', 'no instruction "fld"', 'no floating-point unit'],
  ['mov eax, {1}', '1:10', 'unexpected character "{"', 'begins with it'],
  ['mov eax ebx', '1:9', 'unexpected "ebx"', 'ends before it'],
  ['nop\n  inc eax dec ebx', '2:11', 'unexpected "dec"', 'ends before it'],
  ['%define SIZE 5', '1:1', '"%define" is not understood', 'no macros'],
  ['extern printf', '1:1', '"extern" is not there', 'nothing is linked'],
  ['bits 16', '1:6', 'bits 16 is not there', '32-bit protected mode'],
  ['section .code', '1:9', 'no section ".code"', '.text, .rodata, .data, .bss'],
  // Numbers and texts
  ['mov eax, 12ab', '1:10', '"12ab" is no number', 'begins with a digit'],
  ['mov eax, 1.5', '1:10', '"1.5" is no whole number', 'no floating-point unit'],
  ['dq 0x11223344556677889', '1:4', 'is too large', 'more than 64 bits'],
  ['db 1, "abc', '1:7', 'the string does not end', 'no closing "'],
  ['db `\\z`', '1:5', 'unknown escape "\\z"', 'a backslash begins an escape'],
  ['mov eax, "hello, world"', '1:10', 'too long for a number', 'it has 12 bytes'],
  ['mov al, 300', '1:9', 'the value 300 does not fit', 'a byte holds -128 to 255'],
  ['x: nop\nmov ax, x', '2:9', 'the value 1056768 does not fit', 'a word holds -32768 to 65535'],
  ['add eax, byte 200', '1:10', 'the value 200 does not fit', 'widened with its sign'],
  ['db 1, 2, 256', '1:10', 'the value 256 does not fit', 'a byte holds'],
  // Expressions
  ['mov eax, (1 + 2', '1:16', 'the parenthesis is not closed', '")" has to stand here'],
  ['mov eax, 1 +', '1:13', 'a value is missing', 'has to stand here'],
  ['mov eax, 7 / (3 - 3)', '1:12', 'division by zero', 'comes to 0'],
  ['mov eax, here & 3\nhere: nop', '1:15', '"&" cannot be applied', 'not a constant'],
  ['mov eax, ebx + 1', '1:10', 'ebx cannot be part of a constant', 'when the program runs'],
  ['a equ b\nb equ 2 * a', '1:7', '"b" has no value', 'depends on itself'],
  // Names
  ['mov eax, [counter]\ncuonter: dd 0', '1:11', '"counter" is not defined', 'no line has it'],
  ['a: nop\nnop\na: nop', '3:1', '"a" is defined twice', 'line 1 defines it'],
  ['.x: nop', '1:1', '".x" belongs to no label', 'there is none yet'],
  ['nop\neax: nop', '2:1', 'eax cannot be a label', 'the name of a register'],
  ['loop: nop', '1:1', 'loop cannot be a label', 'the name of an instruction'],
  ['global _start', '1:8', '"_start" is not defined', 'no line has it'],
  ['equ 5', '1:1', 'equ has no name', 'stands before it'],
  // Operands
  ['mov [ebx], 1', '1:5', 'the size of the operand in memory is not known', 'a byte, a word'],
  ['mov al, ebx', '1:9', 'do not fit in size', 'mov r8, r/m8'],
  ['mov eax, [ebx', '1:14', 'the bracket of an address is not closed', '"]" has to stand'],
  ['mov [eax], [ebx]', '1:12', 'mov cannot take an operand in memory here', 'mov r/m32, r32'],
  ['mov cr0, 5', '1:10', 'mov cannot take a constant here', 'mov cr, r32'],
  ['mov cs, ax', '1:5', 'mov cannot take the register cs here', 'mov sreg, r/m16'],
  ['shl eax, bl', '1:10', 'shl cannot take the register bl here', 'shl r/m32, cl'],
  ['add eax', '1:1', 'add takes 2 operands, not 1', 'add r/m8, r8'],
  ['mov eax, [eax + ebx + ecx]', '1:10', 'cannot form this address', 'a base register'],
  ['mov eax, [ebx + esi * 3]', '1:10', 'cannot form this address', 'times 1, 2, 4 or 8'],
  ['mov eax, [bx + cx]', '1:10', 'cannot form this 16-bit address', 'bx or bp, si or di'],
  ['mov eax, [ebx + si]', '1:10', 'mixes registers of 16 and 32 bits', 'in one width'],
  ['mov eax, [al]', '1:10', 'al cannot be part of an address', 'only general registers'],
  ['lock mov [eax], ebx', '1:6', 'mov cannot be locked', 'an invalid opcode'],
  ['rep mov eax, 1', '1:5', 'mov cannot be repeated', 'string instructions only'],
  // Places
  ['jmp short a\ntimes 200 nop\na: nop', '1:5', 'out of range', '200 bytes from the next'],
  ['a: times 200 nop\nloop a', '2:6', 'out of range', '-202 bytes from the next'],
  ['times n nop\nn equ 3', '1:7', '"n" is not known here yet', 'the name is defined there'],
  ['times 1000000000 db 0', '1:7', 'the program is too large', 'at most 4194304'],
  ['times 1000000000 jmp $', '1:7', 'the program is too large', 'at most 4194304'],
  ['section .bss\nx: resd 40000000', '2:4', 'the program is too large', 'at most 67108864'],
  ['section .bss\nmov eax, 1', '2:1', 'section .bss holds no bytes', 'begins as zero'],
  ['org 1\norg 2', '2:5', 'the origin is set twice', 'one address'],
  ['align 3', '1:7', 'cannot align to 3', 'a power of two'],
];

describe('a wrong program', () => {
  it('is there in more than thirty kinds', () => {
    expect(new Set(WRONG.map(([, , what]) => what)).size).toBeGreaterThan(30);
  });

  it.each(WRONG)('%j is refused at %s: %s', (source, place, what, why) => {
    const [problem, ...others] = problemsOf(source);
    expect(`${problem?.line}:${problem?.column}`).toBe(place);
    expect(problem?.what).toContain(what);
    expect(problem?.why).toContain(why);
    expect(problem?.advice.length).toBeGreaterThan(5);
    // One mistake is one error; the two that name each other are two.
    expect(others.map(({ line }) => line)).toEqual(source.startsWith('a equ b') ? [2] : []);
  });

  it('is told all its errors at once, in their order', () => {
    const places = problemsOf('x: mov eax, ebz\n mvo eax, 1\njmp x\nmov al, 300\nx: db "\n');
    expect(places.map(({ line, column }) => `${line}:${column}`)).toEqual([
      '1:13',
      '2:2',
      '4:9',
      '5:7',
    ]);
  });

  it('has no second error because of the first', () => {
    expect(
      problemsOf('size equ 5 +\nmov eax, size\ntimes size nop\nx equ size * 2\n'),
    ).toHaveLength(1);
    expect(problemsOf('x: mvo eax, 1\njmp x\n')).toHaveLength(1);
  });

  it('is told what somebody may have meant', () => {
    expect(problemsOf('mvo eax, 1')[0].advice).toContain('"mov"');
    expect(problemsOf('lop $')[0].advice).toContain('"loop"');
    expect(problemsOf('jmp strat\nstart: nop')[0].advice).toContain('"start"');
  });

  it('shows so many errors and no more', () => {
    expect(problemsOf('mvo\n'.repeat(5000))).toHaveLength(MAX_PROBLEMS);
  });

  it('is refused when it is too long', () => {
    expect(problemsOf('\n'.repeat(30_000))[0].what).toBe('the program is too long');
    expect(problemsOf('x'.repeat(2_000_000))[0].what).toBe('the program is too long');
    expect(problemsOf(`db ${'1,'.repeat(1000)}`)[0].what).toBe('the line is too long');
    expect(problemsOf(`dd ${'('.repeat(300)}`)[0].what).toBe('the expression is nested too deeply');
    expect(problemsOf(`dd ${'-'.repeat(300)}1`)[0].what).toBe(
      'the expression is nested too deeply',
    );
  });
});

/** What programs are made of, and what they are not. */
const PIECES = [
  ...'mov eax ebx [ ] , + - * / % ( ) : $ $$ .x x x: equ db dd times 5 0x10 -1 "a" byte'.split(' '),
  ...'dword far short jmp loop call org align resb section .bss .data rep lock es ds lea'.split(
    ' ',
  ),
  ...'imul push bits 32 global far strict near ; \n \n \n al cr0 movsb 1e9 & ~ << \\ # é ` 99999999999'.split(
    ' ',
  ),
];

describe('any text', () => {
  it('is a program or has errors, and nothing else', () => {
    let programs = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((parts) => parts.join(' ')),
        (source) => {
          const result = assemble(source, 0x10_2000);
          if (result.ok) programs++;
          else refused++;
          const lines = source.split('\n');
          for (const { line, column, what, why, advice } of result.ok ? [] : result.error) {
            expect(column).toBeGreaterThan(0);
            expect(column).toBeLessThanOrEqual(lines[line - 1].length + 1);
            expect([what, why, advice]).not.toContain('');
          }
        },
      ),
      { seed: 20_261_127, numRuns: 1500 },
    );
    expect(Math.min(programs, refused)).toBeGreaterThan(20);
  });

  it('is the same program whenever it is assembled', () => {
    const source = 'a: jmp b\ntimes 126 nop\nb: dd a, b - a\n';
    expect(assemble(source, 5)).toEqual(assemble(source, 5));
  });
});
