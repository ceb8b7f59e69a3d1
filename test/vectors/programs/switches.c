/* Switches of all shapes: tables dense, sparse and offset, ranges, strings, 64 bits, falls through, state machines. */
#include "program.h"

__attribute__((noinline)) static u32 dense(u32 x) {
  switch (x) {
    case 0: return 11; case 1: return 97; case 2: return x * 3; case 3: return 5; case 4: x += 2; /* falls through */
    case 5: return x ^ 0x55; case 6: return ~x; case 7: return 1u << x; case 8: return x << 9; case 9: x = 3; break;
    case 10: case 11: case 12: return 7; case 13: return x / 3; case 14: return x % 5; case 15: return -x; case 17: return 8;
    default: return 0x1000 + x;
  }
  return x * 1000;
}

__attribute__((noinline)) static i32 offset(i32 x) {
  switch (x) {
    case -5: return 1; case -4: return 4; case -3: return 9; case -2: return x * x; case -1: return -7; case 0: return 0;
    case 1: return 31; case 2: return x << 4; case 3: return 6; case 0x7fffffff: return 12; case -0x7fffffff - 1: return 13;
    default: return x / 2;
  }
}

__attribute__((noinline)) static u32 sparse(u32 x) {
  switch (x) {
    case 3: return 1; case 100: return 2; case 5000: return 3; case 70000: return 4; case 1000000: return 5;
    case 0x80000000: return 6; case 0xdeadbeef: return 7; case 0xffffffff: return 8;
    case 200 ... 300: return x - 200; case 0x10000000 ... 0x1fffffff: return x >> 20;
    default: return 0;
  }
}

__attribute__((noinline)) static u32 wide(u64 x) {
  switch (x) {
    case 1: return 1; case 0x100000001ull: return 2; case 0xffffffff00000000ull: return 3; case ~0ull: return 4;
    case 0x8000000000000000ull: return 5; case 0x200000000ull ... 0x2000000ffull: return (u32)x;
    default: return 9;
  }
}

__attribute__((noinline)) static u32 small(u8 x) {
  switch (x) {
    case 'a' ... 'z': return x - 'a'; case 'A' ... 'Z': return 26u + x - 'A'; case '0' ... '9': return 52u + x - '0';
    case '+': return 62; case '/': return 63; case 200 ... 255: return 100u + x;
    default: return 64;
  }
}

/* Duff's device. */
__attribute__((noinline)) static u32 duff(const u8 *p, u32 n) {
  u32 h = 1, rounds = (n + 7) / 8;
  switch (n % 8) {
    case 0: do { h = h * 33 + *p++;
    case 7: h = h * 33 + *p++;
    case 6: h = h * 33 ^ *p++;
    case 5: h = h * 33 + *p++;
    case 4: h = h * 33 - *p++;
    case 3: h = h * 33 + *p++;
    case 2: h = h * 33 ^ *p++;
    case 1: h = h * 33 + *p++;
    } while (--rounds);
  }
  return h;
}

/* A lexer of C-like text: words, numbers, strings with escapes, comments. */
enum state { BETWEEN, WORD, NUMBER, STRING, ESCAPE, SLASH, COMMENT, STAR };
static u32 lexemes[8];

static void lex(const char *text) {
  enum state s = BETWEEN;
  for (;; text++) {
    u8 c = (u8)*text;
  again:
    switch (s) {
      case BETWEEN:
        switch (c) {
          case 0: return;
          case 'a' ... 'z': case 'A' ... 'Z': case '_': s = WORD; break;
          case '0' ... '9': s = NUMBER; break;
          case '"': s = STRING; break;
          case '/': s = SLASH; break;
          default: lexemes[BETWEEN] += c;
        }
        break;
      case WORD:
        if (small(c) < 62 || c == '_') break;
        lexemes[s]++, s = BETWEEN;
        goto again;
      case NUMBER:
        if (small(c) >= 52 && small(c) < 62) { lexemes[s] = lexemes[s] * 10 + c - '0'; break; }
        s = BETWEEN;
        goto again;
      case STRING:
        if (c == '\\') s = ESCAPE;
        else if (c == '"') lexemes[STRING]++, s = BETWEEN;
        else if (c == 0) { lexemes[7] |= 1; return; }
        break;
      case ESCAPE: lexemes[ESCAPE] += c, s = STRING; break;
      case SLASH:
        if (c == '*') { s = COMMENT; break; }
        s = BETWEEN;
        goto again;
      case COMMENT: if (c == '*') s = STAR; else if (c == 0) { lexemes[7] |= 2; return; } break;
      case STAR: if (c == '/') lexemes[COMMENT]++, s = BETWEEN; else if (c != '*') s = COMMENT; break;
    }
  }
}

int main(void) {
  static u8 bytes[300];
  u32 seed = 3, h = 0;
  for (u32 i = 0; i < 30; i++) h = h * 31 + dense(i);
  print_hex("dense", h);
  for (i32 i = -12; i < 12; i++) h = h * 31 + (u32)offset(i);
  h += (u32)(offset(0x7fffffff) + offset(-0x7fffffff - 1));
  print_hex("offset", h);
  static const u32 values[] = {3, 4, 100, 199, 200, 300, 301, 5000, 70000, 1000000, 0x80000000, 0xdeadbeef, ~0u, 0x12345678, 0x20000000};
  for (u32 i = 0; i < sizeof values / 4; i++) h = h * 31 + sparse(values[i]);
  print_hex("sparse", h);
  for (u32 i = 0; i < 16; i++) h = h * 31 + wide((u64)values[i % 15] << 32 | i) + wide((u64)(i & 3) << 32 | (i & 1)) + wide(~(u64)i);
  print_hex("wide", h);
  for (u32 i = 0; i < 256; i++) h = h * 31 + small((u8)i);
  print_hex("small", h);
  for (u32 i = 0; i < sizeof bytes; i++) bytes[i] = (u8)((seed = seed * 1664525 + 1013904223) >> 24);
  for (u32 n = 1; n < sizeof bytes; n += 13) h = h * 31 + duff(bytes, n);
  print_hex("duff", h);
  lex("int main(void) { /* a **comment* */ return puts(\"say \\\"hi\\\" \\n\") / 42 + x_17; } \"open");
  lex("alpha beta 12 34 /* never closed");
  for (u32 i = 0; i < 8; i++) print_hex("lexemes", lexemes[i]);
  return 5;
}
