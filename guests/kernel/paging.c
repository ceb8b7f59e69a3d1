/*
 * Two-level paging: linear equals physical from 1 MiB to the end of RAM, nothing below it, so that a
 * null pointer faults. The kernel's pages are for the supervisor only, code is read-only (CR0.WP
 * makes that hold in ring 0 too), the rest of RAM is the workload's. Accessed and dirty bits are the
 * processor's business. i486 Programmer's Reference Manual, §5.3.
 */
#include "kernel.h"
#include "../parameters.h"

enum {
  ENTRIES = 1024,
  PRESENT = 1,
  WRITABLE = 2,
  USER = 4,
  PROTECTION = 0x00000001,
  EMULATED_FPU = 0x00000004,
  WRITE_PROTECT = 0x00010000,
  PAGING = 0x80000000,
};

/* Set by the linker script. */
extern u8 user_text[], user_text_end[], user_data[];

static u32 directory[ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static u32 workload_start, workload_end;

static u32 page_of(const volatile void *address) {
  return (u32)address >> PAGE_SHIFT;
}

static u32 protection_of(u32 page, u32 first_free) {
  if (page < ONE_MIB >> PAGE_SHIFT) return 0;
  if (page >= first_free) return PRESENT | WRITABLE | USER;
  if (page >= page_of(image_end)) return PRESENT | WRITABLE; /* the page tables themselves */
  if (page >= page_of(user_data)) return PRESENT | WRITABLE | USER;
  if (page >= page_of(user_text_end)) return PRESENT | WRITABLE;
  if (page >= page_of(user_text) || page == page_of(&parameters)) return PRESENT | USER;
  return PRESENT;
}

u32 paging_start(u32 pages_of_ram) {
  u32 tables = (pages_of_ram + ENTRIES - 1) / ENTRIES;
  u32 first_table = page_of(image_end);
  u32 first_free = first_table + tables;
  workload_start = first_free << PAGE_SHIFT;
  workload_end = pages_of_ram << PAGE_SHIFT;
  u32 *table = (u32 *)(first_table << PAGE_SHIFT);
  for (u32 page = 0; page < tables * ENTRIES; page++) {
    u32 protection = page < pages_of_ram ? protection_of(page, first_free) : 0;
    table[page] = protection == 0 ? 0 : page << PAGE_SHIFT | protection;
  }
  for (u32 i = 0; i < tables; i++)
    directory[i] = (first_table + i) << PAGE_SHIFT | PRESENT | WRITABLE | USER;
  __asm__ volatile(
      "movl %0, %%cr3\n\t"
      "movl %1, %%cr0\n\t"
      "jmp 1f\n"
      "1:"
      :
      : "r"(directory), "r"(PAGING | WRITE_PROTECT | EMULATED_FPU | PROTECTION)
      : "memory");
  return first_free;
}

static int is_within(u32 address, u32 length, u32 start, u32 end) {
  return address >= start && address <= end && length <= end - address;
}

int is_workload_memory(u32 address, u32 length, int for_writing) {
  if (is_within(address, length, (u32)user_data, (u32)image_end)) return 1;
  if (is_within(address, length, workload_start, workload_end)) return 1;
  return !for_writing && is_within(address, length, (u32)user_text, (u32)user_text_end);
}
