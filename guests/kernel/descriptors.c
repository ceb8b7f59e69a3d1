/*
 * Segment, interrupt and task descriptors: flat segments for rings 0 and 3, interrupt gates, and one
 * task state segment, whose only use is to tell the processor the kernel's stack. i486 Programmer's
 * Reference Manual, chapters 5, 7 and 9.
 */
#include "kernel.h"
#include "selectors.h"

enum {
  GATES = SYSTEM_CALL_VECTOR + 1,
  VECTORS_WITH_STUB = 48,
  STUB_SIZE = 16,
  STACK_SIZE = 2 * PAGE_SIZE,
  INTERRUPT_GATE = 0x8e00,
  CALLABLE_FROM_RING_3 = 0x6000,
  FLAT_HIGH = 0x00cf0000,
  CODE_RING_0 = 0x9b00,
  DATA_RING_0 = 0x9300,
  CODE_RING_3 = 0xfb00,
  DATA_RING_3 = 0xf300,
  AVAILABLE_TASK_STATE = 0x8900,
};

struct descriptor {
  u32 low, high;
};

struct table_pointer {
  u16 limit;
  u32 base;
} __attribute__((packed));

struct task_state {
  u32 back_link, esp0, ss0, unused[22];
  u16 trap, io_map_base;
};

extern u8 trap_vectors[], system_call_vector[];

static u8 kernel_stack[STACK_SIZE] __attribute__((aligned(PAGE_SIZE)));
static struct task_state task_state;
static struct descriptor gates[GATES];
/* The accessed bits are set beforehand; the processor writes only the task state's busy bit. */
static struct descriptor segments[] = {
    {0, 0},
    {0xffff, FLAT_HIGH | CODE_RING_0},
    {0xffff, FLAT_HIGH | DATA_RING_0},
    {0xffff, FLAT_HIGH | CODE_RING_3},
    {0xffff, FLAT_HIGH | DATA_RING_3},
    {0, 0},
};

static void set_gate(u32 vector, const u8 *entry, u32 flags) {
  u32 address = (u32)entry;
  gates[vector].low = KERNEL_CODE << 16 | (address & 0xffff);
  gates[vector].high = (address & 0xffff0000) | INTERRUPT_GATE | flags;
}

static void load_segments(void) {
  struct table_pointer pointer = {sizeof segments - 1, (u32)segments};
  __asm__ volatile(
      "lgdt %0\n\t"
      "ljmp %1, $1f\n"
      "1:\n\t"
      "movl %2, %%ds\n\t"
      "movl %2, %%es\n\t"
      "movl %2, %%fs\n\t"
      "movl %2, %%gs\n\t"
      "movl %2, %%ss"
      :
      : "m"(pointer), "i"(KERNEL_CODE), "r"(KERNEL_DATA)
      : "memory");
}

void descriptors_start(void) {
  task_state.esp0 = (u32)kernel_stack + STACK_SIZE;
  task_state.ss0 = KERNEL_DATA;
  task_state.io_map_base = sizeof task_state; /* none: ring 3 has no ports */
  u32 base = (u32)&task_state;
  struct descriptor *descriptor = &segments[TASK_STATE / sizeof *segments];
  descriptor->low = base << 16 | (sizeof task_state - 1);
  descriptor->high = (base & 0xff000000) | AVAILABLE_TASK_STATE | (base >> 16 & 0xff);
  load_segments();
  __asm__ volatile("ltr %w0" : : "r"(TASK_STATE));
  __asm__ volatile("lldt %w0" : : "r"(0)); /* no local table, whatever the loader left */

  for (u32 vector = 0; vector < VECTORS_WITH_STUB; vector++)
    set_gate(vector, trap_vectors + vector * STUB_SIZE, 0);
  set_gate(SYSTEM_CALL_VECTOR, system_call_vector, CALLABLE_FROM_RING_3);
  struct table_pointer pointer = {sizeof gates - 1, (u32)gates};
  __asm__ volatile("lidt %0" : : "m"(pointer));
}
