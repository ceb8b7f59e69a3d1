/*
 * Writes to random pages of a working set at a set rate, kept by the timer: at every tick as many
 * writes as have come due, then rest. At boot it fills three of four pages of its memory, so that a
 * quarter of them stays zero. The working set is the band at the top of RAM, its hot tenth topmost.
 */
#include "workload.h"

enum { WORDS_FILLED = 16, WRITES_BETWEEN_REPORTS = 1024 };

const char workload_name[] = "muncher-pc";

static void fill(u32 first_page, u32 end_page) {
  for (u32 page = first_page; page < end_page; page++) {
    if (page % 4 == 3) continue;
    for (u32 i = 0; i < WORDS_FILLED; i++)
      page_address(page)[i * (WORDS_PER_PAGE / WORDS_FILLED)] = random32();
  }
}

void workload_main(u32 first_page, u32 end_page) {
  fill(first_page, end_page);
  struct pace pace = pace_start();
  u32 count = 0;
  for (;;) {
    u32 pages = working_set(end_page - first_page);
    for (u32 due = pace_due(&pace, parameters.writes_per_second); due > 0; due--) {
      u32 page = end_page - 1 - random_local(pages);
      page_address(page)[random_below(WORDS_PER_PAGE)] = ++count;
      if (count % WRITES_BETWEEN_REPORTS == 0) report("writes", count);
    }
    report("writes", count);
    sleep_until(pace.last_tick + 1);
  }
}
