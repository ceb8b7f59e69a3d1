/* w3: a stream of stores, five instructions each, over 4 MiB. */
#include "program.h"

static u32 words[1 << 20];

void run(void) {
  u32 value = 1;
  for (;;) {
    u32 *at = words;
    __asm__ volatile("1: movl %0, (%1); addl $0x9e3779b9, %0; addl $4, %1; cmpl %2, %1; jne 1b"
                     : "+r"(value), "+r"(at) : "r"(words + (1 << 20)) : "memory", "cc");
  }
}
