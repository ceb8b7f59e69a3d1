/*
 * Adds one to the first byte of every page of its memory, in turn, for ever: the idea of QEMU's own
 * migration test. At any moment all these bytes are equal, or the pages up to one place are one ahead
 * of those behind it; a lost or stale page breaks that. It checks the rule itself after every pass.
 */
#include "workload.h"

const char workload_name[] = "ticker-pc";

static void check(u32 first_page, u32 end_page, u8 expected) {
  for (u32 page = first_page; page < end_page; page++) {
    if (*(volatile u8 *)page_address(page) == expected) continue;
    print("ticker-pc: a page lost its count\n");
    system_call(CALL_EXIT, 3, 0, 0);
  }
}

void workload_main(u32 first_page, u32 end_page) {
  for (u32 page = first_page; page < end_page; page++) *(volatile u8 *)page_address(page) = 0;
  for (u32 passes = 1;; passes++) {
    for (u32 page = first_page; page < end_page; page++) *(volatile u8 *)page_address(page) += 1;
    check(first_page, end_page, (u8)passes);
    report("passes", passes);
    think();
  }
}
