/*
 * What the workloads of the PC guests share. They run in ring 3 on their own pages: code, data and
 * stack of the image, and all RAM above it, from first_page up to end_page. Everything else they ask
 * of the kernel.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include "../memory.h"
#include "../parameters.h"
#include "../system-calls.h"
#include "../text.h"
#include "../types.h"

enum { TICKS_PER_SECOND = 100, MILLISECONDS_PER_TICK = 10, WORDS_PER_PAGE = PAGE_SIZE / 4 };

/* Each workload defines these two. */
extern const char workload_name[];
void workload_main(u32 first_page, u32 end_page);

static inline u32 system_call(enum system_call number, u32 a, u32 b, u32 c) {
  u32 result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
  return result;
}

static inline u32 ticks(void) {
  return system_call(CALL_TICKS, 0, 0, 0);
}
static inline void sleep_until(u32 tick) {
  system_call(CALL_SLEEP_UNTIL, tick, 0, 0);
}
static inline void wait_until(u32 tick) {
  system_call(CALL_WAIT_UNTIL, tick, 0, 0);
}
/* Signed distance, so that the clock may wrap round. */
static inline int has_come(u32 tick) {
  return (int)(ticks() - tick) >= 0;
}

static inline volatile u32 *page_address(u32 page) {
  return (volatile u32 *)(page << PAGE_SHIFT);
}

void print(const char *text);
/* A rest of think_time_ms, as it now stands in the parameter page. */
void think(void);

/*
 * Tells the kernel how far the workload is and, once a second, the console: "web: 120 visits at
 * 3.00 s". Cheap enough to be called after every unit of work, not after every write.
 */
void report(const char *unit, u32 count);

/* xorshift32, seeded from the parameter page at the first use. */
u32 random32(void);
/* Below the limit; the bias does not matter here. */
static inline u32 random_below(u32 limit) {
  return (u32)(((unsigned long long)random32() * limit) >> 32);
}
/* Below the limit; locality_percent of them in its first tenth. */
u32 random_local(u32 limit);

/* working_set_pages, but at least 1 and at most what there is. */
u32 working_set(u32 pages_there_are);

/* How many units of work have come due since the last call, at so many a second. */
struct pace {
  u32 last_tick, remainder;
};
struct pace pace_start(void);
u32 pace_due(struct pace *pace, u32 per_second);

#endif
