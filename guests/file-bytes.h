/* The content of `/file/N`, the same for whoever serves or checks it. */
#ifndef FILE_BYTES_H
#define FILE_BYTES_H

#include "types.h"

enum { MAX_FILE = 16 * ONE_MIB };

/* Byte `index` of the file of `length` bytes: the top byte of index × 2654435761 + length, mod 2³². */
static inline u8 file_byte(u32 length, u32 index) {
  return (u8)((index * 2654435761u + length) >> 24);
}

#endif
