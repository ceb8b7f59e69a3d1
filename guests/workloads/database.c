/*
 * A table of accounts and a log. A transaction moves money between two accounts, most of them among
 * the hot tenth of the table, and appends one record to the log; the log fills page after page and
 * starts over at its end, as after a checkpoint. No money is ever made or lost, and once for every
 * 4096 transactions that is checked, as is the sum in the log's latest record.
 */
#include "workload.h"

enum {
  RECORD_SIZE = 64,
  RECORDS_PER_PAGE = PAGE_SIZE / RECORD_SIZE,
  WRITES_PER_TRANSACTION = 3,
  OPENING_BALANCE = 1000,
  TRANSACTIONS_BETWEEN_CHECKS = 4096,
  TRANSACTIONS_BETWEEN_REPORTS = 256,
};

struct account {
  u32 number, balance, last_transaction, transactions;
  u8 padding[RECORD_SIZE - 16];
};

struct log_record {
  u32 transaction, from, to, amount, from_balance, to_balance, tick, check;
};

const char workload_name[] = "database";

static struct account *table;
static struct log_record *log_start, *log_end, *log_next;
static u32 accounts, transactions;

static void fail(const char *reason) {
  print(reason);
  system_call(CALL_EXIT, 3, 0, 0);
}

/* Three quarters of the memory are for the table at its largest, the rest is the log. */
static void open_log(u32 first_page, u32 end_page) {
  u32 pages = (end_page - first_page) / 4;
  log_start = log_next = (struct log_record *)page_address(first_page);
  log_end = (struct log_record *)page_address(first_page + pages);
}

/* The table begins right above the log. Another size of working set is another table. */
static void open_table(u32 pages) {
  table = (struct account *)log_end;
  accounts = pages * RECORDS_PER_PAGE;
  for (u32 i = 0; i < accounts; i++) {
    table[i].number = i;
    table[i].balance = OPENING_BALANCE;
    table[i].transactions = 0;
  }
}

static u32 check_of(const struct log_record *record) {
  return record->transaction ^ record->from ^ record->to ^ record->amount ^ record->from_balance ^
         record->to_balance ^ record->tick;
}

static void transact(u32 tick) {
  struct account *from = &table[random_local(accounts)], *to = &table[random_local(accounts)];
  u32 amount = random_below(from->balance + 1);
  from->balance -= amount;
  to->balance += amount;
  from->transactions++;
  to->transactions++;
  from->last_transaction = to->last_transaction = ++transactions;
  *log_next = (struct log_record){.transaction = transactions,
                                  .from = from->number,
                                  .to = to->number,
                                  .amount = amount,
                                  .from_balance = from->balance,
                                  .to_balance = to->balance,
                                  .tick = tick};
  log_next->check = check_of(log_next);
  if (++log_next == log_end) log_next = log_start;
}

static void audit(void) {
  u32 sum = 0;
  for (u32 i = 0; i < accounts; i++) {
    sum += table[i].balance;
    if (table[i].number != i) fail("database: an account is not where it belongs\n");
  }
  if (sum != accounts * OPENING_BALANCE) fail("database: the balance is wrong\n");
  const struct log_record *latest = log_next == log_start ? log_end - 1 : log_next - 1;
  if (latest->transaction != transactions || latest->check != check_of(latest))
    fail("database: the log is wrong\n");
}

void workload_main(u32 first_page, u32 end_page) {
  open_log(first_page, end_page);
  u32 most = end_page - ((u32)log_end >> PAGE_SHIFT);
  struct pace pace = pace_start();
  for (;;) {
    if (accounts != working_set(most) * RECORDS_PER_PAGE) open_table(working_set(most));
    u32 due = pace_due(&pace, parameters.writes_per_second / WRITES_PER_TRANSACTION);
    for (; due > 0; due--) {
      transact(pace.last_tick);
      if (transactions % TRANSACTIONS_BETWEEN_CHECKS == 0) audit();
      if (transactions % TRANSACTIONS_BETWEEN_REPORTS == 0) report("transactions", transactions);
    }
    report("transactions", transactions);
    sleep_until(pace.last_tick + 1);
  }
}
