/* A bytecode interpreter: switch tables, computed goto, function pointers, packed structures, bit fields. */
#include "program.h"

enum { PUSH, ADD, SUB, MUL, DUP, SWAP, JNZ, JMP, OUT, HALT, DIV, NEG };

static i32 run_switch(const i32 *code) {
  i32 st[64], sp = 0, pc = 0, h = 0;
  for (;;) switch (code[pc++]) {
      case PUSH: st[sp++] = code[pc++]; break;
      case ADD: sp--, st[sp - 1] += st[sp]; break;
      case SUB: sp--, st[sp - 1] -= st[sp]; break;
      case MUL: sp--, st[sp - 1] *= st[sp]; break;
      case DIV: sp--, st[sp - 1] /= st[sp]; break;
      case NEG: st[sp - 1] = -st[sp - 1]; break;
      case DUP: st[sp] = st[sp - 1], sp++; break;
      case SWAP: { i32 t = st[sp - 1]; st[sp - 1] = st[sp - 2]; st[sp - 2] = t; break; }
      case JNZ: { i32 to = code[pc++]; if (st[--sp]) pc = to; break; }
      case JMP: pc = code[pc]; break;
      case OUT: h = h * 31 + st[--sp]; break;
      case HALT: return h;
    }
}

static i32 run_goto(const i32 *code) {
  static const void *const go[] = {&&push, &&add, &&sub, &&mul, &&dup, &&swap, &&jnz, &&jmp, &&out, &&halt};
  i32 st[64], sp = 0, pc = 0, h = 0;
#define NEXT goto *go[code[pc++]]
  NEXT;
push: st[sp++] = code[pc++]; NEXT;
add: sp--, st[sp - 1] += st[sp]; NEXT;
sub: sp--, st[sp - 1] -= st[sp]; NEXT;
mul: sp--, st[sp - 1] *= st[sp]; NEXT;
dup: st[sp] = st[sp - 1], sp++; NEXT;
swap: { i32 t = st[sp - 1]; st[sp - 1] = st[sp - 2]; st[sp - 2] = t; } NEXT;
jnz: { i32 to = code[pc++]; if (st[--sp]) pc = to; } NEXT;
jmp: pc = code[pc]; NEXT;
out: h = h * 31 + st[--sp]; NEXT;
halt: return h;
}

struct __attribute__((packed)) record { u8 tag; u32 value; u16 extra; };
struct bits { u32 a : 3, b : 7, c : 13, d : 9; };
struct sbits { i32 a : 5, b : 11, c : 16; };

static i32 twice(i32 x) { return x * 2; }
static i32 square(i32 x) { return x * x; }
static i32 minus(i32 x) { return -x; }
static i32 (*const functions[])(i32) = {twice, square, minus};

static u32 ackermann(u32 m, u32 n) { return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1)); }

static void *jump[5];
static volatile int visits;
__attribute__((noinline)) static void leap(void) { __builtin_longjmp(jump, 1); }

int main(void) {
  static const i32 loop[] = {PUSH, 300, DUP, OUT, DUP, DUP, MUL, OUT, PUSH, 1, SUB, DUP, JNZ, 2, PUSH, 5, PUSH, 9, SWAP, SUB, OUT, HALT};
  print_hex("switch", (u32)run_switch(loop));
  print_hex("goto", (u32)run_goto(loop));
  static struct record records[40];
  volatile struct bits bits = {0};
  volatile struct sbits sbits = {0};
  u32 h = 0;
  for (u32 i = 0; i < 40; i++) {
    records[i].tag = (u8)i, records[i].value = i * 0x01010101u, records[i].extra = (u16)(i * 777);
    bits.a = i, bits.b = i * 5, bits.c = i * 999, bits.d = ~i;
    sbits.a = (i32)i, sbits.b = (i32)(i * 100), sbits.c = -(i32)(i * 1000);
    h = h * 17 + records[i].value + records[i].extra + bits.a + bits.b + bits.c + bits.d;
    h += (u32)(sbits.a + sbits.b + sbits.c);
    h += (u32)functions[i % 3]((i32)h);
  }
  print_hex("records", h);
  print_hex("ackermann", ackermann(2, 9));
  if (__builtin_setjmp(jump) == 0 || visits++ < 3) leap();
  print_hex("visits", (u32)visits);
  return 0;
}
