/* From the loader's hands to the workload's first instruction. */
#include "../multiboot.h"
#include "../system-calls.h"
#include "kernel.h"
#include "net.h"

/* From the workload. */
extern u8 workload_stack[WORKLOAD_STACK_SIZE];
void workload_start(u32 first_page, u32 end_page);
void __attribute__((noreturn)) enter_workload(u32 entry, u32 stack);

/* As if called with two arguments; there is nowhere to return to. */
static u32 first_frame(u32 first_page, u32 end_page) {
  u32 *stack = (u32 *)(workload_stack + WORKLOAD_STACK_SIZE);
  *--stack = end_page;
  *--stack = first_page;
  *--stack = 0;
  return (u32)stack;
}

static void greet(u32 pages) {
  char line[80];
  struct text text = text_into(line, sizeof line);
  add_string(&text, "kernel: ");
  add_unsigned(&text, pages / (ONE_MIB >> PAGE_SHIFT));
  add_string(&text, " MiB, tick ");
  add_unsigned(&text, TICKS_PER_SECOND);
  add_string(&text, " Hz, workload ");
  add_string(&text, workload_name);
  add_character(&text, '\n');
  print(line);
}

void guest_main(u32 magic, const struct multiboot_info *info) {
  (void)magic;
  u32 pages = (ONE_MIB >> PAGE_SHIFT) + (info->mem_upper >> 2);
  descriptors_start();
  u32 first_page = paging_start(pages);
  pic_start();
  console_start();
  greet(pages);
  timer_start();
  net_start();
  enter_workload((u32)workload_start, first_frame(first_page, pages));
}
