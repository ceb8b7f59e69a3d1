/* w2: mixed C: checksums by table, recursion, sorting, a sieve. */
#include "program.h"

enum { NUMBERS = 4096, SIEVE = 65536 };

static u32 table[256];
static u32 numbers[NUMBERS];
static u8 composite[SIEVE];
static volatile u32 result;

static u32 checksum(const u8 *bytes, u32 count) {
  u32 crc = ~0u;
  for (u32 i = 0; i < count; i++) crc = table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
  return ~crc;
}

static u32 __attribute__((noinline)) fibonacci(u32 n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

static void sort(u32 *from, u32 *to) {
  while (to - from > 1) {
    u32 pivot = from[(to - from) / 2], *low = from, *high = to - 1;
    while (low <= high) {
      while (*low < pivot) low++;
      while (*high > pivot) high--;
      if (low > high) break;
      u32 kept = *low;
      *low++ = *high;
      *high-- = kept;
    }
    sort(from, high + 1);
    from = low;
  }
}

static u32 primes(void) {
  u32 count = 0;
  for (u32 i = 2; i < SIEVE; i++) composite[i] = 0;
  for (u32 i = 2; i < SIEVE; i++) {
    if (composite[i]) continue;
    count++;
    for (u32 j = i * 2; j < SIEVE; j += i) composite[j] = 1;
  }
  return count;
}

void run(void) {
  for (u32 i = 0; i < 256; i++) {
    u32 value = i;
    for (u32 bit = 0; bit < 8; bit++) value = value & 1 ? value >> 1 ^ 0xedb88320 : value >> 1;
    table[i] = value;
  }
  u32 seed = 1;
  for (;;) {
    for (u32 i = 0; i < NUMBERS; i++) numbers[i] = seed = seed * 1664525 + 1013904223;
    result += checksum((const u8 *)numbers, sizeof numbers);
    sort(numbers, numbers + NUMBERS);
    result += fibonacci(15) + primes() + numbers[NUMBERS / 2];
  }
}
