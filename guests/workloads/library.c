/* See workload.h. */
#include "workload.h"

enum { LONGEST_LAG = TICKS_PER_SECOND / 2 };

u8 workload_stack[WORKLOAD_STACK_SIZE] __attribute__((aligned(PAGE_SIZE)));

void workload_start(u32 first_page, u32 end_page) {
  workload_main(first_page, end_page);
  system_call(CALL_EXIT, 0, 0, 0);
}

void print(const char *text) {
  u32 length = 0;
  while (text[length]) length++;
  system_call(CALL_PRINT, (u32)text, length, 0);
}

void think(void) {
  u32 rest = parameters.think_time_ms / MILLISECONDS_PER_TICK;
  if (rest > 0) sleep_until(ticks() + rest);
}

void report(const char *unit, u32 count) {
  static u32 next = TICKS_PER_SECOND;
  u32 now = ticks();
  if ((int)(now - next) < 0) return;
  next = now - now % TICKS_PER_SECOND + TICKS_PER_SECOND;
  system_call(CALL_PROGRESS, count, 0, 0);
  char line[96];
  struct text text = text_into(line, sizeof line);
  add_string(&text, workload_name);
  add_string(&text, ": ");
  add_unsigned(&text, count);
  add_character(&text, ' ');
  add_string(&text, unit);
  add_string(&text, " at ");
  add_seconds(&text, now);
  add_string(&text, " s\n");
  print(line);
}

u32 random32(void) {
  static u32 state;
  if (state == 0) state = parameters.seed * 2654435761u | 1;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

u32 random_local(u32 limit) {
  u32 hot = limit / 10;
  if (hot == 0 || random_below(100) >= parameters.locality_percent) return random_below(limit);
  return random_below(hot);
}

u32 working_set(u32 pages_there_are) {
  u32 pages = parameters.working_set_pages;
  if (pages > pages_there_are) pages = pages_there_are;
  return pages == 0 ? 1 : pages;
}

struct pace pace_start(void) {
  return (struct pace){ticks(), 0};
}

/* Who falls behind does not have to catch up on more than half a second. */
u32 pace_due(struct pace *pace, u32 per_second) {
  u32 now = ticks(), elapsed = now - pace->last_tick;
  if (elapsed > LONGEST_LAG) elapsed = LONGEST_LAG;
  if (per_second > 10000000) per_second = 10000000;
  u32 due = pace->remainder + elapsed * per_second;
  pace->last_tick = now;
  pace->remainder = due % TICKS_PER_SECOND;
  return due / TICKS_PER_SECOND;
}
