/* The memory functions that gcc calls on its own account. Linked into the kernel and every workload. */
#include "memory.h"

void *memcpy(void *to, const void *from, u32 length) {
  void *result = to;
  u32 words = length / 4, bytes = length % 4;
  __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
  return result;
}

void *memset(void *to, int value, u32 length) {
  void *result = to;
  u32 word = (u8)value * 0x01010101u, words = length / 4, bytes = length % 4;
  __asm__ volatile("rep stosl" : "+D"(to), "+c"(words) : "a"(word) : "memory");
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(word) : "memory");
  return result;
}

int memcmp(const void *one, const void *other, u32 length) {
  const u8 *a = one, *b = other;
  for (u32 i = 0; i < length; i++)
    if (a[i] != b[i]) return a[i] - b[i];
  return 0;
}
