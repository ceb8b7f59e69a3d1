/* What a Multiboot 1 loader tells (Multiboot Specification 0.6.96, §3.3). */
#ifndef MULTIBOOT_H
#define MULTIBOOT_H

#include "types.h"

/* The fields used. */
struct multiboot_info {
  u32 flags;
  u32 mem_lower; /* KiB below 1 MiB */
  u32 mem_upper; /* KiB above 1 MiB */
};

#endif
