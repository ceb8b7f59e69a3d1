/* w4: a generator of numbers, a sum and a store over 4 MiB, some sixteen instructions each. */
#include "program.h"

u32 words[1 << 20]; /* not static: the stores must stay */
static volatile u32 result;

void run(void) {
  u32 seed = 1, sum = 0;
  for (;;) {
    for (u32 i = 0; i < 1 << 20; i++) {
      seed = seed * 1664525 + 1013904223;
      sum += seed >> 7;
      words[i] = sum ^ seed;
    }
    result = sum;
  }
}
