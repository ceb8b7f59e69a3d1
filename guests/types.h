/* Fixed-width names and the sizes of pages, for guests, kernel and workloads alike. */
#ifndef TYPES_H
#define TYPES_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

enum { PAGE_SIZE = 4096, PAGE_SHIFT = 12, ONE_MIB = 0x100000 };

#endif
