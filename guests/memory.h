/* See memory.c. */
#ifndef MEMORY_H
#define MEMORY_H

#include "types.h"

void *memcpy(void *to, const void *from, u32 length);
void *memset(void *to, int value, u32 length);
int memcmp(const void *one, const void *other, u32 length);

#endif
