/*
 * A web server's memory: files are served block by block from a cache of pages, a miss builds the
 * block anew in place of another, every block served writes its entry in the cache's index and a
 * line in a log that goes round. Real requests (`/file/N` on port 80) and made-up visits, which come
 * at the set rate so that there is load without a client, go through the same cache.
 */
#include "../file-bytes.h"
#include "workload.h"

enum {
  LOG_PAGES = 32,
  LOG_LINE = 64,
  TRANSFERS = 8,
  SITE_BLOCKS_PER_FILE = 16,
  SITE_FILE = SITE_BLOCKS_PER_FILE * PAGE_SIZE,
  CACHES_IN_SITE = 4, /* the site is so many times as large as the cache */
  VISITS_BETWEEN_REPORTS = 64,
};

/* One for each page of the cache. `length` and `block` say what stands in it; length 0: nothing. */
struct entry {
  u32 length, block, uses, last_use;
};

struct transfer {
  u32 number, length, sent;
  u8 is_active;
};

const char workload_name[] = "web";

static struct entry *entries;
static u8 *log_pages;
static u32 first_block_page, most_blocks;
static u32 log_lines, visits;
static struct transfer transfers[TRANSFERS];

/* The log, the index, and the cache from there up. */
static void lay_out(u32 first_page, u32 end_page) {
  log_pages = (u8 *)page_address(first_page);
  entries = (struct entry *)page_address(first_page + LOG_PAGES);
  u32 pages = end_page - first_page - LOG_PAGES;
  u32 index_pages = (pages * sizeof *entries + PAGE_SIZE - 1) / PAGE_SIZE;
  first_block_page = first_page + LOG_PAGES + index_pages;
  most_blocks = end_page - first_block_page;
  /* A BIOS may have left something behind. */
  memset(entries, 0, most_blocks * sizeof *entries);
}

static void write_log(u32 length, u32 block, int is_hit) {
  enum { LINES = LOG_PAGES * PAGE_SIZE / LOG_LINE };
  char *line = (char *)log_pages + log_lines++ % LINES * LOG_LINE;
  struct text text = text_into(line, LOG_LINE);
  add_hex(&text, ticks());
  add_string(&text, " GET /file/");
  add_unsigned(&text, length);
  add_string(&text, " block ");
  add_unsigned(&text, block);
  add_string(&text, is_hit ? " hit\n" : " miss\n");
}

static void build(u8 *page, u32 length, u32 block) {
  u32 start = block * PAGE_SIZE;
  for (u32 i = 0; i < PAGE_SIZE; i++) page[i] = file_byte(length, start + i);
}

/* The page of the cache that holds this block, built if need be. */
static const u8 *look_up(u32 length, u32 block) {
  u32 place = (length / SITE_FILE * SITE_BLOCKS_PER_FILE + length % SITE_FILE + block) %
              working_set(most_blocks);
  struct entry *entry = &entries[place];
  u8 *page = (u8 *)page_address(first_block_page + place);
  int is_hit = entry->length == length && entry->block == block;
  if (!is_hit) {
    build(page, length, block);
    *entry = (struct entry){.length = length, .block = block};
  }
  entry->uses++;
  entry->last_use = ++visits;
  write_log(length, block, is_hit);
  return page;
}

/* Somebody reads a block of one of the site's files, whose lengths are multiples of SITE_FILE. */
static void made_up_visit(void) {
  u32 block = random_local(CACHES_IN_SITE * working_set(most_blocks));
  look_up((1 + block / SITE_BLOCKS_PER_FILE) * SITE_FILE, block % SITE_BLOCKS_PER_FILE);
}

static void accept(void) {
  for (u32 i = 0; i < TRANSFERS; i++) {
    struct file_request request;
    if (transfers[i].is_active) continue;
    if (!system_call(CALL_NEXT_REQUEST, (u32)&request, 0, 0)) return;
    transfers[i] = (struct transfer){request.number, request.length, 0, 1};
  }
}

/* As much of the file as the connection takes now. */
static void serve(struct transfer *transfer) {
  while (transfer->is_active) {
    u32 start = transfer->sent % PAGE_SIZE;
    u32 left = transfer->length - transfer->sent, in_block = PAGE_SIZE - start;
    u32 wanted = left < in_block ? left : in_block;
    const u8 *page = look_up(transfer->length, transfer->sent / PAGE_SIZE);
    int taken = (int)system_call(CALL_WRITE_FILE, transfer->number, (u32)(page + start), wanted);
    if (taken >= 0) transfer->sent += (u32)taken;
    if (taken < 0 || transfer->sent == transfer->length) transfer->is_active = 0;
    if (taken < (int)wanted) return;
  }
}

void workload_main(u32 first_page, u32 end_page) {
  lay_out(first_page, end_page);
  system_call(CALL_SERVE_FILES, 0, 0, 0);
  struct pace pace = pace_start();
  for (;;) {
    accept();
    for (u32 i = 0; i < TRANSFERS; i++) serve(&transfers[i]);
    for (u32 due = pace_due(&pace, parameters.writes_per_second); due > 0; due--) {
      made_up_visit();
      if (due % VISITS_BETWEEN_REPORTS == 0) report("visits", visits);
    }
    report("visits", visits);
    wait_until(pace.last_tick + 1);
  }
}
