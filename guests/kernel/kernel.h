/*
 * The kernel of the PC guests. It is never interrupted but where it waits (wait_for_interrupt), so
 * nothing in it needs a lock: what an interrupt changes, it changes while everyone else stands still.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include "../ports.h"
#include "../text.h"
#include "../types.h"

enum { TICKS_PER_SECOND = 100, MILLISECONDS_PER_TICK = 10 };

/* What entry.S leaves on the kernel's stack; the last two only when it came from ring 3. */
struct trap_frame {
  u32 es, ds;
  u32 edi, esi, ebp, ignored_esp, ebx, edx, ecx, eax;
  u32 vector, error;
  u32 eip, cs, eflags;
  u32 user_esp, user_ss;
};

/* descriptors.c */
void descriptors_start(void);

/* paging.c: returns the first page above the page tables. */
u32 paging_start(u32 pages_of_ram);
/* Whether all these bytes are the workload's own, to read or also to write. */
int is_workload_memory(u32 address, u32 length, int for_writing);

/* traps.c */
void handle_trap(struct trap_frame *frame);
/* Reports on the console and ends the machine through the exit port. */
void __attribute__((noreturn)) stop(const char *reason, u8 code);

/* pic.c */
void pic_start(void);
void pic_enable(u8 line);
/* True for an interrupt that no device stands behind any more. */
int pic_is_spurious(u8 line);
void pic_end(u8 line);

/* timer.c: the guest's only clock. It counts interrupts, so it can stand still but not go back. */
void timer_start(void);
void timer_interrupt(void);
u32 ticks(void);
/* Whether that tick has come; right as long as the two are less than 248 days apart. */
static inline int has_come(u32 tick) {
  return (int)(ticks() - tick) >= 0;
}

/* console.c */
void console_start(void);
void console_interrupt(void);
void print(const char *text);
void print_bytes(const char *text, u32 length);
/* Gets out what still waits for the serial line, without interrupts. */
void console_flush(void);

/* system-calls.c */
void system_call(struct trap_frame *frame);
/* Something came from the network that a waiting workload may want. */
void wake_workload(void);

/* Interrupts on, sleep until one has been served, interrupts off: STI holds them back until HLT. */
static inline void wait_for_interrupt(void) {
  __asm__ volatile("sti; hlt; cli" : : : "memory");
}

/* From the workload and its build. */
extern const char workload_name[];
extern u8 image_end[];

#endif
