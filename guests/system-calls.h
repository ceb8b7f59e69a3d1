/*
 * The system calls, INT 0x80: number in EAX, arguments in EBX, ECX, EDX, result in EAX. A pointer to
 * memory that is not the workload's own ends the machine, as a fault does.
 */
#ifndef SYSTEM_CALLS_H
#define SYSTEM_CALLS_H

#include "types.h"

/* The kernel starts the workload at the end of its `workload_stack`. */
enum { WORKLOAD_STACK_SIZE = 2 * PAGE_SIZE };

enum system_call {
  CALL_EXIT,         /* (code) */
  CALL_PRINT,        /* (text, length): on the console */
  CALL_TICKS,        /* (): the guest's time in ticks of 10 ms */
  CALL_SLEEP_UNTIL,  /* (tick): until then, whatever comes */
  CALL_WAIT_UNTIL,   /* (tick): until then, or until something came from the network */
  CALL_BIND,         /* (port): datagrams to this port are the workload's */
  CALL_SEND,         /* (struct message *): 1 when it went out */
  CALL_RECEIVE,      /* (struct message *): 1 when there was one; length is room, then length */
  CALL_SERVE_FILES,  /* (): from now on requests for files are the workload's */
  CALL_NEXT_REQUEST, /* (struct file_request *): 1 when there was one */
  CALL_WRITE_FILE,   /* (number, bytes, length): how many were taken, or -1: the client is gone */
  CALL_PROGRESS,     /* (count): for the status page */
  SYSTEM_CALLS,
};

struct message {
  u32 address;
  u32 port;
  u8 *bytes;
  u32 length;
};

struct file_request {
  u32 number;
  u32 length;
};

#endif
