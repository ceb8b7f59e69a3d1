/* What all guests share: ports, console, parameter page, memory above the image. */
#ifndef GUEST_H
#define GUEST_H

#include "multiboot.h"
#include "parameters.h"
#include "ports.h"
#include "types.h"

extern u8 image_end[];

/* One line on the debug port 0xE9. */
void print(const char *text);

/* Sends back what the serial line received since the last call. Cheap when nothing came. */
void echo_serial(void);

/* RAM in pages, from the loader's figure: what lies below 1 MiB counts too. */
u32 pages_of_ram(const struct multiboot_info *info);

/* First page above the guest's own image. */
static inline u32 first_free_page(void) {
  return ((u32)image_end + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

static inline volatile u32 *page_address(u32 page) {
  return (volatile u32 *)(page << PAGE_SHIFT);
}

void guest_main(u32 magic, const struct multiboot_info *info);

#endif
