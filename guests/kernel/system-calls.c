/* What a workload may ask of the kernel; the list is in ../system-calls.h. */
#include "../system-calls.h"
#include "http.h"
#include "kernel.h"
#include "net.h"

enum { EXIT_AFTER_BAD_POINTER = 2 };

static int is_woken;

void wake_workload(void) {
  is_woken = 1;
}

/* A pointer of the workload's that may be followed. */
static void *checked(u32 address, u32 length, int for_writing) {
  if (!is_workload_memory(address, length, for_writing))
    stop("kernel: a system call got a pointer to memory that is not the workload's\n",
         EXIT_AFTER_BAD_POINTER);
  return (void *)address;
}

static u32 exit_workload(u32 code) {
  stop("kernel: the workload has ended\n", (u8)code);
}

static u32 print_text(u32 text, u32 length) {
  print_bytes(checked(text, length, 0), length);
  return 0;
}

static u32 sleep_until(u32 tick) {
  while (!has_come(tick)) wait_for_interrupt();
  return 0;
}

static u32 wait_until(u32 tick) {
  while (!has_come(tick) && !is_woken && !udp_waits() && !http_waits()) wait_for_interrupt();
  is_woken = 0;
  return 0;
}

static u32 send_message(u32 address) {
  const struct message *message = checked(address, sizeof *message, 0);
  u32 length = message->length;
  if (length > MAX_DATAGRAM) return 0;
  const u8 *bytes = checked((u32)message->bytes, length, 0);
  return (u32)udp_send(message->address, (u16)message->port, bytes, length);
}

static u32 receive_message(u32 address) {
  struct message *message = checked(address, sizeof *message, 1);
  u32 room = smaller(message->length, MAX_DATAGRAM);
  struct datagram datagram = {
      .bytes = checked((u32)message->bytes, room, 1),
      .length = (u16)room,
  };
  if (!udp_take(&datagram)) return 0;
  message->address = datagram.address;
  message->port = datagram.port;
  message->length = datagram.length;
  return 1;
}

static u32 next_request(u32 address) {
  struct file_request *request = checked(address, sizeof *request, 1);
  return (u32)http_take(&request->number, &request->length);
}

void system_call(struct trap_frame *frame) {
  u32 a = frame->ebx, b = frame->ecx, c = frame->edx, result = 0;
  switch ((enum system_call)frame->eax) {
    case CALL_EXIT: result = exit_workload(a); break;
    case CALL_PRINT: result = print_text(a, b); break;
    case CALL_TICKS: result = ticks(); break;
    case CALL_SLEEP_UNTIL: result = sleep_until(a); break;
    case CALL_WAIT_UNTIL: result = wait_until(a); break;
    case CALL_BIND: udp_bind((u16)a); break;
    case CALL_SEND: result = send_message(a); break;
    case CALL_RECEIVE: result = receive_message(a); break;
    case CALL_SERVE_FILES: http_hand_over(); break;
    case CALL_NEXT_REQUEST: result = next_request(a); break;
    case CALL_WRITE_FILE: result = (u32)http_write(a, checked(b, c, 0), c); break;
    case CALL_PROGRESS: http_set_progress(a); break;
    default: result = (u32)-1; break;
  }
  frame->eax = result;
}
