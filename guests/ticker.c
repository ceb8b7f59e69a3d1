/*
 * Adds one to the first byte of every page above its own image, in turn, for ever: the idea of QEMU's
 * own migration test. At any moment all these bytes are equal, or the pages up to one place are one
 * ahead of those behind it; a lost or stale page breaks that.
 */
#include "guest.h"

enum { PAGES_BETWEEN_POLLS = 64 };

void guest_main(u32 magic, const struct multiboot_info *info) {
  (void)magic;
  u32 first = first_free_page();
  u32 end = pages_of_ram(info);
  print("ticker: counting\n");
  for (;;) {
    for (u32 page = first; page < end; page++) {
      *(volatile u8 *)page_address(page) += 1;
      if (page % PAGES_BETWEEN_POLLS == 0) echo_serial();
    }
  }
}
