/* Sleeps. What it dirties is what a tick costs the kernel: its data and its stack. */
#include "workload.h"

const char workload_name[] = "idle-pc";

void workload_main(u32 first_page, u32 end_page) {
  (void)first_page;
  (void)end_page;
  for (u32 seconds = 1;; seconds++) {
    sleep_until(seconds * TICKS_PER_SECOND);
    report("seconds", seconds);
  }
}
