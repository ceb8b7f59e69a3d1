/*
 * Fills its working set with random numbers and sorts them in place, over and over: every page is
 * written, first in order, then from both ends inwards by quicksort, in ever smaller pieces. After
 * every pass it checks order and sum.
 */
#include "workload.h"

enum { SHORT = 12, DEEPEST = 64, PIECES_BETWEEN_REPORTS = 256 };

struct piece {
  u32 *first, *last;
};

const char workload_name[] = "sort";

static u32 passes;

static void insert(u32 *first, u32 *last) {
  for (u32 *next = first + 1; next <= last; next++) {
    u32 value = *next, *at = next;
    for (; at > first && at[-1] > value; at--) *at = at[-1];
    *at = value;
  }
}

static u32 median(u32 a, u32 b, u32 c) {
  if (a > b) return b > c ? b : (a > c ? c : a);
  return a > c ? a : (b > c ? c : b);
}

/* Hoare's: afterwards nothing up to the result is greater than anything behind it. */
static u32 *partition(u32 *first, u32 *last) {
  u32 pivot = median(*first, first[(last - first) / 2], *last);
  u32 *low = first - 1, *high = last + 1;
  for (;;) {
    do low++;
    while (*low < pivot);
    do high--;
    while (*high > pivot);
    if (low >= high) return high;
    u32 value = *low;
    *low = *high;
    *high = value;
  }
}

/* The longer piece waits on the stack, so that it never grows deeper than the logarithm. */
static void sort(u32 *first, u32 *last) {
  struct piece waiting[DEEPEST];
  u32 depth = 0, pieces = 0;
  for (;;) {
    while (last - first >= SHORT) {
      u32 *middle = partition(first, last);
      if (middle - first > last - middle) {
        waiting[depth++] = (struct piece){first, middle};
        first = middle + 1;
      } else {
        waiting[depth++] = (struct piece){middle + 1, last};
        last = middle;
      }
      if (++pieces % PIECES_BETWEEN_REPORTS == 0) report("passes", passes);
    }
    insert(first, last);
    if (depth == 0) return;
    first = waiting[--depth].first;
    last = waiting[depth].last;
  }
}

static u32 fill(u32 *first, u32 *last) {
  u32 sum = 0;
  for (u32 *at = first; at <= last; at++) sum += *at = random32();
  return sum;
}

static void check(const u32 *first, const u32 *last, u32 sum) {
  int is_sorted = 1;
  for (const u32 *at = first; at <= last; at++) {
    sum -= *at;
    if (at > first && at[-1] > *at) is_sorted = 0;
  }
  if (is_sorted && sum == 0) return;
  print("sort: the result is wrong\n");
  system_call(CALL_EXIT, 3, 0, 0);
}

void workload_main(u32 first_page, u32 end_page) {
  for (;;) {
    u32 pages = working_set(end_page - first_page);
    u32 *first = (u32 *)page_address(end_page - pages), *last = first + pages * WORDS_PER_PAGE - 1;
    u32 sum = fill(first, last);
    sort(first, last);
    check(first, last, sum);
    passes++;
    report("passes", passes);
    think();
  }
}
