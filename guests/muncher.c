/*
 * Writes to random pages of a working set at a set rate. At boot it fills three of four pages of the
 * RAM above its image, so that a quarter of them stays zero. The working set is the band at the top
 * of RAM; its size and the rate come from the parameter page and may change at any time.
 *
 * The rate is kept without a clock, by counting instructions: a round of the waiting loop takes
 * WAIT_COST of them, everything else for one write WRITE_COST on average.
 */
#include "guest.h"

enum {
  WAIT_COST = 2,
  WRITE_COST = 62,
  /* Longest wait between two looks at the serial line and the parameters. */
  WAIT_SLICE = 400,
  SLICE_COST = 30,
  WORDS_FILLED = 16,
};

static u32 state;

/* xorshift32 (Marsaglia 2003). */
static u32 random32(void) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

static void fill(u32 first, u32 end) {
  for (u32 page = first; page < end; page++) {
    if (page % 4 == 3) continue;
    volatile u32 *words = page_address(page);
    for (u32 i = 0; i < WORDS_FILLED; i++) words[i * (PAGE_SIZE / 4 / WORDS_FILLED)] = random32();
  }
}

static void wait(u32 rounds) {
  __asm__ volatile("1: decl %0\n\tjnz 1b" : "+r"(rounds) : : "cc");
}

/* Instructions that may pass from one write to the next. */
static u32 budget_per_write(u32 rate) {
  return rate == 0 ? parameters.instructions_per_second / 10 : parameters.instructions_per_second / rate;
}

void guest_main(u32 magic, const struct multiboot_info *info) {
  (void)magic;
  u32 end = pages_of_ram(info);
  u32 first = first_free_page();
  state = parameters.seed * 2654435761u | 1;
  print("muncher: filling memory\n");
  fill(first, end);
  print("muncher: writing\n");

  for (u32 count = 0;; count++) {
    u32 rate = parameters.writes_per_second;
    u32 left = budget_per_write(rate);
    left = left > WRITE_COST ? left - WRITE_COST : 0;
    echo_serial();
    while (left > WAIT_SLICE * WAIT_COST + SLICE_COST && rate == parameters.writes_per_second) {
      wait(WAIT_SLICE);
      left -= WAIT_SLICE * WAIT_COST + SLICE_COST;
      echo_serial();
    }
    /* A new rate counts at once, not after a wait that may have been long. */
    if (rate != parameters.writes_per_second) continue;
    if (left >= WAIT_COST) wait(left / WAIT_COST);
    if (rate == 0) continue;

    u32 pages = parameters.working_set_pages;
    if (pages > end - first) pages = end - first;
    if (pages == 0) pages = 1;
    /* The upper half of pages × random: no division, and no bias that matters here. */
    u32 page = end - 1 - (u32)(((unsigned long long)random32() * pages) >> 32);
    page_address(page)[(random32() >> 8) % (PAGE_SIZE / 4)] = count;
  }
}
