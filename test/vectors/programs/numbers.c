/* 64-bit arithmetic, big integers, division by shift and by DIV, signed corner cases. */
#include "program.h"

static u64 divide(u64 n, u64 d, u64 *rest) {
  u64 q = 0, r = 0;
  for (int i = 63; i >= 0; i--) {
    r = r << 1 | ((n >> i) & 1);
    if (r >= d) r -= d, q |= 1ull << i;
  }
  *rest = r;
  return q;
}

u64 __udivdi3(u64 n, u64 d) { u64 r; return divide(n, d, &r); }
u64 __umoddi3(u64 n, u64 d) { u64 r; divide(n, d, &r); return r; }
u64 __udivmoddi4(u64 n, u64 d, u64 *r) { return divide(n, d, r); }
i64 __divdi3(i64 n, i64 d) {
  u64 r, q = divide(n < 0 ? -(u64)n : (u64)n, d < 0 ? -(u64)d : (u64)d, &r);
  return (n < 0) != (d < 0) ? -(i64)q : (i64)q;
}

static u32 digits[200];

static void factorial(u32 n) {
  u32 length = 1;
  digits[0] = 1;
  for (u32 k = 2; k <= n; k++) {
    u32 carry = 0;
    for (u32 i = 0; i < length; i++) {
      u64 t = (u64)digits[i] * k + carry;
      digits[i] = (u32)(t % 1000000000u);
      carry = (u32)(t / 1000000000u);
    }
    if (carry) digits[length++] = carry;
  }
  u32 h = 0;
  for (u32 i = 0; i < length; i++) h = h * 31 + digits[i];
  print_hex("factorial", h);
}

static i64 mix(i64 a, i64 b) {
  a += b << 7;
  a ^= b >> 11;
  a *= b | 3;
  a -= (u64)b >> 33;
  return a;
}

int main(void) {
  volatile i32 m = -2147483647 - 1, seven = 7, minus = -7;
  print_hex("q", (u32)(m / seven));
  print_hex("r", (u32)(m % seven));
  print_hex("q", (u32)(m / minus));
  print_hex("r", (u32)(m % minus));
  print_hex("u", (u32)m / (u32)seven);
  i64 a = 0x123456789abcdefll, b = -0x0fedcba987654321ll;
  for (int i = 0; i < 50; i++) {
    i64 t = mix(a, b);
    a = b;
    b = t;
    print_hex("low", (u32)b);
    print_hex("high", (u32)(b >> 32));
  }
  volatile i64 n = b, d = 12345;
  print_hex("div", (u32)(n / d));
  factorial(150);
  for (int i = 0; i < 32; i++) {
    volatile u32 one = 1, count = (u32)i;
    print_hex("sh", (one << count) ^ (0x80000001u >> count) ^ (u32)((i32)0x80000000 >> count));
    volatile u64 wide = 0x8123456789abcdefull;
    print_hex("sh64", (u32)(wide << count) ^ (u32)((i64)wide >> (count + 20)));
  }
  return 3;
}
