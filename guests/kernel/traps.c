/* Where entry.S leads: interrupt requests to their drivers, system calls, and exceptions to an end. */
#include "kernel.h"
#include "net.h"
#include "pic.h"
#include "selectors.h"

enum { EXCEPTIONS = 32, PAGE_FAULT = 14, EXIT_AFTER_EXCEPTION = 1 };

static const char *const exception_names[] = {
    "#DE divide error",
    "#DB debug",
    "NMI",
    "#BP breakpoint",
    "#OF overflow",
    "#BR bound",
    "#UD invalid opcode",
    "#NM no coprocessor",
    "#DF double fault",
    "coprocessor segment overrun",
    "#TS invalid task state",
    "#NP segment not present",
    "#SS stack fault",
    "#GP general protection",
    "#PF page fault",
    "reserved exception",
    "#MF coprocessor error",
    "#AC alignment check",
};

void stop(const char *reason, u8 code) {
  print(reason);
  console_flush();
  port_write(EXIT_PORT, code);
  for (;;) __asm__ volatile("cli; hlt");
}

static u32 fault_address(void) {
  u32 address;
  __asm__ volatile("movl %%cr2, %0" : "=r"(address));
  return address;
}

static void report_exception(const struct trap_frame *frame) {
  char line[160];
  struct text text = text_into(line, sizeof line);
  u32 known = sizeof exception_names / sizeof *exception_names;
  add_string(&text, "kernel: ");
  add_string(&text, frame->vector < known ? exception_names[frame->vector] : "reserved exception");
  add_string(&text, " at 0x");
  add_hex(&text, frame->eip);
  if (frame->vector == PAGE_FAULT) {
    add_string(&text, ", address 0x");
    add_hex(&text, fault_address());
  }
  add_string(&text, ", error code 0x");
  add_hex(&text, frame->error);
  add_string(&text, (frame->cs & 3) == 0 ? ", in the kernel\n" : ", in the workload\n");
  stop(line, EXIT_AFTER_EXCEPTION);
}

static void serve_request(u8 line) {
  if (pic_is_spurious(line)) return;
  if (line == TIMER_LINE) timer_interrupt();
  if (line == SERIAL_LINE) console_interrupt();
  if (line == NIC_LINE) nic_interrupt();
  pic_end(line);
}

void handle_trap(struct trap_frame *frame) {
  if (frame->vector == SYSTEM_CALL_VECTOR) {
    system_call(frame);
  } else if (frame->vector < EXCEPTIONS) {
    report_exception(frame);
  } else {
    serve_request((u8)(frame->vector - FIRST_REQUEST_VECTOR));
  }
}
